"""`conflicts`, `split` and `schedule`: every kind of conflict in the seed, and an even batch split."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.agreeing import all_registered
from tests.cli.stage import CHARTER, Stage, commit, fleet, git, verb, write
from tests.repository import Repository
from validator.operations.steps import validate


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def proposed(stage: Stage, number: int, text: str) -> Path:
    """A proposal from the beginning of main, pushed past every verb."""
    session = stage.clone(f"session-{number}")
    git(session, "checkout", "--quiet", "-B", "work", stage.beginning)
    write(session, f"registry/sessions/{number:02}.yaml", text)
    commit(session, "A claim")
    git(session, "push", "--quiet", "origin", f"HEAD:refs/heads/claim/{number:02}")
    git(session, "fetch", "--quiet", "origin")
    return session


@pytest.mark.parametrize(
    ("number", "text", "kind", "told"),
    [
        (
            4,
            fleet(4, session_id="marketing-late", runtime_id="late"),
            "number",
            "number 4 is held by marketing-outreach-1",
        ),
        (5, fleet(5, session_id="marketing-outreach-1"), "session", "marketing-outreach-1"),
        (5, fleet(5, role="Outreach AI / personalize and send emails (morning batch 1)"), "role", "number 4"),
        (5, fleet(5).replace("first: 18", "first: 17"), "scope", '"outreach 17"'),
        (1, fleet(1).replace("op: gte, value: 120000", "op: lt, value: 120000"), "goal", "MRR"),
    ],
)
def test_conflicts_of_a_proposal_are_named(stage: Stage, number: int, text: str, kind: str, told: str) -> None:
    stage.registered(4)
    session = proposed(stage, number, text)
    done = verb(session, "conflicts", "--format", "json")
    assert done.exit_code == 1
    rows = [row for row in done.document["conflicts"] if row["kind"] == kind]
    assert rows, done.out
    assert rows[0]["where"] == f"origin/claim/{number:02}"
    assert told in rows[0]["message"]
    if kind == "number":
        assert "1-3, 5-12" in rows[0]["help"], "the second gets the free numbers"


def test_a_proposal_is_not_blamed_for_what_main_had(stage: Stage) -> None:
    role = fleet(4).partition("\nrole: ")[2].partition("\n")[0]
    stage.registered(4)
    stage.registered(5, role=role)
    proposed(stage, 1, fleet(1).replace("$120k", "$90k").replace("120000", "90000"))  # less than the mission: a warning
    done = verb(proposed(stage, 6, fleet(6)), "conflicts", "--format", "json")
    assert done.exit_code == 1
    assert {(row["where"], row["kind"]) for row in done.document["conflicts"]} == {("main", "role")}


def test_two_proposals_that_want_the_same(stage: Stage) -> None:
    proposed(stage, 5, fleet(5))
    session = proposed(stage, 6, fleet(6, session_id="marketing-outreach-2", runtime_id="x"))
    done = verb(session, "conflicts")
    assert done.exit_code == 1
    assert "both want session marketing-outreach-2" in done.out


def test_no_conflicts_and_targets_that_add_up(stage: Stage) -> None:
    clone = all_registered(stage)
    git(clone, "fetch", "--quiet", "origin")
    done = verb(clone, "conflicts")
    assert done.exit_code == 0
    assert "outreach: 4, 5, 6 promise 17 + 17 + 16 = 50 emails/day, and the work holds 50" in done.out
    write(stage.human, "registry/sessions/06.yaml", fleet(6).replace("16", "15"))
    commit(stage.human, "One less")
    git(stage.human, "push", "--quiet", "origin", "main")
    git(clone, "fetch", "--quiet", "origin")
    less = verb(clone, "conflicts")
    assert less.exit_code == 0, "advice blocks nothing"
    assert "17 + 17 + 15 = 49 emails/day, and the work holds 50" in less.out
    assert "registry conflicts --propose-split outreach" in less.out


def test_split_mends_what_the_seed_got_wrong(stage: Stage, tmp_path: Path) -> None:
    """Sessions 5 and 6 promise 17 and 16, and hold 16 and 17: the even split is what they promise."""
    clone = all_registered(stage)
    git(clone, "fetch", "--quiet", "origin")
    document = verb(clone, "conflicts", "--propose-split", "Outreach", "--format", "json").document
    assert [(row["number"], row["now"], row["proposed"]) for row in document["shares"]] == [
        (4, "1-17", "1-17"),
        (5, "18-33", "18-34"),
        (6, "34-50", "35-50"),
    ]
    git(clone, "checkout", "--quiet", "-B", "main", "origin/main")
    before = validate(repo=clone, base="origin/main", head="origin/main")
    assert [finding.code for finding in before.findings] == ["REG204", "REG204"]
    (tmp_path / "edit.patch").write_text("".join(row["edit"] for row in document["shares"]))
    git(clone, "apply", str(tmp_path / "edit.patch"))
    done = verb(clone, "validate", "--worktree", "--format", "json")
    assert {row["code"] for row in json.loads(done.out)["findings"] if row["code"] == "REG204"} == set()


def test_split_of_a_share_whose_numbers_get_longer(stage: Stage) -> None:
    """Both numbers stand in one line: putting the first in must not move the place of the last."""
    clone = all_registered(stage)
    write(stage.human, "registry/sessions/05.yaml", fleet(5).replace("first: 18", "first: 3"))
    commit(stage.human, "Another share")
    git(stage.human, "push", "--quiet", "origin", "main")
    git(clone, "fetch", "--quiet", "origin")
    document = verb(clone, "conflicts", "--propose-split", "outreach", "--format", "json").document
    edit = document["shares"][1]["edit"]
    assert edit is not None
    assert [line for line in edit.splitlines() if line.startswith(("-  ", "+  "))] == [
        "-  - {work: outreach, first: 3, last: 33}",
        "+  - {work: outreach, first: 18, last: 34}",
    ]


def test_split_of_segments_and_of_unknown_work(stage: Stage) -> None:
    clone = all_registered(stage)
    git(clone, "fetch", "--quiet", "origin")
    replies = verb(clone, "conflicts", "--propose-split", "replies")
    assert replies.exit_code == 0
    assert "7  marketing-conversation-1   high-value (stays as it is)" in replies.out
    unknown = verb(clone, "conflicts", "--propose-split", "nothing")
    assert unknown.exit_code == 2
    assert 'the charter has no work "nothing"; it has "prospect research"' in unknown.err


def test_schedule_of_the_seed(stage: Stage, tmp_path: Path) -> None:
    clone = all_registered(stage)
    git(clone, "fetch", "--quiet", "origin")
    done = verb(clone, "schedule", "--week", "2026-W48", "--output", str(tmp_path / "week.ics"), "--format", "json")
    monday = [row for row in done.document["appointments"] if row["day"] == "2026-11-23"]
    assert [(row["number"], row["start"], row["end"]) for row in monday] == [
        (1, "2026-11-23T06:00:00-08:00", "2026-11-23T18:00:00-08:00"),
        (10, None, "2026-11-23T08:00:00-08:00"),
        (4, "2026-11-23T10:00:00-08:00", "2026-11-23T11:00:00-08:00"),
        (5, "2026-11-23T10:00:00-08:00", "2026-11-23T11:00:00-08:00"),
        (6, "2026-11-23T14:00:00-08:00", "2026-11-23T15:00:00-08:00"),
    ]
    assert (tmp_path / "week.ics").read_bytes().count(b"BEGIN:VEVENT") == 25
    assert verb(clone, "schedule", "--week", "2026-W48", "--output", "/no/such/folder/x.ics").exit_code == 2


def test_calendar_of_a_commit_is_the_same_whenever_it_is_made(all_active: Repository, tmp_path: Path) -> None:
    verb(all_active.path, "schedule", "--week", "2026-W48", "--output", str(tmp_path / "week.ics"))
    when = git(all_active.path, "log", "-1", "--format=%cd", "--date=format-local:%Y%m%dT%H%M%SZ", "main", TZ="UTC")
    lines = (tmp_path / "week.ics").read_text().splitlines()
    assert {line for line in lines if line.startswith("DTSTAMP")} == {f"DTSTAMP:{when.strip()}"}


def test_a_stale_local_branch_has_no_conflicts(stage: Stage) -> None:
    first, second = stage.clone("first"), stage.clone("second")
    words = ("claim", "5", "--session-id", "outreach-1", "--yes", "--push", "--goal")
    assert verb(first, *words, "Send 17 emails daily").exit_code == 0
    assert verb(second, *words, "Send 18 emails daily").exit_code == 0
    git(first, "fetch", "--quiet", "origin")
    done = verb(first, "conflicts")
    assert done.exit_code == 0, done.out


def test_split_writes_segments_as_yaml_needs_them(tmp_path: Path) -> None:
    charter = CHARTER.replace("segments: [high-value, standard, overflow]", 'segments: ["a, b", "yes", "x: y"]')
    stage = Stage(tmp_path, charter=charter)
    for number, share in ((7, "high-value"), (8, "standard")):
        text = fleet(number).replace(f"[{share}", '["a, b"' if number == 7 else '["x: y"')
        write(stage.human, f"registry/sessions/{number:02}.yaml", text)
    commit(stage.human, "Two sessions")
    done = verb(stage.human, "conflicts", "--propose-split", "replies", "--ref", "HEAD")
    assert '+  - {work: replies, segments: ["a, b", "yes"]}' in done.out


def test_proposals_that_share_a_role_or_a_part_of_the_work(stage: Stage) -> None:
    stage.registered(4)
    session = stage.clone("session")
    words = ("claim", "--push", "--yes", "--session-id")
    assert verb(session, *words, "marketing-outreach-1", "4", "--scope", "outreach 1-20").exit_code == 0
    rival = ("--goal", "Send 16 emails daily", "--scope", "outreach 20-33")
    done = verb(session, *words, "outreach-2", "5", *rival)
    assert "· claim/04 has the same work; whoever is merged first keeps it: registry conflicts\n" in done.out
    told = verb(session, "whoami", "--session-id", "outreach-2", "--fetch").out
    assert "and claim/04 has the same work: a human (@OWNER) can approve only one of them; take something else" in told
    assert "fill in: registry claim 5 --session-id outreach-2 --scope SCOPE --push\n" in told
    told = verb(session, "whoami", "--session-id", "marketing-outreach-1").out
    assert "claim/04 is proposed, and claim/05 has the same work: " in told
    role = "Outreach AI - Personalize and send emails (Afternoon Batch)"
    assert verb(session, *words, "outreach-3", "6", "--goal", "Send 9 emails daily", "--role", role).exit_code == 0
    git(session, "fetch", "--quiet", "origin")
    document = verb(session, "conflicts", "--format", "json").document
    assert [(row["kind"], row["where"], row["numbers"], row["message"]) for row in document["conflicts"]] == [
        (
            "scope",
            "origin/claim/05",
            [4, 5],
            'origin/claim/04 and origin/claim/05 both want the work "outreach 20"',
        )
    ]


def test_a_proposal_that_has_landed_is_no_rival(stage: Stage) -> None:
    """Its branch was left after the merge, and its session has given the number back since."""
    session = proposed(stage, 4, fleet(4))
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "merge", "--quiet", "--no-ff", "--message", "Register", "origin/claim/04")
    git(stage.human, "rm", "--quiet", "registry/sessions/04.yaml")
    commit(stage.human, "Release")
    git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    words = ("claim", "5", "--push", "--yes", "--session-id", "outreach-2", "--goal", "Send 16 emails daily")
    done = verb(session, *words, "--scope", "outreach 1-20")
    assert (done.exit_code, "claim/04" in done.out) == (0, False)


def test_a_gap_is_seen_before_confirming_with_who_can_close_it(stage: Stage) -> None:
    clone = all_registered(stage)
    write(stage.human, "registry/sessions/06.yaml", fleet(6).replace("last: 50", "last: 49"))
    commit(stage.human, "A shorter share")
    git(stage.human, "push", "--quiet", "origin", "main")
    git(clone, "fetch", "--quiet", "origin")
    way_out = "registry claim 6 --session-id marketing-outreach-3 --scope 'outreach 34-50' --push"
    text = verb(clone, "conflicts").out
    assert 'gap (main): nobody took "outreach 50"\n    number 6 takes it: ' + way_out in text
    refused = verb(clone, "consensus", "confirm", "--session-id", "marketing-orchestrator", "--push")
    assert refused.exit_code == 1
    assert refused.out.endswith(
        f'not confirmed: 1 conflict\n  nobody took "outreach 50"\n    number 6 takes it: {way_out}\n'
    )
    status = verb(clone, "consensus", "status", "--format", "json").document
    assert status["metrics"]["alignment"] == 91
    assert (
        verb(clone, "status", "--format", "json").document["next_action"].endswith("its conflict: registry conflicts")
    )
    assert verb(clone, *shlex.split(way_out)[1:]).exit_code == 0
    assert verb(stage.human, "approve", "6", "--yes").exit_code == 0
    git(clone, "fetch", "--quiet", "origin")
    assert verb(clone, "conflicts").exit_code == 0


def test_what_the_audit_finds_is_seen_as_well(stage: Stage) -> None:
    stage.registered(4)
    write(stage.human, "registry/sessions/05.yaml", fleet(5, status="READY"))
    commit(stage.human, "Another status")
    done = verb(stage.human, "conflicts", "--ref", "HEAD", "--format", "json")
    (row,) = done.document["conflicts"]
    assert (done.exit_code, row["kind"], row["numbers"]) == (1, "rule", [5])
    assert row["message"].startswith("REG006 status is one of ")


def test_what_is_missing_is_said_at_the_claim_that_causes_it_and_by_status(tmp_path: Path) -> None:
    planned = CHARTER.replace(
        "(Morning Batch 1)}", "(Morning Batch 1), scope: [{work: outreach, first: 1, last: 17}]}"
    ).replace("capacity: 12", "capacity: 4")
    planned = re.sub(r"^  - \{number: (?:[123]|[5-9]|1[0-2]),.*\n", "", planned, flags=re.MULTILINE)
    planned = re.sub(r"^  - \{name: (?:prospect|replies|deals).*\n", "", planned, flags=re.MULTILINE)
    stage = Stage(tmp_path, charter=planned.replace("first: 1, last: 50", "first: 1, last: 17"))
    for number in (1, 2, 3):
        write(stage.human, f"registry/sessions/{number:02}.yaml", re.sub(r"scope:\n.*\n", "", fleet(number)))
    commit(stage.human, "Three sessions")
    git(stage.human, "push", "--quiet", "origin", "main")
    session = stage.clone("session")
    assert verb(session, "status", "--format", "json").document["missing"] == []
    words = ("claim", "4", "--session-id", "marketing-outreach-1", "--goal", "Send 17 emails daily", "--yes")
    done = verb(session, *words, "--scope", "")
    said = 'number 4 has no scope, and the charter plans "outreach 1-17"'
    assert (done.exit_code, f"\n· {said}\n" in done.out) == (0, True)
    assert verb(session, *words, "--scope", "", "--push", "--format", "json").document["advice"] == [said]
    git(session, "fetch", "--quiet", "origin")
    assert f"· {said}" in verb(session, "status").out
