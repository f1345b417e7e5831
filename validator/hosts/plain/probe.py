"""Prove that a server's guard is in force: by a push over Git itself, with the server's settings, that it must refuse.

The push deletes a branch that is not there. So it changes nothing where there is no guard, needs no object, and Git
tells no other hook that anything has moved.
"""

import secrets
import subprocess
from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

from validator.git.program import in_a_line
from validator.git.repo import Repo
from validator.hosts.plain.push import UNKNOWN
from validator.model.errors import FatalError
from validator.model.layout import HEADS

# As no push should: Git would tidy up, or wait for it.
_QUIET = ("-c", "receive.autogc=false", "-c", "gc.auto=0")
_SECONDS = 60


class Answer(Enum):
    """Who has answered a push that the guard must refuse."""

    GUARD = auto()  # the guard has refused it
    OTHER = auto()  # it was refused, and not in the guard's words
    NOBODY = auto()  # it was taken


class Probed(NamedTuple):
    """How a server has answered, and the last line of what it said."""

    answer: Answer
    said: str


def probe(server: Repo, environment: Mapping[str, str]) -> Probed:
    """Push to a repository of this machine as `git push` does. Raises FatalError where Git takes no push at all.

    `environment` is the one in which Git runs the hook.
    """
    ref = f"{HEADS}no-such-branch-{secrets.token_hex(8)}"
    sha256 = server.as_user("rev-parse", "--show-object-format")[1].strip() == "sha256"
    digits, capabilities = (64, "report-status object-format=sha256") if sha256 else (40, "report-status")
    line = f"{'1' * digits} {'0' * digits} {ref}\0{capabilities}"
    done = _received(server, f"{len(line) + 4:04x}{line}0000", environment)
    if f"ok {ref}\n" in done.stdout:
        return Probed(Answer.NOBODY, "")
    said = [line for line in done.stderr.splitlines() if line.strip()]
    if f"ng {ref} " not in done.stdout:
        raise FatalError(f"git receive-pack: {in_a_line(done.stderr) or f'exit code {done.returncode}'}")
    guard = f"{ref}: refused" in said and UNKNOWN in said
    return Probed(Answer.GUARD if guard else Answer.OTHER, said[-1] if said else "nothing")


def _received(server: Repo, packets: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Send packets to the program that receives pushes (gitprotocol-pack(5))."""
    words = ["git", *_QUIET, "receive-pack", str(server.folder)]
    messages = {"LANGUAGE": "C"}  # not LC_ALL: the guard's Python starts in the locale of a push
    try:
        # No shell, no word of a stranger; the hook that Git runs is the one that every push runs.
        return subprocess.run(  # noqa: S603
            words, cwd=server.folder, env={**environment, **messages}, input=packets, capture_output=True,
            encoding="utf-8", errors="replace", check=False, timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise FatalError(f"a push to {server.folder} has no answer after {_SECONDS} seconds") from error
