"""The open proposals, by the names of branches: on a remote as last fetched, or in this repository."""

from validator.git.remote import Proposal
from validator.git.repo import Repo
from validator.git.upstream import is_server, main_on, remote_of
from validator.model.errors import Unreadable, attempted
from validator.model.findings import Verdict
from validator.model.layout import (
    ACTIVATION,
    BROADCAST,
    CONFIRMATION,
    HEADS,
    PROPOSAL,
    REMOTES,
    number_of,
    own_files,
    path_of,
)
from validator.registry.parsing import ClaimFile
from validator.registry.reader import Reader, claims_at
from validator.registry.snapshot import Snapshot


def published(repo: Repo) -> str | None:
    """The remote whose proposals count, if its main has been fetched. None for a repository without one.

    A session's own branch stays behind when its proposal is replaced, merged or turned down.
    """
    if is_server(repo):
        return None
    remote = remote_of(repo)
    return remote if any(repo.resolve(f"{REMOTES}{remote}/{main_on(repo, remote)}")) else None


def proposals_on(remote: str | None, repo: Repo, kind: str = "") -> tuple[Proposal, ...]:
    """The proposals on a remote (None: in this repository), by name; of one `kind` where it is named: claim, record."""
    prefix = f"{REMOTES}{remote}/" if remote else HEADS
    rows = ((ref.removeprefix(prefix), oid) for ref, oid in repo.refs(f"{prefix}{kind}/" if kind else prefix))
    return tuple(Proposal(name, oid) for name, oid in rows if PROPOSAL.fullmatch(name))


def claim_of(reader: Reader, proposal: Proposal) -> ClaimFile | Unreadable | None:
    """The claim that a branch `claim/NN` brings: what else is in its tree is not its own."""
    number = number_of(proposal.name)
    return attempted(lambda: reader.at(proposal.commit).by_number.get(int(number))) if number else None


def proposed_claims(repo: Repo) -> tuple[ClaimFile, ...]:
    """The claims of the open proposals `claim/NN`, where proposals count; without those that cannot be read."""
    found = [(one.commit, int(number_of(one.name))) for one in proposals_on(published(repo), repo, "claim")]
    return tuple(claims_at(repo, found).values())


def waiting_records(reader: Reader, today: str) -> frozenset[str]:
    """The open proposals of a confirmation or broadcast that are about the registry with this digest."""
    records = proposals_on(published(reader.repo), reader.repo, "record")
    due = [one for one in records if path_of(one.name) in (CONFIRMATION, BROADCAST)]
    return frozenset(one.name for one in due if _registry_of(reader, one) == today)


def waiting_changes(reader: Reader, main: Snapshot) -> frozenset[str]:
    """The open proposals that change the charter or a number that is held, where main has all numbers or is active."""
    if ACTIVATION not in main.records and (main.charter is None or main.free_numbers()):
        return frozenset()
    return frozenset(
        one.name for one in proposals_on(published(reader.repo), reader.repo) if _changes(reader, main, one)
    )


def _changes(reader: Reader, main: Snapshot, proposal: Proposal) -> bool:
    """Whether a proposal changes what the fleet has agreed on, and main does not have it yet."""
    kind, _, number = proposal.name.partition("/")
    held = number.isdecimal() and int(number) in main.by_number
    if kind != "charter" and not (kind in ("claim", "release") and held):
        return False
    theirs = reader.repo.tree(proposal.commit)
    differs = any(theirs.get(path) != main.files.get(path) for path in own_files(proposal.name))
    return differs and not reader.repo.is_in(proposal.commit, main.commit or "")


def _registry_of(reader: Reader, proposal: Proposal) -> str | None:
    """The digest that a proposed record names; None where it cannot be read."""
    parsed = attempted(lambda: reader.at(proposal.commit).records.get(path_of(proposal.name)))
    return None if parsed is None or isinstance(parsed, Unreadable) or not parsed.value else str(parsed.value.registry)


def proposed_numbers(repo: Repo, main: str) -> frozenset[int]:
    """The numbers that have an open proposal `claim/NN`, where proposals count."""
    remote = published(repo)
    found = proposals_on(remote, repo, "claim")
    over = merged_claims(remote, repo, main) if found else frozenset[str]()
    names = (number_of(proposal.name) for proposal in found if proposal.commit not in over)
    return frozenset(int(number) for number in names if int(number))


def with_proposed(verdict: Verdict, repo: Repo) -> Verdict:
    """A rejected verdict that knows which of the free numbers are proposed, if that is known here.

    A clone without any open proposal may have fetched none: then it is not known.
    """
    if verdict.accepted or not verdict.free_numbers:
        return verdict
    found = attempted(lambda: proposed_numbers(repo, verdict.base or verdict.head))
    if isinstance(found, Unreadable) or not (found or published(repo) is None):
        return verdict
    return verdict._replace(proposed=found)


def merged_claims(remote: str | None, repo: Repo, main: str) -> frozenset[str]:
    """The commits of branches `claim/NN` that main's history has: a branch may stay after it is merged.

    Not main itself: such a branch may be another name for main on the server, and what replaces it would move main.
    """
    return repo.merged(f"{REMOTES}{remote}/claim/" if remote else f"{HEADS}claim/", main) - {main}
