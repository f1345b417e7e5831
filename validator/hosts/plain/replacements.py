"""Judge a proposal against what its session has said before: the one that it replaces, and those that are closed."""

from validator.git.signatures import signer
from validator.hosts.plain.push import Move
from validator.hosts.plain.server import Server
from validator.model.keys import fingerprint
from validator.model.layout import own_files
from validator.registry.parsing import ClaimFile
from validator.registry.reader import claims_at
from validator.registry.records import claim_of_record
from validator.rules import not_the_session

TOLD = f"error[{not_the_session.CODE}] {not_the_session.NAME}"


def judge_replacement(move: Move, server: Server) -> str | None:
    """Why an open proposal (`move.old`) is not replaced by another one; None for whoever made it."""
    assert move.old, "an open proposal is replaced"
    assert move.new, "and not taken away"
    return _wrong_hands(move.branch, move.old, move.new, server) or _wrong_key(move.branch, move.old, move.new, server)


def judge_age(move: Move, server: Server) -> str | None:
    """Why a proposal counts for nothing: its session has signed a later one, which it replaces or which is closed.

    The committer's date is part of what is signed: nobody but the session can make an older draft look new.
    """
    assert move.new, "what goes is not judged"
    closed = server.closed_on(move.branch)
    key = speaking_key(move.branch, move.new, server) if closed or move.old else None
    if key is None:
        return None
    others = [*closed, *([move.old] if move.old and not server.is_spent(move.old) else [])]
    contents = server.repo.blobs([move.new, *others])
    times = {commit: server.repo.read_commit(content)[1] for commit, content in contents.items()}
    later = (other for other in others if times[other] > times[move.new] and is_signed(other, key, server))
    if newer := next(later, None):
        return f"{TOLD}: commit {move.new[:12]} is older than {newer[:12]}, which its session has signed too"
    return None


def speaking_key(branch: str, commit: str, server: Server) -> str | None:
    """The key that speaks for what a branch proposes: that of main's claim or, where main has none, the proposal's."""
    held, own = held_claim(branch, server), _proposed(branch, commit, server)
    claim = held or own
    return claim.draft.key if claim else None


def held_claim(branch: str, server: Server) -> ClaimFile | None:
    """The claim on main in whose name a branch proposes something; None for a charter, and where main has none."""
    found = (claim_of_record(path, server.base) or server.base.claims.get(path) for path in own_files(branch))
    return next(filter(None, found), None)


def is_signed(commit: str, key: str, server: Server) -> bool:
    """Whether a commit carries the signature of a session's key."""
    return signer(server.repo, commit, [("session", key)]) is not None


def _proposed(branch: str, commit: str, server: Server) -> ClaimFile | None:
    """The claim that a commit proposes on a branch `claim/NN`."""
    kind, _, rest = branch.partition("/")
    return claims_at(server.repo, [(commit, int(rest))]).get((commit, int(rest))) if kind == "claim" else None


def _wrong_hands(branch: str, there: str, new: str, server: Server) -> str | None:
    """A draft of an approver's is replaced by an approver, and a claim by the session that it names."""
    kind = branch.partition("/")[0]
    held = held_claim(branch, server)
    if server.guards and (kind == "charter" or (held and held.draft.key)):
        signed = [signer(server.repo, one, server.guards) for one in (there, new)]
        if signed[0] and not signed[1]:
            return f"{signed[0]} has signed this draft; only an approver replaces it, with a signature"
    if kind != "claim":
        return None
    sides = (_proposed(branch, there, server), _proposed(branch, new, server), held)
    old, wanted, holder = (side.draft.session_id if side else None for side in sides)
    if wanted is not None and wanted in (old, holder):
        return None
    return f"this proposal is {old or 'somebody'}'s; nobody else replaces it"


def _wrong_key(branch: str, there: str, new: str, server: Server) -> str | None:
    """Where main has no claim yet, the key of the open proposal speaks; later main's, which the gate asks for."""
    if held_claim(branch, server):
        return None
    key, wanted = speaking_key(branch, there, server), speaking_key(branch, new, server)
    if key is None and wanted:
        return f"{TOLD}: this proposal has no key, and none is added to it; an approver turns it down, then claim again"
    if key and key != wanted:
        way_out = f"to change the key, withdraw it and claim again: registry withdraw {branch}"
        return f"{TOLD}: this proposal speaks with the key {fingerprint(key)}; {way_out}"
    if key and not is_signed(new, key, server):
        return f"{TOLD}: commit {new[:12]} is not signed by the key of this proposal, {fingerprint(key)}"
    return None
