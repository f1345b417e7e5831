"""`registry claim` on real repositories: what it writes, what it leaves alone, and its messages."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.stage import CHARTER, ENVIRONMENT, ROOT, Done, Stage, commit, fleet, git, plain, refs, typed, verb, write
from tests.operations.claim.test_message import ONE_LINE, ORCHESTRATOR, RESEARCH
from tests.shell import program
from validator.registry.gaps import NO_SCHEDULE
from validator.registry.yaml.reader import read

GOAL = "Send 17 emails daily, 95%+ delivery rate"
ME = ("--session-id", "marketing-outreach-1")
MINE = (*ME, "--goal", GOAL, "--yes")
SCHEMA: dict[str, Any] = json.loads((ROOT / "schema" / "output-claim.schema.json").read_text())
RIVAL = ("--session-id", "marketing-rival", "--goal", GOAL, "--yes")


def document(done: Done) -> dict[str, Any]:
    """The JSON document, alone on standard output, as its schema wants it."""
    Draft202012Validator(SCHEMA).validate(done.document)
    answer: dict[str, Any] = done.document
    return answer


def state(clone: Path) -> tuple[str, ...]:
    """Everything of a clone that is the caller's own."""
    files = {
        str(path): path.read_bytes() for path in sorted(clone.rglob("*")) if path.is_file() and ".git" not in path.parts
    }
    index = (
        git(clone, "ls-files", "--stage", "-v"),
        (clone / ".git" / "HEAD").read_text(),
        (clone / ".git" / "index").read_bytes(),
    )
    heads = {name: oid for name, oid in refs(clone, "refs/heads/").items() if not name.startswith("refs/heads/claim/")}
    return (
        str(files),
        str(index),
        str(heads),
        git(clone, "status", "--porcelain=v2", "--branch"),
        git(clone, "stash", "list"),
    )


# From words to a branch


def test_claim_from_flags(stage: Stage) -> None:
    session = stage.clone("session")
    done = verb(session, "claim", "4", *MINE, "--push", "--responsibility", "Write", "--responsibility", "Send")
    said = f"accepted: no findings\n· {NO_SCHEDULE}\nproposed number 4 on branch claim/04; a human has to approve it\n"
    targets = "target: emails sent >= 17 emails/day\ntarget: delivery rate >= 95 percent\n"
    assert done == (0, said, f"{targets}next: registry whoami --session-id marketing-outreach-1 --fetch\n")
    fields = stage.at("claim/04", "registry/sessions/04.yaml")
    assert fields.pop("timestamp").startswith("20")
    assert fields == {
        "number": 4,
        "role": "Outreach AI - Personalize and send emails (Morning Batch 1)",  # the charter's slot says so
        "goal": GOAL,
        "targets": [
            {"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails", "per": "day"},
            {"metric": "delivery rate", "op": "gte", "value": 95, "unit": "percent"},
        ],
        "session_id": "marketing-outreach-1",
        "responsibilities": ["Write", "Send"],
        "status": "REGISTERED",
    }
    assert git(stage.bare, "diff-tree", "-r", "--name-status", "main", "claim/04") == "A\tregistry/sessions/04.yaml\n"
    assert git(stage.bare, "log", "-1", "--format=%an %s", "claim/04") == "session Claim number 4\n"


def test_claim_from_a_file_and_from_standard_input_is_the_file(stage: Stage) -> None:
    session = stage.clone("session")
    for number, words, stdin in ((4, ["--from", "../mine.yaml"], ""), (5, ["--from", "-"], fleet(5))):
        (stage.folder / "mine.yaml").write_text(fleet(number), encoding="utf-8")
        assert verb(session, "claim", *words, "--push", stdin=stdin.encode()).exit_code == 0
        fields = read("", fleet(number).encode()).value
        assert stage.at(f"claim/{number:02}", f"registry/sessions/{number:02}.yaml") == fields


@pytest.mark.parametrize(
    ("message", "number", "targets"),
    [
        (ORCHESTRATOR, 1, ["sessions coordinated", "MRR"]),
        (RESEARCH, 2, ["prospects found", "score"]),
        (ONE_LINE, 2, ["prospects found", "score"]),
    ],
)
def test_claim_from_the_seeds_messages(stage: Stage, message: str, number: int, targets: list[str]) -> None:
    session = stage.clone("session")
    done = verb(session, "claim", "--message", message, "--yes", "--push")
    assert done.exit_code == 0, done
    fields = stage.at(f"claim/{number:02}", f"registry/sessions/{number:02}.yaml")
    assert fields["number"] == number
    assert [target["metric"] for target in fields["targets"]] == targets
    assert fields["responsibilities"] == [fields["goal"]]


def test_an_unready_session_claims_as_pending_and_amends_later(stage: Stage) -> None:
    session = stage.clone("session")
    message = RESEARCH.replace("READY: YES", "READY: NO")
    assert verb(session, "claim", "--message", message, "--yes", "--push").exit_code == 0
    assert stage.at("claim/02", "registry/sessions/02.yaml")["status"] == "PENDING"
    assert verb(stage.human, "approve", "2", "--yes").exit_code == 0
    done = verb(session, "claim", "--message", RESEARCH, "--yes", "--push")
    assert done.note == "proposed number 2 on branch claim/02; a human has to approve it"
    assert git(stage.bare, "log", "-1", "--format=%s", "claim/02") == "Amend number 2\n"
    assert git(stage.bare, "diff", "--name-status", "main", "claim/02") == "M\tregistry/sessions/02.yaml\n"
    assert verb(stage.human, "approve", "2", "--yes").exit_code == 0
    assert git(stage.bare, "log", "-1", "--format=%s", "main").startswith("Amend session 2: Research AI")
    assert stage.at("main", "registry/sessions/02.yaml")["status"] == "REGISTERED"


def test_options_go_before_the_source(stage: Stage) -> None:
    session = stage.clone("session")
    words = [
        "--from",
        "-",
        "--session-id",
        "other-1",
        "--goal",
        "Send 9 emails daily",
        "--target",
        "mails >= 9 mails/day",
    ]
    done = verb(
        session, "claim", "5", *words, "--role", "Outreach AI (Morning Batch 2)", "--push", stdin=fleet(4).encode()
    )
    assert done.exit_code == 0, done
    fields = stage.at("claim/05", "registry/sessions/05.yaml")
    assert (fields["number"], fields["session_id"], fields["role"]) == (5, "other-1", "Outreach AI (Morning Batch 2)")
    assert fields["targets"] == [{"metric": "mails", "op": "gte", "value": 9, "unit": "mails", "per": "day"}]
    assert fields["runtime_id"] == "session-1763243115"


def test_a_number_from_the_source_does_for_any(stage: Stage) -> None:
    session = stage.clone("session")
    stage.registered(4)
    done = verb(
        session, "claim", "--any", "--from", "-", "--session-id", "late-1", "--role", "", "--push", "--yes", stdin=LATE
    )
    assert done.exit_code == 0, done
    assert "claim/04" not in done.note


LATE = b"""
number: 4
goal: Handle 17 tickets daily
session_id: late-1
"""


# What is asked for


def test_targets_from_the_goal_are_shown_and_accepted_on_a_terminal(stage: Stage) -> None:
    session = stage.clone("session")
    done = typed(session, ["y"], "claim", "4", *ME, "--goal", GOAL, "--push")
    assert done.err.splitlines()[:2] == [
        "target: emails sent >= 17 emails/day",
        "target: delivery rate >= 95 percent",
    ]
    assert "These targets are read from the goal. Right? [y/N]" in done.err
    assert (done.exit_code, done.note) == (0, "proposed number 4 on branch claim/04; a human has to approve it")


def test_declined_targets_stop_the_claim(stage: Stage) -> None:
    session = stage.clone("session")
    done = typed(session, ["n"], "claim", "4", *ME, "--goal", GOAL, "--push")
    options = "--target 'emails sent >= 17 emails/day' --target 'delivery rate >= 95 percent'"
    note = f"nothing is proposed; mend the targets that are wrong, and say all: {options}\n"
    assert (done.exit_code, done.out) == (1, note)
    assert list(stage.refs()) == ["refs/heads/main"]


def test_without_a_terminal_the_option_is_named(stage: Stage) -> None:
    done = verb(stage.human, "claim", "4", *ME, "--goal", GOAL)
    assert done.exit_code == 2
    assert done.err.endswith(
        "registry: These targets are read from the goal. Right? stdin is not a terminal; pass --yes\n"
    )


@pytest.mark.parametrize(
    ("words", "stdin", "why"),
    [
        (
            ["4", *ME, "--goal", "Cut bounce rate by 2%"],
            "",
            'what is measured in "Cut bounce rate by 2%"? say all targets, and replace VALUE and UNIT; fill in:',
        ),
        (
            ["4", *ME, "--goal", "Send 17 emails daily, cut bounce rate by 2%"],
            "",
            "; fill in: --target 'emails sent >= 17 emails/day' --target 'bounce rate <= VALUE UNIT'; every",
        ),
        (["4", *ME, "--goal", "Do my best"], "", 'what is measured in "Do my best"?'),
        (
            ["4", *ME, "--goal", "Read 2 stories daily to 30 visitors"],
            "",
            "--target 'stories >= 2 stories/day'; add one for 30 too, if it is measured; every value has to stand in",
        ),
        (["4", *ME, "--target", "x >= 5 y"], "", "the claim has no goal; add --goal"),
        (["4", "--goal", GOAL], "", "which session? say it once; fill in: registry bind NAME"),
        (["4", *ME, "--goal", " "], "", "the claim has no goal; add --goal"),
        ([*MINE], "", "which number? name one, or take any free one: --any"),
        (["4", *MINE, "--target", "17 emails"], "", '"17 emails" is no target; write METRIC'),
        (
            ["4", *MINE, "--target", "METRIC >= 95 percent"],
            "",
            "is a form, and no target yet; replace METRIC, as in: emails",
        ),
        (["--message", "REGISTRATION: NUMBER=four"], "", 'NUMBER is "four", not a whole number'),
        (["--from", "-"], "number: 012", "line 1, column 9: 012 is read differently by different YAML readers"),
        (["--from", "-", *MINE], 'number: "4"', 'number is "4", not a whole number'),
        (["--from", "-", *MINE], "number: true", 'number is "True", not a whole number'),
        (["--from", "-", *MINE], "number: 4.5", 'number is "4.5", not a whole number'),
        (["4", "--from", "-"], "goal: 5\nsession_id: a-1", "the claim has no goal"),
        (["4", "--from", "-"], "", "a claim is a mapping of fields"),
        (["4", "--from", "-", "--message", "x"], "", "--from and --message exclude each other"),
        (["4", "--from", "nowhere.yaml"], "", "nowhere.yaml"),
        (["four", *MINE], "", "'four' is not a valid integer"),
        (
            ["4", *MINE, "--remote", "upstream", "--push"],
            "",
            "there is no remote 'upstream' here; the remotes are origin; choose",
        ),
    ],
)
def test_missing_fields_are_named(stage: Stage, words: list[str], stdin: str, why: str) -> None:
    done = verb(stage.human, "claim", *words, stdin=stdin.encode())
    assert (done.exit_code, done.out) == (2, "")
    assert why in done.err
    assert list(refs(stage.human, "refs/heads/")) == ["refs/heads/main"]


def test_source_that_is_not_utf8_is_refused(stage: Stage) -> None:
    done = verb(stage.human, "claim", "4", "--from", "-", stdin=b"role: caf\xe9")
    assert done.exit_code == 2
    assert "the file is not UTF-8: byte 0xe9 at offset 9" in done.err


# What the caller has is left alone


@pytest.mark.parametrize("push", [[], ["--push"]])
def test_claim_leaves_the_callers_files_alone(stage: Stage, push: list[str]) -> None:
    session = stage.clone("session")
    git(session, "switch", "--quiet", "-c", "work")
    write(session, "registry/charter.yaml", CHARTER.replace("capacity: 12", "capacity: 13"))
    git(session, "add", "registry/charter.yaml")
    write(session, "registry/charter.yaml", "in the middle of something")
    write(session, "registry/sessions/04.yaml", "not this")
    write(session, "notes.txt", "mine")
    before = state(session)
    assert verb(session, "claim", "4", *MINE, *push).exit_code == 0
    assert verb(session, "claim", "4", *MINE, *push, "--goal", "Send 16 emails daily").exit_code == 0
    assert state(session) == before
    assert git(session, "diff", "--name-status", "main...claim/04") == "A\tregistry/sessions/04.yaml\n"
    assert not list((session / ".git").rglob("*.lock"))


def test_claim_from_a_detached_head_in_a_subfolder(stage: Stage) -> None:
    session = stage.clone("session")
    git(session, "checkout", "--quiet", "--detach")
    before = state(session)
    assert verb(session / "registry" / "sessions", "claim", "4", *MINE, "--push").exit_code == 0
    assert state(session) == before


@pytest.mark.parametrize("worktree", [False, True])
def test_branch_that_is_checked_out_is_left_alone(stage: Stage, worktree: bool) -> None:
    session = stage.clone("session")
    assert verb(session, "claim", "4", *MINE).exit_code == 0
    git(session, *(["worktree", "add", "../beside", "claim/04"] if worktree else ["switch", "--quiet", "claim/04"]))
    before = state(session), refs(session)
    for push in ([], ["--push"]):
        done = verb(session, "claim", "4", *MINE, "--goal", "Send 9 emails daily", *push)
        beside = shlex.quote(str(session.parent / "beside"))
        told = f"in {beside}; run: git -C {beside} switch --detach" if worktree else "here; run: git switch --detach"
        assert (done.exit_code, done.err) == (2, f"registry: claim/04 is checked out {told}\n")
    assert (state(session), refs(session)) == before
    assert list(stage.refs()) == ["refs/heads/main"]


def test_a_missing_working_tree_is_reported_with_the_remedy(stage: Stage) -> None:
    session = stage.clone("session")
    assert verb(session, "claim", "4", *MINE).exit_code == 0
    git(session, "worktree", "add", "--quiet", "../beside", "claim/04")
    shutil.rmtree(session.parent / "beside")
    done = verb(session, "claim", "4", *MINE, "--goal", "Send 9 emails daily")
    assert (done.exit_code, "else run: git worktree prune" in done.err) == (2, True)
    git(session, "worktree", "lock", str(session.parent / "beside"))
    told = verb(session, "claim", "4", *MINE, "--goal", "Send 9 emails daily").err.rstrip("\n")
    subprocess.run(["/bin/sh", "-c", told.rpartition("else run: ")[2]], cwd=session, env=ENVIRONMENT, check=True)
    assert verb(session, "claim", "4", *MINE, "--goal", "Send 9 emails daily").exit_code == 0


def test_a_working_tree_that_was_moved_is_found_again(stage: Stage) -> None:
    """To prune it, as one that is gone, would cut it off from its repository."""
    session, beside, moved = stage.clone("session"), stage.folder / "beside", stage.folder / "moved"
    git(session, "worktree", "add", "--quiet", str(beside), "-b", "claim/04", "origin/main")
    beside.rename(moved)
    done = verb(moved, "claim", "4", *MINE, "--push")
    assert done.err.endswith("which is gone; if that is this one, and it was moved, run: git worktree repair\n"), done
    git(moved, "worktree", "repair")
    done = verb(moved, "claim", "4", *MINE, "--push")
    assert (done.exit_code, done.err) == (2, "registry: claim/04 is checked out here; run: git switch --detach\n")
    git(moved, "switch", "--quiet", "--detach")
    assert verb(moved, "claim", "4", *MINE, "--push").exit_code == 0


@pytest.mark.parametrize("worktree", [False, True])
def test_a_branch_that_is_being_rebased_is_left_alone(stage: Stage, worktree: bool) -> None:
    """Git would move it at the end from where it was, and not find it there."""
    session = tree = stage.clone("session")
    if worktree:
        git(session, "worktree", "add", "--quiet", "--detach", "../beside")
        tree = session.parent / "beside"
    git(tree, "checkout", "--quiet", "-b", "claim/04", "origin/main")
    for text in ("1", "2"):
        write(tree, "x", text)
        commit(tree, text)
    git(tree, "rebase", "--interactive", "HEAD~1", GIT_SEQUENCE_EDITOR="sed -i.old s/pick/edit/")
    before = refs(session)
    done = verb(session, "claim", "4", *MINE, "--push")
    way_out = f"git -C {shlex.quote(str(tree))} rebase --abort"
    assert done.err == f"registry: claim/04 is being rebased; finish that, or run: {way_out}\n"
    assert refs(session) == before


def test_a_repository_without_an_identity_is_reported(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    session = stage.clone("session")
    for name in [name for name in os.environ if name.endswith(("_NAME", "_EMAIL")) and name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    git(session, "config", "user.useConfigOnly", "true")
    done = verb(session, "claim", "4", *MINE, "--push")
    assert done.exit_code == 2
    who = "git config --global user.name 'YOUR NAME' && git config --global user.email YOU@EXAMPLE"
    assert done.err == f"registry: Git does not know who you are; fill in: {who}\n"


# Here only


def test_without_push_the_claim_stays_here(stage: Stage) -> None:
    session = stage.clone("session")
    done = verb(session, "claim", "4", *MINE, "--format", "json")
    answer = document(done)
    assert (answer["branch"], answer["pushed"], answer["findings"]) == ("claim/04", False, [])
    assert refs(session, "refs/heads/claim/") == {"refs/heads/claim/04": answer["commit"]}
    assert list(stage.refs()) == ["refs/heads/main"]
    assert answer["note"] == "proposed number 4 on branch claim/04, here only; publish it: git push origin claim/04"
    again = document(verb(session, "claim", "4", *MINE, "--format", "json"))
    assert answer["advice"] == [NO_SCHEDULE]
    assert again == answer | {
        "note": "number 4 is proposed already, by you; a human has to approve it",
        "advice": [],
        "drawn": [],
    }
    rival = verb(session, "claim", "4", *RIVAL)
    assert rival.exit_code == 1
    assert (
        plain(rival.note)
        == "number 4 was proposed first by marketing-outreach-1 (commit <id>); free and not proposed: 1-3, 5-12"
    )
    published = document(verb(session, "claim", "4", *MINE, "--push", "--format", "json"))
    assert stage.refs("refs/heads/claim/") == {"refs/heads/claim/04": published["commit"]}


# The gate before the push


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (["9", *MINE, "--role", "Prospect Research AI - Find and score prospects"], "", "REG106"),
        (["4", "--session-id", "Not A Name", "--goal", GOAL, "--yes"], "", "REG006"),
        (["4", *ME, "--goal", "Send 17 emails daily", "--target", "emails sent >= 7 emails/day"], "", "REG202"),
        (["4", *ME, "--goal", "Reach 120%+ delivery rate", "--yes"], "", "REG203"),
        (["4", "--from", "-"], fleet(4).replace("team", "x") + "colour: blue\n", "REG006"),
        (["4", *MINE, "--responsibility", "x" * 17_000], "", "REG001"),
        (["4", "--from", "-"], fleet(4, timestamp="2099-01-01T00:00:00Z"), "REG303"),
        (["4", "--from", "-"], fleet(4, goal='"Send 17 emails \\u202e daily"'), "REG108"),
        (["4", *MINE, "--role", "Outreach AI \udcff"], "", "REG001"),
        (["4", "--from", "-"], fleet(4, role="5"), "REG006"),
    ],
)
def test_a_rejected_claim_is_never_pushed(stage: Stage, words: list[str], stdin: str, code: str) -> None:
    session = stage.clone("session")
    done = verb(session, "claim", *words, "--push", "--format", "json", stdin=stdin.encode())
    answer = document(done)
    assert done.exit_code == 1
    assert code in [finding["code"] for finding in answer["findings"]]
    assert (answer["commit"], answer["pushed"]) == (None, False)
    assert answer["note"] == "not proposed: the gate would reject it"
    assert list(stage.refs()) == ["refs/heads/main"]
    assert list(refs(session, "refs/heads/")) == ["refs/heads/main"]
    shown = verb(session, "claim", *words, "--push", stdin=stdin.encode())
    assert f"error[{code}]" in shown.out
    assert "= help: " in shown.out


@pytest.mark.parametrize("number", ["0", "13", "99999"])
def test_number_that_the_charter_does_not_have(stage: Stage, number: str) -> None:
    done = verb(stage.human, "claim", number, *MINE, "--push", "--format", "json")
    assert done.exit_code == 1
    assert document(done)["note"] == f"number {number} is not one of 1 to 12; free and not proposed: 1-12"


# Again, and differently


def test_repeating_a_claim_writes_nothing(guarded: Stage) -> None:
    session = guarded.clone("session")
    first = document(verb(session, "claim", "4", *MINE, "--push", "--format", "json"))
    assert first["note"] == "proposed number 4 on branch claim/04; a human has to approve it"
    for words in (["4"], ["--any"]):
        again = verb(session, "claim", *words, *MINE, "--push", "--format", "json")
        assert again.exit_code == 0
        note = "number 4 is proposed already, by you; a human has to approve it"
        assert document(again) == first | {"note": note, "advice": [], "drawn": []}
    other = guarded.clone("other")
    assert document(verb(other, "claim", "4", *MINE, "--push", "--format", "json"))["commit"] == first["commit"]
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0
    for words in (["4"], ["--any"]):
        held = verb(session, "claim", *words, *MINE, "--push")
        assert held.exit_code == 0
        assert plain(held.note) == "number 4 is yours already: marketing-outreach-1 since <time> (commit <id>)"
    assert list(guarded.refs("refs/heads/")) == ["refs/heads/main"]


def test_only_its_session_amends_a_proposal(guarded: Stage) -> None:
    session, rival = guarded.clone("session"), guarded.clone("rival")
    first = document(verb(session, "claim", "4", *MINE, "--push", "--format", "json"))
    lost = verb(rival, "claim", "4", *RIVAL, "--push")
    assert lost.exit_code == 1
    assert plain(lost.note) == (
        "number 4 was proposed first by marketing-outreach-1 (commit <id>); free and not proposed: 1-3, 5-12"
    )
    second = document(
        verb(session, "claim", "4", *ME, "--goal", "Send 16 emails daily", "--yes", "--push", "--format", "json")
    )
    assert second["commit"] != first["commit"]
    assert guarded.refs("refs/heads/claim/") == {"refs/heads/claim/04": second["commit"]}
    assert guarded.at("claim/04", "registry/sessions/04.yaml")["goal"] == "Send 16 emails daily"
    assert refs(session, "refs/heads/claim/") == {"refs/heads/claim/04": second["commit"]}
    # The clone that wrote the first one goes on from the second.
    other = guarded.clone("other")
    assert verb(other, "claim", "4", *MINE, "--push").exit_code == 0
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0


def test_only_the_holder_amends_a_held_number(guarded: Stage) -> None:
    session = guarded.clone("session")
    guarded.registered(4, goal="Send 17 emails daily, 95%+ delivery rate")
    done = verb(session, "claim", "4", "--from", "-", "--push", stdin=fleet(4).replace("Track", "Follow").encode())
    assert done.note == "proposed number 4 on branch claim/04; a human has to approve it"
    assert verb(session, "claim", "4", "--from", "-", stdin=fleet(4).encode()).exit_code == 0
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0
    assert git(guarded.bare, "log", "-1", "--format=%s", "main").startswith("Amend session 4: Outreach AI")
    lost = verb(session, "claim", "4", *RIVAL, "--push")
    assert (lost.exit_code, plain(lost.note)) == (
        1,
        "number 4 is held by marketing-outreach-1 since <time> (commit <id>); free and not proposed: 1-3, 5-12",
    )


def test_a_holder_gets_no_second_number(stage: Stage) -> None:
    stage.registered(4)
    done = verb(stage.human, "claim", "5", *MINE, "--push")
    assert (done.exit_code, plain(done.note)) == (
        1,
        "you hold number 4: marketing-outreach-1 since <time> (commit <id>)",
    )


def test_a_session_with_a_proposal_gets_no_second_number(guarded: Stage) -> None:
    session = guarded.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    done = verb(session, "claim", "5", *MINE, "--push")
    assert (done.exit_code, done.note) == (
        1,
        (
            "you have proposed number 4; claim that one, or an approver turns it down; "
            "fill in: registry reject 4 --reason TEXT"
        ),
    )
    # Somebody else was merged first, with a plain push: the proposal is dead, and the session free.
    guarded.registered(4, session_id="marketing-early", runtime_id="session-early")
    lost = verb(session, "claim", "4", *MINE, "--push")
    assert plain(lost.note).startswith("number 4 is held by marketing-early since <time> (commit <id>); free and not")
    done = verb(session, "claim", "--any", *MINE, "--push")
    assert done.exit_code == 0
    assert len(guarded.refs("refs/heads/claim/")) == 2


def test_a_proposal_that_now_conflicts_is_reported_and_can_be_amended(stage: Stage) -> None:
    session, role = stage.clone("session"), "Conversation AI - Handle replies and qualify (Standard)"
    words = ["claim", "8", "--session-id", "talk-1", "--goal", "Handle 20 replies daily", "--yes", "--push", "--role"]
    assert verb(session, *words, role).exit_code == 0
    stage.registered(10, role=role)  # an unguarded server lets it land
    again = verb(session, *words, role)
    assert again.exit_code == 1
    assert "error[REG105]" in again.out
    assert again.note == "number 8 is proposed already, by you; the gate rejects it now"
    assert verb(session, *words, f"{role} and more").exit_code == 0


def test_a_rejected_proposal_blocks_no_other_claim(stage: Stage) -> None:
    session, role = stage.clone("session"), "Conversation AI - Handle replies and qualify (Standard)"
    words = ["--session-id", "talk-1", "--goal", "Handle 20 replies daily", "--yes", "--push"]
    assert verb(session, "claim", "8", *words, "--role", role).exit_code == 0
    stage.registered(10, role=role)
    assert verb(session, "claim", "9", *words).exit_code == 0


# Any number


def test_any_takes_a_free_number(stage: Stage) -> None:
    session = stage.clone("session")
    taken = set()
    for number in range(1, 13):
        words = [
            "--session-id",
            f"session-{number}",
            "--goal",
            "Handle 20 tickets daily",
            "--yes",
            "--push",
            "--format",
            "json",
        ]
        answer = document(verb(session, "claim", "--any", *words))
        assert answer["pushed"], answer
        taken.add(answer["number"])
    assert taken == {*range(1, 13)}
    done = verb(session, "claim", "--any", *MINE, "--push", "--format", "json")
    assert done.exit_code == 1
    assert (document(done)["number"], document(done)["branch"]) == (0, "")
    assert (
        document(done)["note"]
        == "every free number is proposed already; ask again when one is turned down or withdrawn: registry proposals"
    )
    lost = verb(session, "claim", "4", *MINE, "--push")
    assert lost.note.endswith("no number is left")


def test_any_with_a_role_takes_a_number_that_is_planned_for_it(stage: Stage) -> None:
    session = stage.clone("session")
    stage.registered(2)
    words = ["claim", "--any", "--goal", "Find 25 prospects daily", "--yes", "--push", "--format", "json"]
    role = "Prospect Research AI - Find and score prospects (Batch 2)"
    assert document(verb(session, *words, "--session-id", "find-1", "--role", role))["number"] == 3
    done = verb(session, *words, "--session-id", "find-2", "--role", role)
    assert (done.exit_code, document(done)["note"]) == (
        1,
        "the charter plans other roles for the free numbers (1, 4-12); claim without a role of your own",
    )


def test_any_without_planned_roles_accepts_every_role(tmp_path: Path) -> None:
    stage = Stage(tmp_path, charter=CHARTER.partition("slots:")[0])
    words = ["claim", "--any", "--goal", "Find 25 prospects daily", "--yes", "--session-id", "find-1"]
    assert "error[REG006] shape: " in verb(stage.human, *words).out  # and no role to fill in
    assert verb(stage.human, *words, "--role", "Chief of everything", "--push").exit_code == 0
    assert verb(stage.human, *words, "--from", "-", "--push", stdin=b"role: 5").exit_code == 1


def in_between(stage: Stage, script: str) -> None:
    """Something that happens on the server between looking and pushing."""
    program(stage.bare / "hooks" / "pre-receive", f"read old new ref; unset GIT_QUARANTINE_PATH\n{script}")


def test_lost_race_names_the_winner(stage: Stage) -> None:
    session, rival = stage.clone("session"), stage.clone("rival")
    assert verb(rival, "claim", "4", *RIVAL).exit_code == 0
    git(rival, "push", "--quiet", "origin", "claim/04:refs/heads/aside")
    in_between(stage, "git update-ref refs/heads/claim/04 refs/heads/aside")
    done = verb(session, "claim", "4", *MINE, "--push")
    assert done.err.startswith("number 4: somebody was faster; trying again")
    assert (done.exit_code, plain(done.note)) == (
        1,
        "number 4 was proposed first by marketing-rival (commit <id>); free and not proposed: 1-3, 5-12",
    )
    assert refs(session, "refs/heads/claim/") == {}  # what was lost leaves no branch behind


def test_any_takes_another_number_after_a_lost_race(stage: Stage) -> None:
    session = stage.clone("session")
    in_between(stage, "[ -e lost ] || git update-ref $ref refs/heads/main; : > lost")
    done = verb(session, "claim", "--any", *MINE, "--push", "--format", "json")
    assert done.exit_code == 0
    assert done.err.count("somebody was faster") == 1
    (lost,) = stage.refs("refs/heads/claim/").keys() - {f"refs/heads/{document(done)['branch']}"}
    assert done.err.startswith(f"number {int(lost[-2:])}: ")


def test_a_servers_refusal_is_quoted(stage: Stage) -> None:
    in_between(stage, "printf 'closed on Sundays \\033[2J\\n'; exit 1")
    done = verb(stage.human, "claim", "4", *MINE, "--push")
    assert done.exit_code == 2
    assert done.err.startswith("number 4: closed on Sundays \\x1b[2J; trying again")
    assert "registry: the server does not take the push of number 4: closed on Sundays" in done.err
    assert refs(stage.human, "refs/heads/claim/") == {}


def test_server_that_is_not_there(stage: Stage) -> None:
    session = stage.clone("session")
    stage.bare.rename(stage.folder / "gone.git")
    done = verb(session, "claim", "4", *MINE, "--push")
    assert done.exit_code == 2
    assert "does not answer" in done.err


def test_an_unreadable_branch_has_no_owner(stage: Stage) -> None:
    git(stage.human, "push", "--quiet", "origin", "main:refs/heads/claim/04")
    done = verb(stage.human, "claim", "4", *MINE, "--push")
    assert done.exit_code == 1
    assert plain(done.note).startswith("number 4 was proposed first by a session that cannot be read (commit <id>)")


@pytest.mark.takes_long
def test_own_proposal_that_cannot_be_judged_can_still_be_replaced(stage: Stage) -> None:
    """A server without the guard takes a tree that holds itself ten times, nine deep."""
    session = stage.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    deep = git(stage.bare, "rev-parse", "main^{tree}").strip()
    for _ in range(9):
        deep = made_tree(stage.bare, "".join(f"040000 tree {deep}\t{name}\n" for name in range(10)))
    tree = made_tree(stage.bare, f"{git(stage.bare, 'ls-tree', 'claim/04')}040000 tree {deep}\tzz\n")
    bomb = git(stage.bare, "commit-tree", "-p", "main", "-m", "x", tree).strip()
    git(stage.bare, "update-ref", "refs/heads/claim/04", bomb)
    again = verb(session, "claim", "4", *MINE, "--push")
    assert again.exit_code == 2
    assert "over 8 MiB" in again.err
    done = verb(session, "claim", "4", *ME, "--goal", "Send 16 emails daily", "--yes", "--push")
    assert done.note == "proposed number 4 on branch claim/04; a human has to approve it"
    assert stage.at("claim/04", "registry/sessions/04.yaml")["goal"] == "Send 16 emails daily"


def made_tree(repository: Path, rows: str) -> str:
    made = subprocess.run(
        ["git", "mktree"], cwd=repository, input=rows, capture_output=True, encoding="utf-8", check=True
    )
    return made.stdout.strip()
