"""The git program: run without a shell, in the caller's environment less what names another repository."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from validator.model.errors import FatalError

_OTHER_REPOSITORY = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_CEILING_DIRECTORIES"}


def start(
    words: Sequence[str], variables: Mapping[str, str], folder: Path, errors: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start Git in a folder, with pipes to talk to it; errors go to a file, or to a pipe as well.

    Raises FatalError where there is no Git.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    command = ["git", *words]
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603 - each word comes from this room
            command, stdin=pipe, stdout=pipe, stderr=errors or pipe, env={**inherited, **variables}, cwd=folder
        )
    except FileNotFoundError as error:
        if error.filename != "git":
            raise
        raise FatalError("the git program is not on the PATH; install Git 2.38 or newer") from error


def run(words: Sequence[str], variables: Mapping[str, str], folder: Path, stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Run Git to its end; (status, stdout, stderr)."""
    with start(words, variables, folder) as process:
        out, error = process.communicate(stdin)
    return process.returncode, out, error.decode("utf-8", "surrogateescape")


def last_line(error: str) -> str:
    """What an error of Git comes down to."""
    lines = [line for line in error.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ") if lines else "failed without an error message"
