"""Read what a decision about a claim needs: main, the open proposals, and the verdicts on the session's own."""

from validator.git.remote import Remote
from validator.model.errors import FatalError, Unreadable, attempted
from validator.model.findings import Verdict
from validator.operations.claim.state import ClaimProposal, OwnProposal, RegistryState, proposals_of
from validator.operations.proposed import judge_proposed
from validator.registry.proposals import merged_claims, proposals_on
from validator.registry.reader import Reader, charter_of, claims_at, main_of


def look(reader: Reader, server: Remote | None, session: str) -> RegistryState:
    """Main and proposals for a session: fetched from a server, or the local ones. Raises FatalError."""
    if server:
        server.fetch()
    main, proposals = (
        server.main_and_proposals()
        if server
        else (main_of(reader.repo, None), proposals_on(None, reader.repo, "claim"))
    )
    snapshot = reader.at(main)
    charter = charter_of(snapshot)
    commits = {int(one.name.removeprefix("claim/")): one.commit for one in proposals if one.name.startswith("claim/")}
    claims = claims_at(reader.repo, ((commit, number) for number, commit in commits.items()))
    over = merged_claims(server.name if server else None, reader.repo, main) if commits else frozenset[str]()
    proposed = {
        number: ClaimProposal(commit, claims.get((commit, number)), commit in over)
        for number, commit in commits.items()
    }
    own = {
        number: OwnProposal(commit, claim, commit in over, _verdict(reader, main, commit))
        for number, (commit, claim) in proposals_of(session, proposed, snapshot).items()
    }
    return RegistryState(main, snapshot, charter, proposed, own, from_server=server is not None)


def _verdict(reader: Reader, main: str, commit: str) -> Verdict | FatalError:
    """The gate's verdict. An error is kept for later: a proposal that is only replaced need not be judged."""
    verdict = attempted(lambda: judge_proposed(reader, *reader.change(main, commit)).verdict)
    return FatalError(verdict.why) if isinstance(verdict, Unreadable) else verdict
