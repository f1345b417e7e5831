"""Reject a proposal, with a reason that its session can read."""

from pathlib import Path

from validator.git.remote import Outcome, Proposal, Rejection, Remote, Update, last_rejection, rejections, unmoved
from validator.git.repo import Repo
from validator.model.errors import FatalError, Unreadable, attempted
from validator.model.escape import logged
from validator.model.layout import REJECTED, number_of
from validator.operations.approver import who_approves
from validator.operations.proposals import delete_branch, name_of
from validator.operations.reason import checked_reason
from validator.registry.holders import holder
from validator.registry.reader import Reader


def reject(*, repo: Path, remote: str, name: str, reason: str) -> str:
    """Delete a proposal on the remote and keep the reason where its session finds it. Idempotent.

    Raises FatalError if no such proposal is open or was rejected, or if another one has been merged since.
    """
    reason = checked_reason(reason, "it is all that the session is told")
    server = Remote(Repo(repo), remote)
    server.fetch()
    try:
        proposal = _proposal(server, name_of(name, server))
    except FatalError:
        if past := last_rejection(server.repo, server.name, name):
            if since := _registered_since(server, past):
                raise FatalError(since) from None
            return f"{past.name} is turned down already: {logged(past.reason)}\n"
        raise
    if proposal.commit not in {one.rejected for one in rejections(server.repo, server.name)}:
        _leave_reason(server, proposal, reason)
    if why := delete_branch(server, proposal):
        raise FatalError(f"the reason is on the server, and {proposal.name} is still there: {why}")
    return f"turned down {proposal.name}: {logged(reason)}\n"


def _leave_reason(server: Remote, proposal: Proposal, reason: str) -> None:
    approver = who_approves(server)
    message = f"{reason}\n\nRejected-by: {approver.handle}\n"
    tree = attempted(lambda: server.repo.tree_of(proposal.commit))
    # The commit of a broken proposal cannot be read, so its rejection stands on main and applies to the name.
    at, tree = (server.main_and_proposals()[0], "") if isinstance(tree, Unreadable) else (proposal.commit, tree)
    commit = server.repo.commit_as_user(tree or server.repo.tree_of(at), [at], message, key=approver.key)
    reason_ref = Update(f"{REJECTED}{proposal.name}/{commit[:12]}", None, commit)
    pushed = server.push([reason_ref, *([unmoved(proposal)] if at == proposal.commit else [])])
    if pushed.outcome is not Outcome.PUSHED and not server.has(commit):
        raise FatalError(
            f"{proposal.name} is still there: {' / '.join(pushed.said) or 'it has moved; run the same command again'}"
        )


def _registered_since(server: Remote, past: Rejection) -> str | None:
    """The message that another claim of the number has come to main since the rejection; None if not."""
    main, number = server.main_and_proposals()[0], int(number_of(past.name) or 0)
    fork, reader = server.repo.merge_base(past.rejected, main), Reader(server.repo)
    snapshot = reader.at(main)
    held = snapshot.by_number.get(number)
    if held is None or (fork and number in reader.at(fork).by_number):
        return None
    who = holder(held, snapshot.past([held.path]))
    free = f"registry release {number} --reason TEXT"
    return f"{past.name} is not open any more: number {number} is held by {who}; to free it, fill in: {free}"


def _proposal(server: Remote, name: str) -> Proposal:
    found = next((one for one in server.proposals() if one.name == name), None)
    if found is None:
        raise FatalError(f"{name} is not open any more; see: registry proposals --all")
    return found
