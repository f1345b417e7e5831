"""Judge proposals against main, and find the proposal that a command-line argument names."""

from typing import NamedTuple

from validator.git.objects import MAX_COMMIT, light
from validator.git.remote import Outcome, Proposal, Remote, Update
from validator.git.repo import Repo
from validator.model.errors import FatalError, Unreadable, attempted
from validator.model.escape import logged
from validator.model.findings import Finding, Level, Location, Verdict
from validator.model.layout import HEADS, digits, path_of
from validator.model.phrases import rfc3339
from validator.operations.judge import judge
from validator.operations.narrow import Narrow
from validator.operations.proposed import Proposed, judge_proposed
from validator.operations.release_reason import removing
from validator.registry.conflicts import ConflictKind
from validator.registry.effect import voids
from validator.registry.parsing import ClaimFile
from validator.registry.proposals import proposals_on, published
from validator.registry.reader import Reader
from validator.registry.snapshot import Author, Snapshot
from validator.rules import unreadable_file

# The rules that find a conflict with an earlier claim, and its kind.
KINDS: dict[str, ConflictKind] = {
    "REG103": "number",
    "REG104": "session",
    "REG105": "role",
    "REG106": "role",
    "REG107": "scope",
    "REG109": "session",
    "REG206": "goal",
    "REG301": "number",
}


class Judged(NamedTuple):
    """A proposal as it would land on main now; `claim` is None where it brings none.

    `release` is the commit that gives its number back before, in the same proposal; None for all others.
    """

    proposal: Proposal
    verdict: Verdict
    landed: Snapshot
    base: Snapshot
    claim: ClaimFile | None
    release: str | None = None

    @property
    def proposed_at(self) -> str:
        """The date of its last commit; informative only, since anyone can set it."""
        return rfc3339(self.landed.committed_at or 0)

    @property
    def unjudged(self) -> bool:
        """Whether no rule could run: then the only finding says why."""
        return self.landed is self.base

    def subject(self, repo: Repo) -> str:
        """The subject of its last commit; of a release that of the commit that removes the claim: the reason."""
        if self.unjudged:
            return ""
        kind, commit = self.proposal.name.partition("/")[0], self.proposal.commit
        by = removing(repo, commit, path_of(self.proposal.name)) if kind == "release" else commit
        return _subject_of(by, repo)

    def reason(self, repo: Repo) -> str:
        """Why the number is given back first, in one printable line."""
        words = _subject_of(self.release, repo).partition(": ")[2] if self.release else ""
        return words if words and words.isprintable() else "As before"

    def effect(self, repo: Repo) -> str:
        """What approving it does beside its own change; empty for nothing, and where the gate rejects it."""
        if not self.verdict.accepted:
            return ""
        words = voids(self.landed, self.base)
        if self.release is None or self.claim is None:
            return words
        reason = logged(_subject_of(self.release, repo))
        return f"first gives number {self.claim.number} back ({reason}), then registers it again; that {words}"


def _subject_of(commit: str, repo: Repo) -> str:
    if repo.sizes([commit])[commit] > MAX_COMMIT:
        return ""
    content = repo.blobs([commit])[commit].decode("utf-8", "replace")
    return (content.partition("\n\n")[2].splitlines() or [""])[0]


class Decisions(NamedTuple):
    """The command that approves a proposal, and the form of the one that turns it down: TEXT is the reason."""

    approve: str
    reject: str


def decisions(name: str) -> Decisions:
    """How to decide on an open proposal: a branch, or `#7`, a pull request that is no branch here (from a fork)."""
    if name.startswith("#"):
        number = name.removeprefix("#")
        approve = f"gh pr review {number} --approve && gh pr merge {number} --merge"
        return Decisions(approve, f"gh pr close {number} --comment TEXT")
    return Decisions(f"registry approve {name}", f"registry reject {name} --reason TEXT")


def judged(server: Remote) -> tuple[Judged, ...]:
    """The verdict on every open proposal against main as last fetched, by name."""
    reader = Reader(server.repo)
    main, narrow = server.repo.commit(server.main), Narrow(reader)
    return tuple(
        _unjudged(reader.at(main), proposal, server.unfetched[proposal])
        if proposal in server.unfetched
        else judge_proposal(reader, main, proposal, narrow=narrow)
        for proposal in server.proposals()
    )


def judged_here(reader: Reader, main: str, narrow: Narrow | None = None) -> tuple[Judged, ...]:
    """The same without asking a remote: its proposals as last fetched, or a server's own branches."""
    narrow, names = narrow or Narrow(reader), proposals_on(published(reader.repo), reader.repo)
    return tuple(judge_proposal(reader, main, one, narrow=narrow) for one in names)


def rejected_here(reader: Reader, main: str, narrow: Narrow) -> frozenset[str]:
    """The names of those that the gate rejects: they wait for their sessions, not for an approver."""
    return frozenset(one.proposal.name for one in judged_here(reader, main, narrow) if not one.verdict.accepted)


def judge_proposal(
    reader: Reader, main: str, proposal: Proposal, author: Author | None = None, narrow: Narrow | None = None
) -> Judged:
    """The verdict on one proposal against a commit of main. An unreadable one is rejected with the reason.

    `author` is who proposes, where a forge says so. With `narrow` the snapshots hold what the verdict looks at.
    """
    found = attempted(lambda: _judge(reader, main, proposal, author, narrow or reader))
    return _unjudged(reader.at(main), proposal, found.why) if isinstance(found, Unreadable) else found


def _judge(reader: Reader, main: str, proposal: Proposal, author: Author | None, changes: Reader | Narrow) -> Judged:
    light(proposal.commit, reader.repo.sizes([proposal.commit]).get(proposal.commit, 0))
    landed, base = changes.change(main, proposal.commit)
    landed = landed._replace(author=author)
    brought = [landed.claims[path] for path in landed.intent if path in landed.claims and landed.differs(path, base)]
    # A forge merges a pull request (`#7`) in one step.
    is_pull = proposal.name.startswith("#")
    found = Proposed(judge(landed, base)) if is_pull else judge_proposed(reader, landed, base)
    return Judged(proposal, found.verdict, landed, base, brought[0] if len(brought) == 1 else None, found.release)


def _unjudged(base: Snapshot, proposal: Proposal, why: str) -> Judged:
    message = f"{proposal.name} cannot be judged: {why}"
    help = f"propose it again without that, or turn it down; fill in: {decisions(proposal.name).reject}"
    place = Location(path_of(proposal.name))
    finding = Finding(unreadable_file.CODE, unreadable_file.NAME, Level.ERROR, place, message, help)
    verdict = Verdict(base.commit, proposal.commit, None, (finding,), (), base.free_numbers())
    return Judged(proposal, verdict, base, base, None)


def name_of(word: str, server: Remote) -> str:
    """The proposal that a word names: a number is its claim, anything else a branch. Raises FatalError for neither."""
    known = {proposal.name for proposal in server.proposals()}
    if word.isascii() and word.isdecimal() and len(word) <= 5:
        word = f"claim/{digits(int(word))}"
    if word not in known:
        release = release_beside(word, server)
        reject = f"its release is open; fill in: {decisions(release).reject}"
        way_out = reject if release else "see: registry proposals"
        raise FatalError(f"there is no open proposal {word!r}; {way_out}")
    return word


def release_beside(name: str, server: Remote) -> str:
    """The open release of a claim's number; empty where there is none."""
    kind, _, number = name.partition("/")
    release = f"release/{number}"
    is_open = kind == "claim" and any(one.name == release for one in server.proposals())
    return release if is_open else ""


def difference(one: Judged, repo: Repo) -> str:
    """The difference to main; for a proposal that does not merge, the difference to its merge base."""
    if one.unjudged:
        return ""
    main, commit = one.base.commit or "", one.proposal.commit
    if one.landed.tree is None:
        return repo.difference(repo.merge_base(main, commit) or main, commit)
    return repo.difference(main, one.landed.tree)


def delete_branch(server: Remote, proposal: Proposal) -> str | None:
    """Delete the branch of a merged or rejected proposal; returns why it is still there, or None.

    This is a push of its own: a guarded server judges a deletion by what is on the server already.
    """
    gone = server.push([Update(f"{HEADS}{proposal.name}", proposal.commit, None)])
    if gone.outcome is Outcome.PUSHED:
        return None
    server.fetch()
    still = proposal in server.proposals()
    return " / ".join(map(logged, gone.said)) or "the server does not answer" if still else None
