"""A change of a claim by somebody who is not its owner.

What it means: A claim with an `owner` belongs to that account on the forge. Only the owner may propose it. Once it is
on main, only the owner that main names, or an approver of main's charter, may change or release it, and only the owner
may acknowledge for its number or, where it is the orchestrator's, confirm and broadcast. An account is identified by
its number, which stays the same when the login is renamed. A merge queue does not say whose changes it merges: there a
change of what has an owner counts only if main has not changed the claim or the charter since the change began, so that
its own check has judged the author. Where no forge names the author of a change, none of this is reported. Where the
charter has `session_owners: required`, a claim that comes or changes has to name an owner; what has none on main is
changed or released by an approver alone.

Why: A session_id is a name that anyone can write. The forge knows which account opened the pull request.

Example:

    # main:                  owner: "github:583231"
    # pull request by 77001: goal: Send 18 emails daily

Way out: Open the pull request from the owner's account, write your own number into `owner` of a new claim, or leave the
field out. `gh api user --jq .id` shows the number. If the account is lost, an approver changes the claim. A change that
began before main changed the claim is brought up to date: `gh pr update-branch`.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import CHARTER
from validator.registry.holders import takes_a_held_number
from validator.registry.parsing import ClaimFile
from validator.registry.proposer import is_approver
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Author, Snapshot

CODE, NAME, LEVEL = "REG307", "foreign-owner", Level.ERROR
LOOKS_AT = (Input.CHANGE,)
MINE = "gh api user --jq .id"
REQUIRED = "session_owners: required"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what the author may not change or say, owners other than the author, and what nobody can tell."""
    required = base.charter is not None and base.charter.session_owners == "required"
    yield from _missing(head, base) if required else ()
    if head.author is None:
        yield from _unproven(head, base, required=required) if head.unnamed else ()
        return
    approves = is_approver(head.author, base)
    for path in sorted(head.touched(base)):
        held, claim = base.claims.get(path), head.claims.get(path)
        spoken_for = _owned_claim(path, head, base, approves=approves)
        if spoken_for and (required or spoken_for.draft.owner) and spoken_for.draft.owner != head.author.account:
            yield _foreign(spoken_for, claim, path, head.author)
        elif claim and not (held and approves) and claim.draft.owner not in (None, head.author.account):
            yield _borrowed(claim, head.author)


def _owned_claim(path: str, head: Snapshot, base: Snapshot, *, approves: bool) -> ClaimFile | None:
    """The claim on main whose owner alone may change a file. An approver may, but give or change no record.

    Who comes too late for a number is refused by REG103, and nothing about its owner would help.
    """
    record = claim_of_record(path, base)
    if record:
        return None if approves and path not in head.files else record
    return None if approves or takes_a_held_number(path, head, base) else base.claims.get(path)


def _missing(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Claims without an owner, where the charter asks for one."""
    for claim in head.claims.values():
        if head.is_new(claim, base) and claim.claim and claim.claim.owner is None:
            message = f"number {claim.number} has no owner, and the charter has {REQUIRED}"
            yield Problem(claim.document.at("owner"), message, f'write owner: "github:NUMBER" (NUMBER: {MINE})')


def _unproven(head: Snapshot, base: Snapshot, *, required: bool) -> Iterator[Problem]:
    """What has an owner, and was judged with its author when main said something else, or never."""
    for path in sorted(head.touched(base)):
        held = claim_of_record(path, base) or base.claims.get(path)
        known = head.since_fork is not None and not head.since_fork & {held.path if held else path, CHARTER}
        if held and (required or held.draft.owner) and not known:
            since = "began before main had this claim and charter" if head.joins else "is no merge of a pull request"
            whose = f"belongs to {held.draft.owner}" if held.draft.owner else "has no owner"
            message = f"number {held.number} {whose}; who made this is not known, and it {since}"
            yield Problem(Location(path), message, "bring the pull request up to date: gh pr update-branch")


def _foreign(held: ClaimFile, claim: ClaimFile | None, path: str, author: Author) -> Problem:
    """The claim on main speaks for another account, or for none although the charter asks for one."""
    place = claim.document.at("owner") if claim else Location(path)
    who = f"this change is {author.handle}'s ({author.account})"
    if held.draft.owner is None:
        message = f"number {held.number} has no owner on main, and the charter has {REQUIRED}; {who}"
        return Problem(place, message, "ask an approver to write the owner into the claim, or to release the number")
    if path != held.path:
        message = f"{held.draft.owner} speaks for number {held.number}; {who}"
        return Problem(place, message, _from_the_account(held))
    message = f"number {held.number} belongs to {held.draft.owner} on main; {who}"
    return Problem(place, message, f"{_from_the_account(held)}, or ask an approver to propose it")


def _from_the_account(held: ClaimFile) -> str:
    return f"propose it from the account {held.draft.owner} ({MINE} prints the number of yours)"


def _borrowed(claim: ClaimFile, author: Author) -> Problem:
    message = f"the owner is {claim.draft.owner}, and this change is {author.handle}'s ({author.account})"
    return Problem(claim.document.at("owner"), message, f'write owner: "{author.account}", or leave the field out')
