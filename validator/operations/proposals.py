"""Proposals held against main: the gate's verdict, who competes, and which proposal a word names."""

from collections.abc import Iterable
from typing import NamedTuple

from validator.git.remote import Proposal, Remote
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import width
from validator.model.normalize import fold
from validator.model.phrases import rfc3339
from validator.operations.judge import judge
from validator.registry.conflicts import ConflictKind
from validator.registry.parsing import ClaimFile
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot

# The rules by which a proposal meets somebody who was there before, and what kind of conflict that is.
KINDS: dict[str, ConflictKind] = {
    "REG103": "number",
    "REG104": "session",
    "REG105": "role",
    "REG106": "role",
    "REG107": "scope",
    "REG206": "goal",
    "REG301": "number",
}


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
