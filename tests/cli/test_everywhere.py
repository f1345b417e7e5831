"""Every verb under unusual surroundings ends with its exit code and no traceback; `--long` plays the whole table."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, fleet, git

ME = ("--session-id", "marketing-outreach-1")
VERBS: tuple[tuple[str, ...], ...] = (
    *(("status",), ("whoami", *ME), ("history",), ("export",), ("conflicts",), ("audit",), ("doctor", "--local")),
    *(("schedule", "--week", "2026-W48"), ("consensus", "status"), ("validate",), ("validate", "--worktree")),
    *(("validate", "--staged"), ("proposals",), ("claim", "5", "--from", "DRAFT", "--push"), ("approve", "5", "--yes")),
    *(("claim", "6", "--from", "DRAFT"), ("reject", "5", "--reason", "x"), ("release", "4", "--reason", "x")),
    *(("codeowners", "--check"), ("schema", "--check"), ("explain", "--page", "--check"), ("explain",), ("--help",)),
    *(("consensus", "confirm", *ME, "--push"), ("consensus", "acknowledge", *ME), ("consensus", "approve", "--yes")),
    *(("github", "ruleset", "--check"), ("completion", "bash"), ("status", "--watch", "--once")),
)
FEW = (("validate", "--worktree"), ("claim", "5", "--from", "DRAFT", "--push"))


class Place(NamedTuple):
    """Where a verb runs, with which additional variables; None takes one away."""

    folder: Path
    variables: Mapping[str, str | None] = {}


def no_home(stage: Stage) -> Place:
    return Place(stage.human, {"HOME": None})


def no_identity(stage: Stage) -> Place:
    names = [name for name in ENVIRONMENT if name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))]
    return Place(stage.human, {**dict.fromkeys(names), "HOME": "/nonexistent", "EMAIL": None})


def read_only(stage: Stage) -> Place:
    """As far as the user heeds permissions: for root the folder is only said to be so."""
    for folder in (stage.human / ".git").rglob("*"):
        if folder.is_dir():
            folder.chmod(0o555)
    return Place(stage.human)


def ascii_locale(stage: Stage) -> Place:
    return Place(stage.human, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})


def linked(stage: Stage) -> Place:
    git(stage.human, "worktree", "add", "--quiet", "../linked", "-b", "topic")
    return Place(stage.folder / "linked")


def bare(stage: Stage) -> Place:
    return Place(stage.bare)


def detached(stage: Stage) -> Place:
    git(stage.human, "checkout", "--quiet", "--detach")
    return Place(stage.human)


def submodule(stage: Stage) -> Place:
    outer = stage.folder / "outer"
    git(stage.folder, "init", "--quiet", "--template=", "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(stage.bare), "fleet")
    return Place(outer / "fleet")


def sparse(stage: Stage) -> Place:
    git(stage.human, "sparse-checkout", "set", "--no-cone", "/CODEOWNERS")
    return Place(stage.human)


def alternates(stage: Stage) -> Place:
    git(stage.folder, "clone", "--quiet", "--template=", "--shared", str(stage.bare), "shared")
    return Place(stage.folder / "shared")


def sha256(stage: Stage) -> Place:
    shutil.rmtree(stage.bare)
    git(stage.folder, "init", "--quiet", "--bare", "--template=", "--object-format=sha256", str(stage.bare))
    new = stage.folder / "new"
    git(stage.folder, "init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha256", "new")
    shutil.copytree(stage.human / "registry", new / "registry")
    git(new, "add", "--all")
    git(new, "commit", "--quiet", "--message", "A charter")
    git(new, "remote", "add", "origin", str(stage.bare))
    git(new, "push", "--quiet", "--set-upstream", "origin", "main")
    return Place(new)


SURROUNDINGS: tuple[Callable[[Stage], Place], ...] = (
    *(no_home, no_identity, read_only, ascii_locale, linked, bare, detached, submodule, sparse, alternates, sha256),
)


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda function: function.__name__)
def test_no_traceback(stage: Stage, surroundings: Callable[[Stage], Place], long: bool) -> None:
    stage.registered(4)
    draft = stage.folder / "draft.yaml"
    draft.write_text(fleet(5), encoding="utf-8")
    place = surroundings(stage)
    environment = {**ENVIRONMENT, **place.variables}
    for words in VERBS if long else FEW:
        done = subprocess.run(
            [*REGISTRY, *(str(draft) if word == "DRAFT" else word for word in words)],
            cwd=place.folder, env={name: value for name, value in environment.items() if value is not None},
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode in (0, 1, 2), (words, done)
        assert b"Traceback" not in done.stdout + done.stderr, (words, done.stderr)
        assert done.returncode != 2 or done.stderr.strip(), f"{words} says why"
    for folder in [place.folder, *place.folder.rglob("*")]:
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            folder.chmod(0o755)
