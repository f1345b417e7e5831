"""Turn a proposal down, with a reason that its session finds."""

from pathlib import Path

from validator.approver import who_approves
from validator.commands.proposals import name_of
from validator.escaping import logged
from validator.finding import FatalError
from validator.remote import Outcome, Proposal, Remote, Update, turned_down
from validator.repo import Repo


def reject(*, repo: Path, remote: str, name: str, reason: str) -> str:
    """Take a proposal off the remote and leave the reason where its session finds it."""
    if not reason.strip():
        raise FatalError("say why: the session has nothing else to learn from")
    server = Remote(Repo(repo), remote)
    server.fetch()
    try:
        proposal = _proposal(server, name_of(name, server))
    except FatalError:
        if past := turned_down(server.repo, remote, name):
            return f"{past.name} is turned down already: {logged(past.reason)}\n"
        raise
    approver = who_approves(server)
    message = f"{reason.strip()}\n\nRejected-by: {approver.handle}\n"
    tree = server.repo.tree_of(proposal.commit)
    commit = server.repo.commit_as_user(tree, [proposal.commit], message, key=approver.key)
    gone = Update(f"refs/heads/{proposal.name}", proposal.commit, None)
    pushed = server.push([gone, Update(f"refs/rejected/{proposal.name}/{commit[:12]}", None, commit)])
    if pushed.outcome is not Outcome.PUSHED and not server.took(commit):
        raise FatalError(f"{proposal.name} is still there: {' / '.join(pushed.said) or 'it moved; look again'}")
    return f"turned down {proposal.name}: {logged(reason.strip())}\n"


def _proposal(server: Remote, name: str) -> Proposal:
    found = next((one for one in server.proposals() if one.name == name), None)
    if found is None:
        raise FatalError(f"{name} is not open any more; see: registry proposals --all")
    return found
