"""Ways to a number that somebody holds: renames, takeovers, second adds, releases."""

from tests.blackbox.case import Build, Judged, accepted, change, late, line, refused
from tests.blackbox.store import HOUR, NINE, Store, executable, link
from tests.blackbox.world import MAIN, changed, claim, path

THIEF = claim(4, session_id="another-session")


def merged(delta: dict[str, bytes | None]) -> Build:
    """A merge commit of an innocent branch, in which the merge itself does this."""

    def build(store: Store) -> Judged:
        main = store.commit(MAIN)
        side = store.commit(changed(MAIN, {"README.md": b"# Our fleet\n"}), main, time=NINE + HOUR)
        return Judged(
            main,
            store.commit(changed(MAIN, {"README.md": b"# Our fleet\n", **delta}), main, side, time=NINE + 2 * HOUR),
        )

    return build


def merged_over(store: Store) -> Judged:
    """Main registers number 6; the branch has a 6 of its own, merges main and keeps its own (`merge -s ours`)."""
    fork = store.commit(MAIN)
    main = store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR)
    mine = changed(MAIN, {path(6): claim(6, session_id="another-session")})
    return Judged(main, store.commit(mine, store.commit(mine, fork, time=NINE + HOUR), main, time=NINE + 2 * HOUR))


def criss_cross(store: Store) -> Judged:
    """Main and branch have merged each other, so there are two merge bases; then the branch takes number 4."""
    fork = store.commit(MAIN)
    left = store.commit(changed(MAIN, {"README.md": b"# Left\n"}), fork, time=NINE + HOUR)
    right = store.commit(changed(MAIN, {"CODEOWNERS": b"# Right\n"}), fork, time=NINE + HOUR)
    both = changed(MAIN, {"README.md": b"# Left\n", "CODEOWNERS": b"# Right\n"})
    main = store.commit(both, left, right, time=NINE + 2 * HOUR)
    side = store.commit(both, right, left, time=NINE + 2 * HOUR)
    return Judged(main, store.commit(changed(both, {path(4): THIEF}), side, time=NINE + 3 * HOUR))


def taken_then_released(store: Store) -> Judged:
    """While a proposal for number 6 waited, main registered it to somebody and got it back."""
    fork = store.commit(MAIN)
    main = store.commit(changed(MAIN, {path(6): claim(6, session_id="another-session")}), fork, time=NINE + HOUR)
    main = store.commit(MAIN, main, time=NINE + 2 * HOUR)
    return Judged(main, store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR))


CASES = (
    # renames
    refused("git mv 02.yaml notes.txt", change({path(2): None, "notes.txt": claim(2)}), "REG302"),
    refused(
        "git mv 02.yaml registry/notes.txt", change({path(2): None, "registry/notes.txt": claim(2)}), "REG005 REG302"
    ),
    refused("git mv 02.yaml 2.yaml", change({path(2): None, "registry/sessions/2.yaml": claim(2)}), "REG005 REG302"),
    refused(
        "git mv 03.yaml 07.yaml, number edited",
        change({path(3): None, path(7): claim(7, session_id="session-3")}),
        "REG301",
        says=("number 3", "session-3"),
    ),
    refused("git mv 03.yaml 07.yaml as it is", change({path(3): None, path(7): claim(3)}), "REG101 REG301"),
    refused(
        "git mv 03.yaml 04.yaml over another",
        change({path(3): None, path(4): claim(4, session_id="session-3")}),
        "REG301 REG302",
    ),
    refused(
        "two held claims change places",
        change({path(3): claim(3, session_id="session-4"), path(4): claim(4, session_id="session-3")}),
        "REG301 REG302",
    ),
    refused(
        "the folder renamed",
        change(
            {name: None for name in MAIN if name.startswith("registry/")}
            | {f"old/{name}": file for name, file in MAIN.items() if name.startswith("registry/")}
        ),
        "REG007 REG302",
    ),
    # takeovers
    refused(
        "another session on a held number",
        change({path(4): THIEF}),
        "REG301",
        says=("session-4 since 2026-01-05", "another-session", "1, 5-12"),
    ),
    refused("the same, whole and step by step", change({path(4): THIEF}), "REG301", "--steps"),
    refused(
        "another session, and nothing else left of it",
        change(
            {
                path(4): claim(
                    4,
                    session_id="another-session",
                    role="Other AI",
                    goal="Win 3 deals",
                    targets="[{metric: deals, op: gte, value: 3, unit: deals}]",
                )
            }
        ),
        "REG301",
    ),
    refused("delete and add in two commits", line({path(4): None}, {path(4): THIEF}), "REG301"),
    accepted(
        "delete and add as two steps of main: a release, then a claim",
        line({path(4): None}, {path(4): THIEF}),
        "",
        "--steps",
    ),
    refused(
        "rename away and back", line({path(4): None, "x.yaml": claim(4)}, {"x.yaml": None, path(4): THIEF}), "REG301"
    ),
    refused("in a merge commit", merged({path(4): THIEF}), "REG301 REG302"),
    refused("in a merge commit that moves main", merged({path(4): THIEF}), "REG301 REG302", "--steps"),
    refused("a claim in a merge commit that moves main", merged({path(6): claim(6)}), "REG302", "--steps"),
    refused("main merged, own claim kept", merged_over, "REG301", says="session-6 since 2026-01-05"),
    refused("after a criss-cross merge", criss_cross, "REG301 REG302"),  # Git names one of two merge bases
    refused("a session that cannot be read on a held number", change({path(4): b"session_id: [\n"}), "REG002"),
    # second adds
    refused(
        "a number that was taken meanwhile",
        late({path(6): claim(6, session_id="late-session", role="Late AI")}, {path(6): claim(6)}),
        "REG103",
        says=("session-6 since 2026-01-05", "1, 5, 7-12"),
    ),
    refused(
        "the identical claim, which Git merges without a word",
        late({path(6): claim(6)}, {path(6): claim(6)}),
        "REG103",
        says="nothing left to propose",
    ),
    refused(
        "the identical claim, executable", late({path(6): executable(claim(6))}, {path(6): claim(6)}), "REG004 REG103"
    ),
    refused("a second add that is a link", late({path(6): link("02.yaml")}, {path(6): claim(6)}), "REG004 REG103"),
    refused(
        "an empty second add, which Git merges away",
        late({path(6): b""}, {path(6): claim(6)}),
        "REG103",
        says="claim a free number",
    ),
    refused("a folder where a claim has come", late({path(6) + "/x": b""}, {path(6): claim(6)}), "REG005 REG305"),
    refused(
        "the session has registered elsewhere meanwhile",
        late({path(6): claim(6)}, {path(7): claim(7, session_id="session-6")}),
        "REG104",
        says="number 7 since 2026-01-05",
    ),
    accepted("taken and released again meanwhile", taken_then_released),
    accepted("others have registered meanwhile", late({path(6): claim(6)}, {path(7): claim(7)})),
    # the same session twice
    refused(
        "a holder claims a second number",
        change({path(6): claim(6, session_id="session-2")}),
        "REG104",
        says="number 2 since 2026-01-05",
    ),
    refused(
        "with another's runtime_id",
        change({path(6): claim(6, runtime_id="run-1")}, base={**MAIN, path(3): claim(3, runtime_id="run-1")}),
        "REG104",
    ),
    refused(
        "with a runtime_id that is another's session_id", change({path(6): claim(6, runtime_id="session-2")}), "REG104"
    ),
    refused(
        "with a session_id that is another's runtime_id",
        change({path(6): claim(6, session_id="run-1")}, base={**MAIN, path(3): claim(3, runtime_id="run-1")}),
        "REG104",
    ),
    refused(
        "an amendment takes another's session_id", change({path(4): claim(4, session_id="session-2")}), "REG104 REG301"
    ),
    # releases and amendments
    accepted("a release", change({path(4): None})),
    accepted(
        "a release of a file that cannot be read",
        change({path(4): None}, base={**MAIN, path(4): b"["}),
        healed="REG002",
    ),
    accepted(
        "a release, and the same session again, in one proposal",
        line(
            {path(4): None},
            {
                path(4): claim(
                    4, goal="Send 18 emails daily", targets="[{metric: emails, op: gte, value: 18, unit: emails}]"
                )
            },
        ),
    ),
    refused("two releases", change({path(3): None, path(4): None}), "REG302"),
    refused(
        "a release and somebody's claim", change({path(4): None, path(6): claim(6)}), "REG301", says="4 (session-4)"
    ),
    refused("a release of what has changed hands meanwhile", late({path(4): None}, {path(4): THIEF}), "REG305"),
    accepted("an amendment", change({path(4): claim(4, responsibilities="[Write emails, Read replies]")})),
    accepted("a comment", change({path(4): claim(4) + b"# a word\n"})),
    refused(
        "an amendment of what was amended meanwhile",
        late({path(4): claim(4) + b"# mine\n"}, {path(4): claim(4) + b"# theirs\n"}),
        "REG305",
    ),
    refused(
        "an amendment of what was released meanwhile",
        late({path(4): claim(4) + b"# mine\n"}, {path(4): None}),
        "REG305",
    ),
)
