"""A change of a claim by somebody who is not its owner.

What it means: A claim with an `owner` belongs to that account on the forge. Only the owner may propose it. Once it is
on main, only the owner that main names, or an approver of main's charter, may change or release it, and only the owner
may acknowledge for its number or, where it is the orchestrator's, confirm and broadcast. An account is identified by
its number, which stays the same when the login is renamed. A merge queue does not say whose changes it merges: there a
change of what has an owner counts only if main has not changed the claim or the charter since the change began, so that
its own check has judged the author. Where no forge names the author of a change, this rule reports nothing.

Why: A session_id is a name that anyone can write. The forge knows which account opened the pull request.

Example:

    # main:                  owner: "github:583231"
    # pull request by 77001: goal: Send 18 emails daily

Way out: Open the pull request from the owner's account, write your own number into `owner` of a new claim, or leave the
field out. `gh api user --jq .id` shows the number. If the account is lost, an approver changes the claim. A change that
began before main changed the claim is brought up to date: `gh pr update-branch`.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Location, Problem
from validator.model.layout import CHARTER
from validator.registry.parsing import ClaimFile
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Author, Snapshot

CODE, NAME, LEVEL = "REG307", "foreign-owner", Level.ERROR
MINE = "gh api user --jq .id"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what the author may not change or say, owners other than the author, and what nobody can tell."""
    if head.author is None:
        yield from _unproven(head, base) if head.unnamed else ()
        return
    approves = _approves(head.author, base)
    yield from _recorded(head.author, head, base, approves=approves)
    for path in sorted(head.touched(base)):
        held, claim = base.claims.get(path), head.claims.get(path)
        owner = held.draft.owner if held else None
        if held and owner and not approves and owner != head.author.account:
            yield _foreign(held, claim, owner, head.author)
        elif claim and not (held and approves) and claim.draft.owner not in (None, head.author.account):
            yield _borrowed(claim, head.author)


def _recorded(author: Author, head: Snapshot, base: Snapshot, *, approves: bool) -> Iterator[Problem]:
    """Only the owner speaks for a number; an approver may remove a record, but not give or change one."""
    for path in sorted(head.touched(base)):
        held = claim_of_record(path, base)
        cleared = approves and path not in head.files
        if held and not cleared and held.draft.owner not in (None, author.account):
            who = f"this change is {author.handle}'s ({author.account})"
            message = f"{held.draft.owner} speaks for number {held.number}; {who}"
            yield Problem(Location(path), message, f"propose it from the owner's account (whose number: {MINE})")


def _unproven(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """What has an owner, and was judged with its author when main said something else, or never."""
    for path in sorted(head.touched(base)):
        held = claim_of_record(path, base) or base.claims.get(path)
        if held and held.draft.owner and (head.since_fork is None or head.since_fork & {held.path, CHARTER}):
            since = "began before main had this claim and charter" if head.joins else "is no merge of a pull request"
            message = f"number {held.number} belongs to {held.draft.owner}; who made this is not known, and it {since}"
            yield Problem(Location(path), message, "bring the pull request up to date: gh pr update-branch")


def _approves(author: Author, base: Snapshot) -> bool:
    """Logins are compared without case. Only the forge knows a team's members, so a team's handle matches nobody."""
    handles = {approver.handle.casefold() for approver in base.charter.approvers} if base.charter else frozenset()
    return author.handle.casefold() in handles


def _foreign(held: ClaimFile, claim: ClaimFile | None, owner: str, author: Author) -> Problem:
    place = claim.document.at("owner") if claim else Location(held.path)
    message = f"number {held.number} belongs to {owner} on main; this change is {author.handle}'s ({author.account})"
    return Problem(place, message, f"propose it from the owner's account (whose number: {MINE}), or ask an approver")


def _borrowed(claim: ClaimFile, author: Author) -> Problem:
    message = f"the owner is {claim.draft.owner}, and this change is {author.handle}'s ({author.account})"
    return Problem(claim.document.at("owner"), message, f'write owner: "{author.account}", or leave the field out')
