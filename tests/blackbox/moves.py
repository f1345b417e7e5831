"""Ways to a number that somebody holds: renames, takeovers, second adds, releases."""

from tests.blackbox.case import Build, Judged, accepted, change, late, line, refused
from tests.blackbox.store import HOUR, NINE, Files, Store, executable, link
from tests.blackbox.world import MAIN, Change, changed, claim, path, puts, removes

THIEF = "another-session"
TAKEN = puts(4, session_id=THIEF)


def merged(delta: Change) -> Build:
    """A merge commit of an innocent branch, in which the merge itself does this."""
    innocent: Change = {"README.md": b"# Our fleet\n"}

    def build(store: Store) -> Judged:
        main = store.commit(MAIN)
        side = store.commit(changed(MAIN, innocent), main, time=NINE + HOUR)
        return Judged(main, store.commit(changed(MAIN, {**innocent, **delta}), main, side, time=NINE + 2 * HOUR))

    return build


def merged_over(store: Store) -> Judged:
    """Main registers number 6; the branch has a 6 of its own, merges main and keeps its own (`merge -s ours`)."""
    fork = store.commit(MAIN)
    main = store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR)
    mine = changed(MAIN, {path(6): claim(6, session_id=THIEF)})
    return Judged(main, store.commit(mine, store.commit(mine, fork, time=NINE + HOUR), main, time=NINE + 2 * HOUR))


def criss_cross(store: Store) -> Judged:
    """Main and branch have merged each other, so there are two merge bases; then the branch takes number 4."""
    fork = store.commit(MAIN)
    left = store.commit(changed(MAIN, {"README.md": b"# Left\n"}), fork, time=NINE + HOUR)
    right = store.commit(changed(MAIN, {"CODEOWNERS": b"# Right\n"}), fork, time=NINE + HOUR)
    both = changed(MAIN, {"README.md": b"# Left\n", "CODEOWNERS": b"# Right\n"})
    main = store.commit(both, left, right, time=NINE + 2 * HOUR)
    side = store.commit(both, right, left, time=NINE + 2 * HOUR)
    return Judged(main, store.commit(changed(both, TAKEN), side, time=NINE + 3 * HOUR))


def taken_then_released(store: Store) -> Judged:
    """While a proposal for number 6 waited, main registered it to somebody and got it back."""
    fork = store.commit(MAIN)
    main = store.commit(changed(MAIN, {path(6): claim(6, session_id=THIEF)}), fork, time=NINE + HOUR)
    main = store.commit(MAIN, main, time=NINE + 2 * HOUR)
    return Judged(main, store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR))


NEW_GOAL = {"goal": "Win 3 deals", "targets": "[{metric: deals, op: gte, value: 3, unit: deals}]"}
RUNNING: Files = {**MAIN, path(3): claim(3, runtime_id="run-1")}
REGISTRY = {name: file for name, file in MAIN.items() if name.startswith("registry/")}
ALL_AWAY: Change = dict.fromkeys(REGISTRY) | {f"old/{name}": file for name, file in REGISTRY.items()}
MINE, THEIRS = claim(4) + b"# mine\n", claim(4) + b"# theirs\n"

CASES = (
    # renames
    refused("git mv 02.yaml notes.txt", change({**removes(2), "notes.txt": claim(2)}), "REG302"),
    refused("git mv 02.yaml ../notes.txt", change({**removes(2), "registry/notes.txt": claim(2)}), "REG005 REG302"),
    refused("git mv 02.yaml 2.yaml", change({**removes(2), "registry/sessions/2.yaml": claim(2)}), "REG005 REG302"),
    refused("git mv 03.yaml 07.yaml as it is", change({**removes(3), path(7): claim(3)}), "REG101 REG301"),
    refused(
        "03 to 07, number edited",
        change({**removes(3), **puts(7, session_id="session-3")}),
        "REG301",
        says="3 (session-3)",
    ),
    refused("03 to 04, over another", change({**removes(3), **puts(4, session_id="session-3")}), "REG301 REG302"),
    refused(
        "03 and 04 change places",
        change({path(3): claim(3, session_id="session-4"), path(4): claim(4, session_id="session-3")}),
        "REG301 REG302",
    ),
    refused("git mv registry old", change(ALL_AWAY), "REG007 REG302"),
    # takeovers
    refused(
        "another session on a held number",
        change(TAKEN),
        "REG301",
        says=("session-4 since 2026-01-05", THIEF, "1, 5-12"),
    ),
    refused("the same as a step of main", change(TAKEN), "REG301", "--steps"),
    refused(
        "another session, and nothing left of the first",
        change(puts(4, session_id=THIEF, role="Other AI", **NEW_GOAL)),
        "REG301",
    ),
    refused("delete and add in two commits", line(removes(4), TAKEN), "REG301"),
    accepted("the same as steps of main: a release, then a claim", line(removes(4), TAKEN), "", "--steps"),
    refused(
        "rename away and back", line({**removes(4), "x.yaml": claim(4)}, {"x.yaml": None, **TAKEN}), "REG301 REG309"
    ),
    refused("in a merge commit", merged(TAKEN), "REG301 REG302"),
    refused("in a merge commit that moves main", merged(TAKEN), "REG301 REG302 REG310", "--steps"),
    refused("a claim in a merge commit that moves main", merged(puts(6)), "REG302 REG310", "--steps"),
    refused("main merged, own claim kept", merged_over, "REG301", says="session-6 since 2026-01-05"),
    refused("after a criss-cross merge", criss_cross, "REG301 REG302"),  # Git names one of two merge bases
    refused("a session that cannot be read on a held number", change({path(4): b"session_id: [\n"}), "REG002"),
    # second adds
    refused(
        "a number that was taken meanwhile",
        late(puts(6, session_id=THIEF), puts(6)),
        "REG103",
        says=("session-6 since 2026-01-05", "1, 5, 7-12"),
    ),
    refused(
        "the identical claim, which Git merges without a word",
        late(puts(6), puts(6)),
        "REG103",
        says="nothing left to propose",
    ),
    refused("the identical claim, executable", late({path(6): executable(claim(6))}, puts(6)), "REG004 REG103"),
    refused("a link in its place", late({path(6): link("02.yaml")}, puts(6)), "REG004 REG103"),
    refused(
        "an empty file, which Git merges away", late({path(6): b""}, puts(6)), "REG103", says="claim a free number"
    ),
    refused("a folder in its place", late({f"{path(6)}/x": b""}, puts(6)), "REG005 REG305"),
    refused(
        "the session has registered elsewhere meanwhile",
        late(puts(6), puts(7, session_id="session-6")),
        "REG104",
        says="number 7 since 2026-01-05",
    ),
    refused("taken and released again meanwhile", taken_then_released, "REG305"),
    accepted("others have registered meanwhile", late(puts(6), puts(7))),
    # the same session twice
    refused(
        "a holder claims a second number",
        change(puts(6, session_id="session-2")),
        "REG104",
        says="number 2 since 2026-01-05",
    ),
    refused("with another's runtime_id", change(puts(6, runtime_id="run-1"), RUNNING), "REG104"),
    refused("with a runtime_id that is another's session_id", change(puts(6, runtime_id="session-2")), "REG104"),
    refused("with a session_id that is another's runtime_id", change(puts(6, session_id="run-1"), RUNNING), "REG104"),
    refused("an amendment takes another's session_id", change(puts(4, session_id="session-2")), "REG104 REG301"),
    # releases and amendments
    accepted("a release", change(removes(4))),
    accepted("a release of what cannot be read", change(removes(4), {**MAIN, path(4): b"["}), healed="REG002"),
    accepted("a release, and the same session again", line(removes(4), puts(4, **NEW_GOAL))),
    refused("two releases", change(removes(3, 4)), "REG302"),
    refused("a release and somebody's claim", change({**removes(4), **puts(6)}), "REG301", says="4 (session-4)"),
    refused("a release of what has changed hands meanwhile", late(removes(4), TAKEN), "REG305"),
    accepted("an amendment", change(puts(4, responsibilities="[Write emails, Read replies]"))),
    accepted("a comment", change({path(4): MINE})),
    refused("an amendment of what was amended meanwhile", late({path(4): MINE}, {path(4): THEIRS}), "REG305"),
    refused("an amendment of what was released meanwhile", late({path(4): MINE}, removes(4)), "REG305"),
)
