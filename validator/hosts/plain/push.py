"""Read a push from a hook's input, and refuse what is wrong before any object is read."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from validator.git.refs import STALE
from validator.model.errors import FatalError
from validator.model.layout import HEADS, MAIN, REJECTED, WITHDRAWN, own_files

MAX_REFS = 50  # in one push
# Two object ids of 64 digits and a name: Git itself takes names of up to 4 KiB.
MAX_INPUT = MAX_REFS * (2 * 65 + 4096)
BROADCAST = f"{HEADS}broadcast"
_LINE = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)")
UNKNOWN = "this server has no such ref"
_CLOSING = re.compile(rf"({REJECTED}|{WITHDRAWN})(.+)/([0-9a-f]{{12}})", re.ASCII)


class Move(NamedTuple):
    """What a push wants of one ref; None for an object stands for no ref."""

    ref: str
    old: str | None
    new: str | None

    @property
    def branch(self) -> str:
        """The branch, where the ref is one."""
        return self.ref.removeprefix(HEADS) if self.ref.startswith(HEADS) else ""


def read_moves(lines: bytes) -> tuple[Move, ...]:
    """What the lines of a pre-receive hook ask for. Raises FatalError for more than is judged, and for other lines.

    A name with a line feed in it comes as two lines, and Git refuses that one ref alone: so every line stands for
    itself, and one that is none refuses the whole push.
    """
    rows = lines.removesuffix(b"\n").split(b"\n") if lines else []
    if len(rows) > MAX_REFS or len(lines) > MAX_INPUT:
        raise FatalError(f"this push names more than {MAX_REFS} refs; push fewer at once")
    return tuple(map(_move, rows))


def _move(row: bytes) -> Move:
    found = _LINE.fullmatch(row)
    if not found or len(found[1]) != len(found[2]):
        raise FatalError("these are not the lines of a pre-receive hook: OLD NEW REF")
    old, new = (None if not oid.strip(b"0") else oid.decode() for oid in found.group(1, 2))
    return Move(found[3].decode("utf-8", "surrogateescape"), old, new)


def faults(moves: Sequence[Move], refs: Mapping[str, str], main: str = MAIN) -> Iterator[tuple[str, str]]:
    """(ref, why) for every ref that this server does not have, that is named twice or that is not as the push says.

    `refs` are the server's own: what a client says they are is only compared with them. `main` is what
    the main branch is called there.
    """
    times = Counter(move.ref for move in moves)
    for move in dict.fromkeys(moves):
        if not is_known(move.ref, main):
            yield move.ref, UNKNOWN
        elif times[move.ref] > 1:
            yield move.ref, "this push names the ref more than once"
        elif refs.get(move.ref) != move.old:
            yield move.ref, STALE
        elif move.old is None and move.new is None:
            yield move.ref, "there is no such ref to delete"


def is_known(ref: str, main: str = MAIN) -> bool:
    """Whether a name is main's, a proposal's, the broadcast's, a rejection's or a withdrawal's.

    A registry's server has no others.
    """
    branch = ref.removeprefix(HEADS) if ref.startswith(HEADS) else ""
    closed = rejected_branch(ref) or withdrawn_branch(ref)
    return ref in (main, BROADCAST) or bool(own_files(branch)) or closed is not None


def rejected_branch(ref: str) -> str | None:
    """The proposal that a ref `refs/rejected/claim/04/0123456789ab` turns down; None for any other ref."""
    return _closed_branch(REJECTED, ref)


def withdrawn_branch(ref: str) -> str | None:
    """The proposal that a ref `refs/withdrawn/claim/04/0123456789ab` takes back; None for any other ref."""
    return _closed_branch(WITHDRAWN, ref)


def _closed_branch(prefix: str, ref: str) -> str | None:
    found = _CLOSING.fullmatch(ref)
    return found[2] if found and found[1] == prefix and own_files(found[2]) else None
