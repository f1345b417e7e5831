"""The data of a decision about a claim: main and the open proposals, read at one moment."""

from collections.abc import Mapping
from typing import NamedTuple

from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import digits
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot


class ClaimProposal(NamedTuple):
    """A proposal for a number; `claim` is None where it contains no claim of this number.

    `landed`: its commit is in main's history already. Its branch stayed, and anybody's next proposal takes its place.
    """

    commit: str
    claim: ClaimFile | None
    landed: bool = False


class OwnProposal(NamedTuple):
    """An open proposal of the session that claims now.

    `landed`: its commit is in main's history already, so it can never change main again. `verdict` is the gate's, or
    the error that prevented one; it is raised only if the verdict is needed.
    """

    commit: str
    claim: ClaimFile
    landed: bool
    verdict: Verdict | FatalError


class RegistryState(NamedTuple):
    """Main, the proposals by number, and of these the session's own.

    `from_server`: the proposals are the server's, else the local branches.
    """

    main: str
    snapshot: Snapshot
    charter: shapes.Charter
    proposed: Mapping[int, ClaimProposal]
    own: Mapping[int, OwnProposal]
    from_server: bool

    def free_numbers(self) -> list[int]:
        """The numbers that no session holds or has proposed."""
        return [number for number in self.snapshot.free_numbers() if not self.is_proposed(number)]

    def is_proposed(self, number: int) -> bool:
        """Whether a number has a proposal that main does not have yet."""
        return number in self.proposed and not self.proposed[number].landed

    def branch(self, number: int) -> str:
        """The branch of a number's proposal."""
        return f"claim/{digits(number)}"


def proposals_of(
    session: str, proposed: Mapping[int, ClaimProposal], snapshot: Snapshot
) -> dict[int, tuple[str, ClaimFile]]:
    """Commit and claim of what a session has proposed and can still get: no other session holds the number."""
    holders = {number: claim.draft.session_id for number, claim in snapshot.by_number.items()}
    return {
        number: (proposal.commit, proposal.claim)
        for number, proposal in proposed.items()
        if proposal.claim and proposal.claim.draft.session_id == session and holders.get(number, session) == session
    }
