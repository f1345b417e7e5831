"""Who proposes a change, as the forge says, and whether that account is known to speak for what it changes."""

from collections.abc import Iterator
from typing import NamedTuple

from validator.model import shapes
from validator.model.effect import Doubt
from validator.model.layout import CHARTER, CODEOWNERS, PROGRAM, form_of
from validator.model.phrases import join_limited, ranges
from validator.registry.parsing import ClaimFile
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Author, Snapshot

BY_A_HUMAN = (shapes.Approval, shapes.Activation)
APPROVERS = "this changes who approves."
MERGE = "Merge this by a merge commit: a squash or a rebase loses the signature of the session's key."


class Proposer(NamedTuple):
    """Who proposes, in words (`@session, the owner of number 4.`); all is empty where no forge names the author.

    `cautions`: it is not known that the account may speak for what it changes, or the gate cannot judge that. `notes`:
    what will be missing later, and how a signature is kept.
    `lost`: it is about what somebody else holds, so that no commit by this account can make it land. `doubts`: what
    the cautions are about. `own`: the handle, if it is an approver's; `elsewhere`: the account that could propose it in
    their place. `named`: in whose name it is, if somebody else proposes it.
    """

    words: str = ""
    cautions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lost: bool = False
    doubts: tuple[Doubt, ...] = ()
    own: str = ""
    elsewhere: str = ""
    named: str = ""


class _Standing(NamedTuple):
    """What an account is to a file that it changes: its number's owner, or in a word; what is to be said of that."""

    owns: int | None = None
    word: str = ""
    caution: str = ""
    note: str = ""
    foreign: bool = False
    doubt: Doubt = "session"


def is_approver(author: Author, base: Snapshot) -> bool:
    """Whether an author is an approver of main's charter.

    Logins are compared without case. Only the forge knows a team's members, so a team's handle matches nobody.
    """
    handles = {approver.handle.casefold() for approver in base.charter.approvers} if base.charter else frozenset()
    return author.handle.casefold() in handles


def proposer(head: Snapshot, base: Snapshot) -> Proposer:
    """Who proposes a change, and what a human should know about that."""
    taken = any(_takes(held, head.claims.get(path), head, base) for path, held in _held(head, base))
    approvers = [_Standing(caution=APPROVERS, doubt="rules")] if _changes_approvers(head, base) else []
    merge = [MERGE] if any(_is_keyed(path, head, base) for path in head.touched(base)) else []
    if head.author is None:
        careful = [one.caution for one in approvers]
        return Proposer(cautions=tuple(careful), notes=tuple(merge), lost=taken, doubts=_doubts(approvers))
    standings = [*approvers, *_of_the_program(head.author, head, base), *_standings(head.author, head, base)]
    cautions = dict.fromkeys(one.caution for one in standings if one.caution)
    notes = dict.fromkeys(filter(None, [*merge, *(one.note for one in standings)]))
    lost = taken or any(one.foreign for one in standings)
    own = head.author.handle if is_approver(head.author, base) else ""
    by = _in_whose_name(head, base)
    words = _words(head.author, standings, by)
    named = by if by.casefold() != head.author.handle.casefold() else ""
    elsewhere = _elsewhere(head.author, head, base) if own else ""
    return Proposer(words, tuple(cautions), tuple(notes), lost, _doubts(standings), own, elsewhere, named)


def _doubts(standings: list[_Standing]) -> tuple[Doubt, ...]:
    return tuple(dict.fromkeys(one.doubt for one in standings if one.caution))


def _words(author: Author, standings: list[_Standing], by: str) -> str:
    owned = sorted({one.owns for one in standings if one.owns is not None})
    known = [f"the owner of number {owned[0]}"] if len(owned) == 1 else []
    known += [f"the owner of numbers {ranges(owned)}"] if len(owned) > 1 else []
    words = dict.fromkeys([*known, *(one.word for one in standings if one.word)])
    shared = (
        ": GitHub names the account; whether each of these sessions spoke for itself cannot be seen here"
        if len(owned) > 1
        else ""
    )
    own = by.casefold() == author.handle.casefold()
    words |= {"in whose name it is": None} if own else {}
    return f"{', '.join([author.handle, *words])}{shared}."


def _in_whose_name(head: Snapshot, base: Snapshot) -> str:
    """The handle that a human's record names; empty for all else."""
    paths = (path for path in sorted(head.touched(base)) if (form_of(path) or (None,))[0] in BY_A_HUMAN)
    values = (parsed.value for path in paths if (parsed := head.records.get(path)))
    return next((str(value.approved_by) for value in values if value), "")


def _elsewhere(author: Author, head: Snapshot, base: Snapshot) -> str:
    """The account that could propose what an approver proposes, whose own review GitHub does not take."""
    held = [claim for _, claim in _held(head, base)]
    spoken_for = [claim for path in head.touched(base) if (claim := claim_of_record(path, base))]
    owners = {claim.draft.owner for claim in [*held, *spoken_for]} - {None}
    if author.account in owners:
        return ""
    if owners:
        return f"the owner's account ({', '.join(sorted(filter(None, owners)))})"
    mine = any(claim.draft.owner == author.account for path in head.touched(base) if (claim := head.claims.get(path)))
    return "another account, with that one as owner" if mine and not held else "another account"


def _held(head: Snapshot, base: Snapshot) -> Iterator[tuple[str, ClaimFile]]:
    """The touched files that hold a number on main."""
    yield from ((path, held) for path in head.touched(base) if (held := base.claims.get(path)))


def _is_keyed(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether a key speaks for the claim of a file, on main or as it would be."""
    claims = (claim_of_record(path, base), base.claims.get(path), head.claims.get(path))
    return any(claim is not None and claim.states_key for claim in claims)


def _standings(author: Author, head: Snapshot, base: Snapshot) -> Iterator[_Standing]:
    for path in sorted(head.touched(base)):
        held, claim = base.claims.get(path), head.claims.get(path)
        record = claim_of_record(path, base)
        if path == CHARTER:
            yield _of_the_charter(author, head, base)
        elif record:
            yield _speaker(author, record, base)
        elif held and not _takes(held, claim, head, base):
            yield _changer(author, held, base)
        elif claim and not held:
            yield _first(author, claim)


def _of_the_charter(author: Author, head: Snapshot, base: Snapshot) -> _Standing:
    if is_approver(author, base):
        return _Standing(word="an approver")
    if head.charter and base.charter and head.charter == base.charter:
        return _Standing()  # its comments or layout
    caution = f"{author.handle} is not an approver, and this changes the rules of the fleet."
    return _Standing(caution=caution, doubt="rules")


def _of_the_program(author: Author, head: Snapshot, base: Snapshot) -> Iterator[_Standing]:
    """What the gate accepts unread: it judges the registry alone. A charter's CODEOWNERS is judged with it."""
    touched = head.touched(base)
    judged = {CODEOWNERS} if CHARTER in touched else set[str]()
    paths = sorted(path for path in touched - judged if path.startswith(PROGRAM))
    if paths and not is_approver(author, base):
        what = f"this changes the program that judges every proposal ({join_limited(paths, 3)})"
        caution = f"{author.handle} is not an approver, and {what}; the gate cannot judge that."
        yield _Standing(caution=caution, doubt="program")


def _changes_approvers(head: Snapshot, base: Snapshot) -> bool:
    return bool(head.charter and base.charter and head.charter.approvers != base.charter.approvers)


def _takes(held: ClaimFile, claim: ClaimFile | None, head: Snapshot, base: Snapshot) -> bool:
    """Whether the change wants a held number for somebody else, or changes nothing: a rule says more about that."""
    intent = head.intent.get(held.path)
    other = claim is not None and claim.draft.session_id not in (None, held.draft.session_id)
    return other or not head.differs(held.path, base) or (intent is not None and intent.before is None)


def _changer(author: Author, held: ClaimFile, base: Snapshot) -> _Standing:
    """What an account is to a claim that it changes: an approver may, whoever owns the number."""
    owner = held.draft.owner
    if owner == author.account or held.draft.key or not is_approver(author, base):
        return _speaker(author, held, base)
    if owner is None:
        return _Standing(word=f"an approver: approvers may change any number, and {_ownerless(held)}")
    may = "approvers may do this, but ask the owner first if you can"
    return _Standing(word=f"an approver, not the owner of number {held.number} ({owner}): {may}")


def _speaker(author: Author, held: ClaimFile, base: Snapshot) -> _Standing:
    owner, number = held.draft.owner, held.number
    if owner == author.account:
        return _Standing(owns=number)
    if is_approver(author, base):
        return _Standing(word="an approver")
    if held.draft.key:
        return _Standing()  # REG308 says whose it is, and refuses what the key has not signed
    if owner:
        return _Standing(caution=f"{author.handle} is not the owner of number {number} ({owner}).", foreign=True)
    session = held.draft.session_id or "its session"
    return _Standing(caution=f"nobody knows whether {author.handle} speaks for {session}: {_ownerless(held)}.")


def _ownerless(held: ClaimFile) -> str:
    return f"number {held.number} has no owner on main"


def _first(author: Author, claim: ClaimFile) -> _Standing:
    owner, number = claim.draft.owner, claim.number
    if owner == author.account:
        return _Standing(word=f"who becomes the owner of number {number}")
    if owner:
        return _Standing(caution=f"{author.handle} is not the owner that the claim names ({owner}).")
    if claim.states_key:
        return _Standing()  # its key tells whose a change is
    session = claim.draft.session_id or "its session"
    later = f"later nobody can tell whether a change is {session}'s own"
    have = f'To have one, add owner: "{author.account}" on this branch before the merge.'
    return _Standing(note=f"Number {number} will have no owner: {later}. {have}")
