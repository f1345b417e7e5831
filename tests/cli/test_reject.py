"""`registry reject`: delete a proposal, and keep the reason where its session finds it."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.stage import ROOT, Stage, commit, git, plain, refs, try_git, verb
from tests.cli.test_claim import MINE, RIVAL
from tests.cli.test_proposals import claims, document, propose
from tests.cli.test_whoami import NO_KEY
from tests.shell import program

WHOAMI: dict[str, Any] = json.loads((ROOT / "schema" / "output-whoami.schema.json").read_text())
NEXT = "next: registry consensus status --fetch\n"
WHO = ("whoami", "--session-id", "marketing-outreach-1")


def whoami(stage: Stage, folder: str, *words: str) -> dict[str, Any]:
    done = verb(stage.folder / folder, *WHO, "--format", "json", *words)
    Draft202012Validator(WHOAMI).validate(done.document)
    answer: dict[str, Any] = done.document
    return answer


def test_the_session_sees_the_reason(guarded: Stage) -> None:
    session = guarded.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    waiting = whoami(guarded, "session")
    until = "a human (@OWNER) has to approve number 4 (claim/04), then it is yours"
    assert waiting["next_action"] == f"wait: {until}; ask again with --fetch"
    assert waiting["proposals"] == [{"branch": "claim/04", "verdict": "accepted", "reason": "", **NO_KEY}]
    done = verb(guarded.human, "reject", "4", "--reason", "Take number 5, please")
    assert done == (0, "turned down claim/04: Take number 5, please\n", NEXT)
    assert list(guarded.refs("refs/heads/")) == ["refs/heads/main"]
    answer = whoami(guarded, "session", "--fetch")
    assert (answer["state"], answer["number"]) == ("turned-down", 4)
    down = 'number 4 (claim/04) was turned down: "Take number 5, please"'
    again = "registry claim 4 --session-id marketing-outreach-1 --goal GOAL --yes --push"
    assert answer["next_action"] == f"{down}; it may be proposed again, mended or not; fill in: {again}"
    reason = {"branch": "claim/04", "verdict": "turned-down", "reason": "Take number 5, please", **NO_KEY}
    assert (answer["command"], answer["proposals"]) == (None, [reason])
    text = verb(session, *WHO)
    assert text.exit_code == 1
    assert "state:   turned-down\n" in text.out
    assert f"next:    {down}" in text.out


def test_the_reason_is_kept_with_the_rejected_commit(guarded: Stage) -> None:
    proposal = claims(guarded, 4)
    assert verb(guarded.human, "reject", "claim/04", "--reason", "  Not now.\n\nAsk again. ").exit_code == 0
    ((ref, kept),) = guarded.refs("refs/rejected/").items()
    assert ref == f"refs/rejected/claim/04/{kept[:12]}"
    assert git(guarded.bare, "log", "-1", "--format=%P|%B", kept) == (
        f"{proposal}|Not now.\n\nAsk again.\n\nRejected-by: @OWNER\n\n"
    )
    assert git(guarded.bare, "diff", "--name-only", proposal, kept) == ""
    (row,) = document(guarded, "--all")["rejected"]
    assert row == {"name": "claim/04", "commit": proposal, "reason": "Not now."}
    assert verb(guarded.human, "proposals", "--all").out == "claim/04     turned down: Not now.\n"
    assert document(guarded)["rejected"] == []
    assert verb(guarded.human, "proposals").out == "nothing is proposed\n"


def test_a_better_claim_of_the_same_number_takes_its_place(guarded: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = guarded.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    assert verb(guarded.human, "reject", "4", "--reason", "first").exit_code == 0
    better = [*MINE, "--goal", "Send 18 emails daily"]
    assert verb(session, "claim", "4", *better, "--push").exit_code == 0
    assert whoami(guarded, "session", "--fetch")["state"] == "proposed"
    with monkeypatch.context() as later:  # the latest reason is the one with the latest time, in seconds
        later.setenv("GIT_COMMITTER_DATE", "2090-01-01T00:00:00Z")
        assert verb(guarded.human, "reject", "4", "--reason", "second").exit_code == 0
    assert [row["reason"] for row in document(guarded, "--all")["rejected"]] == ["first", "second"]
    assert 'turned down: "second";' in whoami(guarded, "session", "--fetch")["next_action"]
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0
    answer = whoami(guarded, "session", "--fetch")
    assert (answer["state"], answer["number"]) == ("registered", 4)
    assert "turned down" not in answer["next_action"]


def test_rejecting_twice_is_reported(guarded: Stage) -> None:
    claims(guarded, 4)
    assert verb(guarded.human, "reject", "4", "--reason", "Not now").exit_code == 0
    before = guarded.refs()
    assert verb(guarded.human, "reject", "4", "--reason", "Not now") == (
        0,
        "claim/04 is turned down already: Not now\n",
        NEXT,
    )
    assert guarded.refs() == before


def test_rejecting_an_amendment_twice_is_reported(guarded: Stage) -> None:
    """Its number is held, but by the claim that it wanted to amend: nothing has won against it since."""
    guarded.registered(4)
    claims(guarded, 4, goal="Send 17 perfectly personalized emails daily, 95%+ delivery rate, in verse")
    assert verb(guarded.human, "reject", "4", "--reason", "No verse").exit_code == 0
    again = verb(guarded.human, "reject", "4", "--reason", "No verse")
    assert again == (0, "claim/04 is turned down already: No verse\n", NEXT)


def test_a_rejected_proposal_merged_later_is_no_longer_rejected(guarded: Stage) -> None:
    """Found by the state machine: the answer was that claim/04 is turned down, though its session holds number 4."""
    session = guarded.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    assert verb(guarded.human, "reject", "4", "--reason", "Not now").exit_code == 0
    assert verb(session, "claim", "4", *MINE, "--goal", "Send 18 emails daily", "--push").exit_code == 0
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0
    before = guarded.refs()
    done = verb(guarded.human, "reject", "4", "--reason", "Not now")
    assert (done.exit_code, done.out) == (2, "")
    assert plain(done.err) == (
        "registry: claim/04 is not open any more: number 4 is held by marketing-outreach-1 since <time> (commit <id>);"
        " to free it, fill in: registry release 4 --reason TEXT\n"
    )
    assert guarded.refs() == before
    assert verb(session, "release", "4", "--reason", "Enough").exit_code == 0
    assert verb(guarded.human, "approve", "release/04", "--yes").exit_code == 0
    assert whoami(guarded, "session", "--fetch")["next_action"].startswith("you held number 4, which is released;")


def test_a_rejection_affects_only_its_session(stage: Stage) -> None:
    session = stage.clone("session")
    assert verb(session, "claim", "4", *RIVAL, "--push").exit_code == 0
    assert verb(stage.human, "reject", "4", "--reason", "no").exit_code == 0
    assert "turned down" not in whoami(stage, "session", "--fetch")["next_action"]


def test_a_rejection_does_not_affect_earlier_registrations(stage: Stage) -> None:
    """What was turned down stands on top of the main of that day, with the claims of others in it."""
    stage.registered(4)
    session = stage.clone("session")
    claims(stage, 5)
    assert verb(stage.human, "reject", "5", "--reason", "no").exit_code == 0
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    (stage.human / "registry/sessions/04.yaml").unlink()
    commit(stage.human, "Release number 4")
    git(stage.human, "push", "--quiet", "origin", "main")
    answer = whoami(stage, "session", "--fetch")
    assert answer["state"] == "unregistered"
    assert answer["next_action"].startswith("you held number 4, which is released; claim it again as it was")
    assert 'turned down: "no";' in verb(session, "whoami", "--session-id", "marketing-outreach-2").out


def test_releases_and_records_can_be_rejected(stage: Stage) -> None:
    stage.registered(4)
    propose(stage, "release/04", ("registry/sessions/04.yaml", None))
    propose(stage, "record/confirmation", ("registry/consensus/confirmation.yaml", "registry: x\n"))
    for name in ("release/04", "record/confirmation"):
        assert verb(stage.human, "reject", name, "--reason", "no").exit_code == 0
    assert {row["name"] for row in document(stage, "--all")["rejected"]} == {"release/04", "record/confirmation"}


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_has_to_be_given(stage: Stage, reason: str) -> None:
    claims(stage, 4)
    done = verb(stage.human, "reject", "4", "--reason", reason)
    assert (done.exit_code, done.err) == (2, "registry: say why: it is all that the session is told\n")
    assert verb(stage.human, "reject", "4").exit_code == 2
    assert list(stage.refs("refs/heads/claim/")) == ["refs/heads/claim/04"]


@pytest.mark.parametrize("line", ["Approved-by: @OWNER", "approved-BY : @OWNER", " Rejected-by: @OTHER"])
def test_a_reason_cannot_contain_a_decision_trailer(stage: Stage, line: str) -> None:
    """The reason becomes a commit message, where only the deciding verbs may write such a trailer."""
    stage.registered(3)
    claims(stage, 4)
    before = stage.refs()
    reason = f"As agreed.\n\n{line}\n"
    key = line.strip().partition(":")[0].rstrip()
    for words in (("reject", "4"), ("release", "3")):
        done = verb(stage.human, *words, "--reason", reason)
        said = f"registry: a line of the reason begins with {key}: and would look like a decision; word it otherwise\n"
        assert (done.exit_code, done.err) == (2, said)
    assert stage.refs() == before


def test_only_open_proposals_can_be_rejected(stage: Stage) -> None:
    done = verb(stage.human, "reject", "4", "--reason", "no")
    assert (done.exit_code, done.err) == (
        2,
        "registry: there is no open proposal 'claim/04'; see: registry proposals\n",
    )


def test_several_proposals_are_rejected_at_once(stage: Stage) -> None:
    claims(stage, 1)
    claims(stage, 3)
    done = verb(stage.human, "reject", "1", "2", "claim/03", "3", "--reason", "no")
    assert done.exit_code == 1
    assert done.out == "turned down claim/01: no\nturned down claim/03: no\nclaim/03 is turned down already: no\n"
    assert done.err == "there is no open proposal 'claim/02'; see: registry proposals\n"
    assert stage.refs("refs/heads/claim/") == {}
    assert verb(stage.human, "reject", "1", "3", "--reason", "no").exit_code == 0


def test_a_proposal_amended_during_rejection_stays(stage: Stage) -> None:
    """The reason applies to the version that the human saw."""
    proposal = claims(stage, 4)
    other = claims(stage, 4, branch="aside", goal="Send 17 emails daily, 95%+ delivery rate, in verse")
    script = f"unset GIT_QUARANTINE_PATH; git update-ref refs/heads/claim/04 {other}"
    program(stage.bare / "hooks" / "pre-receive", script)
    assert verb(stage.human, "reject", "4", "--reason", "no").exit_code == 0
    assert stage.refs("refs/heads/claim/") == {"refs/heads/claim/04": other}
    assert [row["commit"] for row in document(stage, "--all")["rejected"]] == [proposal]


def test_a_rejected_branch_left_behind_is_deleted_by_the_next_rejection(guarded: Stage) -> None:
    """The server has taken the reason, and then not the second push, which takes the branch away."""
    claims(guarded, 4)
    hook = guarded.bare / "hooks" / "pre-receive"
    guard = hook.read_text()
    program(hook, "grep -q ' 0000000000' && { echo 'not now'; exit 1; }; exit 0")
    done = verb(guarded.human, "reject", "4", "--reason", "no")
    assert (done.exit_code, done.err) == (
        2, "registry: the reason is on the server, and claim/04 is still there: not now\n",
    )  # fmt: skip
    hook.write_text(guard)
    # It is turned down, whatever its branch says: nobody merges it.
    assert "was turned down, and does not land" in verb(guarded.human, "approve", "4", "--yes").out
    before = guarded.refs("refs/rejected/")
    assert verb(guarded.human, "reject", "4", "--reason", "again").exit_code == 0
    assert (list(guarded.refs("refs/heads/")), guarded.refs("refs/rejected/")) == (["refs/heads/main"], before)


def test_the_reason_is_escaped_on_the_terminal(stage: Stage) -> None:
    session = stage.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    assert verb(stage.human, "reject", "4", "--reason", "\x1b[2J##[error]no\u202e").exit_code == 0
    verb(session, *WHO, "--fetch")
    again = verb(stage.human, "reject", "4", "--reason", "x")
    for done in (verb(stage.human, "proposals", "--all"), verb(session, *WHO), again):
        assert re.search(r"turned down(?: already)?: \"?\\x1b\[2J", done.out)
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
    assert document(stage, "--all")["rejected"][0]["reason"] == "\x1b[2J##[error]no\u202e"


def test_a_guarded_server_requires_an_approver_to_reject(guarded: Stage) -> None:
    """The server enforces the same: a session can neither delete a proposal nor push a rejection."""
    claims(guarded, 4)
    session = guarded.clone("session")
    git(session, "fetch", "--quiet", "origin", "claim/04")
    fake = git(session, "commit-tree", "FETCH_HEAD^{tree}", "-p", "FETCH_HEAD", "-m", "no").strip()
    reason = f"{fake}:refs/rejected/claim/04/{fake[:12]}"
    for push in ([":refs/heads/claim/04"], [reason], [reason, ":refs/heads/claim/04"]):
        done = try_git(session, "push", "--atomic", "origin", *push)
        assert done.exit_code == 1
        assert "refused" in done.err
    assert list(guarded.refs("refs/heads/claim/")) == ["refs/heads/claim/04"]
    assert guarded.refs("refs/rejected/") == {}
    assert refs(session, "refs/rejected/") == {}


def test_rejections_stay(guarded: Stage) -> None:
    claims(guarded, 4)
    assert verb(guarded.human, "reject", "4", "--reason", "no").exit_code == 0
    (ref,) = guarded.refs("refs/rejected/")
    done = try_git(guarded.human, "push", "origin", f":{ref}")
    assert done.exit_code == 1
    assert "a rejection is final: it is neither changed nor deleted" in done.err
    assert plain(verb(guarded.human, "proposals", "--all").out) == "claim/04     turned down: no\n"
