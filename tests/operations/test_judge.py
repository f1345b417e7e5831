"""The ratchet: what is introduced, inherited and healed."""

from collections.abc import Mapping

from tests.snapshots import COMMIT, TREE, charter, claim, registry, snapshot
from validator.model.findings import Level, Origin, Verdict
from validator.operations.judge import audit, judge

MISSPELT = claim(1, rol="x")


def told(verdict: Verdict) -> list[tuple[str, str, Origin]]:
    return [(finding.location.path[-7:-5], finding.code, finding.origin) for finding in verdict.findings]


def judged(base: Mapping[str, str], head: Mapping[str, str]) -> Verdict:
    return judge(snapshot(head), snapshot(base))


def test_new_findings_are_introduced() -> None:
    verdict = judged(registry(), registry(MISSPELT))
    assert told(verdict) == [("01", "REG006", Origin.INTRODUCED)]
    assert not verdict.accepted
    assert (verdict.base, verdict.head, verdict.tree, verdict.free_numbers) == (COMMIT, COMMIT, TREE, (1, 2, 3))


def test_findings_of_base_are_inherited() -> None:
    verdict = judged(registry(MISSPELT), registry(MISSPELT, claim(2)))
    assert told(verdict) == [("01", "REG006", Origin.INHERITED)]
    assert verdict.accepted
    assert verdict.healed == ()


def test_a_finding_that_moves_is_the_same_one() -> None:
    base = registry(MISSPELT)
    moved = {path: f"# moved\n\n{text}" for path, text in base.items() if "sessions" in path}
    verdict = judged(base, base | moved)
    assert told(verdict) == [("01", "REG006", Origin.INHERITED)]
    assert verdict.findings[0].location.line == 3


def test_vanished_findings_are_healed() -> None:
    verdict = judged(registry(MISSPELT), registry(claim(1)))
    assert verdict.accepted
    assert [(finding.code, finding.message) for finding in verdict.healed] == [
        ("REG006", '"rol" is not a field of a claim')
    ]


def test_a_file_that_is_wrong_in_another_way_is_not_healed() -> None:
    verdict = judged(registry(MISSPELT), registry(claim(1, goall="x")))
    assert told(verdict) == [("01", "REG006", Origin.INTRODUCED)]
    assert verdict.healed == ()


def test_another_file_does_not_keep_one_from_being_healed() -> None:
    verdict = judged(registry(charter=charter(misson="x")), registry() | {"registry/notes.txt": "later\n"})
    assert [finding.code for finding in verdict.findings] == ["REG005"]
    assert [finding.location.path for finding in verdict.healed] == ["registry/charter.yaml"]


def test_a_file_that_keeps_an_inherited_fault_is_healed_of_the_other() -> None:
    verdict = judged(registry(claim(1, rol="x", goall="y")), registry(claim(1, rol="x")))
    assert told(verdict) == [("01", "REG006", Origin.INHERITED)]
    assert [finding.message for finding in verdict.healed] == ['"goall" is not a field of a claim']


def test_equal_findings_are_counted() -> None:
    slots = [{"number": 9, "title": "x", "role": "y"}, {"number": 9, "title": "x", "role": "z"}]

    def twice(count: int) -> dict[str, str]:
        return registry(charter=charter(slots=[*slots, *slots][:count]))

    worse, better = judged(twice(2), twice(4)), judged(twice(4), twice(2))
    beyond = "a slot has number 9, and the numbers are 1 to 3"
    origins = [finding.origin for finding in worse.findings if finding.message == beyond]
    assert origins == [Origin.INHERITED, Origin.INHERITED, Origin.INTRODUCED, Origin.INTRODUCED]
    assert {finding.origin for finding in better.findings} == {Origin.INHERITED}
    assert [finding.message for finding in better.healed].count(beyond) == 2
    assert len(better.healed) == 4


def test_audit_counts_everything() -> None:
    verdict = audit(snapshot(registry(MISSPELT, claim(2, goal="Send 17 emails daily, soon"))))
    assert told(verdict) == [("01", "REG006", Origin.INTRODUCED), ("02", "REG205", Origin.INTRODUCED)]
    assert [finding.level for finding in verdict.findings] == [Level.ERROR, Level.WARNING]
    assert not verdict.accepted
    assert (verdict.base, verdict.head, verdict.tree, verdict.healed) == (None, COMMIT, TREE, ())
    assert verdict.free_numbers == (3,)


def test_audit_finds_what_two_right_proposals_left_on_main() -> None:
    files = registry(claim(1), claim(2, session_id="outreach-1"))
    verdict = audit(snapshot(files, "registry/sessions/02.yaml", "registry/sessions/01.yaml"))
    (finding,) = verdict.findings
    assert (finding.code, finding.location.path) == ("REG501", "registry/sessions/01.yaml")
