"""Every open proposal of the remote with the gate's verdict, before anyone merges."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from validator.commands import Answer
from validator.conclusion import conclusion
from validator.escaping import logged, well_formed
from validator.finding import FatalError, Verdict
from validator.history import rfc3339
from validator.judging import judge
from validator.output import ProposalEntry, ProposalsDocument, RejectionEntry, as_json, finding_entries
from validator.reading import Reader, charter_of
from validator.remote import Proposal, Rejection, Remote, rejections
from validator.repo import Repo
from validator.snapshot import ClaimFile, Snapshot, width
from validator.wording import fold


class Judged(NamedTuple):
    """A proposal as it would land on main now; `claim` is None where it brings none."""

    proposal: Proposal
    verdict: Verdict
    landed: Snapshot
    base: Snapshot
    claim: ClaimFile | None

    @property
    def proposed_at(self) -> str:
        """When its last commit says that it was made; informative."""
        return rfc3339(self.landed.committed_at or 0)

    def subject(self, repo: Repo) -> str:
        """What its last commit says in its first line: for a release, why."""
        content = repo.blobs([self.proposal.commit])[self.proposal.commit].decode("utf-8", "replace")
        return (content.partition("\n\n")[2].splitlines() or [""])[0]


def proposals(*, repo: Path, remote: str, everything: bool, format: str, now: float) -> Answer:
    """The open proposals; with `everything`, those that were turned down too. `now` is in seconds since 1970."""
    server = Remote(Repo(repo), remote)
    server.fetch()
    open_ones = judged(server)
    rejected = rejections(server.repo, remote) if everything else ()
    if format == "json":
        rows = tuple(_entry(one, open_ones, server.repo) for one in open_ones)
        return Answer(as_json(ProposalsDocument(proposals=rows, rejected=tuple(map(_turned_down, rejected)))))
    lines = [line for one in open_ones for line in _lines(one, open_ones, server.repo, now)]
    lines += [f"{one.name:<12} turned down: {logged(one.reason)}" for one in rejected]
    return Answer("\n".join(lines or ["nothing is proposed"]) + "\n")


def judged(server: Remote) -> tuple[Judged, ...]:
    """Every open proposal held against main as last fetched, by name."""
    reader = Reader(server.repo)
    main = server.repo.commit(server.main)
    return tuple(judge_proposal(reader, main, proposal) for proposal in server.proposals())


def judge_proposal(reader: Reader, main: str, proposal: Proposal) -> Judged:
    """One proposal held against a commit of main. Raises FatalError for one that is too much to be judged."""
    try:
        landed, base = reader.change(main, proposal.commit)
    except FatalError as error:
        way_out = f"turn it down: registry reject {proposal.name} --reason TEXT"
        raise FatalError(f"{proposal.name} cannot be judged: {error}; {way_out}") from error
    brought = [landed.claims[path] for path in landed.intent if path in landed.claims and landed.differs(path, base)]
    return Judged(proposal, judge(landed, base), landed, base, brought[0] if len(brought) == 1 else None)


def competitors(one: Judged, others: Iterable[Judged]) -> tuple[str, ...]:
    """The open proposals that cannot be registered together with this one, with what they share."""
    return tuple(
        f"{other.proposal.name} ({', '.join(shared)})"
        for other in others
        if other.proposal.name != one.proposal.name
        and one.claim
        and other.claim
        and (shared := _shared(one.claim, other.claim))
    )


def name_of(word: str, server: Remote) -> str:
    """The proposal that a word names: a number is its claim, anything else a branch. Raises FatalError for neither."""
    known = {proposal.name for proposal in server.proposals()}
    if word.isascii() and word.isdecimal() and len(word) <= 5:
        capacity = charter_of(Reader(server.repo).at(server.repo.commit(server.main))).capacity
        word = f"claim/{int(word):0{width(capacity)}}"
    if word not in known:
        raise FatalError(f"there is no open proposal {word!r}; see: registry proposals")
    return word


def _shared(one: ClaimFile, other: ClaimFile) -> list[str]:
    pairs = {
        "number": (one.number, other.number),
        "session_id": (one.draft.session_id, other.draft.session_id),
        "role": (fold(one.draft.role or ""), fold(other.draft.role or "")),
    }
    return [f"same {name}" for name, (mine, theirs) in pairs.items() if mine and mine == theirs]


def _entry(one: Judged, others: Iterable[Judged], repo: Repo) -> ProposalEntry:
    draft = one.claim.draft if one.claim else None
    return ProposalEntry(
        name=one.proposal.name,
        commit=one.proposal.commit,
        subject=one.subject(repo),
        verdict="accepted" if one.verdict.accepted else "rejected",
        proposed_at=one.proposed_at,
        number=one.claim.number if one.claim else None,
        session_id=well_formed(draft.session_id) if draft and draft.session_id is not None else None,
        role=well_formed(draft.role) if draft and draft.role is not None else None,
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
