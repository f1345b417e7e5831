"""`registry approve`: show a proposal, ask, and merge it to main as a step of its own."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.meanwhile import before_the_push, once
from tests.cli.stage import CHARTER, ROOT, Done, Stage, commit, fleet, git, new_key, plain, try_git, typed, verb, write
from tests.cli.test_proposals import claims, propose
from tests.shell import program

SCHEMA: dict[str, Any] = json.loads((ROOT / "schema" / "output-approve.schema.json").read_text())


def document(done: Done) -> list[dict[str, Any]]:
    Draft202012Validator(SCHEMA).validate(done.document)
    rows: list[dict[str, Any]] = done.document["approvals"]
    return rows


def line(stage: Stage, form: str = "%s") -> list[str]:
    """Main's first-parent line, the newest first."""
    return git(stage.bare, "log", "--first-parent", f"--format={form}", "main").splitlines()


def test_approval_page(stage: Stage) -> None:
    claims(stage, 4)
    claims(stage, 5, session_id="marketing-outreach-1", runtime_id="x-1")
    done = typed(stage.human, ["y"], "approve", "4")
    assert done.exit_code == 0
    page = plain(done.out)
    assert page.startswith("claim/04, proposed <time>: A proposal\n\n  diff --git a/registry/sessions/04.yaml b/")
    assert "\n  +session_id: marketing-outreach-1\n" in page
    assert page.endswith(
        "\naccepted: no findings\nwhoever is merged first wins against: claim/05 (same session_id)\n"
        "claim/04 is on main (commit <id>)\n\n"
    )
    assert "Approve claim/04 as @OWNER? [y/N]" in done.err
    assert list(stage.refs()) == ["refs/heads/claim/05", "refs/heads/main"]


def test_the_merge_names_approver_and_session(stage: Stage) -> None:
    proposal, before = claims(stage, 4), stage.refs()["refs/heads/main"]
    (row,) = document(verb(stage.human, "approve", "claim/04", "--yes", "--format", "json"))
    assert row == {
        "name": "claim/04",
        "merged": stage.refs()["refs/heads/main"],
        "note": f"claim/04 is on main (commit {row['merged'][:12]})",
    }
    assert git(stage.bare, "log", "-1", "--format=%P", "main").split() == [before, proposal]
    assert git(stage.bare, "log", "-1", "--format=%B", "main") == (
        "Register session 4: Outreach AI - Personalize and send emails (Morning Batch 1)\n\n"
        "Approved-by: @OWNER\nSession-Id: marketing-outreach-1\n\n"
    )
    assert git(stage.bare, "diff", "--name-status", f"{before}..main") == "A\tregistry/sessions/04.yaml\n"
    assert verb(stage.human, "history").out.endswith("  marketing-outreach-1, approved by @OWNER\n")
    assert verb(stage.human, "audit").exit_code == 0


def test_declining_leaves_the_proposal_open(stage: Stage) -> None:
    claims(stage, 4)
    done = typed(stage.human, ["n"], "approve", "4")
    assert (done.exit_code, done.out.rstrip().splitlines()[-1]) == (1, "claim/04 stays open")
    assert list(stage.refs()) == ["refs/heads/claim/04", "refs/heads/main"]
    nobody = verb(stage.human, "approve", "4")
    assert (nobody.exit_code, nobody.err) == (
        2,
        "registry: Approve claim/04 as @OWNER? stdin is not a terminal; pass --yes\n",
    )


def test_several_proposals_are_asked_and_merged_one_by_one(stage: Stage) -> None:
    for number in (4, 5, 6):
        claims(stage, number)
    done = typed(stage.human, ["y", "n", "y"], "approve", "6", "claim/05", "4", "06")
    assert done.exit_code == 1
    assert done.out.count("\nclaim/06 is ") == 1, "it is named twice"
    assert [text.split(":")[0] for text in line(stage)] == ["Register session 4", "Register session 6", "A charter"]
    assert list(stage.refs("refs/heads/claim/")) == ["refs/heads/claim/05"]


def test_all_accepted_merges_in_order_what_is_still_accepted(stage: Stage) -> None:
    claims(stage, 1)
    claims(stage, 2, session_id="marketing-orchestrator", runtime_id="x-2")
    claims(stage, 3, role="Chief of everything")
    claims(stage, 4)
    done = verb(stage.human, "approve", "--all-accepted", "--yes", "--format", "json")
    assert done.exit_code == 1
    taken = 'REG104 session_id "marketing-orchestrator" is registered under number 1 since <time> (commit <id>)'
    assert [(row["name"], bool(row["merged"]), plain(row["note"])) for row in document(done)] == [
        ("claim/01", True, "claim/01 is on main (commit <id>)"),
        ("claim/02", False, f"claim/02 is not merged: the gate rejects it: {taken}"),
        ("claim/04", True, "claim/04 is on main (commit <id>)"),
    ]
    assert len(line(stage)) == 3
    text = verb(stage.human, "approve", "--all-accepted", "--yes")
    assert (text.exit_code, text.out) == (0, "nothing to approve\n")
    assert document(verb(stage.human, "approve", "--all-accepted", "--yes", "--format", "json")) == []


def test_what_the_gate_rejects_is_shown_and_not_merged(stage: Stage) -> None:
    stage.registered(4)
    claims(stage, 4, session_id="marketing-late")
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 1
    assert "error[REG301]" in done.out
    assert "\nclaim/04 is not merged: the gate rejects it: REG" in done.out


def test_conflict_is_not_merged(stage: Stage) -> None:
    claims(stage, 4, session_id="marketing-late")
    stage.registered(4)
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 1
    assert "\nclaim/04 is not merged: the gate rejects it: REG" in done.out


@pytest.mark.parametrize("word", ["7", "claim/07", "feature", "claim/4", "../main", "main", "-7", "٧", "123456"])
def test_proposal_that_is_not_there(stage: Stage, word: str) -> None:
    git(stage.human, "push", "--quiet", "origin", "main:refs/heads/feature")
    done = verb(stage.human, "approve", "--yes", "--", word)
    named = "claim/07" if word == "7" else word
    assert (done.exit_code, done.err) == (
        2,
        f"registry: there is no open proposal {named!r}; see: registry proposals\n",
    )


def test_the_others_are_merged_where_one_is_not_open(stage: Stage) -> None:
    claims(stage, 1)
    claims(stage, 3)
    done = verb(stage.human, "approve", "1", "2", "3", "--yes", "--format", "json")
    assert done.exit_code == 1
    rows = {row["name"]: row for row in done.document["approvals"]}
    assert [name for name, row in rows.items() if row["merged"]] == ["claim/01", "claim/03"]
    assert rows["2"]["note"] == "there is no open proposal 'claim/02'; see: registry proposals"
    assert stage.at("main", "registry/sessions/03.yaml")["number"] == 3
    assert rows["2"]["note"] in verb(stage.human, "approve", "2", "5", "--yes").out


def test_an_open_release_is_named_and_not_merged_by_number(stage: Stage) -> None:
    stage.registered(4)
    propose(stage, "release/04", ("registry/sessions/04.yaml", None))
    named = "its release is open; fill in: registry reject release/04 --reason TEXT"
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 0
    assert done.out.startswith("claim/04 is merged already: number 4 is held by marketing-outreach-1 since ")
    assert done.out.endswith("; its release is open: registry approve release/04\n\n")
    assert done.err.endswith("next: registry approve release/04\n")
    refused = verb(stage.human, "reject", "4", "--reason", "no")
    assert refused.err == f"registry: there is no open proposal 'claim/04'; {named}\n"
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 0


def test_a_proposal_has_to_be_named(stage: Stage) -> None:
    done = verb(stage.human, "approve")
    assert done.exit_code == 2
    assert "name a proposal, or say --all-accepted" in done.err


def test_release_and_record_are_approved_alike(stage: Stage) -> None:
    stage.registered(4)
    propose(stage, "release/04", ("registry/sessions/04.yaml", None), message="Release number 4: gone")
    done = verb(stage.human, "approve", "release/04", "--yes")
    assert plain(done.out).startswith("release/04, proposed <time>: Release number 4: gone\n")
    assert line(stage)[0] == "Release session 04"
    propose(stage, "record/acknowledgements/04", ("registry/README.md", "x\n"))
    assert verb(stage.human, "approve", "record/acknowledgements/04", "--yes").exit_code == 0
    assert line(stage)[0] == "Record acknowledgements/04"


# Main moves between the verdict and the merge


def before_the_merge(stage: Stage, script: str) -> None:
    program(stage.bare / "hooks" / "pre-receive", f"unset GIT_QUARANTINE_PATH\n{script}")


def test_a_moved_main_is_judged_again(stage: Stage) -> None:
    claims(stage, 4)
    stage.registered(5)
    ahead = stage.refs()["refs/heads/main"]
    git(stage.bare, "update-ref", "refs/heads/main", stage.beginning)
    before_the_merge(stage, f"[ -e moved ] && exit 0; : > moved; git update-ref refs/heads/main {ahead}")
    done = verb(stage.human, "approve", "4", "--yes")
    assert (done.exit_code, plain(done.out.rstrip().splitlines()[-1])) == (0, "claim/04 is on main (commit <id>)")
    assert [text.split(":")[0] for text in line(stage)] == ["Register session 4", "Register session 5", "A charter"]
    assert done.out.count("claim/04, proposed") == 1  # the human has seen it


def test_a_proposal_that_conflicts_with_a_moved_main_is_not_merged(stage: Stage) -> None:
    claims(stage, 4, session_id="marketing-late")
    stage.registered(4)
    ahead = stage.refs()["refs/heads/main"]
    git(stage.bare, "update-ref", "refs/heads/main", stage.beginning)
    before_the_merge(stage, f"git update-ref refs/heads/main {ahead}")
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 1
    assert plain(done.out).endswith(
        "\nclaim/04 is not merged: the gate rejects it: REG103 number 4 is held by marketing-outreach-1 since <time>"
        " (commit <id>)\n\n"
    )
    assert line(stage) == ["Register session 4", "A charter"]


def test_an_amended_proposal_is_asked_about_again(stage: Stage) -> None:
    claims(stage, 4)
    other = claims(stage, 4, branch="aside", goal="Send 17 emails daily, 95%+ delivery rate, in verse")
    before_the_push(stage.human, once(f"git update-ref refs/heads/claim/04 {other}"))
    done = typed(stage.human, ["y", "n"], "approve", "4")
    assert (done.exit_code, done.out.rstrip().splitlines()[-1]) == (1, "claim/04 stays open")
    assert done.out.count("claim/04, proposed") == 2
    assert line(stage) == ["A charter"]


def test_a_proposal_that_changes_during_the_merge_stays_as_it_is_now(stage: Stage) -> None:
    """The version shown to the human is merged; the amendment remains a proposal."""
    claims(stage, 4)
    other = claims(stage, 4, branch="aside", goal="Send 17 emails daily, 95%+ delivery rate, in verse")
    before_the_merge(stage, f"[ -e moved ] && exit 0; : > moved; git update-ref refs/heads/claim/04 {other}")
    done = typed(stage.human, ["y", "n"], "approve", "4")
    assert (done.exit_code, plain(done.out.rstrip().splitlines()[-1])) == (0, "claim/04 is on main (commit <id>)")
    assert stage.refs("refs/heads/claim/") == {"refs/heads/claim/04": other}


def test_a_proposal_that_goes_meanwhile_is_no_longer_open(stage: Stage) -> None:
    claims(stage, 4)
    before_the_push(stage.human, "git update-ref -d refs/heads/claim/04")
    done = verb(stage.human, "approve", "4", "--yes")
    assert (done.exit_code, done.out.rstrip().splitlines()[-1]) == (1, "claim/04 is not open any more")


def test_a_merged_branch_left_behind_is_deleted_by_the_next_approval(stage: Stage) -> None:
    """The server accepts the merge, and fails at the second push, which deletes the branch."""
    claims(stage, 4)
    before_the_merge(stage, "grep -q ' 0000000000' && { echo 'not now'; exit 1; }; exit 0")
    done = verb(stage.human, "approve", "4", "--yes")
    assert (done.exit_code, plain(done.out.rstrip().splitlines()[-1])) == (
        0, "claim/04 is on main (commit <id>); its branch is still there: not now",
    )  # fmt: skip
    assert "refs/heads/claim/04" in stage.refs()
    (stage.bare / "hooks" / "pre-receive").unlink()
    done = verb(stage.human, "approve", "4", "--yes")
    assert (done.exit_code, "claim/04 is merged already: number 4 is held by" in done.out) == (0, True)
    assert list(stage.refs("refs/heads/claim/")) == []
    assert len(line(stage)) == 2


@pytest.mark.takes_long
def test_main_that_moves_all_the_time_is_given_up(stage: Stage) -> None:
    claims(stage, 4)
    before_the_merge(stage, "git update-ref refs/heads/main $(git commit-tree main^{tree} -p main -m x)")
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 1
    assert done.out.rstrip().endswith("tried 20 times: main moved in between; run the same command again")
    assert len(line(stage)) == 21


def test_a_server_that_refuses_one_does_not_hide_the_others(stage: Stage) -> None:
    claims(stage, 4)
    claims(stage, 5)
    unless_it_registers_4 = (
        "read _ new _; ! git log -1 --format=%s $new | grep -q 'session 4' || { echo 'not today'; exit 1; }"
    )
    before_the_merge(stage, unless_it_registers_4)
    done = verb(stage.human, "approve", "4", "5", "--yes", "--format", "json")
    assert done.exit_code == 1
    assert [plain(row["note"]) for row in document(done)] == [
        "claim/04 is not merged: the server refuses it: not today",
        "claim/05 is on main (commit <id>)",
    ]


# In whose name


def test_merges_are_signed_with_the_approvers_key(guarded: Stage) -> None:
    claims(guarded, 4)
    done = verb(guarded.human, "approve", "4", "--yes")
    assert done.exit_code == 0, done
    signers = guarded.folder / "signers"
    signers.write_text(f"@OWNER {(guarded.folder / 'owner.pub').read_text()}")
    assert (
        git(guarded.bare, "-c", f"gpg.ssh.allowedSignersFile={signers}", "log", "-1", "--format=%G? %GS", "main")
        == "G @OWNER\n"
    )


@pytest.mark.parametrize("form", ["path", "public", "key::", "literal", "home"])
def test_signing_key_in_every_form_that_git_knows(guarded: Stage, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    claims(guarded, 4)
    public = (guarded.folder / "owner.pub").read_text().strip()
    forms = {
        "path": str(guarded.folder / "owner"),
        "public": str(guarded.folder / "owner.pub"),
        "key::": f"key::{public}",
        "literal": public,
        "home": "~/owner",
    }
    monkeypatch.setenv("HOME", str(guarded.folder))
    monkeypatch.setenv("TMPDIR", str(guarded.folder))  # where Git 2.39 leaves a copy of a literal key
    git(guarded.human, "config", "user.signingkey", forms[form])
    done = verb(guarded.human, "approve", "4", "--yes")
    if form in ("key::", "literal"):  # a key in an agent, and there is none
        assert done.exit_code == 2
        assert "git commit-tree: error:" in done.err
    else:
        assert done.exit_code == 0, done


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        (None, "approvals are signed here; fill in: git config user.signingkey PATH-OF-YOUR-SSH-KEY"),
        ("{folder}/stranger", "is no approver's of the charter"),
        ("{folder}/nowhere", "nowhere.pub cannot be read"),
    ],
)
def test_approve_requires_an_approvers_key(guarded: Stage, setting: str | None, why: str) -> None:
    claims(guarded, 4)
    new_key(guarded.folder / "stranger")
    session = guarded.clone("session")
    if setting:
        git(session, "config", "user.signingkey", setting.format(folder=guarded.folder))
    for words in (["approve", "4", "--yes"], ["reject", "4", "--reason", "no"]):
        done = verb(session, *words)
        assert done.exit_code == 2
        assert why in done.err
    assert list(guarded.refs("refs/heads/claim/")) == ["refs/heads/claim/04"]


def test_a_key_removed_from_the_charter_is_refused(guarded: Stage) -> None:
    """The verb refuses after looking at main, and the server refuses a plain push."""
    claims(guarded, 4)
    key, lost = new_key(guarded.folder / "next"), str(guarded.folder / "owner")
    stale = guarded.clone("stale")
    git(stale, "config", "user.signingkey", lost)
    git(guarded.human, "checkout", "--quiet", "-B", "main", "origin/main")
    charter = (guarded.human / "registry/charter.yaml").read_text()
    write(
        guarded.human, "registry/charter.yaml", charter.replace((guarded.folder / "owner.pub").read_text().strip(), key)
    )
    commit(guarded.human, "Another key", key=lost)
    git(guarded.human, "push", "--quiet", "origin", "main")
    before = guarded.refs()
    done = verb(stale, "approve", "4", "--yes")
    assert done.exit_code == 2
    assert "is no approver's of the charter" in done.err
    git(stale, "checkout", "--quiet", "--detach", "origin/main")
    git(stale, "merge", "--quiet", "--no-ff", "--no-commit", "origin/claim/04")
    commit(stale, "Merge claim/04", key=lost)
    pushed = try_git(stale, "push", "origin", "HEAD:refs/heads/main")
    assert pushed.exit_code == 1
    assert "remote: error[REG304] unapproved" in pushed.err
    assert guarded.refs() == before


def test_one_of_several_approvers_is_named_in_git_config(tmp_path: Any) -> None:
    stage = Stage(
        tmp_path, charter=CHARTER.replace('  - {handle: "@OWNER"}', '  - {handle: "@OWNER"}\n  - {handle: "@OTHER"}')
    )
    claims(stage, 4)
    done = verb(stage.human, "approve", "4", "--yes")
    form = "which approver are you, of @OWNER, @OTHER? fill in: git config registry.approver @HANDLE"
    assert (done.exit_code, done.err) == (2, f"registry: {form}\n")
    git(stage.human, "config", "registry.approver", "@STRANGER")
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 2
    git(stage.human, "config", "registry.approver", "@OTHER")
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 0
    assert "Approved-by: @OTHER" in git(stage.bare, "log", "-1", "--format=%B", "main")


def test_untrusted_text_is_escaped_on_the_terminal(stage: Stage) -> None:
    text = fleet(4).replace("Track delivery", "Track \\x1b[2J##[error]delivery\u202e")
    propose(stage, "claim/04", ("registry/sessions/04.yaml", text), message="\x1b[2J nothing to see")
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 1
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "##[" not in done.out


def test_a_number_of_thousands_of_digits_is_no_proposal(stage: Stage) -> None:
    done = verb(stage.human, "approve", f"claim/{'9' * 5000}", "--yes")
    assert (done.exit_code, "there is no open proposal" in done.err) == (2, True)


def test_a_proposal_that_another_one_brought_along(stage: Stage) -> None:
    """Main has its commit but not its claim: it is not reported as registered, and can be proposed again."""
    session = stage.clone("session")
    words = ("claim", "5", "--session-id", "desk-5", "--goal", "Send 17 emails daily", "--yes", "--push")
    assert verb(session, *words).exit_code == 0
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "merge", "--quiet", "--no-ff", "--strategy", "ours", "--message", "x", "origin/claim/05")
    git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    done = verb(stage.human, "approve", "5", "--yes")
    assert (done.exit_code, "claim/05 changes nothing on main" in done.out) == (1, True)
    assert verb(session, *words).note == "proposed number 5 on branch claim/05; a human has to approve it"
    assert verb(stage.human, "approve", "5", "--yes").exit_code == 0
    assert verb(session, "whoami", "--session-id", "desk-5", "--fetch").exit_code == 0
