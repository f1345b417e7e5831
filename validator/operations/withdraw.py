"""A session takes an open proposal of its own back: a signed commit on the proposal, then the branch goes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Outcome, Proposal, Remote, Update, unmoved, withdrawn
from validator.git.repo import Repo
from validator.git.signatures import signing_keys
from validator.model.errors import FatalError
from validator.model.layout import WITHDRAWN, own_files
from validator.operations.proposals import delete_branch, name_of
from validator.operations.signing import RequiredKey, signing_key
from validator.registry.parsing import ClaimFile
from validator.registry.proposals import claim_of
from validator.registry.reader import Reader
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Snapshot


class Withdrawal(NamedTuple):
    """What was taken back: a branch and the commit that it proposed, and the commit that withdraws it.

    `signed`: a session's key has signed that, now or before. `note` is one line for the session.
    """

    branch: str
    commit: str
    withdrawal: str
    signed: bool
    note: str


def withdraw(*, repo: Path, remote: str, session_id: str, name: str | None) -> Withdrawal:
    """Withdraw a proposal; without a name the only one that is the session's. Idempotent.

    Raises FatalError for another session's, and where only an approver may take it away.
    """
    server = Remote(Repo(repo), remote)
    server.fetch()
    main = Reader(server.repo).at(server.repo.commit(server.main))
    past = withdrawn(server.repo, server.name)
    proposal = _chosen(server, main, session_id, name, past)
    if isinstance(proposal, str):
        branch = proposal.rpartition("/")[0]
        return _known(server, proposal, past[proposal], f"{branch} is withdrawn already\n")
    there = next((ref for ref, commit in past.items() if commit == proposal.commit), None)
    told = f"withdrawn: {proposal.name} (commit {proposal.commit[:12]})"
    if there:
        done = _known(server, there, proposal.commit, f"{told}\n")
    else:
        commit, key = _say(server, main, proposal, session_id)
        anyone = "" if key else "; nothing is signed here, so anyone who can push could have done this"
        done = Withdrawal(proposal.name, proposal.commit, commit, key is not None, f"{told}{anyone}\n")
    if why := delete_branch(server, proposal):
        raise FatalError(f"{proposal.name} is withdrawn, and its branch is still there: {why}")
    return done


def _known(server: Remote, ref: str, commit: str, note: str) -> Withdrawal:
    """What was withdrawn before, as last fetched."""
    withdrawal = server.repo.commit(f"{WITHDRAWN}{server.name}/{ref}")
    signed = signing_keys(server.repo, [withdrawal])[withdrawal] is not None
    return Withdrawal(ref.rpartition("/")[0], commit, withdrawal, signed, note)


def _chosen(
    server: Remote, main: Snapshot, session_id: str, name: str | None, past: Mapping[str, str]
) -> Proposal | str:
    """The proposal that is meant; the name of a ref in `past` where it is withdrawn already."""
    mine = dict(_own(server, main, session_id))
    if name is None:
        if len(mine) != 1:
            which = f"which one? {', '.join(mine)}" if mine else "see: registry proposals"
            raise FatalError(f"{session_id} has {len(mine) or 'no'} open proposals; {which}")
        return next(iter(mine.values()))
    try:
        word = name_of(name, server)
    except FatalError:
        known = next((ref for ref in past if ref.rpartition("/")[0] in (name, f"claim/{name:0>2}")), None)
        if known:
            return known
        raise
    if word not in mine:
        way_out = f"an approver turns it down; fill in: registry reject {word} --reason TEXT"
        raise FatalError(f"{word} is not {session_id}'s; {way_out}")
    return mine[word]


def _own(server: Remote, main: Snapshot, session_id: str) -> Iterator[tuple[str, Proposal]]:
    """The open proposals in whose name a session speaks."""
    reader = Reader(server.repo)
    for proposal in server.proposals():
        speaker = _speaker(reader, main, proposal)
        if speaker and speaker.draft.session_id == session_id:
            yield proposal.name, proposal


def _speaker(reader: Reader, main: Snapshot, proposal: Proposal) -> ClaimFile | None:
    """The claim in whose name something is proposed: that of main or, where main has none, the proposed one."""
    held = (claim_of_record(path, main) or main.claims.get(path) for path in own_files(proposal.name))
    found = next(filter(None, held), None)
    if found or not proposal.name.startswith("claim/"):
        return found
    claim = claim_of(reader, proposal)
    return claim if isinstance(claim, ClaimFile) else None


def _say(server: Remote, main: Snapshot, proposal: Proposal, session_id: str) -> tuple[str, str | None]:
    """Push the withdrawal; its commit, and the key that has signed it."""
    reader = Reader(server.repo)
    speaker = _speaker(reader, main, proposal)
    assert speaker, "it is the session's"
    speaks = speaker.draft.key or _first_key(reader, proposal)
    key = signing_key(server.repo, RequiredKey(speaker.number, session_id, speaks))
    guarded = main.charter is not None and any(approver.key for approver in main.charter.approvers)
    if key is None and guarded:
        way_out = f"only an approver takes it away; fill in: registry reject {proposal.name} --reason TEXT"
        raise FatalError(f"{proposal.name} has no key, so {way_out}")
    tree = server.repo.tree_of(proposal.commit)
    message = f"Withdraw {proposal.name}\n"
    commit = server.repo.commit_as_user(tree, [proposal.commit], message, key=key)
    word = Update(f"{WITHDRAWN}{proposal.name}/{commit[:12]}", None, commit)
    pushed = server.push([word, unmoved(proposal)])
    if pushed.outcome is not Outcome.PUSHED:
        raise FatalError(
            f"{proposal.name} is still there: {' / '.join(pushed.said) or 'it has moved; run the same command again'}"
        )
    return commit, key


def _first_key(reader: Reader, proposal: Proposal) -> str | None:
    """The key that a proposal adds to a claim that has none on main."""
    claim = claim_of(reader, proposal) if proposal.name.startswith("claim/") else None
    return claim.draft.key if isinstance(claim, ClaimFile) else None
