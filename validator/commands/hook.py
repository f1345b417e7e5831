"""The guard of a plain Git server: a pre-receive hook that lets refs move only as the registry allows.

The hook runs this installed program, never code from a push. It judges from the old main, says its verdict to the
pushing client, and refuses where it cannot decide.
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from validator.commands.proposals import judge_proposal
from validator.commands.validate import in_steps
from validator.finding import FatalError
from validator.judging import audit
from validator.reading import Reader, charter_of
from validator.remote import PROPOSAL, Proposal
from validator.repo import OID, Repo
from validator.report.text import render as report
from validator.snapshot import Snapshot, form_of

MAIN = "refs/heads/main"
HEADS, REJECTED = "refs/heads/", "refs/rejected/"
UNSIGNED = "registry.unsigned"
MARK = "# guards a session registry"
_TAG = re.compile(r"refs/tags/(?!main$|HEAD$)[^/].*")


class Move(NamedTuple):
    """What a push wants of one ref; None for an object stands for no ref."""

    ref: str
    old: str | None
    new: str | None


class Refusal(NamedTuple):
    """Why a move is refused; the report says it in full."""

    ref: str
    text: str


def install(*, bare: Path, python: str, unsigned: bool) -> str:
    """Put the guard into a bare repository. Raises FatalError rather than replace somebody else's hook."""
    repo = Repo(bare)
    if repo.top is not None:
        raise FatalError(f"{bare} is not a bare repository; the guard stands on the server")
    (main,) = repo.resolve(MAIN)
    if not unsigned and main and not _keys(Reader(repo).at(main)):
        raise FatalError("no approver in main's charter has a key, so nobody could approve; add one, or say --unsigned")
    hook = repo.folder / "hooks" / "pre-receive"
    if hook.exists() and MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise FatalError(f"{hook} is there already; call `registry pre-receive` from it, with the lines it reads")
    script = f"#!/bin/sh\n{MARK}; see registry install-hook\nexec {shlex.quote(python)} -P -m validator pre-receive\n"
    repo.configure(UNSIGNED, "true" if unsigned else "false")
    repo.configure("receive.fsckObjects", "true")
    _write_program(hook, script)
    return f"{'unsigned: whoever can push can approve; ' if unsigned else ''}guarded by {hook}\n"


def pre_receive(*, repo: Path, lines: Iterable[str]) -> tuple[str, int]:
    """Judge a push, given the lines that Git hands to the hook; 1 refuses all of it."""
    store = Repo(repo)
    moves = tuple(_move(line) for line in lines if line.strip())
    reader = Reader(store)
    (main,) = store.resolve(MAIN)
    refusals = [refusal for move in moves for refusal in _judge(move, moves, reader, main)]
    return "".join(f"{refusal.ref}: refused\n{refusal.text}\n" for refusal in refusals), 1 if refusals else 0


def _move(line: str) -> Move:
    old, new, ref = line.rstrip("\n").split(" ", 2)
    if not (OID.fullmatch(old) and OID.fullmatch(new)):
        raise FatalError("these are not the lines of a pre-receive hook: OLD NEW REF")
    return Move(ref, old if old.strip("0") else None, new if new.strip("0") else None)


def _judge(move: Move, moves: tuple[Move, ...], reader: Reader, main: str | None) -> Iterator[Refusal]:
    name = move.ref.removeprefix(HEADS)
    if move.ref == MAIN:
        why = _judge_main(move, reader)
    elif move.ref.startswith(HEADS) and PROPOSAL.fullmatch(name):
        why = _judge_proposal(move, moves, reader, main)
    elif move.ref.startswith(REJECTED):
        why = _judge_rejection(move, reader, main)
    elif move.ref.startswith(HEADS) and name.split("/")[0].casefold() not in (
        "main",
        "head",
        "refs",
        "claim",
        "release",
        "record",
    ):
        why = None
    else:
        why = None if _TAG.fullmatch(move.ref) else "this server has no such ref"
    if why is not None:
        yield Refusal(move.ref, why)


def _judge_main(move: Move, reader: Reader) -> str | None:
    if move.new is None:
        return "main is never deleted"
    if move.old is None:
        return _first_main(move.new, reader)
    guards = _guards(reader, reader.at(move.old))
    verdict = in_steps(reader, move.old, move.new, guards)
    return None if verdict.accepted else report(verdict)


def _first_main(new: str, reader: Reader) -> str | None:
    snapshot = reader.at(new)
    verdict = audit(snapshot)
    if not verdict.accepted:
        return report(verdict)
    if not _unsigned(reader) and not _keys(snapshot):
        return "no approver in the charter has a key; add one, or install the guard with --unsigned"
    return None


def _judge_proposal(move: Move, moves: tuple[Move, ...], reader: Reader, main: str | None) -> str | None:
    name = move.ref.removeprefix(HEADS)
    if main is None:
        return "there is no main to propose to yet"
    if move.new is None:
        return None if _may_go(move, moves, reader, main) else "a proposal goes when it is merged or turned down"
    one = judge_proposal(reader, main, Proposal(name, move.new))
    if not one.verdict.accepted:
        return report(one.verdict)
    wrong = _wrong_content(name, one.landed, one.base)
    if wrong is None and move.old is not None:
        before = judge_proposal(reader, main, Proposal(name, move.old))
        holders = [claim.claim.draft.session_id if claim.claim else None for claim in (before, one)]
        if holders[0] != holders[1]:
            return f"this proposal is {holders[0] or 'somebody'}'s; nobody else replaces it"
    return wrong


def _wrong_content(name: str, landed: Snapshot, base: Snapshot) -> str | None:
    """A branch says what it proposes: `claim/04` one claim of number 4, `release/04` that it goes, a record itself."""
    kind, _, rest = name.partition("/")
    touched = sorted(landed.touched(base))
    if len(touched) != 1:
        return f"{name} touches {len(touched)} files; a proposal touches one"
    (path,) = touched
    form = form_of(path, landed.charter.capacity if landed.charter else None)
    fits = {
        "claim": path in landed.claims and landed.claims[path].number == _number(rest),
        "release": path in base.claims and path not in landed.files and base.claims[path].number == _number(rest),
        "record": path == f"registry/consensus/{rest}.yaml" and form is not None,
    }
    return None if fits[kind] else f"{name} is no branch for a change of {path}"


def _number(rest: str) -> int:
    return int(rest) if rest.isdecimal() else -1


def _may_go(move: Move, moves: tuple[Move, ...], reader: Reader, main: str) -> bool:
    """A proposal is taken away with the merge that lands it, after it, or with the reason for turning it down."""
    assert move.old is not None, "what does not exist cannot be deleted"
    mains = {main, *(other.new for other in moves if other.ref == MAIN and other.new)}
    merged = any(reader.repo.merge_base(at, move.old) == move.old for at in mains)
    prefix = f"{REJECTED}{move.ref.removeprefix(HEADS)}/"
    return merged or any(other.ref.startswith(prefix) and other.new for other in moves)


def _judge_rejection(move: Move, reader: Reader, main: str | None) -> str | None:
    if move.old is not None or move.new is None:
        return "a reason for turning something down stays as it is"
    if main is None:
        return "there is no main yet"
    guards = _guards(reader, reader.at(main))
    if guards and reader.repo.signer(move.new, guards) is None:
        return "only an approver turns a proposal down, and signs it"
    return None


def _guards(reader: Reader, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Who may sign. A registry that has no key and was not installed as unsigned can have nothing approved."""
    keys = _keys(snapshot)
    if not keys and not _unsigned(reader):
        raise FatalError("no approver in main's charter has a key, and this guard is not installed as --unsigned")
    return keys


def _keys(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    return tuple((one.handle, one.key) for one in charter_of(snapshot).approvers if one.key)


def _unsigned(reader: Reader) -> bool:
    return reader.repo.setting(UNSIGNED) == "true"


def _write_program(path: Path, text: str) -> None:
    """Put a program in place as a whole: a push meanwhile runs the old one or the new one."""
    try:
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
        fresh.replace(path)
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error
