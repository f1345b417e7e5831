"""Judge the push of a withdrawal: a session's commit under `refs/withdrawn/`, whose only parent is its proposal."""

from validator.hosts.plain.push import Move, withdrawn_branch
from validator.hosts.plain.rejections import wrong_closing
from validator.hosts.plain.replacements import is_signed, speaking_key
from validator.hosts.plain.server import Server
from validator.model.keys import fingerprint
from validator.model.layout import HEADS, WITHDRAWN

MAX_WITHDRAWN = 50  # of one branch: each is read again at every later push to it


def judge_withdrawal(move: Move, server: Server) -> str | None:
    """Why a withdrawal is none; None if the key of the open proposal has signed it.

    Without signatures of approvers anyone may withdraw a proposal that has no key.
    """
    if move.old is not None or move.new is None:
        return "a withdrawal is final: it is neither changed nor deleted"
    if server.main is None:
        return "there is no main yet"
    branch = withdrawn_branch(move.ref) or ""
    if sum(ref.startswith(f"{WITHDRAWN}{branch}/") for ref in server.refs) >= MAX_WITHDRAWN:
        way_out = f"an approver takes it away; fill in: registry reject {branch} --reason TEXT"
        return f"{branch} was withdrawn {MAX_WITHDRAWN} times; {way_out}"
    if why := wrong_closing(move.new, move.ref, branch, server, "withdrawal", "registry withdraw"):
        return why
    proposal = server.refs[f"{HEADS}{branch}"]
    key = speaking_key(branch, proposal, server)
    if key is None and server.guards:
        way_out = f"only an approver takes it away; fill in: registry reject {branch} --reason TEXT"
        return f"{branch} has no key, so {way_out}"
    if key and not is_signed(move.new, key, server):
        return f"commit {move.new[:12]} is not signed by the key that speaks for {branch}, {fingerprint(key)}"
    return None
