"""A record is made from the main that it is pushed to, and only in the phase that allows it."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.agreeing import ORCHESTRATOR, SESSIONS, main_of, said
from tests.cli.meanwhile import APPROVED, BROADCAST, CONFIRMED, REGISTERED, Advanced
from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, commit, git, refs, verb, write
from tests.processes import running
from tests.repository import Repository
from tests.shell import program, quoted

CONFIRM = ("consensus", "confirm", "--session-id", ORCHESTRATOR)
SEND = ("consensus", "broadcast", "--session-id", ORCHESTRATOR, "--push")
RECORDS = "refs/heads/record"
REFUSE = 'test "$1" != refs/heads/broadcast || { echo protected >&2; exit 1; }'


@pytest.fixture
def registered(tmp_path: Path, all_active: Repository) -> Advanced:
    return Advanced(tmp_path, all_active, REGISTERED)


@pytest.fixture
def approved(tmp_path: Path, all_active: Repository) -> Advanced:
    return Advanced(tmp_path, all_active, APPROVED)


def amended(stage: Stage) -> None:
    """Main of another digest: number 5 follows instead of tracking."""
    other = stage.clone("other")
    path = "registry/sessions/05.yaml"
    write(other, path, (other / path).read_text("utf-8").replace("Track", "Follow"))
    commit(other, "Number 5 follows instead")
    git(other, "push", "--quiet", "origin", "HEAD:main")


# Not before it may be said


def test_confirm_is_refused_while_the_audit_finds_an_error(registered: Advanced) -> None:
    """Not every error is a conflict: the gate would take the confirmation, for it did not bring the stray file."""
    write(registered.human, "registry/sessions/notes.txt", "not a claim")
    commit(registered.human, "A file that has no business there")
    git(registered.human, "push", "--quiet", "origin", "HEAD:main")
    done = verb(registered.human, *CONFIRM, "--push")
    assert (done.exit_code, done.note) == (1, "not confirmed: first fix these errors on main")
    assert "notes.txt" in done.out
    assert refs(registered.bare, RECORDS) == refs(registered.human, RECORDS) == {}


@pytest.mark.parametrize("carrier", ["folder", "branch", "command"])
def test_broadcast_is_refused_before_the_approval(tmp_path: Path, all_active: Repository, carrier: str) -> None:
    stage, mail = Advanced(tmp_path, all_active, CONFIRMED), tmp_path / "mail"
    ways = {"folder": ("--folder", str(mail)), "branch": ("--branch",), "command": ("--", "touch", str(mail))}
    done = verb(stage.human, *SEND, *ways[carrier])
    assert (done.exit_code, done.note) == (1, "nothing is sent: the registry is confirmed, not approved")
    assert not mail.exists()
    assert set(refs(stage.bare, "refs/heads")) == {"refs/heads/main"}


# What stands on the branch already


def heavy(stage: Stage, branch: str, tree: str) -> str:
    """Put a commit on a branch that nobody reads for its size; a guard would not have let it in."""
    path = stage.folder / "message"
    path.write_text("x" * 2**21)
    made = git(stage.bare, "commit-tree", "-p", "main", "-F", str(path), tree).strip()
    git(stage.bare, "update-ref", f"refs/heads/{branch}", made)
    return made


def test_a_confirmation_that_the_gate_rejects_is_proposed_again(registered: Advanced) -> None:
    assert verb(registered.human, *CONFIRM, "--push").exit_code == 0
    stray = heavy(registered, "record/confirmation", "record/confirmation^{tree}")
    done = verb(registered.human, *CONFIRM, "--push")
    assert (done.exit_code, "is proposed on record/confirmation" in done.note) == (0, True)
    assert stray not in refs(registered.bare).values()


def test_what_cannot_be_read_on_its_branches_stops_no_broadcast(approved: Advanced) -> None:
    strays = {heavy(approved, branch, "main^{tree}") for branch in ("broadcast", "record/broadcast")}
    assert verb(approved.human, *SEND, "--branch").exit_code == 0
    assert not strays & set(refs(approved.bare).values())


# What was delivered


def test_a_killed_broadcast_remembers_its_deliveries(approved: Advanced) -> None:
    folder, last = approved.folder, SESSIONS[3]
    script = (
        f"cd {quoted(folder)}; "
        f'if test "$1" = {last}; then until test -e go-on; do sleep 0.1; done; fi; echo told >>"told-$1"'
    )
    words = (*SEND, "--timeout", "300", "--format", "json", "--", "sh", "-c", script, "sh", "{session_id}")
    temporary = folder / "temporary"  # what is killed removes no temporary files
    temporary.mkdir()
    settings = {"env": ENVIRONMENT | {"TMPDIR": str(temporary)}, "stdout": subprocess.DEVNULL}
    with running([*REGISTRY, *words], cwd=approved.human, **settings) as process:
        late = time.monotonic() + 60
        while len(noted(approved.human)) < len(SESSIONS) - 1:
            assert time.monotonic() < late, f"noted while the last letter is on its way: {noted(approved.human)}"
            time.sleep(0.05)
        process.kill()
    (folder / "go-on").touch()
    again = said(verb(approved.human, *words))
    found = {row["session_id"]: row["state"] for row in again.document["deliveries"]}
    assert found == {**dict.fromkeys(SESSIONS, "delivered-before"), last: "delivered"}
    assert all((folder / f"told-{session}").read_text() == "told\n" for session in SESSIONS if session != last)


def noted(clone: Path) -> list[str]:
    """The numbers that a broadcast has noted as delivered."""
    return [path.name for path in (clone / ".git/registry/broadcast").glob("*/*/*")]


def test_a_refused_broadcast_branch_counts_as_not_delivered(approved: Advanced) -> None:
    hook = program(approved.bare / "hooks" / "update", REFUSE)
    done = verb(approved.human, *SEND, "--branch", "--format", "json")
    assert done.exit_code == 1
    assert {row["state"] for row in done.document["deliveries"]} == {"failed"}
    assert "protected" in done.document["deliveries"][0]["note"]
    assert set(refs(approved.bare, "refs/heads")) == {"refs/heads/main"}
    hook.unlink()
    assert "delivered" in said(verb(approved.human, *SEND, "--branch")).out


def test_an_unreadable_broadcast_branch_counts_as_not_delivered(approved: Advanced) -> None:
    """The server answers the first fetch, for main, and not the second, for the broadcast before."""
    script = 'mkdir "$1/once" && exec git-upload-pack "$@"\necho busy >&2\nexit 1'
    git(approved.human, "config", "remote.origin.uploadpack", quoted(program(approved.folder / "upload-pack", script)))
    done = verb(approved.human, *SEND, "--branch", "--format", "json")
    assert done.exit_code == 1
    assert "busy" in done.document["deliveries"][0]["note"]
    assert set(refs(approved.bare, "refs/heads")) == {"refs/heads/main"}


# From which main, and on top of what


def test_a_record_is_made_for_the_remote_that_is_named(tmp_path: Path, all_active: Repository) -> None:
    """Origin is behind: there the registry has not been broadcast yet, and nobody could acknowledge it."""
    (tmp_path / "upstream").mkdir()
    stage, upstream = (
        Advanced(tmp_path, all_active, REGISTERED),
        Advanced(tmp_path / "upstream", all_active, BROADCAST),
    )
    git(stage.human, "remote", "add", "upstream", f"file://{upstream.bare}")
    words = ("consensus", "acknowledge", "--session-id", SESSIONS[3], "--push", "--remote", "upstream")
    done = said(verb(stage.human, *words))
    assert done.note.startswith("acknowledged, on main (commit ")
    assert git(upstream.bare, "rev-parse", "main^").strip() == upstream.beginning
    assert main_of(stage) == stage.beginning


def test_a_fresh_clone_replaces_a_record_that_was_proposed_from_another(registered: Advanced) -> None:
    """What the server has is the branch of before; this clone has never had one."""
    said(verb(registered.human, *CONFIRM, "--push"))
    before = refs(registered.bare, RECORDS)
    amended(registered)
    done = said(verb(registered.clone("restarted"), *CONFIRM, "--push"))
    assert "the confirmation is proposed on record/confirmation" in done.note
    assert refs(registered.bare, RECORDS) != before
    after = git(registered.bare, "rev-parse", "record/confirmation^").strip()
    assert after == main_of(registered), "on top of main as it is now"


def test_a_checked_out_record_branch_is_kept(registered: Advanced) -> None:
    said(verb(registered.human, *CONFIRM))
    git(registered.human, "checkout", "--quiet", "record/confirmation")
    amended(registered)
    before = refs(registered.human, "refs/heads")
    done = verb(registered.human, *CONFIRM, "--push")
    assert (done.exit_code, done.err) == (
        2,
        "registry: record/confirmation is checked out here; run: git switch --detach\n",
    )
    assert refs(registered.human, "refs/heads") == before
    assert git(registered.human, "status", "--porcelain") == ""
    assert not refs(registered.bare, RECORDS)
    git(registered.human, "checkout", "--quiet", "main")
    said(verb(registered.human, *CONFIRM, "--push"))
