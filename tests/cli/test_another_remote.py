"""`--remote` chooses the server: of two servers with equal content only the named one changes."""

import shutil
from pathlib import Path

import pytest

from tests.cli.agreeing import ORCHESTRATOR, SESSIONS, said
from tests.cli.meanwhile import ACKNOWLEDGED, ALL_BUT_ONE_ACKNOWLEDGED, APPROVED, CONFIRMED, REGISTERED, Advanced
from tests.cli.stage import Stage, git, refs, verb
from tests.cli.test_claim import MINE
from tests.cli.test_proposals import claims
from tests.repository import Repository

THERE = ("--remote", "fleet")


def with_a_decoy(stage: Stage) -> Path:
    """Make the server the remote `fleet` of the human's clone, and a copy of it the remote `origin`; the copy."""
    decoy = stage.folder / "decoy.git"
    shutil.copytree(stage.bare, decoy)
    git(stage.human, "remote", "rename", "origin", "fleet")
    git(stage.human, "remote", "add", "origin", str(decoy))
    git(stage.human, "config", "branch.main.remote", "origin")
    git(stage.human, "fetch", "--quiet", "--all")
    return decoy


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "4", "--yes"),
        ("approve", "--all-accepted", "--yes"),
        ("reject", "4", "--reason", "no"),
        ("release", "6", "--reason", "done"),
        ("claim", "7", *MINE, "--session-id", "marketing-late", "--push"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_verbs_of_proposals(stage: Stage, words: tuple[str, ...]) -> None:
    stage.registered(6)
    claims(stage, 4)
    decoy, before = with_a_decoy(stage), stage.refs()
    said(verb(stage.human, *words, *THERE))
    assert (stage.refs() == before, refs(decoy) == before) == (False, True)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (REGISTERED, ("confirm", "--session-id", ORCHESTRATOR, "--push")),
        (CONFIRMED, ("approve", "--yes")),
        (APPROVED, ("broadcast", "--session-id", ORCHESTRATOR, "--push", "--branch")),
        (ALL_BUT_ONE_ACKNOWLEDGED, ("acknowledge", "--session-id", SESSIONS[11], "--push")),
        (ACKNOWLEDGED, ("activate", "--yes")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_verbs_of_consensus(tmp_path: Path, all_active: Repository, state: str, words: tuple[str, ...]) -> None:
    stage = Advanced(tmp_path, all_active, state)
    decoy, before = with_a_decoy(stage), stage.refs()
    said(verb(stage.human, "consensus", *words, *THERE))
    assert (stage.refs() == before, refs(decoy) == before) == (False, True)


@pytest.mark.parametrize("words", [("proposals",), ("status", "--watch", "--once")], ids=" ".join)
def test_verbs_that_only_look(stage: Stage, words: tuple[str, ...]) -> None:
    claims(stage, 4)
    decoy = with_a_decoy(stage)
    git(decoy, "update-ref", "-d", "refs/heads/claim/04")
    git(stage.human, "fetch", "--quiet", "--all", "--prune")
    assert "claim/04" not in verb(stage.human, *words).out
    assert "claim/04" in verb(stage.human, *words, *THERE).out


def test_each_server_has_its_own_watch_state(stage: Stage) -> None:
    """Different mains on two servers are not reported as rewritten."""
    decoy = with_a_decoy(stage)
    other = stage.clone("other")
    git(other, "commit", "--quiet", "--amend", "--message", "Another beginning")
    git(other, "push", "--quiet", "--force", str(decoy), "HEAD:main")
    for _ in range(2):
        for remote in ("fleet", "origin"):
            done = verb(stage.human, "status", "--watch", "--once", "--remote", remote)
            assert (done.exit_code, done.out) == (0, ""), done
