"""What moves main is judged commit by commit along its first parents."""

from tests.blackbox.case import Build, Judged, accepted, fatal, line, refused
from tests.blackbox.store import HOUR, NINE, Files, Store
from tests.blackbox.world import MAIN, Change, changed, claim, path

STEPS = "--steps"
GOOD: list[Change] = [{"README.md": f"# {number}\n".encode()} for number in range(29)]

MANY: list[Change] = [{"README.md": b"%d" % number} for number in range(501)]


def queue(*numbers: int) -> Build:
    """A merge queue's group: each claim of these numbers merged by a merge commit of its own."""

    def build(store: Store) -> Judged:
        main = head = store.commit(MAIN)
        files: Files = MAIN
        for number in numbers:
            side = store.commit(changed(MAIN, {path(number): claim(number)}), main, time=NINE + HOUR)
            files = changed(files, {path(number): claim(number)})
            head = store.commit(files, head, side, time=NINE + 2 * HOUR)
        return Judged(main, head)

    return build


def foxtrot(store: Store) -> Judged:
    """Main merged into the proposal, and that pushed as main: the proposal would be its first-parent line."""
    fork = store.commit(MAIN)
    main = store.commit(changed(MAIN, {"README.md": b"# x\n"}), fork, time=NINE + HOUR)
    side = store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR)
    return Judged(
        main, store.commit(changed(MAIN, {"README.md": b"# x\n", path(6): claim(6)}), side, main, time=NINE + 2 * HOUR)
    )


def rewritten(store: Store) -> Judged:
    """A force push: the registration of number 6 replaced by another."""
    fork = store.commit(MAIN)
    main = store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR)
    return Judged(
        main, store.commit(changed(MAIN, {path(6): claim(6, session_id="another-session")}), fork, time=NINE + HOUR)
    )


def set_back(store: Store) -> Judged:
    """A force push that takes the last registration away."""
    fork = store.commit(MAIN)
    return Judged(store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR), fork)


def replaced(store: Store) -> Judged:
    """A main that shares nothing with the old one."""
    return Judged(store.commit(MAIN), store.commit(MAIN, time=NINE + HOUR))


def nothing(store: Store) -> Judged:
    main = store.commit(MAIN)
    return Judged(main, main)


def octopus(store: Store) -> Judged:
    """Two claims in one merge commit."""
    main = store.commit(MAIN)
    sides = [store.commit(changed(MAIN, {path(n): claim(n)}), main, time=NINE + HOUR) for n in (6, 7)]
    return Judged(
        main, store.commit(changed(MAIN, {path(6): claim(6), path(7): claim(7)}), main, *sides, time=NINE + 2 * HOUR)
    )


CASES = (
    accepted("30 steps", line(*GOOD, {path(6): claim(6)}), "", STEPS),
    refused(
        "30 steps and one bad one among them",
        line(*GOOD[:10], {path(6): claim(6, session_id="session-4")}, *GOOD[10:]),
        "REG104",
        STEPS,
        inherited="REG501",
    ),
    refused(
        "30 steps and one bad one last", line(*GOOD, {path(4): claim(4, session_id="another-session")}), "REG301", STEPS
    ),
    refused(
        "a bad step, mended in the next",
        line({"registry/sessions/6.yaml": claim(6)}, {"registry/sessions/6.yaml": None}),
        "REG005",
        STEPS,
        healed="REG005",
    ),
    refused(
        "the same as a proposal",
        line({"registry/sessions/6.yaml": claim(6)}, {"registry/sessions/6.yaml": None, path(6): claim(6)}),
        "REG309",
        says="make it again on a branch from main, as one commit",
    ),
    accepted("a claim a step", line({path(6): claim(6)}, {path(7): claim(7)}), "", STEPS),
    refused("the same as a proposal of two claims", line({path(6): claim(6)}, {path(7): claim(7)}), "REG302"),
    refused(
        "a number twice in one push",
        line({path(6): claim(6)}, {path(6): claim(6, session_id="another-session")}),
        "REG301",
        STEPS,
    ),
    accepted("a merge queue's group", queue(6, 7, 8), "", STEPS),
    refused("two claims in one merge", octopus, "REG302 REG310", STEPS),
    accepted("nothing to push", nothing, "", STEPS),
    refused("a foxtrot merge", foxtrot, "REG306", STEPS),
    accepted("a foxtrot merge as a proposal", foxtrot),
    refused("a force push", rewritten, "REG103 REG306", STEPS),
    refused("a force push backwards", set_back, "REG306", STEPS),
    refused("another main altogether", replaced, "REG305 REG306", STEPS),
    fatal("501 steps", line(*MANY), STEPS, says="--head"),
)
