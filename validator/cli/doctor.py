"""`registry doctor`: whether the gate is in force, from main's files and from the server, with commands that fix it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import FORMAT, REF, REMOTE, REPO
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.trees import Entry
from validator.git.upstream import remote_of
from validator.hosts.github.api import HERE, Gh
from validator.hosts.github.checks import (
    Check,
    GateInputs,
    State,
    local_checks,
    plain_checks,
    read_inputs,
    verdict,
)
from validator.hosts.github.codeowners import MAX_BYTES, PLACES
from validator.hosts.github.place import place_of
from validator.hosts.github.plan import settings
from validator.hosts.github.settings import RULESET_FILE
from validator.hosts.github.workflows import MAX_BYTES as MOST_WORKFLOW
from validator.hosts.github.workflows import Workflow, is_action, is_workflow, local_places, read_workflow, unreadable
from validator.hosts.plain.install import fault_of
from validator.hosts.plain.receiving import receiving_fault
from validator.model.errors import FatalError, ShallowError
from validator.model.escape import logged, well_formed
from validator.model.phrases import command_line, join_limited, ranges
from validator.registry.openness import Openness, openness
from validator.registry.reader import Reader, main_of
from validator.report.documents import Oid, Printed, PrintedDocument, as_json

SIGNS = {State.IN_FORCE: "✓", State.NOT_IN_FORCE: "✗", State.UNKNOWN: "?"}
SHALLOW = ("history-whole", "the history decides who was first; nothing can be judged without all of it")
FILES = ("100644", "100755")  # the modes of what is a file and not a link, a folder or another repository
MOST_WORKFLOWS = 1024 * 1024  # bytes, of all workflows together
ANYONE = (
    "on a plain server anyone who may push could do this in another's name; a first claim with --key new prevents it, "
    "and a number that has no key is released and claimed again with --key new:"
)
GITHUBS = "GitHub enforces its own settings, not the files"


class CheckEntry(Printed):
    """One condition for the gate to be in force; `command` mends it, null where nothing is wrong."""

    name: str
    part: Literal["local", "remote"]
    state: Literal["in-force", "not-in-force", "unknown"]
    what: str
    why: str
    command: str | None


class OpennessEntry(Printed):
    """An act in a session's name, and the numbers of which anyone who may push to a plain server could do it."""

    act: str
    numbers: tuple[int, ...]


class DoctorDocument(PrintedDocument):
    """`doctor`: `in_force` if no check failed; `commit` is null where the repository cannot be read.

    `anyone` is empty where the charter cannot be read.
    """

    commit: Oid | None
    in_force: bool
    checks: tuple[CheckEntry, ...]
    anyone: tuple[OpennessEntry, ...] = ()


DOCUMENTS = {"output-doctor": DoctorDocument}


@click.command(epilog="Example: registry doctor --local")
@click.option("--local", is_flag=True, help="Check only what is on this machine.")
@REPO
@REF
@REMOTE
@FORMAT
@click.pass_obj
@fetches
def command(console: Console, local: bool, repo: Path, ref: str | None, remote: str, format: str) -> int:
    """Check that the gate is in force; exit 1 if a check fails."""
    try:
        reader = Reader(Repo(repo))
    except ShallowError as error:
        broken = Check(SHALLOW[0], State.NOT_IN_FORCE, str(error), SHALLOW[1], str(error).rpartition("run: ")[2])
        return _report(console, None, [_in_folder(broken, repo)], [], (), format)
    commit = main_of(reader.repo, ref)
    whole = Check(SHALLOW[0], State.IN_FORCE, "the clone has all of main's history", SHALLOW[1])
    inputs, plain = _gate_inputs(reader, commit), _is_plain(reader, commit, remote)
    here = [whole, *(plain_checks if plain else local_checks)(inputs), _hook(reader.repo, remote)]
    snapshot = reader.at(commit)
    anyone = openness(snapshot, snapshot.charter) if snapshot.charter else ()
    there = [] if local or plain else list(_remote_checks(repo, ref))
    here, there = ([_in_folder(check, repo) for check in checks] for checks in (here, there))
    return _report(console, commit, here, there, anyone, format)


def _is_plain(reader: Reader, commit: str, remote: str) -> bool:
    """Whether main is on a plain Git server: neither its address nor its files speak of GitHub."""
    repo = reader.repo
    if any(path.startswith(".github/") for path in repo.tree(commit)):
        return False
    if repo.top is None:
        return True
    try:
        return place_of(Remote(repo, remote or remote_of(repo))) is None
    except FatalError:
        return False  # there is no remote yet


def _gate_inputs(reader: Reader, commit: str) -> GateInputs:
    files = reader.repo.tree(commit)
    wanted = {path: files[path] for path in (*PLACES, RULESET_FILE) if path in files}
    readable = {path: e.oid for path, e in wanted.items() if e.mode in FILES and (e.size or 0) < MAX_BYTES}
    contents = reader.repo.blobs(readable.values())
    texts = {path: text for path, oid in readable.items() if (text := _decoded(contents[oid])) is not None}
    flows = sorted(_workflows(reader.repo, files), key=lambda flow: flow.path)
    return read_inputs(frozenset(files), texts, reader.at(commit).charter, tuple(flows))


def _workflows(repo: Repo, files: Mapping[str, Entry]) -> list[Workflow]:
    """Every workflow and action below `.github/` or at the top, and those elsewhere that one of them uses."""
    wanted = {
        path for path in files if is_workflow(path) or (is_action(path) and path.startswith((".github/", "action.")))
    }
    flows = dict[str, Workflow]()
    while wanted:
        left = MOST_WORKFLOWS - sum(files[path].size or 0 for path, flow in flows.items() if flow.unread is None)
        flows |= {
            flow.path: flow for flow in _read_workflows(repo, {path: files[path] for path in sorted(wanted)}, left)
        }
        used = (place for flow in flows.values() for uses in flow.uses() for place in local_places(uses))
        wanted = {place for place in used if place in files and place not in flows}
    return list(flows.values())


def _read_workflows(repo: Repo, files: Mapping[str, Entry], left: int) -> Iterator[Workflow]:
    """Some of them; one that is too large or not a regular file is not read."""
    unread, oids = dict[str, str](), dict[str, str]()
    for path in files:
        entry = files[path]
        size = entry.size or 0
        if entry.mode not in FILES:
            unread[path] = "it is no regular file"
        elif size > MOST_WORKFLOW:
            unread[path] = f"it has {size:,} bytes; {MOST_WORKFLOW:,} are read"
        elif size > left:
            unread[path] = f"no more than {MOST_WORKFLOWS:,} bytes of workflows are read"
        else:
            left -= size
            oids[path] = entry.oid
    contents = repo.blobs(oids.values())
    yield from (unreadable(path, why) for path, why in unread.items())
    yield from (read_workflow(path, contents[oid]) for path, oid in oids.items())


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _hook(repo: Repo, remote: str) -> Check:
    """On a plain server the hook is the gate; GitHub has no hooks, and requires a check instead."""
    name, why = "hook-installed", "a plain Git server accepts every push that its hook does not refuse"
    remote = remote or remote_of(repo)
    try:
        server = repo.folder if repo.top is None else _folder(Remote(repo, remote).url, repo.top)
    except FatalError:
        return Check(name, State.UNKNOWN, f"there is no remote {remote} to guard", why, f"git remote add {remote} URL")
    if server is None and place_of(Remote(repo, remote)):
        return Check(name, State.IN_FORCE, f"{remote} is on GitHub, where the ruleset takes the hook's place", why)
    if server is None:
        what = f"{remote} is not a folder of this machine; check on the server whether it has the guard"
        return Check(name, State.UNKNOWN, what, why, "registry install-hook BARE_REPO")
    return _guard(name, why, remote if repo.top else "this server", Repo(server))


def _guard(name: str, why: str, remote: str, server: Repo) -> Check:
    """What a probe says of the guard of a server on this machine, and what Git's settings there do."""
    unchecked = receiving_fault(server)
    try:
        fault = fault_of(server, os.environ)
    except (FatalError, OSError) as error:
        command = unchecked.command if unchecked else "registry install-hook BARE_REPO"
        return Check(name, State.UNKNOWN, str(error), why, command)
    wrong = f"{remote} is a plain Git server without the guard: {fault.why}" if fault else ""
    if not fault and unchecked:
        wrong = f"{remote} has the guard, but {unchecked.why}"
    mended = fault or unchecked
    return verdict(name, why, wrong, mended.command if mended else "", fine=f"{remote} has the guard")


def _folder(url: str, top: Path) -> Path | None:
    folder = top / url.removeprefix("file://")
    return next((path for path in (folder, folder / ".git") if (path / "objects").is_dir()), None)


def _remote_checks(repo: Path, ref: str | None) -> Iterator[Check]:
    """Checks of GitHub's settings, if gh is logged in."""
    try:
        if not Gh(repo).logged_in():
            raise FatalError("gh is not logged in")
        rows = settings(repo=repo, ref=ref)
        errors = Gh(repo).find(f"{HERE}/codeowners/errors?ref=main")
    except FatalError as error:
        yield Check("github", State.UNKNOWN, str(error), GITHUBS, "gh auth login")
        return
    for row in rows:
        wrong = "" if row.fits else f"GitHub's {row.name} differs from what it should be"
        command = "registry github plan && registry github apply" if row.call else "registry codeowners"
        yield verdict(f"github: {row.name}", GITHUBS, wrong, command, fine=f"GitHub's {row.name} is as it should be")
    yield _unread_lines(errors)


def _unread_lines(errors: object) -> Check:
    rows = errors.get("errors") if isinstance(errors, dict) else None
    faults = [f"line {row.get('line')}: {row.get('kind')}" for row in rows or () if isinstance(row, dict)]
    why = "only GitHub knows which handles exist and can be asked to review"
    wrong = f"GitHub reports errors in CODEOWNERS: {join_limited(faults)}" if faults else ""
    return verdict("github: owners exist", why, wrong, f"gh api {HERE}/codeowners/errors", fine="every owner exists")


def _report(
    console: Console,
    commit: str | None,
    here: list[Check],
    there: list[Check],
    anyone: Sequence[Openness],
    format: str,
) -> int:
    """Print every check; 1 if one is not in force."""
    checks = [*here, *there]
    in_force = not any(check.state is State.NOT_IN_FORCE for check in checks)
    if format == "json":
        entries = (*(_entry(check, "local") for check in here), *(_entry(check, "remote") for check in there))
        rows = tuple(OpennessEntry(act=one.act, numbers=one.numbers) for one in anyone)
        console.say(as_json(DoctorDocument(commit=commit, in_force=in_force, checks=entries, anyone=rows)))
    else:
        console.say(_render(checks, anyone))
    return 0 if in_force else 1


def _render(checks: list[Check], anyone: Sequence[Openness]) -> str:
    lines = [line for check in checks for line in _lines(check)]
    lines += ["", ANYONE, *map(_row, anyone), ""] if anyone else []
    unknown = sum(check.state is State.UNKNOWN for check in checks)
    wrong = sum(check.state is State.NOT_IN_FORCE for check in checks)
    end = f"{len(checks) - wrong - unknown} in force, {wrong} not, {unknown} cannot be checked from here"
    return "".join(f"{line}\n" for line in [*lines, end])


def _row(one: Openness) -> str:
    whose = f"number {ranges(one.numbers)}" if one.numbers else "no number"
    return f"  {one.act + ':':<44}{whose}"


def _in_folder(check: Check, repo: Path) -> Check:
    """Its command as it works where --repo was typed."""
    if repo == Path() or not check.command:
        return check
    return check._replace(command=f"{command_line(('cd', str(repo)))} && {check.command}")


def _lines(check: Check) -> Iterator[str]:
    yield f"{SIGNS[check.state]} {check.name}: {logged(check.what)}"
    if check.state is not State.IN_FORCE:
        yield f"    why: {check.why}"
    if check.command:
        label = "fill in" if {"BARE_REPO", "URL"} & {*check.command.split()} else "run"
        yield f"    {label}: {logged(check.command)}"


def _entry(check: Check, part: str) -> CheckEntry:
    return CheckEntry.model_validate(
        {**check._asdict(), "state": check.state.value, "part": part, "what": well_formed(check.what)}
    )
