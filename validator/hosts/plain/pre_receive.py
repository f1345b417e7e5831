"""Judge a push on the server: the hook that lets refs move only as the registry allows.

It runs this installed program, never code from a push, judges from the old main, says its verdict to the pushing
client, and refuses where it cannot decide.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from validator.git import locks
from validator.git.objects import OID
from validator.git.repo import Repo
from validator.git.signatures import signer
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import HEADS, MAIN, PROPOSAL, REJECTED, form_of, width
from validator.operations.judge import audit, judge
from validator.operations.steps import in_steps
from validator.registry.consensus.phases import NEEDED, phase_of, reached
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot

BROADCAST = f"{HEADS}broadcast"
UNSIGNED = "registry.unsigned"
# Branches that could be taken for main, a proposal or the broadcast, by a human or by Git (gitrevisions(7)).
_RESERVED = ("main", "head", "refs", "heads", "origin", "claim", "release", "record", "broadcast")
_TAG = re.compile(rf"refs/tags/(?!(?:{'|'.join(_RESERVED)})(?:/|$)).+", re.IGNORECASE)


class Move(NamedTuple):
    """What a push wants of one ref; None for an object stands for no ref."""

    ref: str
    old: str | None
    new: str | None

    @property
    def name(self) -> str:
        """The branch, where the ref is one."""
        return self.ref.removeprefix(HEADS)


class _Push(NamedTuple):
    """All moves of a push, and main (None: there is none yet) as it was before."""

    moves: tuple[Move, ...]
    reader: Reader
    main: str | None


def pre_receive(*, repo: Path, lines: Iterable[str]) -> tuple[str, int]:
    """Judge a push, given the lines that Git hands to the hook; 1 refuses all of it."""
    store = Repo(repo)
    moves = tuple(_move(line) for line in lines if line.strip())
    locks.clear_refs(store.folder)
    (main,) = store.resolve(MAIN)
    push = _Push(moves, Reader(store), main)
    refusals = [(move.ref, why) for move in moves if (why := _judge(move, push)) is not None]
    return "".join(f"{ref}: refused\n{why}\n" for ref, why in refusals), 1 if refusals else 0


def _move(line: str) -> Move:
    old, new, ref = line.rstrip("\n").split(" ", 2)
    if not (OID.fullmatch(old) and OID.fullmatch(new)):
        raise FatalError("these are not the lines of a pre-receive hook: OLD NEW REF")
    return Move(ref, old if old.strip("0") else None, new if new.strip("0") else None)


def _judge(move: Move, push: _Push) -> str | None:
    """Why a move is refused, None if it is not."""
    if move.ref == MAIN:
        return _judge_main(move, push.reader)
    if move.ref.startswith(HEADS) and PROPOSAL.fullmatch(move.name):
        return _judge_proposal(move, push)
    if move.ref.startswith(REJECTED):
        return _judge_rejection(move, push)
    if move.ref == BROADCAST:
        return _judge_broadcast(move, push)
    if move.ref.startswith(HEADS) and move.name.split("/")[0].casefold() not in _RESERVED:
        return None
    return None if _TAG.fullmatch(move.ref) else "this server has no such ref"


def _judge_main(move: Move, reader: Reader) -> str | None:
    if move.new is None:
        return "main is never deleted"
    if move.old is None:
        return _first_main(move.new, reader)
    verdict = in_steps(reader, move.old, move.new, _guards(reader, reader.at(move.old)))
    return _told(verdict) or _nobody_to_sign(reader.at(move.new), reader)


def _first_main(new: str, reader: Reader) -> str | None:
    snapshot = reader.at(new)
    return _nobody_to_sign(snapshot, reader) or _told(audit(snapshot))


def _nobody_to_sign(snapshot: Snapshot, reader: Reader) -> str | None:
    """Why nobody could approve anything after this: main would stand still for ever."""
    if _unsigned(reader) or keys_of(snapshot):
        return None
    return "no approver in the charter has a key; add one, or install the guard with --unsigned"


def _judge_proposal(move: Move, push: _Push) -> str | None:
    if push.main is None:
        return "there is no main to propose to yet"
    if move.new is None:
        return None if _may_go(move, push, push.main) else "a proposal goes when it is merged or turned down"
    landed, base = push.reader.change(push.main, move.new)
    return (
        _told(judge(landed, base))
        or _wrong_content(move.name, landed, base)
        or _wrong_history(move.ref, move.new, push.main, push.reader.repo)
        or (_wrong_hands(move.name, move.old, landed, push.reader) if move.old else None)
    )


def _wrong_content(name: str, landed: Snapshot, base: Snapshot) -> str | None:
    """A branch says what it proposes: `claim/04` one claim of number 4, `release/04` that it goes, a record itself."""
    kind, _, rest = name.partition("/")
    touched = sorted(landed.touched(base))
    if len(touched) != 1:
        return f"{name} touches {len(touched)} files; a proposal touches one"
    (path,) = touched
    capacity = charter_of(base).capacity
    fits = {
        "claim": path in landed.claims and f"{landed.claims[path].number:0{width(capacity)}}" == rest,
        "release": path not in landed.files
        and path in base.claims
        and f"{base.claims[path].number:0{width(capacity)}}" == rest,
        "record": path == f"registry/consensus/{rest}.yaml" and form_of(path, capacity) is not None,
    }
    return None if fits[kind] else f"{name} is no branch for a change of {path}"


def _wrong_history(ref: str, new: str, main: str, repo: Repo) -> str | None:
    """With this one merged, another proposal in its history would look merged too: it could go, and never land."""
    carried = repo.ahead(main, new) - {new}
    others = repo.refs(HEADS) if carried else ()
    names = [other.removeprefix(HEADS) for other, oid in others if oid in carried and other != ref]
    known = next(filter(PROPOSAL.fullmatch, names), None)
    return f"{ref.removeprefix(HEADS)} has {known} in its history; propose it on main alone" if known else None


def _wrong_hands(name: str, old: str, landed: Snapshot, reader: Reader) -> str | None:
    """A claim that is proposed already is replaced by the session that proposed it, and by nobody else."""
    kind, _, rest = name.partition("/")
    if kind != "claim":
        return None
    holder, session = (_session(snapshot, int(rest)) for snapshot in (reader.at(old), landed))
    return None if holder == session else f"this proposal is {holder or 'somebody'}'s; nobody else replaces it"


def _session(snapshot: Snapshot, number: int) -> str | None:
    claim = snapshot.by_number.get(number)
    return claim.draft.session_id if claim else None


def _may_go(move: Move, push: _Push, main: str) -> bool:
    """A proposal is taken away with the merge that lands it, after it, or with the reason for turning it down."""
    assert move.old is not None, "what does not exist cannot be deleted"
    mains = {main, *(other.new for other in push.moves if other.ref == MAIN and other.new)}
    merged = any(push.reader.repo.merge_base(at, move.old) == move.old for at in mains)
    reasons = (other for other in push.moves if other.ref.startswith(f"{REJECTED}{move.name}/"))
    return merged or any(reason.new and _turned_down(reason.new, push) == move.old for reason in reasons)


def _turned_down(rejection: str, push: _Push) -> str | None:
    """The proposal that a rejection speaks of: its only parent. A reason given for one is none for another."""
    parents = push.reader.repo.parents(rejection)
    return parents[0] if len(parents) == 1 else None


def _judge_rejection(move: Move, push: _Push) -> str | None:
    if move.old is not None or move.new is None:
        return "a reason for turning something down stays as it is"
    if push.main is None:
        return "there is no main yet"
    guards = _guards(push.reader, push.reader.at(push.main))
    if guards and signer(push.reader.repo, move.new, guards) is None:
        return "only an approver turns a proposal down, and signs it"
    going = {f"{REJECTED}{other.name}/{move.new[:12]}": other.old for other in push.moves if other.new is None}
    if move.ref not in going or going[move.ref] != _turned_down(move.new, push):
        return "a reason comes together with the proposal that it turns down: registry reject"
    return None


def _judge_broadcast(move: Move, push: _Push) -> str | None:
    """The broadcast branch must equal what main generates, whoever pushes it."""
    from validator.operations.consensus.mail import mail_at  # few pushes need it

    repo = push.reader.repo
    if move.new is None or (move.old and repo.merge_base(move.old, move.new) != move.old):
        return "a broadcast is followed by the next one, and never taken away"
    if push.main is None or not reached(phase_of(push.reader.at(push.main)), NEEDED["broadcast"]):
        return "there is nothing to broadcast before the registry is approved"
    if repo.tree_of(move.new) != repo.write_tree(mail_at(push.reader, push.main).files()):
        return f"this is not what main says (commit {push.main[:12]}): registry consensus broadcast --branch --push"
    return None


def _guards(reader: Reader, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Who may sign. A registry that has no key and was not installed as unsigned can have nothing approved."""
    keys = keys_of(snapshot)
    if not keys and not _unsigned(reader):
        raise FatalError("no approver in main's charter has a key, and this guard is not installed as --unsigned")
    return keys


def keys_of(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """The approvers of a charter that have a key, as (handle, public key)."""
    return tuple((one.handle, one.key) for one in charter_of(snapshot).approvers if one.key)


def _unsigned(reader: Reader) -> bool:
    return reader.repo.setting(UNSIGNED) == "true"


def _told(verdict: Verdict) -> str | None:
    if verdict.accepted:
        return None
    from validator.report.text import render  # most pushes need no report

    return render(verdict)
