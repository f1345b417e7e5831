"""Two proposals, each accepted when judged alone, and the audit's findings once both are on main."""

from typing import NamedTuple

import pytest

from tests.blackbox.command import Run, registry, validate
from tests.blackbox.store import HOUR, NINE, Store
from tests.blackbox.world import CHARTER, MAIN, changed, claim, path

pytestmark = pytest.mark.blackbox


class Pair(NamedTuple):
    """Two green proposals with one session_id, and main after the first and after both were merged blindly."""

    main: str
    first: str
    second: str
    after_first: str
    after_both: str


EARLY, EARLIER = "2000-01-01T00:00:00Z", "1999-01-01T00:00:00Z"
TIMES = {
    "in order": (NINE + HOUR, NINE + 2 * HOUR, NINE + 3 * HOUR, NINE + 4 * HOUR),
    "all at once": (NINE, NINE, NINE, NINE),
    "the second back-dated": (NINE + HOUR, NINE - 10**8, NINE + 3 * HOUR, NINE - 10**8),
    "the first from the future": (NINE + 10**9, NINE + HOUR, NINE + 10**9, NINE + HOUR),
}


def pair(store: Store, first: int, second: int, times: tuple[int, int, int, int], **shared: str) -> Pair:
    shared = shared or {"session_id": "twice"}
    one = {path(first): claim(first, timestamp=EARLY, **shared)}
    two = {path(second): claim(second, timestamp=EARLIER, **shared)}
    main = store.commit(MAIN)
    green, other = (
        store.commit(changed(MAIN, x), main, time=t, authored=t) for x, t in zip((one, two), times, strict=False)
    )
    after_first = store.commit(changed(MAIN, one), main, green, time=times[2])
    after_both = store.commit(changed(MAIN, {**one, **two}), after_first, other, time=times[3])
    return Pair(main, green, other, after_first, after_both)


def audit(store: Store, commit: str) -> Run:
    return registry("audit", "--repo", str(store.repository), "--ref", commit, "--format=json", folder=store.repository)


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES.keys())
@pytest.mark.takes_long
def test_audit_finds_the_conflict_of_two_accepted_proposals(store: Store, times: tuple[int, int, int, int]) -> None:
    winner, loser = 7, 6
    both = pair(store, winner, loser, times)
    assert validate(store.repository, both.main, both.first).exit == 0
    assert validate(store.repository, both.main, both.second).exit == 0
    again = validate(store.repository, both.after_first, both.second)
    assert (again.exit, again.codes("introduced")) == (1, "REG104")
    assert validate(store.repository, both.after_first, both.after_both, "--steps").codes("introduced") == "REG104"
    run = audit(store, both.after_both)
    assert run.exit == 1
    (finding,) = (row for row in run.verdict["findings"] if row["code"] == "REG501")
    assert finding["path"] == path(loser)
    assert finding["message"].index(f"number {winner} was first") < finding["message"].index(f"number {loser}, ")
    assert both.after_first[:12] in finding["message"]
    assert both.after_both[:12] in finding["message"]
    assert str(loser) in finding["help"]


@pytest.mark.parametrize(
    "shared",
    [{"runtime_id": "run-1"}, {"role": "Copywriter AI"}, {"scope": "[{work: outreach, first: 1, last: 17}]"}],
    ids=lambda shared: next(iter(shared)),
)
def test_audit_finds_two_claims_that_share_a_value(store: Store, shared: dict[str, str]) -> None:
    both = pair(store, 7, 6, TIMES["in order"], **shared)
    run = audit(store, both.after_both)
    assert run.exit == 1
    (finding,) = (row for row in run.verdict["findings"] if row["code"] == "REG501")
    assert finding["path"] == path(6)
    assert "number 7 was first" in finding["message"]


def test_reclaiming_after_release_loses_precedence(store: Store) -> None:
    both = pair(store, 6, 7, TIMES["in order"])
    released = store.commit(changed(MAIN, {path(7): claim(7, session_id="twice")}), both.after_both)
    again = {path(6): claim(6, session_id="twice"), path(7): claim(7, session_id="twice")}
    run = audit(store, store.commit(changed(MAIN, again), released))
    (finding,) = run.verdict["findings"]
    assert "number 7 was first" in finding["message"]


def test_amending_keeps_precedence(store: Store) -> None:
    both = pair(store, 6, 7, TIMES["in order"])
    amended = {path(6): claim(6, session_id="twice") + b"# a word\n", path(7): claim(7, session_id="twice")}
    run = audit(store, store.commit(changed(MAIN, amended), both.after_both, time=NINE + 5 * HOUR))
    (finding,) = run.verdict["findings"]
    assert "number 6 was first" in finding["message"]


def test_audit_is_clean_after_the_later_claim_was_released(store: Store) -> None:
    both = pair(store, 6, 7, TIMES["in order"])
    mended = store.commit(
        changed(MAIN, {path(6): claim(6, session_id="twice", timestamp=EARLY)}), both.after_both, time=NINE + 5 * HOUR
    )
    run = validate(store.repository, both.after_both, mended)
    assert (run.exit, run.codes("introduced"), run.codes("healed")) == (0, "", "REG501")
    assert audit(store, mended).exit == 0


MAINS = {
    "good": (0, MAIN),
    "nothing": (1, {}),
    "no charter": (1, changed(MAIN, {"registry/charter.yaml": None})),
    "broken charter": (1, {**MAIN, "registry/charter.yaml": b"\xff[\0"}),
    "broken claims": (
        1,
        {**MAIN, path(4): b"\xff", path(6): b"[", path(7): b"- 1\n", path(8): claim(9)[9:]},
    ),
    "hidden text": (1, {**MAIN, path(6): claim(6, role='"\\uD800\\e[2J\u202e"', session_id='"\\uDC00"')}),
    "junk": (1, {**MAIN, "registry/sessions/\udcff\n6.yaml": claim(6)}),
    "full": (0, {**MAIN, "registry/charter.yaml": CHARTER.replace(b"capacity: 12", b"capacity: 4"), path(1): claim(1)}),
}


@pytest.mark.parametrize(("exit", "files"), MAINS.values(), ids=MAINS.keys())
def test_verbs_read_any_broken_main(store: Store, exit: int, files: dict[str, bytes]) -> None:
    """Verbs that read a broken main end without a traceback."""
    commit = store.commit(files)
    assert audit(store, commit).exit == exit
    where = ("--repo", str(store.repository), "--ref", commit)
    for verb in (["status"], ["history"], ["export"]):
        run = registry(*verb, *where, folder=store.repository, apart=False)
        assert run.exit in (0, 1, 2)
        assert "\x1b" not in run.out + run.err
        assert "\u202e" not in run.out + run.err
