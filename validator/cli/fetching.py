"""The option `--fetch` of verbs that read: ask the remote before they look at main and the proposals."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from validator.cli.console import Console


def fetches(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--fetch` to a verb that has `--repo`; stands directly above its function."""

    @wraps(command)
    def run(console: Console, /, *, fetch: bool, repo: Path, **settings: Any) -> int:
        if fetch:
            fetch_first(console, repo, settings.get("remote", ""))
        return command(console, repo=repo, **settings)

    return click.option("--fetch", is_flag=True, help="Ask the remote first.")(run)


def fetch_first(console: Console, repo: Path, remote: str = "") -> None:
    """Fetch main, proposals and rejections; a hint for each proposal that cannot be fetched.

    Into a shallow clone nothing is fetched: what reads it next says what is to be done. A server has nobody to ask.
    """
    from validator.git.remote import Remote
    from validator.git.repo import Repo
    from validator.git.upstream import is_server
    from validator.model.errors import ShallowError
    from validator.model.escape import logged

    try:
        place = Repo(repo)
    except ShallowError:
        return
    if not remote and is_server(place):
        return
    server = Remote(place, remote)
    server.fetch()
    for one, why in server.unfetched.items():
        console.hint(f"{one.name}: {logged(why)}\n")
