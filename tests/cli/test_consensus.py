"""The consensus verbs on a real Git server, from registered to active, and what they refuse."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.agreeing import (
    ORCHESTRATOR,
    SESSIONS,
    acknowledge_at_once,
    all_registered,
    broadcast_done,
    charter_for,
    guard,
    main_of,
    said,
)
from tests.cli.stage import CHARTER, Stage, commit, fleet, git, new_key, refs, try_git, typed, verb, write
from tests.cli.states import FLEET
from tests.repository import CHARTER as CHARTER_FILE
from tests.repository import Repository, claim_path, with_charter
from tests.shell import program

WEEK, DAYS = "2099-W48", "2099-11-23 to 2099-11-29"


def phase(folder: Path) -> str:
    git(folder, "fetch", "--quiet", "origin")
    return str(verb(folder, "consensus", "status", "--format", "json").document["phase"])


@pytest.mark.takes_long
def test_two_rounds_to_active_on_a_guarded_server(tmp_path: Path) -> None:
    stage, sessions = Stage(tmp_path, charter=charter_for(6), signed=True), SESSIONS[:6]
    orchestrator = all_registered(stage, range(1, 7))
    guard(stage, signed=True)
    broadcast_done(stage, orchestrator)
    assert phase(stage.human) == "broadcast"

    acknowledged = acknowledge_at_once(stage, sessions)
    assert [done.exit_code for done in acknowledged] == [0] * 6, acknowledged
    merged = [done.document["merged"] for done in acknowledged]
    line = git(stage.bare, "rev-list", "--first-parent", "main").split()
    assert sorted(merged) == sorted(line[:6]), "one step each, none lost"
    assert phase(stage.human) == "acknowledged"

    late = stage.clone("late")
    write(late, "registry/sessions/05.yaml", fleet(5).replace("17", "16"))
    git(late, "checkout", "--quiet", "-b", "amended")
    commit(late, "Number 5 promises what its scope holds")
    git(late, "push", "--quiet", "origin", "HEAD:claim/05")
    said(verb(stage.human, "approve", "5", "--yes"))
    git(stage.human, "fetch", "--quiet", "origin")
    void = said_no(verb(stage.human, "consensus", "status", "--format", "json").document)
    assert len(void) == 9
    assert void["registry/consensus/approval.yaml"] is None, "the orchestrator confirms before"
    assert (
        void["registry/consensus/confirmation.yaml"] == f"registry consensus confirm --session-id {ORCHESTRATOR} --push"
    )
    assert "no longer counts: registry/consensus/approval.yaml" in verb(stage.human, "status").out.replace("\n", " ")
    again = verb(stage.human, "consensus", "activate", "--week", WEEK, "--yes")
    assert again.exit_code == 1
    assert "comes too early: the fleet is in phase registered" in again.out

    broadcast_done(stage, orchestrator)
    assert verb(stage.human, "whoami", "--session-id", ORCHESTRATOR, "--fetch").exit_code == 0
    assert {*stage.refs("refs/heads/broadcast").values()} == {git(stage.human, "rev-parse", "origin/broadcast").strip()}
    for session in sessions:
        said(verb(orchestrator, "consensus", "acknowledge", "--session-id", session, "--push"))
    done = said(verb(stage.human, "consensus", "activate", "--week", WEEK, "--yes"))
    assert "mon 2099-11-23" in done.out
    assert phase(stage.human) == "active"
    again = verb(stage.human, "consensus", "activate", "--week", WEEK, "--yes")
    following = "registry consensus activate --week 2099-W49 --replace"
    active = f"already activated for week {WEEK} (2099-11-23 to 2099-11-29); another week instead: {following}"
    assert (again.exit_code, again.note) == (0, active)
    assert verb(stage.human, "status", "--format", "json").document["week"] == WEEK
    assert f"phase: active from Monday 2099-11-23 (week {WEEK})\n" in verb(stage.human, "status").out
    assert verb(stage.human, "export").document["week"] == WEEK
    assert verb(stage.human, "schedule").out.startswith(f"week {WEEK}, ")
    assert verb(stage.human, "status", "--watch", "--once").out.endswith(
        f"the fleet is activated for week {WEEK} ({DAYS})\n"
    )
    said(verb(stage.human, *following.split()[1:], "--yes"))
    assert stage.at("main", "registry/consensus/activation.yaml")["week"] == "2099-W49"
    assert verb(stage.human, "status", "--watch", "--once").out.endswith(
        "the fleet is activated for week 2099-W49 (2099-11-30 to 2099-12-06)\n"
    )
    assert verb(stage.human, "audit").exit_code == 0


def said_no(document: Mapping[str, list[dict[str, str | None]]]) -> dict[str | None, str | None]:
    return {record["path"]: record["again"] for record in document["records"] if record["void"]}


@pytest.fixture
def ready(tmp_path: Path) -> tuple[Stage, Path]:
    """All are registered, on a server whose guard asks for no signature."""
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    guard(stage, signed=False)
    return stage, orchestrator


def test_status_names_who_acts_next(ready: tuple[Stage, Path]) -> None:
    _, orchestrator = ready
    done = verb(orchestrator, "consensus", "status")
    assert done.exit_code == 1
    assert done.out.startswith("registered · no consensus yet · sha256:")
    assert done.note == (
        "next: number 1 (marketing-orchestrator) confirms that nothing conflicts: "
        "registry consensus confirm --session-id marketing-orchestrator --push"
    )
    document = verb(orchestrator, "consensus", "status", "--format", "json").document
    assert document["metrics"] == {
        "unique_numbers": 12,
        "distinct_roles": 12,
        "measurable_goals": 12,
        "alignment": 100,
        "acknowledged": 0,
    }
    assert not document["consensus"]


def test_what_the_gate_rejects_waits_for_its_session(tmp_path: Path) -> None:
    """Neither a move nor a command sends an approver to a proposal that cannot be merged."""
    repository = with_charter(tmp_path / "registry.git", [1])
    twice = FLEET[6].replace("marketing-outreach-3", "marketing-orchestrator")
    for branch, path, text in (
        ("claim/04", claim_path(4), FLEET[4]),
        ("claim/06", claim_path(6), twice),
        ("charter/broken", CHARTER_FILE, "mission: ["),
    ):
        repository.commit(branch, {path: text}, "refs/heads/main^0")
    consensus = verb(repository.path, "consensus", "status", "--format", "json").document
    assert (consensus["proposed"], consensus["rejected"]) == ([], ["charter/broken", "claim/06"])
    assert [(move["who"], move["command"]) for move in consensus["moves"][1:]] == [
        ("an approver", "registry proposals"),
        ("those who proposed charter/broken, claim/06", None),
    ]
    assert "what is proposed: 4: registry proposals" in consensus["next_action"]
    status = verb(repository.path, "status", "--format", "json").document
    assert status["next_action"] == consensus["next_action"]
    assert status["slots"][5]["state"] == "proposed", "nobody else can claim it"


@pytest.mark.parametrize(
    ("back", "phase", "code"),
    [
        *((16, "registered", 1), (15, "confirmed", 1), (14, "approved", 0), (13, "broadcast", 0)),
        *((7, "broadcast", 0), (1, "acknowledged", 0), (0, "active", 0)),
    ],
)
def test_status_exits_0_from_the_approval_on(all_active: Repository, back: int, phase: str, code: int) -> None:
    done = verb(all_active.path, "consensus", "status", "--ref", f"main~{back}")
    assert (done.exit_code, done.out.split(" ", 1)[0]) == (code, phase)
    words = " · consensus · " if code == 0 else " · no consensus yet · "
    assert words in done.out.splitlines()[0]
    document = verb(all_active.path, "consensus", "status", "--ref", f"main~{back}", "--format", "json").document
    assert (document["phase"], document["consensus"]) == (phase, code == 0)


@pytest.mark.parametrize(("back", "words"), [(1, ("activate", "--week", WEEK)), (15, ("approve",))])
def test_json_of_a_human_decision_is_all_of_standard_output(
    all_active: Repository, tmp_path: Path, back: int, words: tuple[str, ...]
) -> None:
    """What the human decides on is shown beside it, on standard error."""
    git(tmp_path, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    git(tmp_path / "fleet.git", "update-ref", "refs/heads/main", f"main~{back}")
    git(tmp_path, "clone", "--quiet", "fleet.git", "human")
    done = said(verb(tmp_path / "human", "consensus", *words, "--yes", "--format", "json"))
    assert done.document["merged"] == refs(tmp_path / "fleet.git")["refs/heads/main"]
    assert done.out.startswith("{\n")
    assert "marketing-outreach-1: Outreach AI" in done.err
    assert ("mon 2099-11-23" in done.err) == (words[0] == "activate")


def test_a_week_that_is_not_over_is_activated_once_and_replaced_only_by_name(
    all_active: Repository, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    git(tmp_path, "clone", "--quiet", "fleet.git", "human")
    human, before = tmp_path / "human", refs(tmp_path / "fleet.git")
    again = said(verb(human, "consensus", "activate", "--yes"))
    other = "another week instead: registry consensus activate --week 2099-W49 --replace"
    assert again.note == f"already activated for week {WEEK} (2099-11-23 to 2099-11-29); {other}"
    refused = verb(human, "consensus", "activate", "--week", "2099-W47", "--yes")
    instead = "take it back for week 2099-W47: registry consensus activate --week 2099-W47 --replace"
    running = f"week {WEEK} (2099-11-23 to 2099-11-29) is active and not over"
    assert (refused.exit_code, refused.note) == (1, f"no activation: {running}; {instead}")
    assert refs(tmp_path / "fleet.git") == before
    asked = typed(human, ["n"], "consensus", "activate", "--week", "2099-W47", "--replace")
    assert "Activate week 2099-W47 instead of week 2099-W48, which is not over, as @OWNER?" in asked.err
    said(verb(human, "consensus", "activate", "--week", "2099-W47", "--replace", "--yes"))
    assert verb(human, "status", "--format", "json", "--fetch").document["week"] == "2099-W47"


def confirmed_fleet(all_active: Repository, folder: Path) -> Path:
    """A clone by the human of a server where all is confirmed, and nothing approved."""
    git(folder, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    git(folder / "fleet.git", "update-ref", "refs/heads/main", "main~15")
    git(folder, "clone", "--quiet", "fleet.git", "human")
    return folder / "human"


def test_the_human_decides_on_one_page_with_all_of_the_registry(all_active: Repository, tmp_path: Path) -> None:
    """Claims, digest, findings and criteria are shown before the question; declining changes nothing."""
    human = confirmed_fleet(all_active, tmp_path)
    done = typed(human, ["n"], "consensus", "approve")
    assert (done.exit_code, done.note) == (1, "no approval is made: you answered no")
    exported = verb(human, "export").document
    assert "Generate $120k MRR through autonomous execution\n" in done.out
    assert f"registry {exported['digest']}\n" in done.out
    for claim in exported["claims"]:
        assert f"{claim['number']:>5}  {claim['session_id']}: {claim['role']}\n       {claim['goal']}\n" in done.out
    assert "       emails sent >= 17 emails/day; " in done.out, "with targets, scope and hours"
    criteria = verb(human, "consensus", "status", "--format", "json").document["criteria"]
    assert len(criteria) == 6
    assert all(f"{criterion['name']:<23} {criterion['evidence']}\n" in done.out for criterion in criteria)
    assert "\naudit: accepted: " in done.out
    assert "Approve this registry as @OWNER?" in done.err
    assert refs(tmp_path / "fleet.git")["refs/heads/main"] == git(human, "rev-parse", "origin/main").strip()


def test_what_is_approved_is_the_registry_as_it_is_on_main(all_active: Repository, tmp_path: Path) -> None:
    """The approval names the digest of the final registry; with a claim changed after it, nothing is approved."""
    human = confirmed_fleet(all_active, tmp_path)
    said(verb(human, "consensus", "approve", "--yes"))
    git(human, "fetch", "--quiet", "origin")
    git(human, "reset", "--quiet", "--hard", "origin/main")
    digest = verb(human, "export").document["digest"]
    record = (human / "registry/consensus/approval.yaml").read_text()
    assert f"registry: {digest}\n" in record
    assert met(human) == (0, True)
    write(human, "registry/sessions/05.yaml", fleet(5).replace("17", "16"))
    commit(human, "Number 5 promises less")
    git(human, "push", "--quiet", "origin", "HEAD:main")
    git(human, "fetch", "--quiet", "origin")
    assert verb(human, "export").document["digest"] != digest
    assert met(human) == (1, False)


def test_a_release_in_an_active_fleet_waits_for_a_human_who_is_told_what_it_stops(
    all_active: Repository, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    Repository(tmp_path / "fleet.git").commit("release/04", {"registry/sessions/04.yaml": None}, "main")
    git(tmp_path, "clone", "--quiet", "fleet.git", "human")
    human, waits = (
        tmp_path / "human",
        "@OWNER decides on release/04 (approving it stops the fleet): registry approve release/04",
    )
    assert verb(human, "status").note.endswith(f"next: {waits}")
    document = verb(human, "consensus", "status", "--format", "json").document
    assert (document["next_action"], document["proposed"]) == (waits, [])
    assert "; the fleet stops until then.\nnext: registry approve release/04\n" in verb(human, "show", "release/04").out
    assert "approving this stops the active fleet; what has to be made again: registry show release/04" in " ".join(
        verb(human, "proposals").out.split()
    )
    done = typed(human, ["n"], "approve", "release/04")
    assert "Approve release/04, which stops the fleet, as @OWNER?" in done.err
    assert "approving this voids the confirmation, the approval, the broadcast, 12 acknowledgements, the " in done.out
    assert (
        "activation, which have to be made again after number 4 is registered; the fleet stops until then.\n"
        in done.out
    )
    other = verb(human, "export").document["claims"][4] | {"goal": "Send 18 emails daily"}
    Repository(tmp_path / "fleet.git").commit("claim/05", {"registry/sessions/05.yaml": json.dumps(other)}, "main")
    refused = typed(human, [], "approve", "claim/05").out
    assert "REG404" in refused
    assert "approving this voids" not in refused, "it is not approved"


def met(human: Path) -> tuple[int, bool]:
    """The exit code of `consensus status`, and whether its last criterion, the human's approval, is met."""
    done = verb(human, "consensus", "status", "--format", "json")
    (approved,) = (one["met"] for one in done.document["criteria"] if one["name"] == "human-approved")
    return done.exit_code, approved


@pytest.mark.takes_long
def test_confirm_is_the_orchestrator_s_and_idempotent(ready: tuple[Stage, Path]) -> None:
    stage, orchestrator = ready
    foreign = verb(orchestrator, "consensus", "confirm", "--session-id", SESSIONS[1], "--push")
    assert foreign.exit_code == 2
    assert foreign.err.endswith(
        "the orchestrator is number 1, held by marketing-orchestrator, not marketing-research-1\n"
    )
    first = said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push", "--format", "json"))
    second = said(
        verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push", "--format", "json")
    )
    assert first.document["commit"] == second.document["commit"]
    assert "is proposed already" in second.document["note"]
    git(orchestrator, "fetch", "--quiet", "origin")
    asked = verb(orchestrator, "consensus", "status").out
    assert "next: @OWNER decides on record/confirmation: registry approve record/confirmation\n" in asked
    both = said(verb(stage.human, "consensus", "approve", "--yes"))
    assert "record/confirmation is on main (commit " in both.out
    assert both.note.startswith("the approval is on main (commit ")
    third = said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push"))
    assert third.note == "the confirmation is on main already"


def test_confirm_refuses_while_anything_conflicts(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    write(stage.human, "registry/sessions/05.yaml", fleet(5).replace("first: 18", "first: 17"))
    commit(stage.human, "Two sessions share prospect 17")
    git(stage.human, "push", "--quiet", "origin", "main")
    done = verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push")
    assert done.exit_code == 1
    assert 'error[REG501] double-holder: the work "outreach 17" stands twice on main' in done.out
    assert done.note == "not confirmed: first fix these errors on main"
    assert not refs(stage.bare, "refs/heads/record")


def test_without_push_a_record_stays_here(ready: tuple[Stage, Path]) -> None:
    stage, orchestrator = ready
    done = said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR))
    assert done.note.endswith("here only; publish it: git push origin record/confirmation")
    assert not refs(stage.bare, "refs/heads/record")
    git(orchestrator, "push", "--quiet", "origin", "record/confirmation")


def test_records_out_of_order_are_refused(ready: tuple[Stage, Path]) -> None:
    stage, orchestrator = ready
    early = verb(stage.human, "consensus", "approve", "--yes")
    assert early.exit_code == 1
    assert "error[REG403]" in early.out
    letters = verb(orchestrator, "consensus", "broadcast", "--session-id", ORCHESTRATOR, "--push")
    assert (letters.exit_code, letters.note) == (1, "nothing is sent: the registry is registered, not approved")
    own = verb(orchestrator, "consensus", "acknowledge", "--session-id", SESSIONS[3], "--push")
    assert own.exit_code == 1
    assert "this needs phase broadcast" in own.out
    stranger = verb(orchestrator, "consensus", "acknowledge", "--session-id", "nobody", "--push")
    assert stranger.exit_code == 2
    assert "nobody holds no number on main" in stranger.err
    week = verb(stage.human, "consensus", "activate", "--week", "2025-W53", "--yes")
    assert week.exit_code == 2
    assert "no ISO week of the calendar" in week.err
    over = verb(stage.human, "consensus", "activate", "--week", "2025-W52", "--yes")
    assert (over.exit_code, over.note) == (
        1,
        "no activation: week 2025-W52 is over; and it is too early; see: registry consensus status",
    )
    early = verb(stage.human, "consensus", "activate", "--yes")
    assert (early.exit_code, early.out.startswith("error[REG403]")) == (1, True), "the week is not shown"


@pytest.mark.takes_long
def test_acknowledgement_repeats_number_role_and_goal(ready: tuple[Stage, Path]) -> None:
    stage, orchestrator = ready
    broadcast_done(stage, orchestrator)
    done = said(verb(orchestrator, "consensus", "acknowledge", "--session-id", SESSIONS[3], "--push"))
    number, role, goal, registry, note = done.out.splitlines()
    assert number == "number:   4"
    assert role == "role:     Outreach AI - Personalize and send emails (Morning Batch 1)"
    assert goal == "goal:     Send 17 perfectly personalized emails daily, 95%+ delivery rate"
    assert registry.startswith("registry: sha256:")
    assert note.startswith("acknowledged, on main (commit ")
    assert stage.at("main", "registry/consensus/acknowledgements/04.yaml")["ready"] is True
    before = main_of(stage)
    again = said(verb(orchestrator, "consensus", "acknowledge", "--session-id", SESSIONS[3], "--push"))
    assert again.note == "the acknowledgement is on main already"
    assert main_of(stage) == before
    mine = verb(orchestrator, "whoami", "--session-id", SESSIONS[4])
    assert f"registry consensus acknowledge --session-id {SESSIONS[4]} --push" in mine.out


def test_acknowledgement_becomes_a_proposal_where_main_takes_no_push(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    broadcast_done(stage, orchestrator)
    program(stage.bare / "hooks" / "update", 'test "$1" != refs/heads/main || { echo protected >&2; exit 1; }')
    done = said(verb(orchestrator, "consensus", "acknowledge", "--session-id", SESSIONS[3], "--push"))
    assert "is proposed on record/acknowledgements/04" in done.note
    assert set(refs(stage.bare, "refs/heads/record")) == {"refs/heads/record/acknowledgements/04"}


def test_plain_pushes_cannot_forge_records(tmp_path: Path) -> None:
    """The server refuses an unsigned approval, one that another human signed, and an acknowledgement taken away."""
    stage = Stage(tmp_path, signed=True)
    orchestrator = all_registered(stage)
    guard(stage, signed=True)
    broadcast_done(stage, orchestrator)
    said(verb(orchestrator, "consensus", "acknowledge", "--session-id", SESSIONS[3], "--push"))
    intruder = stage.clone("intruder")
    path = "registry/consensus/acknowledgements/04.yaml"
    given = git(stage.bare, "show", f"main:{path}")
    for title, where, text, because in (
        ("for another", path, given.replace("number: 4", "number: 5"), "REG402"),
        ("taken away", path, None, "REG402"),
        ("approval without a signature", "registry/consensus/approval.yaml", "registry: x\n", "REG304"),
    ):
        git(intruder, "checkout", "--quiet", "--force", "-B", "main", "origin/main")
        if text is None:
            (intruder / where).unlink()
        else:
            write(intruder, where, text)
        commit(intruder, title)
        pushed = try_git(intruder, "push", "origin", "HEAD:main")
        assert pushed.exit_code, title
        assert because in pushed.err, pushed.err


def test_approval_in_another_approver_s_name_is_refused(tmp_path: Path) -> None:
    deputy = new_key(tmp_path / "deputy")
    charter = CHARTER.replace("approvers: ", f'approvers:\n  - {{handle: "@DEPUTY", key: "{deputy}"}}\n  #')
    stage = Stage(tmp_path, charter=charter, signed=True)
    orchestrator = all_registered(stage)
    guard(stage, signed=True)
    said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push"))
    said(verb(stage.human, "approve", "record/confirmation", "--yes"))
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    digest = stage.at("main", "registry/consensus/confirmation.yaml")["registry"]
    text = f'registry: {digest}\napproved_by: "@DEPUTY"\ntimestamp: 2026-01-05T08:00:00Z\n'
    write(stage.human, "registry/consensus/approval.yaml", text)
    commit(stage.human, "In the deputy's name", key=str(tmp_path / "owner"))
    pushed = try_git(stage.human, "push", "origin", "HEAD:main")
    assert pushed.exit_code
    assert 'it says "@DEPUTY", and @OWNER has signed the step' in pushed.err


def test_approval_is_the_signer_s_own(tmp_path: Path) -> None:
    stage = Stage(tmp_path, signed=True)
    orchestrator = all_registered(stage)
    guard(stage, signed=True)
    said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push"))
    said(verb(stage.human, "approve", "record/confirmation", "--yes"))
    done = said(verb(stage.human, "consensus", "approve", "--yes", "--format", "json"))
    assert done.document["merged"] == main_of(stage)
    assert stage.at("main", "registry/consensus/approval.yaml")["approved_by"] == "@OWNER"
    verdict = verb(stage.human, "validate", "--steps", "--base", f"{main_of(stage)}~1", "--head", main_of(stage))
    assert verdict.exit_code == 0, verdict.out


def test_an_acknowledgement_carries_no_other_change(tmp_path: Path) -> None:
    """It needs no signature, so it must not merge anything or replace a valid acknowledgement."""
    stage = Stage(tmp_path, signed=True)
    orchestrator = all_registered(stage)
    guard(stage, signed=True)
    broadcast_done(stage, orchestrator)
    said(verb(stage.human, "release", "5", "--reason", "the batch is done"))
    proposal = refs(stage.bare, "refs/heads/release")["refs/heads/release/05"]
    intruder = stage.clone("intruder")
    said(verb(intruder, "consensus", "acknowledge", "--session-id", SESSIONS[3]))
    own = "record/acknowledgements/04"
    says = git(intruder, "log", "-1", "--format=%B", own).strip()
    parents = ("-p", "origin/main", "-p")
    merge = git(intruder, "commit-tree", *parents, proposal, "-m", says, f"{own}^{{tree}}")
    pushed = try_git(intruder, "push", "origin", f"{merge.strip()}:main", ":release/05")
    assert "REG304" in pushed.err, "or the proposal of another would go as one that has landed"
    assert refs(stage.bare, "refs/heads/release") == {"refs/heads/release/05": proposal}
    again = git(intruder, "commit-tree", *parents, "origin/main~1", "-m", says, f"{own}^{{tree}}")
    assert "REG304" in try_git(intruder, "push", "origin", f"{again.strip()}:main").err, "nor a merge of what landed"
    hidden = git(intruder, "commit-tree", "-p", "origin/main", "-m", says, with_a_folder(intruder, own))
    assert "REG304" in try_git(intruder, "push", "origin", f"{hidden.strip()}:main").err
    git(intruder, "push", "--quiet", "origin", f"{own}:main")
    git(intruder, "checkout", "--quiet", own)
    sooner = re.sub(r"T..:..:..Z", "T00:00:00Z", acknowledged(stage, 4))
    write(intruder, "registry/consensus/acknowledgements/04.yaml", sooner)
    commit(intruder, says)
    assert "REG304" in try_git(intruder, "push", "origin", "HEAD:main").err


def with_a_folder(clone: Path, revision: str) -> str:
    """The tree of a revision with an empty folder in it, which Git writes only for who asks for it."""
    git(clone, "hash-object", "-t", "tree", "-w", os.devnull)
    rows = git(clone, "ls-tree", revision) + "040000 tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\tzz\n"
    made = subprocess.run(["git", "mktree"], cwd=clone, input=rows, capture_output=True, encoding="utf-8", check=True)
    return made.stdout.strip()


def acknowledged(stage: Stage, number: int) -> str:
    return git(stage.bare, "show", f"main:registry/consensus/acknowledgements/{number:02}.yaml")


def test_a_record_that_does_not_merge_any_more_is_proposed_again(tmp_path: Path) -> None:
    """Main had such a record meanwhile, and has it no longer: the same command makes the proposal anew."""
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    confirm = ("consensus", "confirm", "--session-id", "marketing-orchestrator", "--push")
    said(verb(orchestrator, *confirm))
    first = refs(stage.bare, "refs/heads/record/")
    said(verb(orchestrator, *confirm))
    assert refs(stage.bare, "refs/heads/record/") == first
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    for text in (git(stage.bare, "show", "record/confirmation:registry/consensus/confirmation.yaml"), None):
        path = stage.human / "registry/consensus/confirmation.yaml"
        if text is None:
            path.unlink()
        else:
            write(stage.human, "registry/consensus/confirmation.yaml", text)
        commit(stage.human, "Confirmed, and taken back")
    git(stage.human, "push", "--quiet", "origin", "main")
    said(verb(orchestrator, *confirm))
    (now,) = refs(stage.bare, "refs/heads/record/").values()
    assert git(stage.bare, "rev-parse", f"{now}~1") == git(stage.bare, "rev-parse", "main")
