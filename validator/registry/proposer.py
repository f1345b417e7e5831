"""Who proposes a change, as the forge says, and whether that account is known to speak for what it changes."""

from collections.abc import Iterator
from typing import NamedTuple

from validator.model import shapes
from validator.model.layout import CHARTER, form_of
from validator.model.phrases import ranges
from validator.registry.parsing import ClaimFile
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Author, Snapshot

BY_A_HUMAN = (shapes.Approval, shapes.Activation)


class _Standing(NamedTuple):
    """What an account is to a file that it changes: its number's owner, or in a word, or what to be careful about."""

    owns: int | None = None
    word: str = ""
    caution: str = ""


def is_approver(author: Author, base: Snapshot) -> bool:
    """Whether an author is an approver of main's charter.

    Logins are compared without case. Only the forge knows a team's members, so a team's handle matches nobody.
    """
    handles = {approver.handle.casefold() for approver in base.charter.approvers} if base.charter else frozenset()
    return author.handle.casefold() in handles


def proposer(head: Snapshot, base: Snapshot) -> tuple[str, tuple[str, ...]]:
    """`@session, the owner of number 4.` and the cautions; both empty where no forge names the author."""
    if head.author is None:
        return "", ()
    standings = list(_standings(head.author, head, base))
    owned = sorted({one.owns for one in standings if one.owns is not None})
    numbers = "number" if len(owned) == 1 else "numbers"
    known = [f"the owner of {numbers} {ranges(owned)}"] if owned else []
    words = dict.fromkeys([*known, *(one.word for one in standings if one.word)])
    touched = head.touched(base)
    human = any((form_of(path) or (None,))[0] in BY_A_HUMAN for path in touched)
    review = " The code owner's review and merge are the approval." if human else ""
    keyed = any(_is_keyed(path, head, base) for path in touched)
    merge = " A key speaks for it: a merge commit keeps its signature, a squash or a rebase loses it." if keyed else ""
    cautions = tuple(dict.fromkeys(one.caution for one in standings if one.caution))
    return f"{', '.join([head.author.handle, *words])}.{review}{merge}", cautions


def _is_keyed(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether a key speaks for the claim of a file, on main or as it would be."""
    claims = (claim_of_record(path, base), base.claims.get(path), head.claims.get(path))
    return any(claim is not None and claim.states_key for claim in claims)


def _standings(author: Author, head: Snapshot, base: Snapshot) -> Iterator[_Standing]:
    for path in sorted(head.touched(base)):
        held, claim = base.claims.get(path), head.claims.get(path)
        record = claim_of_record(path, base)
        if path == CHARTER:
            yield _Standing(word="an approver" if is_approver(author, base) else "who is no approver")
        elif record:
            yield _speaker(author, record, base)
        elif held and not _takes(held, claim, head, base):
            yield _speaker(author, held, base)
        elif claim and not held:
            yield _first(author, claim)


def _takes(held: ClaimFile, claim: ClaimFile | None, head: Snapshot, base: Snapshot) -> bool:
    """Whether the change wants a held number for somebody else, or changes nothing: a rule says more about that."""
    intent = head.intent.get(held.path)
    other = claim is not None and claim.draft.session_id not in (None, held.draft.session_id)
    return other or not head.differs(held.path, base) or (intent is not None and intent.before is None)


def _speaker(author: Author, held: ClaimFile, base: Snapshot) -> _Standing:
    owner, number = held.draft.owner, held.number
    if owner == author.account:
        return _Standing(owns=number)
    if is_approver(author, base):
        return _Standing(word="an approver")
    if held.draft.key:
        return _Standing()  # REG308 says whose it is, and refuses what the key has not signed
    if owner:
        return _Standing(caution=f"{author.handle} is not the owner of number {number} ({owner}).")
    session = held.draft.session_id or "its session"
    why = f"number {number} has no owner on main"
    return _Standing(caution=f"nobody knows whether {author.handle} speaks for {session}: {why}.")


def _first(author: Author, claim: ClaimFile) -> _Standing:
    owner, number = claim.draft.owner, claim.number
    if owner == author.account:
        return _Standing(word=f"who becomes the owner of number {number}")
    if owner:
        return _Standing(caution=f"{author.handle} is not the owner that the claim names ({owner}).")
    session = claim.draft.session_id or "its session"
    later = f"later nobody can tell whether a change is {session}'s own"
    return _Standing(caution=f"number {number} will have no owner: {later}.")
