"""A broken main must not turn every proposal red, nor let one pass that makes it worse."""

from tests.blackbox.case import Build, Judged, accepted, change, late, refused
from tests.blackbox.store import HOUR, NINE, Entry, Files, Store, link
from tests.blackbox.world import CHARTER, MAIN, changed, claim, path

GOAL_BROKEN = claim(4, goal="Send emails daily")
BROKEN: Files = {**MAIN, path(4): GOAL_BROKEN}
UNREADABLE: Files = {**MAIN, path(4): b"session_id: [\n"}
JUNK: Files = {**MAIN, "registry/sessions/6.yaml": claim(6), path(9): link("02.yaml")}
TWO: Files = {**MAIN, path(9): claim(9, session_id="session-4")}  # what two green proposals left behind
ONE_ROLE: Files = {**MAIN, path(9): claim(9, role="Channel AI 4 - Keep channel 4")}
NO_CHARTER = changed(MAIN, {"registry/charter.yaml": None})
BROKEN_CHARTER: Files = {**MAIN, "registry/charter.yaml": CHARTER.replace(b"capacity: 12", b"capacity: twelve")}
NO_YAML_CHARTER: Files = {**MAIN, "registry/charter.yaml": b"mission: [\n"}


def orphan(files: Files) -> Build:
    """A branch that shares no commit with main."""

    def build(store: Store) -> Judged:
        return Judged(store.commit(MAIN), store.commit(files, time=NINE + HOUR))

    return build


def with_foreign_history(store: Store) -> Judged:
    """A branch from main that has merged a repository of strangers."""
    main, foreign = store.commit(MAIN), store.commit({path(4): claim(4, session_id="another-session")})
    return Judged(main, store.commit(changed(MAIN, {path(6): claim(6)}), main, foreign, time=NINE + HOUR))


def nothing(store: Store) -> Judged:
    main = store.commit(MAIN)
    return Judged(main, main)


def behind(store: Store) -> Judged:
    head = store.commit(MAIN)
    return Judged(store.commit(changed(MAIN, {path(6): claim(6)}), head, time=NINE + HOUR), head)


CHARTER_PATH = "registry/charter.yaml"
CASES = (
    accepted("a claim beside a broken one", change({path(6): claim(6)}, BROKEN), inherited="REG202"),
    accepted("the broken claim mended", change({path(4): claim(4)}, BROKEN), healed="REG202"),
    accepted("the broken claim released", change({path(4): None}, BROKEN), healed="REG202"),
    accepted(
        "the broken claim amended elsewhere",
        change({path(4): GOAL_BROKEN + b"# a word\n"}, BROKEN),
        inherited="REG202",
    ),
    refused(
        "the broken claim made worse",
        change({path(4): claim(4, goal="Send emails daily", status="APPROVED")}, BROKEN),
        "REG006",
        inherited="REG202",
    ),
    refused("one fault mended and another made", change({path(4): claim(4, session_id="")}, BROKEN), "REG006"),
    refused(
        "another broken claim beside it",
        change({path(6): claim(6, goal="Send emails daily")}, BROKEN),
        "REG202",
        inherited="REG202",
    ),
    refused(
        "a takeover of the broken claim", change({path(4): claim(4, session_id="another-session")}, BROKEN), "REG301"
    ),
    accepted("a claim beside an unreadable one", change({path(6): claim(6)}, UNREADABLE), inherited="REG002"),
    accepted("the unreadable claim mended", change({path(4): claim(4)}, UNREADABLE), healed="REG002"),
    refused(
        "a second add of an unreadable claim's number",
        late({path(6): claim(6)}, {path(6): b"["}),
        "REG103",
        says="unreadable claim",
    ),
    accepted("a claim beside files that do not belong", change({path(6): claim(6)}, JUNK), inherited="REG004 REG005"),
    accepted(
        "what does not belong, deleted",
        change({"registry/sessions/6.yaml": None}, JUNK),
        healed="REG005",
        inherited="REG004",
    ),
    refused(
        "more of what does not belong",
        change({"registry/sessions/7.yaml": claim(7)}, JUNK),
        "REG005",
        inherited="REG004 REG005",
    ),
    accepted("a claim beside a session that holds two numbers", change({path(6): claim(6)}, TWO), inherited="REG501"),
    accepted("its later number released", change({path(9): None}, TWO), healed="REG501"),
    accepted(
        "its first number amended",
        change({path(4): claim(4, session_id="session-4") + b"# x\n"}, TWO),
        inherited="REG501",
    ),
    accepted(
        "its later number amended",
        change({path(9): claim(9, session_id="session-4") + b"# x\n"}, TWO),
        inherited="REG501",
    ),
    accepted("the later of two in one role takes another", change({path(9): claim(9)}, ONE_ROLE), healed="REG501"),
    refused("its later number given to another", change({path(9): claim(9)}, TWO), "REG301"),
    refused(
        "a third number for it", change({path(6): claim(6, session_id="session-4")}, TWO), "REG104", inherited="REG501"
    ),
    # charters
    refused("the charter deleted", change({CHARTER_PATH: None}), "REG007"),
    refused("the charter broken", change({CHARTER_PATH: NO_YAML_CHARTER[CHARTER_PATH]}), "REG002"),
    refused(
        "a charter for more than there are names",
        change({CHARTER_PATH: CHARTER.replace(b"capacity: 12", b"capacity: 100000")}),
        "REG006",
    ),
    refused(
        "a charter for fewer than are registered",
        change({CHARTER_PATH: CHARTER.replace(b"capacity: 12", b"capacity: 3")}),
        "REG102",
    ),
    accepted(
        "a charter that grows to a hundred and renames nothing",
        change({CHARTER_PATH: CHARTER.replace(b"capacity: 12", b"capacity: 100")}),
    ),
    refused(
        "a charter whose orchestrator is nobody",
        change({CHARTER_PATH: CHARTER.replace(b"orchestrator: 1", b"orchestrator: 13")}),
        "REG008",
    ),
    accepted("a change of code without charter", change({"README.md": b""}, NO_CHARTER), inherited="REG007"),
    refused("a claim without charter", change({path(6): claim(6)}, NO_CHARTER), "REG007", inherited="REG007"),
    refused(
        "a claim with its own charter where there is none",
        change({path(6): claim(6), CHARTER_PATH: CHARTER}, NO_CHARTER),
        "REG302",
        healed="REG007",
    ),
    accepted("the charter restored", change({CHARTER_PATH: CHARTER}, NO_CHARTER), healed="REG007"),
    accepted("a change of code with a broken charter", change({"README.md": b""}, BROKEN_CHARTER), inherited="REG006"),
    refused("a claim with a broken charter", change({path(6): claim(6)}, BROKEN_CHARTER), "REG007", inherited="REG006"),
    refused(
        "an amendment with a charter that is no YAML",
        change({path(4): claim(4) + b"# x\n"}, NO_YAML_CHARTER),
        "REG007",
        inherited="REG002",
    ),
    refused(
        "a takeover with a broken charter",
        change({path(4): claim(4, session_id="another-session")}, BROKEN_CHARTER),
        "REG007 REG301",
        inherited="REG006",
    ),
    accepted("the broken charter mended", change({CHARTER_PATH: CHARTER}, BROKEN_CHARTER), healed="REG006"),
    refused("a broken charter broken in another way", change({CHARTER_PATH: b"{}\n"}, BROKEN_CHARTER), "REG006"),
    accepted("the first charter", change({CHARTER_PATH: CHARTER}, {"README.md": b""}), healed="REG007"),
    # histories
    refused("a branch without common history", orphan(changed(MAIN, {path(6): claim(6)})), "REG305"),
    refused(
        "a takeover without common history",
        orphan(changed(MAIN, {path(4): claim(4, session_id="another-session")})),
        "REG305",
    ),
    refused("an empty branch without common history", orphan({}), "REG305"),
    refused("a repository of strangers merged in", with_foreign_history, "REG309", says="begins another history"),
    refused(
        "a conflict in code", late({"README.md": b"# Mine\n"}, {"README.md": b"# Theirs\n"}), "REG305", says="rebase"
    ),
    refused(
        "a conflict in code, and a claim",
        late({"README.md": b"# Mine\n", path(6): claim(6)}, {"README.md": b"# Theirs\n"}),
        "REG302 REG305",
    ),
    refused(
        "a conflict with faults of its own",
        late({"README.md": b"# Mine\n", "registry/sessions/6.yaml": claim(6)}, {"README.md": b"# Theirs\n"}),
        "REG005 REG302 REG305",
    ),
    accepted("both sides changed code in the same way", late({"README.md": b"# New\n"}, {"README.md": b"# New\n"})),
    accepted("nothing changed", nothing),
    accepted("nothing but what main has left behind", behind),
    accepted(
        "a link in code healed by nobody", change({"x": Entry("100644", b"")}, {**MAIN, "x": link("/etc/passwd")})
    ),
)
