"""`registry proposals`: every open proposal of the remote with the gate's verdict, before anyone merges."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import click

from validator.cli.console import Console
from validator.cli.options import FORMAT, REMOTE, REPO
from validator.git.remote import Rejection, Remote, rejections
from validator.git.repo import Repo
from validator.model.escape import logged, well_formed_or_none
from validator.operations.proposals import Judged, competitors, judged
from validator.report.documents import FindingEntry, Oid, Printed, PrintedDocument, as_json, finding_entries
from validator.report.summary import conclusion


class ProposalEntry(Printed):
    """An open proposal as it would land now; `competitors` are proposals that cannot be registered together with it.

    `subject` is the first line of its commit message: for a release, why.
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
    findings: tuple[FindingEntry, ...]


class RejectionEntry(Printed):
    """A proposal that a human turned down; `commit` is the proposed one."""

    name: str
    commit: Oid
    reason: str


class ProposalsDocument(PrintedDocument):
    """`proposals`; `rejected` is empty without `--all`."""

    proposals: tuple[ProposalEntry, ...]
    rejected: tuple[RejectionEntry, ...]


DOCUMENTS = {"output-proposals": ProposalsDocument}


@click.command(epilog="Example: registry proposals --all")
@click.option("--all", "everything", is_flag=True, help="Those that were turned down as well.")
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, everything: bool, remote: str, repo: Path, format: str) -> int:
    """Every open proposal with its verdict and its competitors."""
    server = Remote(Repo(repo), remote)
    server.fetch()
    open_ones = judged(server)
    rejected = rejections(server.repo, server.name) if everything else ()
    if format == "json":
        rows = tuple(_entry(one, open_ones, server.repo) for one in open_ones)
        console.say(as_json(ProposalsDocument(proposals=rows, rejected=tuple(map(_turned_down, rejected)))))
    else:
        console.say(render(open_ones, rejected, server.repo, now=time.time()))
    return 0


def render(open_ones: Sequence[Judged], rejected: Iterable[Rejection], repo: Repo, *, now: float) -> str:
    """A paragraph for each open proposal, and a line for each rejected one. `now` is in seconds since 1970."""
    lines = [line for one in open_ones for line in _lines(one, open_ones, repo, now)]
    lines += [f"{one.name:<12} turned down: {logged(one.reason)}" for one in rejected]
    return "\n".join(lines or ["nothing is proposed"]) + "\n"


def _entry(one: Judged, others: Iterable[Judged], repo: Repo) -> ProposalEntry:
    draft = one.claim.draft if one.claim else None
    return ProposalEntry(
        name=one.proposal.name,
        commit=one.proposal.commit,
        subject=one.subject(repo),
        verdict="accepted" if one.verdict.accepted else "rejected",
        proposed_at=one.proposed_at,
        number=one.claim.number if one.claim else None,
        session_id=well_formed_or_none(draft.session_id if draft else None),
        role=well_formed_or_none(draft.role if draft else None),
        competitors=competitors(one, others),
        findings=finding_entries(one.verdict.findings),
    )


def _turned_down(rejection: Rejection) -> RejectionEntry:
    return RejectionEntry(name=rejection.name, commit=rejection.rejected, reason=rejection.reason)


def _lines(one: Judged, others: Iterable[Judged], repo: Repo, now: float) -> Iterable[str]:
    who = one.claim.draft.session_id if one.claim else one.subject(repo)
    sign = "✓" if one.verdict.accepted else "✗"
    age = _age(now - (one.landed.committed_at or 0))
    yield f"{sign} {one.proposal.name:<12} {age:>9}  {logged(who or ''):<26} {conclusion(one.verdict)}"
    for finding in one.verdict.findings:
        if finding.origin == "introduced":
            yield f"    {finding.level}[{finding.code}] {finding.name}: {logged(finding.message)}"
    if rivals := competitors(one, others):
        yield f"    whoever is merged first wins against: {', '.join(rivals)}"


def _age(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"
