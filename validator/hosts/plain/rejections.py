"""Judge the push of a rejection: an approver's commit under `refs/rejected/`, with the reason."""

from validator.git.brought import one_brought
from validator.git.signatures import signer
from validator.hosts.plain.push import Move, rejected_branch
from validator.hosts.plain.server import Server
from validator.model.layout import HEADS


def judge_rejection(move: Move, server: Server) -> str | None:
    """Why a rejection is none; None if it is an approver's, of the proposal that is open now."""
    if move.old is not None or move.new is None:
        return "a rejection is final: it is neither changed nor deleted"
    if server.main is None:
        return "there is no main yet"
    handle = signer(server.repo, move.new, server.guards) if server.guards else None
    if server.guards and handle is None:
        return "only an approver can turn a proposal down, in a signed commit"
    branch, commit = rejected_branch(move.ref) or "", move.new
    if why := wrong_closing(commit, move.ref, branch, server, "rejection", "registry reject"):
        return why
    if handle and not server.repo.message(commit).endswith(f"\n\nRejected-by: {handle}\n"):
        return f"a rejection ends with the line: Rejected-by: {handle}"
    return None


def wrong_closing(commit: str, ref: str, branch: str, server: Server, what: str, verb: str) -> str | None:
    """A rejection or a withdrawal is one commit on the open proposal, without a change, and with no other commit."""
    parents, proposal = server.repo.parents(commit), server.refs.get(f"{HEADS}{branch}")
    if proposal is None or parents != (proposal,) or not commit.startswith(ref.rpartition("/")[2]):
        return f"this is no {what} of what {branch} is now: {verb}"
    if server.repo.tree_of(commit) != server.repo.tree_of(proposal):
        return f"a {what} changes no file"
    if faults := one_brought(commit, parents, {}, server.repo.blobs([commit])[commit]).faults:
        return f"commit {commit[:12]} {faults[0]}"
    return None
