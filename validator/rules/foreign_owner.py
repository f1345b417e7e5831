"""A change of a claim by somebody who is not its owner.

What it means: A claim with an `owner` belongs to that account on the forge. It is proposed by its owner; from then on
it is changed or given back by its owner as main has it, or by an approver of main's charter. The acknowledgement of its
number is the owner's alone. The account is told by its number, which stays when a login is renamed. Where no forge says
who proposes, nothing is asked.

Why: A session_id is a name that anyone can write. The forge knows which account opened the pull request.

Example:

    # main:                  owner: "github:583231"
    # pull request by 77001: goal: Send 18 emails daily

Way out: Open the pull request from the owner's account, write your own number into `owner` of a new claim, or leave the
field out. `gh api user --jq .id` shows the number. If the account is lost, an approver changes the claim.
"""

from collections.abc import Iterator

from validator.model import shapes
from validator.model.findings import Level, Location, Problem
from validator.model.layout import form_of
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Author, Snapshot

CODE, NAME, LEVEL = "REG307", "foreign-owner", Level.ERROR
MINE = "gh api user --jq .id"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims that the author of the change may not touch, or may not put an owner on."""
    if head.author is None:
        return
    approves = _approves(head.author, base)
    yield from _acknowledged(head.author, head, base, approves=approves)
    for path in sorted(head.touched(base)):
        held, claim = base.claims.get(path), head.claims.get(path)
        owner = held.draft.owner if held else None
        if held and owner and not approves and owner != head.author.account:
            yield _foreign(held, claim, owner, head.author)
        elif claim and not (held and approves) and claim.draft.owner not in (None, head.author.account):
            yield _borrowed(claim, head.author)


def _acknowledged(author: Author, head: Snapshot, base: Snapshot, *, approves: bool) -> Iterator[Problem]:
    """A session says of itself that it is ready. An approver may take the word away, and not say it for another."""
    for path in sorted(head.touched(base)):
        shape, number = form_of(path, None) or (None, None)
        held = base.by_number.get(number or 0) if shape is shapes.Acknowledgement else None
        cleared = approves and path not in head.files
        if held and not cleared and held.draft.owner not in (None, author.account):
            who = f"this change is {author.handle}'s ({author.account})"
            message = f"number {number} acknowledges from {held.draft.owner}; {who}"
            yield Problem(Location(path), message, f"propose it from the owner's account (whose number: {MINE})")


def _approves(author: Author, base: Snapshot) -> bool:
    """Logins have no case. A team's members are known to the forge alone, so a team's handle is nobody's here."""
    handles = {approver.handle.casefold() for approver in base.charter.approvers} if base.charter else frozenset()
    return author.handle.casefold() in handles


def _foreign(held: ClaimFile, claim: ClaimFile | None, owner: str, author: Author) -> Problem:
    place = claim.document.at("owner") if claim else Location(held.path)
    message = f"number {held.number} belongs to {owner} on main; this change is {author.handle}'s ({author.account})"
    return Problem(place, message, f"propose it from the owner's account (whose number: {MINE}), or ask an approver")


def _borrowed(claim: ClaimFile, author: Author) -> Problem:
    message = f"the owner is {claim.draft.owner}, and this change is {author.handle}'s ({author.account})"
    return Problem(claim.document.at("owner"), message, f'write owner: "{author.account}", or leave the field out')
