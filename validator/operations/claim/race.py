"""Propose a claim: written as Git objects onto branch `claim/NN`, pushed by compare-and-swap."""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Outcome, Proposal, Pushed, Remote, Update
from validator.git.repo import Repo
from validator.git.retry import A_FEW, turn
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.model.findings import Verdict
from validator.model.layout import PROPOSAL, claim_path, width
from validator.model.phrases import ranges
from validator.operations.claim.request import Wish
from validator.operations.judge import judge
from validator.registry.holders import holder
from validator.registry.parsing import ClaimFile, claim_file
from validator.registry.reader import Reader, charter_of, claims_at, main_of
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import write_claim
from validator.rules.role_misaligned import is_aligned

ATTEMPTS = 60  # lost races before a session gives up; with jitter, more than a hundred rivals need
UNANSWERED = 4  # of these, how often a server may be silent
LONGEST_PAUSE = 1.5  # seconds

Tell = Callable[[str], None]


class Proposed(NamedTuple):
    """How a claim ended: `note` says it in a line; `verdict` is the gate's, where the gate was asked."""

    won: bool
    number: int
    branch: str
    note: str
    commit: str | None = None
    pushed: bool = False
    verdict: Verdict | None = None


class _Table(NamedTuple):
    """What a claiming session sees: main, and who has proposed what on the remote."""

    main: str
    snapshot: Snapshot
    charter: shapes.Charter
    proposed: Mapping[int, tuple[Proposal, ClaimFile | None]]

    def free(self) -> list[int]:
        """The numbers that nobody holds or has proposed."""
        return [number for number in self.snapshot.free_numbers() if number not in self.proposed]

    def branch(self, number: int) -> str:
        """The branch of a number's proposal."""
        return f"claim/{number:0{width(self.charter.capacity)}}"

    def proposed_by(self, session: str) -> dict[int, tuple[Proposal, ClaimFile]]:
        """What a session has proposed and could still get: no other session holds the number."""
        held = {number: claim.draft.session_id for number, claim in self.snapshot.by_number.items()}
        return {
            number: (proposal, claim)
            for number, (proposal, claim) in self.proposed.items()
            if claim and claim.draft.session_id == session and held.get(number, session) == session
        }


class _Again(NamedTuple):
    """The race for a number was lost, or the server was silent: look again."""

    number: int
    why: str
    silent: bool = False


def claim(*, repo: Path, wish: Wish, push: bool, remote: str, tell: Tell) -> Proposed:
    """Propose what a session wishes; one that has it already hears so. Raises FatalError for the environment."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if push else None
    silent = 0
    for attempt in range(ATTEMPTS):
        with turn("claim", A_FEW) if server else nullcontext():
            table = _look(reader, server)
            ended = _known(table, wish) or _attempt(reader, server, table, wish)
        if isinstance(ended, Proposed):
            return ended
        silent += ended.silent
        if silent >= UNANSWERED:
            raise FatalError(f"the server does not take the push of number {ended.number}: {ended.why}")
        pause = random.uniform(0.01, min(LONGEST_PAUSE, 0.1 * 1.5**attempt))  # noqa: S311 - spreads rivals, hides nothing
        tell(f"number {ended.number}: {logged(ended.why)}; looking again in {pause:.1f} s\n")
        time.sleep(pause)
    raise FatalError(f"lost {ATTEMPTS} races; try again later")


def render(proposed: Proposed, format: str, *, colour: bool) -> str:
    """The end of a claim as the JSON document of the contract, or as text with the gate's findings."""
    verdict = proposed.verdict
    if format == "text":
        from validator.report.text import render as report

        return (report(verdict, colour=colour) if verdict else "") + f"{proposed.note}\n"
    from validator.report.documents import ClaimDocument, as_json, finding_entries

    return as_json(
        ClaimDocument(
            number=proposed.number,
            branch=proposed.branch,
            commit=proposed.commit,
            pushed=proposed.pushed,
            findings=finding_entries(verdict.findings) if verdict else (),
            note=proposed.note,
        )
    )


def _look(reader: Reader, server: Remote | None) -> _Table:
    if server:
        server.fetch()
    main, proposals = server.heard() if server else (main_of(reader.repo, None), _kept(reader.repo))
    snapshot = reader.at(main)
    charter = charter_of(snapshot)
    claimed = {int(one.name.removeprefix("claim/")): one for one in proposals if one.name.startswith("claim/")}
    claims = claims_at(reader.repo, ((one.commit, number) for number, one in claimed.items()), charter.capacity)
    return _Table(
        main, snapshot, charter, {number: (one, claims.get((one.commit, number))) for number, one in claimed.items()}
    )


def _known(table: _Table, wish: Wish) -> Proposed | None:
    """What is settled before anything is written: the session has a number already, or somebody else has this one."""
    session, capacity = wish.fields["session_id"], table.charter.capacity
    if wish.number is not None and not 1 <= wish.number <= capacity:
        return _lost(table, wish.number, f"number {wish.number} is not one of 1 to {capacity}")
    for number, held in table.snapshot.by_number.items():
        if held.draft.session_id == session:
            if wish.number == number and not _same(held, _claim_of(table, wish, number)):
                return _proposed_first(table, number, session)
            since = holder(held, table.snapshot.past([held.path]))
            fits = wish.number in (None, number)
            note = f"number {number} is yours already: {since}" if fits else f"you hold number {number}: {since}"
            return Proposed(fits, number, table.branch(number), note)
    return _somebodys(table, wish.number, session) if wish.number is not None else None


def _somebodys(table: _Table, number: int, session: str) -> Proposed | None:
    """That a number is held, or proposed, by another session."""
    taken = table.snapshot.by_number.get(number)
    if taken:
        who = holder(taken, table.snapshot.past([taken.path]))
        return _lost(table, number, f"number {number} is held by {who}")
    return _proposed_first(table, number, session)


def _proposed_first(table: _Table, number: int, session: str) -> Proposed | None:
    proposal, rival = table.proposed.get(number, (None, None))
    if proposal and (rival is None or rival.draft.session_id != session):
        who = (rival.draft.session_id if rival else None) or "a session that cannot be read"
        return _lost(table, number, f"number {number} was proposed first by {who} (commit {proposal.commit[:12]})")
    return None


def _lost(table: _Table, number: int, why: str) -> Proposed:
    free = table.free()
    choice = f"free and not proposed: {ranges(free)}" if free else "no number is left"
    return Proposed(False, number, table.branch(number), f"{why}; {choice}")


def _attempt(reader: Reader, server: Remote | None, table: _Table, wish: Wish) -> Proposed | _Again:
    mine = table.proposed_by(wish.fields["session_id"])
    number = wish.number or next(iter(mine), None) or _choose(table, wish)
    if number is None:
        return Proposed(False, 0, "", _nothing_left(table))
    for other in mine.keys() - {number}:
        if judge(*reader.change(table.main, mine[other][0].commit)).accepted:
            note = (
                f"you have proposed number {other}; claim it, or have an approver turn it down: registry reject {other}"
            )
            return Proposed(False, number, table.branch(number), note)
    proposal, before = mine.get(number, (None, None))
    if proposal and before and _same(before, _claim_of(table, wish, number)) and not _spent(reader, table, proposal):
        return _once_more(reader, table, number, proposal, pushed=server is not None)
    return _propose(reader, server, table, number, _text(table, wish, number), proposal.commit if proposal else None)


def _spent(reader: Reader, table: _Table, proposal: Proposal) -> bool:
    """Whether a proposal is in main's history, and so can never change main again."""
    return reader.repo.merge_base(table.main, proposal.commit) == proposal.commit


def _once_more(reader: Reader, table: _Table, number: int, proposal: Proposal, *, pushed: bool) -> Proposed:
    """The same claim once more: it stands as it is, unless main has moved against it."""
    verdict = judge(*reader.change(table.main, proposal.commit))
    then = "a human has to approve it" if verdict.accepted else "the gate rejects it now"
    note = f"number {number} is proposed already, by you; {then}"
    return Proposed(verdict.accepted, number, table.branch(number), note, proposal.commit, pushed, verdict)


def _choose(table: _Table, wish: Wish) -> int | None:
    """A free number that fits the role, in an order of the session's own, so that not all run for the first."""
    slots, role = {slot.number: slot for slot in table.charter.slots}, wish.fields.get("role")
    wanted = role if isinstance(role, str) else ""
    free = [n for n in table.free() if not wanted or n not in slots or is_aligned(wanted, slots[n], slots.values())]
    seed = f"{wish.fields['session_id']} {len(free)}"
    return random.Random(seed).choice(free) if free else None  # noqa: S311 - spreads rivals, hides nothing


def _nothing_left(table: _Table) -> str:
    free = table.free()
    if free:
        return f"the charter plans other roles for the free numbers ({ranges(free)}); claim without a role of your own"
    return "no number is left that is not proposed already; ask again when one is turned down"


def _text(table: _Table, wish: Wish, number: int) -> str:
    """The claim as it is written; the charter's slot says the role where the session does not."""
    slot = next((slot for slot in table.charter.slots if slot.number == number), None)
    role = {"role": slot.role} if slot and not wish.fields.get("role") else {}
    return write_claim({**wish.fields, **role, "number": number})


def _claim_of(table: _Table, wish: Wish, number: int) -> ClaimFile:
    text = _text(table, wish, number)
    return claim_file(read(claim_path(number, table.charter.capacity), text.encode()), number)


def _same(one: ClaimFile, other: ClaimFile) -> bool:
    """Whether two claims promise the same; when they were written makes no difference."""
    return (
        one.claim is not None
        and other.claim is not None
        and (one.claim.model_copy(update={"timestamp": ""}) == other.claim.model_copy(update={"timestamp": ""}))
    )


def _propose(
    reader: Reader, server: Remote | None, table: _Table, number: int, text: str, old: str | None
) -> Proposed | _Again:
    repo, branch = reader.repo, table.branch(number)
    blob = repo.write_blob(text.encode())
    tree = repo.tree_with(table.main, claim_path(number, table.charter.capacity), blob)
    verb = "Amend" if number in table.snapshot.by_number else "Claim"
    commit = repo.commit_as_user(tree, [table.main], f"{verb} number {number}\n")
    verdict = judge(*reader.step(table.main, commit, own=True))
    if not verdict.accepted:
        return Proposed(False, number, branch, "not proposed: the gate would reject it", verdict=verdict)
    if repo.is_checked_out(f"refs/heads/{branch}"):
        raise FatalError(f"{branch} is checked out here; run: git switch main")
    if server is None:
        if error := _keep(repo, branch, commit):
            raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
        note = f"proposed number {number} on branch {branch}, here only; publish it: git push origin {branch}"
        return Proposed(True, number, branch, note, commit, verdict=verdict)
    pushed = server.push([Update(f"refs/heads/{branch}", old, commit)])
    if pushed.outcome is Outcome.PUSHED:
        _keep(repo, branch, commit)
    return _settled(pushed, number, branch, commit, verdict)


def _settled(pushed: Pushed, number: int, branch: str, commit: str, verdict: Verdict) -> Proposed | _Again:
    if pushed.outcome is Outcome.PUSHED:
        note = f"proposed number {number} on branch {branch}; a human has to approve it"
        return Proposed(True, number, branch, note, commit, pushed=True, verdict=verdict)
    if pushed.outcome is Outcome.LOST:
        return _Again(number, "somebody was faster")
    return _Again(number, " / ".join(pushed.said)[-400:] or "no answer", silent=True)


def _kept(repo: Repo) -> tuple[Proposal, ...]:
    """The proposals that are local branches."""
    rows = ((ref.removeprefix("refs/heads/"), oid) for ref, oid in repo.refs("refs/heads/claim/"))
    return tuple(Proposal(name, oid) for name, oid in rows if PROPOSAL.fullmatch(name))


def _keep(repo: Repo, branch: str, commit: str) -> str | None:
    """Write the local branch over one that is left from an earlier try; where that fails, why."""
    ref = f"refs/heads/{branch}"
    (old,) = repo.resolve(ref)
    return repo.move(ref, commit, old)
