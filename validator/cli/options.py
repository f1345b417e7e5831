"""Options that several verbs share."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class Folder(click.Path):
    """A folder that is there; `~` is the home, also where no shell has said so (`--repo=~/x`, completion)."""

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder that a word names."""
        home = os.path.expanduser(value) if isinstance(value, str) else value
        return super().convert(home, param, ctx)


REPO = click.option(
    "--repo", type=Folder(), default=".", show_default="this folder",
    help="A folder of the repository.",
)  # fmt: skip
REF = click.option("--ref", metavar="REV", help="The commit to read.  [default: main of its remote, else of here]")
REMOTE = click.option("--remote", default="", show_default="the one that main follows, else origin")
# --format of verbs that print a document; REPORT: of those that print a verdict in a format of validator/report.
FORMAT = click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
REPORT = click.option(
    "--format", type=click.Choice(["text", "github", "json", "sarif"]), default="text", show_default=True
)
# Of verbs that always do.
FETCHES = click.option(
    "--fetch", is_flag=True, expose_value=False, help="Ask the remote first, as this verb always does."
)
SESSION = click.option("--session-id", help="The stable name of the session.  [default: see registry bind]")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
PR = click.option("--pr", is_flag=True, help="Push it, and open its pull request (GitHub, through gh).")
PUSH = click.option("--push", is_flag=True, help="Push it to the remote; without this it stays local.")
OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file."
)
THE_RUNNERS = ""  # --event without a file: the runner's, from the environment
EVENT = click.option(
    "--event", metavar="[FILE]", is_flag=False, flag_value=THE_RUNNERS,
    help="A GitHub event's payload says what is judged.  [without FILE: GITHUB_EVENT_PATH]",
)  # fmt: skip
CHECK = click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is stale.")


def at_commit(command: Command) -> Command:
    """Add the options of a verb that reads one commit and prints a document, in the order of its help."""
    return REPO(REF(FORMAT(command)))


def of_event(command: Command) -> Command:
    """Add the options of a verb that reads an event of GitHub, in the order of its help."""
    return EVENT(REMOTE(REPO(command)))


def by_session(command: Command) -> Command:
    """Add the options of a verb by which a session makes a record, in the order of its help."""
    return SESSION(PUSH(PR(REMOTE(REPO(FORMAT(command))))))


def by_approver(command: Command) -> Command:
    """Add the options of a verb by which a human makes a record, in the order of its help."""
    return YES(PR(REMOTE(REPO(FORMAT(command)))))


class Age(click.ParamType[int]):
    """How long something has waited, in seconds: `30min`, `12h`, `7d`."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of seconds."""
        found = re.fullmatch(r"([0-9]{1,5}) ?(min|h|d)", value, re.ASCII) if isinstance(value, str) else None
        if found is None:
            self.fail(f"{value!r} is no age; write it as in 30min, 12h or 7d", param, ctx)
        return int(found[1]) * {"min": 60, "h": 3_600, "d": 86_400}[found[2]]


class Seconds(click.FloatRange):
    """Seconds, from a tenth of a second to a day. `nan`, which is in every range, is refused."""

    def __init__(self) -> None:
        super().__init__(0.1, 24 * 60 * 60)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number of seconds."""
        seconds: float = super().convert(value, param, ctx)
        return seconds if seconds == seconds else self.fail(f"{value!r} is no time", param, ctx)
