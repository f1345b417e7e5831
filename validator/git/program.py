"""The git program: run without a shell, in the caller's environment less what names another repository."""

import os
import re
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from validator.model.errors import FatalError

_started = weakref.WeakSet[subprocess.Popen[bytes]]()
# In the C locale, and not from the other side (`remote: `) or from ssh.
_LOCAL_FAULT = re.compile(
    r"^(?!remote:|ssh:).*(insufficient permission for adding|\.lock': Permission denied"
    r"|Read-only file system|No space left on device|Disk quota exceeded|bad config |bad \w+ config value)"
)
_OTHER_REPOSITORY = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_CEILING_DIRECTORIES"}


def start(
    words: Sequence[str | bytes], variables: Mapping[str, str], folder: Path, errors: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start Git in a folder, with pipes to talk to it; errors go to a file, or to a pipe as well.

    Raises FatalError where there is no Git.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    # Git's names are bytes, and UTF-8 to this program whatever the locale says (see objects.text).
    command: list[str | bytes] = ["git"]
    command += [word.encode("utf-8", "surrogateescape") if isinstance(word, str) else word for word in words]
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(  # noqa: S603 - each word comes from this room
            command, stdin=pipe, stdout=pipe, stderr=errors or pipe, env={**inherited, **variables}, cwd=folder
        )
    except FileNotFoundError as error:
        if error.filename != "git":
            raise
        raise FatalError("the git program is not on the PATH; install Git 2.38 or newer") from error
    _started.add(process)
    return process


def kill_all() -> None:
    """Kill the processes that `start` has started: a thread that waits for one of them continues."""
    for process in list(_started):
        if process.poll() is None:
            process.kill()


def leave_to_others() -> None:
    """After a fork: close the pipes to what `start` has started, which talks to the process that was forked."""
    for process in list(_started):
        for stream in filter(None, (process.stdin, process.stdout, process.stderr)):
            stream.close()


def end_all() -> None:
    """Tell what `start` has started to end; Git removes its locks then."""
    for process in list(_started):
        if process.poll() is None:
            process.terminate()


def run(
    words: Sequence[str | bytes],
    variables: Mapping[str, str],
    folder: Path,
    stdin: bytes = b"",
    seconds: float | None = None,
) -> tuple[int, bytes, str]:
    """Run Git to its end; (status, stdout, stderr). Raises FatalError where it takes longer than so many seconds."""
    with start(words, variables, folder) as process:
        try:
            out, error = process.communicate(stdin, seconds)
        except subprocess.TimeoutExpired as late:
            process.kill()
            raise FatalError(f"Git has not ended after {seconds:g} seconds: a program that it runs hangs") from late
    return process.returncode, out, error.decode("utf-8", "surrogateescape")


def finished(words: Sequence[str], variables: Mapping[str, str], folder: Path, seconds: float) -> int | None:
    """Run Git without streams and terminal; its status, None where it takes longer: then it goes on by itself."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    command, nothing = ["git", *words], subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603 - each word comes from this room
        command, stdin=nothing, stdout=nothing, stderr=nothing, env={**inherited, **variables}, cwd=folder,
        start_new_session=True,
    )  # fmt: skip
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.returncode = 0  # it is nobody's child any more: no warning that it still runs
        return None


def place(out: bytes) -> Path:
    """A path of this machine that Git has printed: bytes, as the file system has them."""
    return Path(os.fsdecode(out.removesuffix(b"\n")))


def emptied(names: Sequence[bytes]) -> dict[str, str]:
    """Variables that make settings empty, in addition to those that the caller's own variables make (git-config(1))."""
    count = os.environ.get("GIT_CONFIG_COUNT") or "0"
    if not count.isdecimal():
        raise FatalError(f"GIT_CONFIG_COUNT is {count!r}, and no number; run: unset GIT_CONFIG_COUNT")
    first = int(count)
    keys = {f"GIT_CONFIG_KEY_{first + at}": os.fsdecode(name) for at, name in enumerate(names)}
    values = {f"GIT_CONFIG_VALUE_{first + at}": "" for at in range(len(names))}
    return keys | values | {"GIT_CONFIG_COUNT": str(first + len(names))}


def last_line(error: str) -> str:
    """What an error of Git comes down to: the fault of this machine that it names, else its last line."""
    lines = [line for line in error.splitlines() if line.strip()]
    line = local_fault(error) or (lines[-1] if lines else "failed without an error message")
    return line.removeprefix("fatal: ").removeprefix("error: ")


def local_fault(error: str) -> str | None:
    """The line of an error of Git that blames this machine: it takes no file, or Git's configuration is broken."""
    return next((line for line in error.splitlines() if _LOCAL_FAULT.search(line)), None)


def in_a_line(error: str, most: int = 800) -> str:
    """An error of Git in one line; of a long one the end, where Git says what to do, from the start of a word."""
    words = " ".join(error.split())
    return words if len(words) <= most else "… " + words[-most:].partition(" ")[2]
