"""`registry bind`: say once for which session this runtime speaks, or this clone."""

import os
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.identity import shared
from validator.cli.options import FORMAT, REPO
from validator.git.clone import Clone, around
from validator.hosts.agents.identity import (
    SETTING,
    VARIABLE,
    WAYS,
    Identity,
    bind,
    identity,
    unbind,
    unbind_others,
    users,
)
from validator.hosts.agents.runtimes import running
from validator.model.errors import FatalError

DOCUMENTS = {"output-bind": "BindDocument"}


@click.command(epilog="Example: registry bind marketing-outreach-1")
@click.argument("name", required=False)
@click.option("--only", is_flag=True, help="Unbind other runtimes from this name.")
@click.option("--remove", is_flag=True, help="Unbind this runtime, or this clone.")
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, name: str | None, only: bool, remove: bool, repo: Path, format: str) -> int:
    """Store your session name in this clone; the other verbs then need no --session-id.

    Without NAME, show who you are; exit 1 if that is not known.
    In Claude Code or Codex the name is bound to the running session; elsewhere it is git config registry.session, of
    this working tree if it has settings of its own, else of this clone.
    """
    if (remove and (name or only)) or (only and not name):
        raise click.UsageError("NAME, NAME --only, --remove, or nothing")
    if name or remove:
        _change(console, name, only, repo)
    found = identity(None, os.environ, repo)
    if name and found and found.name != name:
        console.hint(f"{VARIABLE} is set, and comes first; {_way_past(name)}\n")
    _print(console, found, users(found, os.environ, repo) if found else (), format)
    return 0 if found or remove else 1


def _way_past(name: str) -> str:
    """What to do about the variable: a harness gives it to a session when it starts."""
    if running(os.environ):
        return f"{name} counts from this session's next start; before that, begin each command with: env -u {VARIABLE}"
    return f"run: unset {VARIABLE}"


def _change(console: Console, name: str | None, only: bool, repo: Path) -> None:
    """Bind, or without a name unbind."""
    clone, runtime = around(repo), running(os.environ)
    if name is None:
        unbind(clone, runtime)
        return
    if runtime is None:
        _require_own_settings(clone, name)
    bind(clone, runtime, name, console.now)
    if only:
        unbind_others(clone, runtime, name)


def _require_own_settings(clone: Clone, name: str) -> None:
    """Raise FatalError where working trees share their settings, and another name is bound: it would be renamed."""
    linked = clone.common / "worktrees"
    before = clone.setting(SETTING)
    if before not in (None, name) and linked.is_dir() and any(linked.iterdir()) and not clone.has_settings_of_its_own():
        way_out = "give each settings of its own: git config extensions.worktreeConfig true"
        raise FatalError(f"all working trees of this clone are {before}, and would be {name} then; {way_out}")


def _print(console: Console, found: Identity | None, runtimes: tuple[str, ...], format: str) -> None:
    if format == "json":
        from validator.report.documents import BindDocument, as_json

        name, source = (found.name, found.source) if found else (None, None)
        console.say(as_json(BindDocument(session_id=name, identity=source, runtimes=runtimes)))
    elif found is None:
        console.say(f"no name; {WAYS}\n")
    else:
        console.say(f"{found.name} ({found.source})\n{shared(found.name, runtimes)}next: registry whoami --fetch\n")
