"""`registry proposals`: every open proposal with its verdict, its age and its competitors, before anyone merges."""

import json
import re
import subprocess
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.stage import ENVIRONMENT, REGISTRY, ROOT, Stage, commit, fleet, git, plain, refs, verb, write
from validator.cli.proposals import next_decision, render, together
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.operations.proposals import judged

SCHEMA: dict[str, Any] = json.loads((ROOT / "schema" / "output-proposals.schema.json").read_text())


def document(stage: Stage, *words: str) -> dict[str, Any]:
    """The JSON document, as its schema wants it."""
    done = verb(stage.human, "proposals", "--format", "json", *words)
    assert (done.exit_code, done.err) == (0, "")
    Draft202012Validator(SCHEMA).validate(done.document)
    answer: dict[str, Any] = done.document
    return answer


def propose(stage: Stage, branch: str, *files: tuple[str, str | None], message: str = "A proposal") -> str:
    """Push a branch with files, as plain Git lets anybody do; None takes a file away."""
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "checkout", "--quiet", "--detach", "origin/main")
    for path, text in files:
        if text is None:
            (stage.human / path).unlink()
        else:
            write(stage.human, path, text)
    oid = commit(stage.human, message)
    git(stage.human, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
    return oid


def claims(stage: Stage, number: int, branch: str | None = None, **fields: str) -> str:
    path = f"registry/sessions/{int(fields.get('number', number)):02}.yaml"
    return propose(stage, branch or f"claim/{number:02}", (path, fleet(number, **fields)))


def test_no_open_proposals(stage: Stage) -> None:
    done = verb(stage.human, "proposals")
    assert done == (0, "nothing is proposed\n", "")
    assert document(stage, "--all") == {"schema_version": 1, "proposals": [], "rejected": [], "pending": []}


def test_proposals_are_shown_with_verdict_and_competitors(stage: Stage) -> None:
    stage.registered(4)
    claims(stage, 1)
    claims(stage, 2, session_id="marketing-orchestrator", runtime_id="session-x")
    claims(stage, 3, role="Master Coordinator - Orchestrate all marketing automation workflows")
    claims(stage, 4, session_id="marketing-late")
    propose(stage, "release/04", ("registry/sessions/04.yaml", None), message="Release number 4: gone\n\nand more")
    propose(stage, "record/confirmation", ("registry/consensus/confirmation.yaml", "registry: x\n"))
    git(
        stage.human,
        "push",
        "--quiet",
        "origin",
        "HEAD:refs/heads/feature",
        "HEAD:refs/heads/claim/4",
        "HEAD:refs/heads/claim/x",
    )
    text = plain(verb(stage.human, "proposals").out)
    planned = '"Prospect Research AI - Find and score prospects (Batch 2)"'
    holder = "marketing-outreach-1 since <time> (commit <id>)"
    assert text.splitlines() == [
        "✓ claim/01      just now  marketing-orchestrator     accepted: no findings",
        "    whoever is merged first wins against: claim/02 (same session_id)",
        "✓ claim/02      just now  marketing-orchestrator     accepted: no findings",
        "    whoever is merged first wins against: claim/01 (same session_id)",
        "✗ claim/03      just now  marketing-research-2       rejected: 1 error",
        f"    error[REG106] role-misaligned: the charter plans another role for number 3: {planned}",
        "    the gate accepts instead: claim/01 (same role)",
        "✗ claim/04      just now  marketing-late             rejected: 1 error",
        f'    error[REG301] takeover: number 4 is held by {holder}; this puts "marketing-late" on it',
        *[line for line in text.splitlines() if "record/" in line or "REG006" in line or "REG403" in line],
        "✓ release/04    just now  Release number 4: gone     accepted: no findings",
    ]


def test_proposals_as_json(stage: Stage) -> None:
    one, two = claims(stage, 1), claims(stage, 2, session_id="marketing-orchestrator", runtime_id="session-x")
    stage.registered(4)
    gone = propose(stage, "release/04", ("registry/sessions/04.yaml", None), message="Release number 4: gone")
    rows = document(stage)["proposals"]
    assert [(row["name"], row["commit"], row["subject"]) for row in rows] == [
        ("claim/01", one, "A proposal"),
        ("claim/02", two, "A proposal"),
        ("release/04", gone, "Release number 4: gone"),
    ]
    assert [(row["number"], row["session_id"], row["verdict"]) for row in rows] == [
        (1, "marketing-orchestrator", "accepted"),
        (2, "marketing-orchestrator", "accepted"),
        (None, None, "accepted"),
    ]
    assert [row["competitors"] for row in rows] == [["claim/02 (same session_id)"], ["claim/01 (same session_id)"], []]
    assert [row["turn"] for row in rows] == ["approver"] * 3
    assert rows[0]["role"] == "Master Coordinator - Orchestrate all marketing automation workflows"
    assert rows[0]["findings"] == []


def test_every_proposal_is_judged_against_the_current_main(stage: Stage) -> None:
    claims(stage, 4, session_id="marketing-late")
    assert document(stage)["proposals"][0]["verdict"] == "accepted"
    stage.registered(4)
    (row,) = document(stage)["proposals"]
    assert (row["verdict"], row["turn"]) == ("rejected", "session")
    assert [finding["code"] for finding in row["findings"]] == ["REG103"]


def test_main_is_the_remotes_and_not_the_one_here(stage: Stage) -> None:
    claims(stage, 5, session_id="marketing-outreach-1")
    behind = stage.clone("behind")
    stage.registered(4)
    (row,) = verb(behind, "proposals", "--format", "json").document["proposals"]
    assert (row["verdict"], row["findings"][0]["code"]) == ("rejected", "REG104")
    done = verb(behind, "approve", "--all-accepted", "--yes")
    assert (done.exit_code, done.out) == (0, "nothing to approve\n")


def test_faults_of_main_are_not_listed_for_a_proposal(stage: Stage) -> None:
    stage.registered(4, status="ASLEEP")
    claims(stage, 6)
    (row,) = document(stage)["proposals"]
    assert [(one["code"], one["origin"]) for one in row["findings"]] == [
        ("REG006", "inherited"),
        ("REG204", "introduced"),
    ]
    text = verb(stage.human, "proposals").out
    assert "warning[REG204]" in text
    assert "REG006" not in text


def test_roles_compete_as_they_look(stage: Stage) -> None:
    claims(stage, 1)
    claims(stage, 2, role='"master coordinator: orchestrate ALL marketing automation workflows"')
    rows = document(stage)["proposals"]
    assert [row["competitors"] for row in rows] == [[], ["claim/01 (same role)"]]


def test_what_cannot_be_read_is_shown_too(stage: Stage) -> None:
    propose(stage, "claim/05", ("registry/sessions/05.yaml", "{{{{"), message="\x1b[31m##[error]x \u202e y")
    propose(stage, "claim/06", ("a", ""), ("b", ""), message="two files \x1b[2J##[error]x \u202e y")
    git(stage.human, "push", "--quiet", "origin", "origin/main:refs/heads/claim/07")
    claims(stage, 8, role='"\\x1b[2J##[error]x"', session_id='"\\x1b[2J##[error]x"')  # escapes of YAML
    rows = {row["name"]: row for row in document(stage)["proposals"]}
    assert [(row["number"], row["session_id"], row["role"]) for row in rows.values()] == [
        (5, None, None),
        (None, None, None),
        (None, None, None),
        (8, None, "\x1b[2J##[error]x"),
    ]
    text = verb(stage.human, "proposals").out
    assert 'not the text "\\x1b[2J' in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "##[" not in text
    assert "two files" in text


def test_an_untrusted_subject_is_shown_escaped(stage: Stage) -> None:
    """A release has no claim to name, so it is its subject that is shown; a rejection's reason likewise."""
    stage.registered(4)
    subject = "\x1b[2J##[error]gone \u202e\u200b"
    proposal = propose(stage, "release/04", ("registry/sessions/04.yaml", None), message=subject)
    reason = git(stage.bare, "commit-tree", "-p", proposal, "-m", subject, f"{proposal}^{{tree}}").strip()
    git(stage.bare, "update-ref", f"refs/rejected/release/05/{reason[:12]}", reason)
    text = verb(stage.human, "proposals", "--all").out
    shown = r"\x1b[2J\x23#[error]gone \u202e\u200b"
    assert f"  {shown}  accepted: no findings\n" in text
    assert text.count(shown) == 2
    assert "\x1b" not in text
    assert not set("\u202e\u200b") & set(text)
    rows = verb(stage.human, "proposals", "--all", "--format", "json").document
    assert rows["proposals"][0]["subject"] == subject


@pytest.mark.parametrize(
    ("later", "age"),
    [(-100, "just now"), (59, "just now"), (61, "1 min ago"), (7300, "2 h ago"), (3 * 86_400, "3 d ago")],
)
def test_ages(stage: Stage, later: int, age: str) -> None:
    claims(stage, 1)
    made = int(git(stage.bare, "log", "-1", "--format=%ct", "claim/01"))
    server = Remote(Repo(stage.human), "origin")
    server.fetch()
    text = render(judged(server), (), server.repo, now=made + later)
    assert f" {age}  marketing-orchestrator " in text


def test_only_what_waits_long_is_listed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRONMENT, "GIT_COMMITTER_DATE", "2026-11-20T12:00:00Z")
    claims(stage, 1)
    stage.registered(3, status="PENDING")
    monkeypatch.delitem(ENVIRONMENT, "GIT_COMMITTER_DATE")
    claims(stage, 2)
    stage.registered(4, status="PENDING")
    every, old = document(stage), document(stage, "--older-than", "1d")
    assert [row["name"] for row in every["proposals"]] == ["claim/01", "claim/02"]
    assert [row["number"] for row in every["pending"]] == [3, 4]
    assert [row["name"] for row in old["proposals"]] == ["claim/01"]
    assert old["pending"] == [{"number": 3, "session_id": "marketing-research-2", "since": "2026-11-20T12:00:00Z"}]
    text = verb(stage.human, "proposals", "--older-than", "12h").out
    assert re.search(r"^✓ claim/01 +[0-9]+ d ago", text, re.MULTILINE)
    assert re.search(r"^· number 3 is PENDING, [0-9]+ d ago: marketing-research-2$", text, re.MULTILINE)
    assert not re.search(r"claim/02|number 4", text)
    none = verb(stage.human, "proposals", "--older-than", "9999d").out
    assert none == "no open proposal matches (2 in all); see: registry proposals\n"


@pytest.mark.parametrize("age", ["7", "d", "-1d", "1 week", "999999d", "٧d"])
def test_what_is_no_age_is_refused(stage: Stage, age: str) -> None:
    done = verb(stage.human, "proposals", "--older-than", age)
    assert (done.exit_code, "is no age; write it as in 30min, 12h or 7d" in done.err) == (2, True)


def test_proposals_that_are_gone_are_forgotten(stage: Stage) -> None:
    claims(stage, 1)
    assert len(document(stage)["proposals"]) == 1
    git(stage.bare, "update-ref", "-d", "refs/heads/claim/01")
    assert document(stage)["proposals"] == []


def test_another_remote(stage: Stage) -> None:
    claims(stage, 1)
    git(stage.human, "remote", "rename", "origin", "upstream")
    assert "claim/01" in verb(stage.human, "proposals", "--remote", "upstream").out
    assert "claim/01" in verb(stage.human, "proposals").out, "the only remote that there is"
    git(stage.human, "remote", "remove", "upstream")
    missing = verb(stage.human, "proposals")
    assert (missing.exit_code, missing.err) == (
        2,
        "registry: there is no remote 'origin' here; fill in: git remote add origin URL\n",
    )


# Not UTF-8; a line break to Unicode but not to Git; no names of proposals.
ODD_NAMES = (b"team/\xff", "claim/05\u2028x".encode(), b"claim/\xff", b"record/\xff", b"release/four")


@pytest.mark.parametrize(
    "words",
    [
        *(["proposals"], ["status"], ["consensus", "status"], ["conflicts"], ["status", "--watch", "--once"]),
        *(["claim", "5", "--session-id", "a", "--goal", "Send 17 emails daily", "--yes", "--push"], ["export"]),
        *(["proposals", "--all", "--format", "json"], ["status", "--watch", "--once", "--format", "json"]),
    ],
    ids=" ".join,
)
def test_branches_with_odd_names_are_listed(stage: Stage, words: list[str]) -> None:
    main = refs(stage.bare)["refs/heads/main"].encode()
    odd = (b"create refs/heads/%s %s\n" % (name, main) for name in ODD_NAMES)
    rejected = b"create refs/rejected/%s/0 %s\n" % (b"claim/\xfe", main)
    subprocess.run(["git", "update-ref", "--stdin"], cwd=stage.bare, input=b"".join((*odd, rejected)), check=True)
    session = stage.clone("session")
    git(session, "fetch", "--quiet", "origin", "+refs/*:refs/remotes/origin/*", "+refs/heads/*:refs/remotes/origin/*")
    done = subprocess.run([*REGISTRY, *words], cwd=session, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == (words == ["consensus", "status"]), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"xff" not in done.stdout


@pytest.mark.takes_long
def test_a_proposal_that_cannot_be_judged_is_named_with_the_remedy(stage: Stage) -> None:
    """A server without the guard takes a tree that holds itself ten times, nine deep."""
    tree = git(stage.bare, "rev-parse", "main^{tree}").strip()
    for _ in range(9):
        rows = "".join(f"040000 tree {tree}\t{name}\n" for name in range(10))
        made = subprocess.run(
            ["git", "mktree"], cwd=stage.bare, input=rows, capture_output=True, encoding="utf-8", check=True
        )
        tree = made.stdout.strip()
    bomb = git(stage.bare, "commit-tree", "-p", "main", "-m", "x", tree).strip()
    git(stage.bare, "update-ref", "refs/heads/claim/05", bomb)
    done = verb(stage.human, "proposals")
    assert done.exit_code == 0
    assert "claim/05 cannot be judged: over 8 MiB" in done.out
    assert "registry reject claim/05 --reason TEXT" in str(document(stage))
    assert verb(stage.human, "reject", "5", "--reason", "too much").exit_code == 0
    assert verb(stage.human, "proposals").exit_code == 0


def test_waiting_are_those_that_the_gate_accepts(stage: Stage) -> None:
    stage.registered(4)
    claims(stage, 1)
    claims(stage, 4, session_id="marketing-late")
    assert [row["name"] for row in document(stage, "--waiting")["proposals"]] == ["claim/01"]
    assert "claim/04" not in verb(stage.human, "proposals", "--waiting").out


def test_a_proposal_that_the_gate_rejects_is_no_competitor(stage: Stage) -> None:
    claims(stage, 1)
    claims(stage, 2, session_id="marketing-orchestrator", role="Master of everything")
    (row,) = document(stage, "--waiting")["proposals"]
    assert row["competitors"] == []
    assert "claim/02" not in verb(stage.human, "proposals", "--waiting").out


def test_the_server_lists_its_own_proposals(stage: Stage) -> None:
    claims(stage, 1)
    here, there = (verb(folder, "proposals", "--format", "json") for folder in (stage.bare, stage.human))
    assert here.document == there.document
    assert len(here.document["proposals"]) == 1


def test_a_proposal_in_json_says_what_is_planned_and_how_to_decide(stage: Stage) -> None:
    claims(stage, 4, role="Another role")
    (row,) = document(stage)["proposals"]
    assert row["goal"] == "Send 17 perfectly personalized emails daily, 95%+ delivery rate"
    assert row["targets"] == ["emails sent >= 17 emails/day", "delivery rate >= 95 percent"]
    assert row["planned_title"] == "Outreach Team Leader"
    assert row["planned_role"] == "Outreach AI - Personalize and send emails (Morning Batch 1)"
    assert (row["approve"], row["reject"]) == (None, "registry reject claim/04 --reason TEXT")


def test_what_can_be_merged_together_is_named_together() -> None:
    records = [("record/acknowledgements/01", ()), ("record/acknowledgements/02", ())]
    assert together(records) == [name for name, _ in records]
    rivals = [("claim/01", ("claim/02 (role)",)), ("claim/02", ("claim/01 (role)",)), ("claim/03", ())]
    assert together([*rivals, *records]) == ["claim/01", "claim/03"]
    assert together([("record/broadcast", ()), ("charter/zone", ())]) == ["charter/zone"]
    two = [("charter/a", ()), ("charter/b", ()), ("claim/01", ())]
    assert together(two) == ["charter/a", "claim/01"], "the second is made on the charter before the first"


def test_the_next_decision_names_no_more_than_what_is_shown(stage: Stage) -> None:
    repo, many = Repo(stage.human), [f"claim/{number:02}" for number in range(1, 9)]
    every = "next, for an approver: registry approve --all-accepted\n"
    assert next_decision(many, repo, everything=True) == every
    assert next_decision(many, repo, everything=False) == every.replace("--all-accepted", " ".join(many))
    git(stage.human, "remote", "set-url", "origin", "git@github.com:example/fleet.git")
    assert next_decision(many, repo, everything=True) == "", "a branch on GitHub is decided on in its pull request"
    assert "gh pr review 7" in next_decision(["#7"], repo, everything=True)
