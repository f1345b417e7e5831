"""Tell somebody of a proposal: a post-receive hook that starts a command after a push that leaves a proposal open.

The command is an argument vector, fixed when the hook is installed; nothing of a push is among its words, its input or
its environment, which has a few names: a web server and sshd take others over from a client (CGI: RFC 3875; AcceptEnv:
sshd_config(5)). It runs by itself, in the repository: the push does not wait for it, and cannot fail because of it.
"""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from validator.git.repo import Repo
from validator.hosts.plain.push import read_moves
from validator.model.errors import FatalError
from validator.model.layout import PROPOSAL

MARK = "# tells of proposals that wait"
NOTIFY = "notify"  # the first argument of `validator.guard` in this hook
# Set by the login or the service that receives pushes. Any other name may be a client's: a header `Proxy` comes as
# HTTP_PROXY, `Host` as SERVER_NAME, an ssh client sends LANG and LC_*, and SSH_AUTH_SOCK is its forwarded agent.
_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR")
_LOCALE = {"LC_ALL": "C.UTF-8"}


def notifier(bare: Path, python: str, command: Sequence[str]) -> tuple[Path, str]:
    """The hook and its text. Raises FatalError for somebody else's hook, and for a command that cannot be started."""
    if not command:
        raise FatalError("--notify names no command")
    program = Path(command[0])
    if program.is_absolute() and not program.is_file():
        raise FatalError(f"--notify: there is no program {program}")
    if not program.is_absolute() and "/" in command[0]:
        raise FatalError(f"--notify: give the full path of {program}: the hook runs in the repository's folder")
    hook = Repo(bare).folder / "hooks" / "post-receive"
    words = [python, "-P", "-m", "validator.guard", NOTIFY, *command]
    line = " ".join(map(shlex.quote, words))
    if hook.exists() and MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise FatalError(f"{hook} is there already; run this from it, with the lines it reads: {line}")
    return hook, f"#!/bin/sh\n{MARK}; see registry install-hook --notify\nexec {line}\n"


def notify(*, repo: Path, lines: bytes, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start the command if a push, by the lines that Git hands to post-receive, has left a proposal open.

    `environment` is the hook's, of which the command gets what no client says.
    """
    store = Repo(repo)
    news = [move for move in read_moves(lines) if move.new and PROPOSAL.fullmatch(move.branch)]
    if not any(store.resolve(move.ref) == [move.new] for move in news):
        return
    kept = {name: environment[name] for name in _KEPT if name in environment}
    try:
        subprocess.Popen(  # noqa: S603 - no shell; the words are those of whoever installed the hook
            list(command), cwd=store.folder, env=kept | _LOCALE, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise FatalError(f"nobody is told that a proposal waits: {command[0]}: {error.strerror}") from error
