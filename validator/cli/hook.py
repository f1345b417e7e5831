"""`registry hook`: what a session of Claude Code or Codex is told at its start, at a prompt and before it stops."""

import contextlib
import os
import signal
import sys
import time
from types import FrameType

import click

from validator.cli.console import Console
from validator.git.program import kill_all
from validator.hosts.agents.harness import MAX_BYTES, call
from validator.hosts.agents.hooks import answer
from validator.model.escape import logged

PROCESS = "REGISTRY_HARNESS_PID"  # the harness's process, where a script stands between
LIMIT = "REGISTRY_HOOK_LIMIT"  # seconds to work at most
SECONDS = 0.9


class _TooLongError(Exception):
    """The time is up."""


@click.command(
    context_settings={"ignore_unknown_options": True}, epilog="Example: registry hook session-start < event.json"
)
@click.argument("event", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(console: Console, event: tuple[str, ...]) -> int:
    """Answer a harness's hook: session-start, prompt, stop or session-end, as JSON on standard input.

    Says nothing outside of a registry, and takes a second at most (REGISTRY_HOOK_LIMIT: other seconds). An error
    is one line on stderr and exit 0, so that no session fails because of it.
    """
    try:
        _limit()
        said = call(" ".join(event), _read(), os.environ, _process())
        text = answer(said, time.time(), lambda line: _hint(console, line))
        _limit(0)
        if text:
            console.say(text)
    except _TooLongError:
        _limit(0)
        _hint(console, "it took too long, and is left out")
    except Exception as error:  # noqa: BLE001 - a session goes on whatever is wrong with its registry
        _limit(0)
        _hint(console, str(error) or type(error).__name__)
        with contextlib.suppress(OSError, AttributeError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or it is written once more at the end
    return 0


def _read() -> bytes:
    """The event; nothing from a terminal, where nobody writes one."""
    return b"" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read(MAX_BYTES + 1)


def _process() -> int:
    given = os.environ.get(PROCESS, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else os.getppid()


def _limit(seconds: float | None = None) -> None:
    """Stop the work after some seconds (0: no more); what does not stop within a tenth of a second more is left."""
    if seconds is None:
        with contextlib.suppress(ValueError):
            seconds = min(600.0, max(0.1, float(os.environ.get(LIMIT, SECONDS))))
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, SECONDS if seconds is None else seconds, 0.1)


def _stop(_: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGALRM, lambda _, __: os._exit(0))
    kill_all()  # a Git that waits for something: it would be waited for
    raise _TooLongError


def _hint(console: Console, line: str) -> None:
    """A line on stderr."""
    console.hint(f"session registry: {logged(line)}\n")
