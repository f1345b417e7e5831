"""Modes and links, and trees that no Git would write but every Git reads."""

from tests.blackbox.case import Build, Judged, accepted, change, fatal, refused
from tests.blackbox.store import HOUR, NINE, Entry, Files, Row, Store, executable, link, submodule
from tests.blackbox.world import CHARTER, MAIN, changed, claim, path

ALL_OF_IT = {name: None for name in MAIN if name.startswith("registry/")}
ALL_SESSIONS = {name: None for name in MAIN if name.startswith("registry/sessions/")}


def by_hand(*rows: tuple[str, str, bytes], first: bool = False) -> Build:
    """Main with more entries (mode, name, content) in the tree of `registry/sessions`, in no order but this."""

    def build(store: Store) -> Judged:
        def inside(folder: str) -> Files:
            return {name.removeprefix(folder): file for name, file in MAIN.items() if name.startswith(folder)}

        kept: list[Row] = [
            ("100644", name.encode(), store.write("blob", file))
            for name, file in inside("registry/sessions/").items()
            if isinstance(file, bytes)
        ]
        more: list[Row] = [(mode, name.encode(), store.write("blob", content)) for mode, name, content in rows]
        sessions = store.raw_tree(*(more + kept if first else kept + more))
        registry = store.raw_tree(
            ("100644", b"README.md", store.write("blob", b"# The registry\n")),
            ("100644", b"charter.yaml", store.write("blob", CHARTER)),
            ("40000", b"consensus", store.tree(inside("registry/consensus/"))),
            ("40000", b"sessions", sessions),
        )
        top: list[Row] = [
            ("40000", name.encode(), store.tree(inside(f"{name}/"))) for name in (".github", "schema", "validator")
        ]
        top += [
            ("100644", name.encode(), store.write("blob", file))
            for name, file in MAIN.items()
            if isinstance(file, bytes) and "/" not in name
        ]
        main = store.commit(MAIN)
        tree = store.raw_tree(
            *sorted([*top, ("40000", b"registry", registry)], key=lambda row: row[1] + b"/" * (row[0] == "40000"))
        )
        return Judged(main, store.commit(tree, main, time=NINE + HOUR))

    return build


def pointing_nowhere(mode: str, name: str) -> Build:
    """Main with an entry whose object is nowhere."""

    def build(store: Store) -> Judged:
        main = store.commit(MAIN)
        lost = store.raw_tree((mode, name.encode(), "f" * 40))
        rest = store.tree(changed(MAIN, {}))
        tree = store.raw_tree(("40000", b"lost", lost), ("40000", b"rest", rest))
        return Judged(main, store.commit(tree, main, time=NINE + HOUR))

    return build


CASES = (
    refused("link to a held claim", change({path(6): link("02.yaml")}), "REG004"),
    refused("link out of the repository", change({path(6): link("/etc/passwd")}), "REG004"),
    refused("link to nowhere", change({path(6): link("nowhere")}), "REG004"),
    refused("link whose target is a claim's text", change({path(6): Entry("120000", claim(6))}), "REG004"),
    refused("link with an empty target", change({"registry/sessions/.gitkeep": link("")}), "REG004"),
    refused("submodule", change({path(6): submodule()}), "REG004"),
    refused(
        "submodule that asks to be ignored",
        change(
            {
                path(6): submodule(),
                ".gitmodules": b'[submodule "x"]\n\tpath = registry/sessions/06.yaml\n\turl = ../x\n\tignore = all\n',
            }
        ),
        "REG004 REG302",
    ),
    refused("executable", change({path(6): executable(claim(6))}), "REG004"),
    refused("a held claim made executable", change({path(2): executable(claim(2))}), "REG004"),
    refused("a held claim made a link", change({path(2): link("06.yaml")}), "REG004"),
    refused(
        "registry made a link", change({**ALL_OF_IT, "registry": link("elsewhere")}), "REG004 REG005 REG007 REG302"
    ),
    refused("registry made a submodule", change({**ALL_OF_IT, "registry": submodule()}), "REG004 REG005 REG007 REG302"),
    refused("registry gone", change({**ALL_OF_IT}), "REG007 REG302"),
    refused(
        "sessions made a link",
        change({**ALL_SESSIONS, "registry/sessions": link("../elsewhere")}),
        "REG004 REG005 REG302",
    ),
    refused(
        "sessions made a submodule", change({**ALL_SESSIONS, "registry/sessions": submodule()}), "REG004 REG005 REG302"
    ),
    refused("charter made a link", change({"registry/charter.yaml": link("../README.md")}), "REG004"),
    refused("charter made executable", change({"registry/charter.yaml": executable(CHARTER)}), "REG004"),
    accepted(
        "links and submodules elsewhere",
        change({"docs/link": link("/etc/passwd"), "sub": submodule(), "run": executable(b"")}),
    ),
    accepted("group-writable: the same to Git as any file", by_hand(("100664", "06.yaml", claim(6)))),
    refused(
        "a name listed twice, somebody else's first",
        by_hand(("100644", "04.yaml", claim(4, session_id="another")), first=True),
        "REG004",
    ),
    refused(
        "a name listed twice, somebody else's last",
        by_hand(("100644", "04.yaml", claim(4, session_id="another"))),
        "REG004",
    ),
    refused("a path as a name", by_hand(("100644", "../charter.yaml", CHARTER)), "REG005"),
    refused("Git's folder as a name", by_hand(("100644", ".git", b"gitdir: /tmp\n")), "REG005"),
    fatal("no name at all", by_hand(("100644", "", claim(6))), says="malformed"),
    refused("a file beside the registry that is nowhere", pointing_nowhere("100644", "06.yaml"), "REG007 REG302"),
    fatal("a folder that is nowhere", pointing_nowhere("40000", "sessions"), says="ffffffffff"),
)
