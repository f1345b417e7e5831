"""`registry proposals`: every open proposal of the remote with the gate's verdict, before anyone merges."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import click

from validator.cli.console import Console
from validator.cli.options import FETCHES, FORMAT, REMOTE, REPO, Age
from validator.cli.pull_request import on_github
from validator.git.remote import Rejection, Remote, rejections
from validator.git.repo import Repo
from validator.git.upstream import is_server
from validator.model.errors import FatalError
from validator.model.escape import logged, well_formed, well_formed_or_none
from validator.model.keys import KeyState
from validator.model.phrases import rfc3339
from validator.model.shapes import Slot
from validator.model.targets import format_target
from validator.operations.claim_key import claim_key_of, is_keyed, key_line
from validator.operations.competitors import Competitors
from validator.operations.proposals import Judged, decisions, judged, judged_here
from validator.registry.claim_form import format_appointment
from validator.registry.effect import stops_fleet
from validator.registry.reader import Reader, main_of
from validator.registry.snapshot import Snapshot
from validator.registry.workload import format_scope
from validator.report.documents import FindingEntry, Oid, Printed, PrintedDocument, as_json, finding_entries
from validator.report.summary import conclusion


class ProposalEntry(Printed):
    """An open proposal as it would land now; `competitors` are those that could be registered instead of it.

    `turn` is whose act it waits for: an approver's, or its session's. `subject` is the first line of its commit
    message: for a release, why. `planned_title` and `planned_role` are the charter's plan for its number. `approve` is
    null where the gate rejects it; `reject` is a form: write the reason. `fingerprint` is that of the key which speaks
    for it, and `key_state` whether that has signed it, and is the one that main has (`same-as-before`). `scope` and
    `schedule` are as `claim` takes them. `responsibilities` is empty for a claim with a wrong field. `stops_fleet`:
    approving it stops an active fleet until its records are made again.
    """

    name: str
    commit: Oid
    subject: str
    verdict: Literal["accepted", "rejected"]
    proposed_at: str
    number: int | None
    session_id: str | None
    role: str | None
    competitors: tuple[str, ...]
    turn: Literal["approver", "session"]
    findings: tuple[FindingEntry, ...]
    goal: str | None = None
    targets: tuple[str, ...] = ()
    planned_title: str | None = None
    planned_role: str | None = None
    approve: str | None = None
    reject: str = ""
    fingerprint: str | None = None
    key_state: KeyState = "not-signed"
    responsibilities: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    schedule: tuple[str, ...] = ()
    stops_fleet: bool = False


class RejectionEntry(Printed):
    """A proposal that a human turned down; `commit` is the proposed one."""

    name: str
    commit: Oid
    reason: str


class PendingClaim(NamedTuple):
    """A claim on main whose session has not committed to it yet; `time` is when main got it, in seconds since 1970."""

    number: int
    session_id: str
    time: int


class PendingEntry(Printed):
    """A claim on main with status PENDING: it waits for its session."""

    number: int
    session_id: str
    since: str


class ProposalsDocument(PrintedDocument):
    """`proposals`; `rejected` is empty without `--all`. `pending` are the claims on main with status PENDING."""

    proposals: tuple[ProposalEntry, ...]
    rejected: tuple[RejectionEntry, ...]
    pending: tuple[PendingEntry, ...] = ()


RECORDS = "record/"
MOST_NAMED = 5  # proposals that the next command names

DOCUMENTS = {"output-proposals": ProposalsDocument}


@click.command(epilog="Example: registry proposals --all")
@click.option("--all", "everything", is_flag=True, help="Also those that an approver has turned down.")
@click.option("--waiting", is_flag=True, help="Only those that wait for an approver: the gate accepts them.")
@click.option(
    "--older-than", type=Age(), metavar="AGE", help="Only those that have waited longer than this: 30min, 12h, 7d."
)
@FETCHES
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(
    console: Console, everything: bool, waiting: bool, older_than: int | None, remote: str, repo: Path, format: str
) -> int:
    """Every open proposal with its verdict and its competitors."""
    server, now = Remote(Repo(repo), remote), time.time()
    main, open_ones = read_open(console, server)
    shown = [one for one in open_ones if one.verdict.accepted or not waiting]
    snapshot = Reader(server.repo).at(main)
    pending = pending_claims(snapshot)
    if older_than is not None:
        shown = [one for one in shown if now - (one.landed.committed_at or 0) >= older_than]
        pending = [one for one in pending if now - one.time >= older_than]
    rejected = rejections(server.repo, server.name) if everything else ()
    if format == "json":
        rivals = Competitors(open_ones)
        rows = tuple(entry_of(one, rivals, server.repo) for one in shown)
        turned_down = tuple(map(_turned_down, rejected))
        waits = tuple(pending_entry(one) for one in pending)
        console.say(as_json(ProposalsDocument(proposals=rows, rejected=turned_down, pending=waits)))
    else:
        keyed = is_keyed(snapshot)
        console.say(render(shown, rejected, server.repo, now=now, others=open_ones, pending=pending, keyed=keyed))
        accepted = [one for one in shown if one.verdict.accepted]
        rivals = Competitors(open_ones)
        first = together([(one.proposal.name, rivals.of(one)) for one in accepted])
        whole = len(shown) == len(open_ones) and len(first) == len(accepted)
        console.hint(next_decision(first, server.repo, everything=whole))
    return 0


def read_open(console: Console, server: Remote) -> tuple[str, tuple[Judged, ...]]:
    """Main and the open proposals: fetched, or those of this repository, where it is the server itself."""
    if is_server(server.repo):
        main = main_of(server.repo, None)
        return main, judged_here(Reader(server.repo), main)
    server.fetch()
    return server.repo.commit(server.main), (*judged(server), *_pulls(console, server))


def _pulls(console: Console, server: Remote) -> tuple[Judged, ...]:
    """The pull requests that are no branch of the remote; a hint where GitHub does not list them."""
    from validator.hosts.github.pulls import proposed_by_pull  # pydantic, for GitHub's answers

    try:
        return proposed_by_pull(server)
    except FatalError as error:
        console.hint(f"pull requests from forks are not listed: {error}\n")
        return ()


def render(
    shown: Sequence[Judged],
    rejected: Iterable[Rejection],
    repo: Repo,
    *,
    now: float,
    others: Sequence[Judged] = (),
    pending: Iterable[PendingClaim] = (),
    keyed: bool = False,
) -> str:
    """A paragraph for each open proposal, and a line for each PENDING claim and rejected proposal.

    `now` is in seconds since 1970. `others` are the open proposals that are not shown and may exclude these. `keyed`:
    a claim on main has a key.
    """
    known = others or shown
    rivals, keyed = Competitors(known), keyed or _is_keyed(known)
    lines = [line for one in shown for line in _lines(one, rivals, repo, now, keyed=keyed)]
    lines += [f"· number {one.number} is PENDING, {_age(now - one.time)}: {logged(one.session_id)}" for one in pending]
    lines += [f"{one.name:<12} turned down: {logged(one.reason)}" for one in rejected]
    hidden = f"no open proposal matches ({len(others)} in all); see: registry proposals"
    return "\n".join(lines or [hidden if others else "nothing is proposed"]) + "\n"


def together(accepted: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """The names that can all be merged, one after the other; `accepted` are names in order, each with its competitors.

    After a change of a claim or of the charter a record about the registry before it does not count: it comes later.
    Of several charters one can be merged: the others are made on the charter before it.
    """
    names = [name for name, _ in accepted]
    changes = [name for name in names if not name.startswith(RECORDS)]
    taken = set[str]()
    others = [name for name in names if name.startswith("charter/")][1:]
    for name, rivals in accepted:
        if (
            name in (changes or names)
            and name not in others
            and not taken & {rival.partition(" (")[0] for rival in rivals}
        ):
            taken.add(name)
    return [name for name in names if name in taken]


def next_decision(accepted: Sequence[str], repo: Repo, *, everything: bool) -> str:
    """The command by which a human decides; nothing where nothing waits for one. `everything`: no open one is left out.

    A branch on GitHub is decided on in its pull request, by whoever reviews it there.
    """
    branches = [name for name in accepted if not name.startswith("#")]
    if branches and on_github(repo):
        return ""
    command = decisions(accepted[0]).approve if accepted else ""
    if len(branches) > MOST_NAMED and everything:
        command = "registry approve --all-accepted"
    elif len(branches) > 1:
        command = f"registry approve {' '.join(branches)}"
    return f"next, for an approver: {command}\n" if command else ""


def entry_of(one: Judged, rivals: Competitors, repo: Repo, pull: str = "") -> ProposalEntry:
    """A proposal as it is printed; `rivals` are of all open ones. `pull` is its pull request (`#7`), if it has one."""
    draft, how = one.claim.draft if one.claim else None, decisions(pull or one.proposal.name)
    plan, claim_key = _plan(one), claim_key_of(one)
    whole = one.claim.parsed.value if one.claim else None
    return ProposalEntry(
        name=one.proposal.name,
        commit=one.proposal.commit,
        subject=well_formed(one.subject(repo)),
        verdict="accepted" if one.verdict.accepted else "rejected",
        proposed_at=one.proposed_at,
        number=one.claim.number if one.claim else None,
        session_id=well_formed_or_none(draft.session_id if draft else None),
        role=well_formed_or_none(draft.role if draft else None),
        competitors=rivals.of(one),
        turn="approver" if one.verdict.accepted else "session",
        findings=finding_entries(one.verdict.findings),
        goal=well_formed_or_none(draft.goal if draft else None),
        targets=tuple(well_formed(format_target(target)) for target in (draft and draft.targets) or ()),
        planned_title=well_formed(plan.title) if plan else None,
        planned_role=well_formed(plan.role) if plan else None,
        approve=how.approve if one.verdict.accepted else None,
        reject=how.reject,
        fingerprint=claim_key.fingerprint,
        key_state=claim_key.state,
        responsibilities=tuple(map(well_formed, whole.responsibilities if whole else ())),
        scope=tuple(well_formed(format_scope([part])) for part in (draft and draft.scope) or ()),
        schedule=tuple(well_formed(format_appointment(part)) for part in (draft and draft.schedule) or ()),
        stops_fleet=one.verdict.accepted and stops_fleet(one.landed, one.base),
    )


def _plan(one: Judged) -> Slot | None:
    slots = one.base.charter.slots if one.base.charter and one.claim else ()
    return next((slot for slot in slots if one.claim and slot.number == one.claim.number), None)


def pending_claims(snapshot: Snapshot) -> list[PendingClaim]:
    """The claims on main that their sessions have not committed to yet, by number."""
    claims = [claim for _, claim in sorted(snapshot.by_number.items()) if claim.draft.status == "PENDING"]
    standing = snapshot.past([claim.path for claim in claims])
    return [
        PendingClaim(claim.number, claim.draft.session_id or "", standing[claim.path].time)
        for claim in claims
        if claim.path in standing
    ]


def pending_entry(one: PendingClaim) -> PendingEntry:
    """A PENDING claim as it is printed."""
    return PendingEntry(number=one.number, session_id=well_formed(one.session_id), since=rfc3339(one.time))


def _turned_down(rejection: Rejection) -> RejectionEntry:
    return RejectionEntry(name=rejection.name, commit=rejection.rejected, reason=rejection.reason)


def _is_keyed(proposals: Sequence[Judged]) -> bool:
    """Whether the fleet has keys at all; where it has none, no line tells that there is none."""
    snapshots = [snapshot for one in proposals for snapshot in (one.base, one.landed)]
    return any(map(is_keyed, snapshots))


def _lines(one: Judged, rivals: Competitors, repo: Repo, now: float, *, keyed: bool) -> Iterable[str]:
    who = one.claim.draft.session_id if one.claim else one.subject(repo)
    sign = "✓" if one.verdict.accepted else "✗"
    age = _age(now - (one.landed.committed_at or 0))
    yield f"{sign} {one.proposal.name:<12} {age:>9}  {logged(who or '') + ' ':<26} {conclusion(one.verdict)}"
    if key := key_line(one.proposal.name, claim_key_of(one), keyed=keyed):
        yield f"    {key}"
    for finding in one.verdict.findings:
        if finding.origin == "introduced":
            yield f"    {finding.level}[{finding.code}] {finding.name}: {logged(finding.message)}"
    if one.verdict.accepted and stops_fleet(one.landed, one.base):
        yield f"    approving this stops the active fleet; what has to be made again: registry show {one.proposal.name}"
    if others := rivals.of(one):
        lead = "whoever is merged first wins against" if one.verdict.accepted else "the gate accepts instead"
        yield f"    {lead}: {', '.join(others)}"


def _age(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"
