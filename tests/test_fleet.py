"""The seed as data: the examples of the contract, and the twelve sessions of the first fleet, one after another."""

from pathlib import Path

import pytest

from tests.repository import CHARTER, Repository, charter, claim_path, fleet, with_charter
from validator.cli.audit import audit
from validator.cli.status import status_at
from validator.model.findings import Finding
from validator.model.shapes import Charter, Claim, RangePart, RangeWork, SegmentPart
from validator.operations.steps import validate
from validator.registry.yaml.reader import read
from validator.report import FORMATS, Setting

FLEET = {
    number: Claim.model_validate(read(claim_path(number), text.encode()).value) for number, text in fleet().items()
}
PLAN = Charter.model_validate(read(CHARTER, charter().encode()).value)

# The two mistakes of the original document: 17 e-mails for the 16 prospects 18-33, and 16 for the 17 prospects 34-50.
MISTAKES = {
    5: ('the goal promises "emails sent >= 17 emails/day", the scope "outreach 18-33" holds 16', 16),
    6: ('the goal promises "emails sent >= 16 emails/day", the scope "outreach 34-50" holds 17', 16),
}

EXAMPLE_CHARTER = """\
mission:
  statement: Generate $120k MRR through autonomous execution
  targets:
    - {metric: MRR, op: gte, value: 120000, unit: USD, per: month}
capacity: 12                      # the numbers are 1..capacity, all of them must be registered
orchestrator: 1                   # the number whose holder confirms and broadcasts
time_zone: America/Los_Angeles    # the zone of every schedule
approvers:                        # the humans who approve; CODEOWNERS is generated from them
  - {handle: "@OWNER"}            # on a plain Git server also key: "ssh-ed25519 AAAA…", the SSH key that signs approvals
work:                             # optional: what has to be divided among the sessions, without overlap or gap
  - {name: prospect research, first: 1, last: 50}
  - {name: replies, segments: [high-value, standard, overflow]}
slots:                            # optional: the plan for a number
  - {number: 2, title: Research Team Leader, role: Prospect Research AI - Find and score prospects (Batch 1)}
"""  # noqa: E501 - as it stands in the contract
EXAMPLE_CLAIM = """\
# yaml-language-server: $schema=../../schema/session.schema.json
number: 4
role: Outreach AI - Personalize and send emails (Morning Batch 1)
goal: Send 17 perfectly personalized emails daily, 95%+ delivery rate
targets:                          # the goal, measurable: at least one
  - {metric: emails sent, op: gte, value: 17, unit: emails, per: day}
  - {metric: delivery rate, op: gte, value: 95, unit: percent}
session_id: marketing-outreach-1  # the stable name: [a-z0-9] words joined by '-', at most 64
runtime_id: session-1763243115    # optional: the coordination system's handle for the running session
responsibilities:                 # at least one
  - Personalize emails for prospects 1-17
scope:                            # optional: this session's share of the charter's work
  - {work: outreach, first: 1, last: 17}
schedule:                         # optional: when, in the charter's time zone
  - {activity: Send morning batch, days: [mon, tue, wed, thu, fri], start: "10:00", end: "11:00"}
status: REGISTERED                # REGISTERED: ready and committed · PENDING: holds the number, not committed yet
timestamp: 2026-11-20T08:00:00Z   # RFC 3339, UTC: when the session claimed. Informative: merge order decides
labels: {team: outreach}          # optional: free text to free text
"""


class TestTheExamplesOfTheContract:
    def test_charter(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "registry.git")
        repository.commit("main", {CHARTER: EXAMPLE_CHARTER})
        assert audit(repo=repository.path, ref=None).findings == ()
        assert status_at(repository.path, None).capacity == 12

    def test_claim(self, tmp_path: Path) -> None:
        repository = with_charter(tmp_path / "registry.git")
        repository.commit("claim/04", {claim_path(4): EXAMPLE_CLAIM}, "main")
        verdict = validate(repo=repository.path, base=None, head="claim/04")
        assert verdict.accepted
        assert verdict.findings == ()

    def test_claim_as_json(self, tmp_path: Path) -> None:
        document = read(claim_path(4), EXAMPLE_CLAIM.encode())
        repository = with_charter(tmp_path / "registry.git")
        text = Claim.model_validate(document.value).model_dump_json(exclude_none=True, indent=2)
        repository.commit("claim/04", {claim_path(4): text}, "main")
        assert validate(repo=repository.path, base=None, head="claim/04").findings == ()


class TestTheFleet:
    def test_twelve_sessions_by_number(self) -> None:
        assert [(number, claim.number) for number, claim in FLEET.items()] == [(n, n) for n in range(1, 13)]
        assert {claim.status for claim in FLEET.values()} == {"REGISTERED"}
        assert len({claim.session_id for claim in FLEET.values()}) == 12
        assert len({claim.runtime_id for claim in FLEET.values()}) == 12
        assert [claim.timestamp for claim in FLEET.values()] == sorted(claim.timestamp for claim in FLEET.values())

    def test_everyone_takes_the_planned_role(self) -> None:
        assert {slot.number: slot.role for slot in PLAN.slots} == {n: claim.role for n, claim in FLEET.items()}
        assert (PLAN.capacity, PLAN.orchestrator) == (12, 1)

    def test_the_work_is_divided_without_rest(self) -> None:
        parts = [part for claim in FLEET.values() for part in claim.scope]
        for work in PLAN.work:
            mine = [part for part in parts if part.work == work.name]
            ranges = sorted((part.first, part.last) for part in mine if isinstance(part, RangePart))
            numbers = [number for first, last in ranges for number in range(first, last + 1)]
            segments = [name for part in mine if isinstance(part, SegmentPart) for name in part.segments]
            if isinstance(work, RangeWork):
                assert (numbers, segments) == (list(range(work.first, work.last + 1)), [])
            else:
                assert (numbers, segments) == ([], list(work.segments))

    def test_proposed_one_after_another(self, tmp_path: Path) -> None:
        repository = with_charter(tmp_path / "registry.git")
        start = repository.git("rev-parse", "main")
        for number, text in fleet().items():
            branch = f"claim/{number:02}"
            repository.commit(branch, {claim_path(number): text}, "refs/heads/main^0")
            verdict = validate(repo=repository.path, base="main", head=branch)
            assert verdict.accepted
            own = [finding for finding in verdict.findings if finding.origin == "introduced"]
            assert told(own) == told_of(number)
            repository.merge(branch)
        assert_complete(repository, start)

    def test_proposed_all_at_once_and_merged_backwards(self, tmp_path: Path) -> None:
        repository = with_charter(tmp_path / "registry.git")
        start = repository.git("rev-parse", "main")
        for number, text in fleet().items():
            repository.commit(f"claim/{number:02}", {claim_path(number): text}, start)
        for number in reversed(fleet()):
            assert validate(repo=repository.path, base="main", head=f"claim/{number:02}").accepted
            repository.merge(f"claim/{number:02}")
        assert_complete(repository, start)

    @pytest.mark.parametrize("number", sorted(MISTAKES))
    def test_the_mistakes_of_the_original_are_shown_with_their_line(self, tmp_path: Path, number: int) -> None:
        repository = with_charter(tmp_path / "registry.git")
        repository.commit("claim", {claim_path(number): fleet()[number]}, "main")
        report = FORMATS["text"](validate(repo=repository.path, base="main", head="claim"), Setting())
        message, line = MISTAKES[number]
        assert f"warning[REG204] scope-disagrees: {message}\n  --> {claim_path(number)}:{line}:5\n" in report
        assert report.endswith("\naccepted: 1 warning\n")


def assert_complete(repository: Repository, start: str) -> None:
    """Twelve of twelve, and nothing to say but the two mistakes, in whatever way it is looked at."""
    everything = told_of(5) + told_of(6)
    assert told(list(audit(repo=repository.path, ref="main").findings)) == everything
    steps = validate(repo=repository.path, base=start, head="main", steps=True)
    assert steps.accepted
    assert told([finding for finding in steps.findings if finding.origin == "introduced"]) in (
        everything,
        everything[::-1],
    )
    status = status_at(repository.path, "main")
    assert (status.registered, status.phase) == (12, "registered")
    assert [criterion.met for criterion in status.criteria] == [True] * 4 + [False] * 2


def told(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.location.path, finding.message) for finding in findings]


def told_of(number: int) -> list[tuple[str, str, str]]:
    return [("REG204", claim_path(number), MISTAKES[number][0])] if number in MISTAKES else []
