"""Main, and what is proposed and was turned down, as a session sees it."""

from typing import NamedTuple

from validator.git.remote import Proposal, Rejection, rejections
from validator.git.upstream import remote_of
from validator.model import shapes
from validator.model.layout import digits
from validator.operations.narrow import Narrow
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import phase_of
from validator.registry.proposals import merged_claims, proposals_on, published
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot


class MainAsSeen(NamedTuple):
    """Main, and what is proposed, as last fetched."""

    reader: Reader
    main: str
    snapshot: Snapshot
    charter: shapes.Charter
    digest: str
    phase: Phase
    open: tuple[Proposal, ...]
    rejected: tuple[Rejection, ...]
    waiting: frozenset[int] | None  # what does not count as registered, where only a part of main was read

    def is_live(self, proposal: Proposal) -> bool:
        """Whether a proposal can still change main: what is in main's history cannot."""
        return self.reader.repo.merge_base(self.main, proposal.commit) != proposal.commit

    def free_numbers(self) -> list[int]:
        """The numbers that are neither held nor proposed."""
        free, repo = self.snapshot.free_numbers(), self.reader.repo
        branches = {proposal.name: proposal.commit for proposal in self.open}
        proposed = {n: branches[name] for n in free if (name := f"claim/{digits(n)}") in branches}
        over = merged_claims(published(repo), repo, self.main) if proposed else frozenset[str]()
        return [number for number in free if proposed.get(number) in {None, *over}]


def main_as_seen(reader: Reader, main: str, session_id: str, narrow: Narrow) -> MainAsSeen:
    """The same at a commit; of a large registry the claims that concern a session."""
    state, repo = narrow.state(main, session_id), reader.repo
    snapshot = state.snapshot if state else reader.at(main)
    return MainAsSeen(
        reader,
        main,
        snapshot,
        charter_of(snapshot),
        registry_digest(snapshot) if snapshot.records else "",  # only records name it
        "registering" if state else phase_of(snapshot),  # a number is free
        proposals_on(published(repo), repo),
        rejections(repo, remote_of(repo)),
        state.waiting if state else None,
    )
