"""The files of a GitHub runner: the event's payload, and what a step writes."""

import os
from pathlib import Path

from validator.cli.console import Console
from validator.model.errors import FatalError


def payload(file: str) -> bytes:
    """An event's payload, read to one byte above the limit. Without a file: the runner's own.

    Events of Gitea and Forgejo have GitHub's form, and the numbers of their own accounts: 7 there is no `github:7`.
    """
    from validator.hosts.github.event import MAX_BYTES

    if os.environ.get("GITEA_ACTIONS"):
        way_out = "judge commits; fill in: registry validate --base origin/main --head COMMIT"
        raise FatalError(f"only events of GitHub are read, and this is a runner of Gitea or Forgejo; {way_out}")
    path = file or os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise FatalError("which event? give its file, or run where GITHUB_EVENT_PATH names one")
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FatalError(f"the event payload {path} cannot be read: {error.strerror}") from error


def say_output(console: Console, name: str, text: str) -> None:
    """Print a line; on a runner it is also the output `name` of the step."""
    output = os.environ.get("GITHUB_OUTPUT")
    if output:
        append(Path(output), f"{name}={text}\n", "output")
    console.say(f"{text}\n")


def append(path: Path, text: str, what: str) -> None:
    """Write to one of the files that a runner gives to a step."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FatalError(f"the step {what} cannot be written: {error.strerror}") from error
