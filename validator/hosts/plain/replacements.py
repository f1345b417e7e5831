"""Judge a proposal against what its session has said before: the one that it replaces, and those that are closed."""

from collections.abc import Iterable, Mapping, Sequence

from validator.git.signatures import endorsements, named_keys, signer
from validator.hosts.plain.push import Move
from validator.hosts.plain.server import MAX_FILES, Server
from validator.model import shapes
from validator.model.keys import fingerprint, normal_key
from validator.model.layout import HEADS, branch_of, digits, form_of, own_files
from validator.operations.steps import Line
from validator.registry.parsing import ClaimFile
from validator.registry.reader import claims_at
from validator.registry.records import claim_of_record
from validator.rules import not_the_session

RULE = f"error[{not_the_session.CODE}] {not_the_session.NAME}"


def judge_replacement(move: Move, server: Server) -> str | None:
    """Why an open proposal (`move.old`) may not be replaced by this one; None if it may."""
    assert move.old, "an open proposal is replaced"
    assert move.new, "and not taken away"
    change = (move.branch, move.old, move.new)
    return _wrong_session(*change, server) or _wrong_key(*change, server)


def judge_last_commit(move: Move, server: Server) -> str | None:
    """Why the last commit of a proposal is refused: neither the key of its session nor an approver's has signed it.

    The gate looks behind merges for the commit that made the file. A commit on top, even a merge of main, has a message
    and a date of its own, which others would take for the session's.
    """
    assert move.new, "what goes is not judged"
    key = speaking_key(move.branch, move.new, server)
    if key is None or _signed_by([move.new], key, server)[move.new]:
        return None
    return f"{RULE}: commit {move.new[:12]} is not signed by the key that speaks for {move.branch}, {fingerprint(key)}"


def judge_age(move: Move, server: Server) -> str | None:
    """Why a proposal is too old: its signer has signed a newer one, which it would replace or which is closed.

    The committer's date is part of what is signed: nobody else can make an older draft look new. In one second, what
    stands on the other one is newer. So each proposal of a branch is newer than all that were there before.
    """
    assert move.new, "what goes is not judged"
    others = [*server.closed_on(move.branch), *([move.old] if move.old and not server.is_settled(move.old) else [])]
    if not others:
        return None
    key = speaking_key(move.branch, move.new, server)
    kind = _signed_by([move.new], key, server)[move.new]
    rivals = _naming_a_key_of(others, kind, key, server)
    contents = server.repo.blobs([move.new, *rivals])
    times = {commit: server.repo.read_commit(content)[1] for commit, content in contents.items()}
    same = (other for other in rivals if not _is_newer(move.new, other, times, server))
    newer = next((other for other in same if _signed_by([other], key, server)[other] == kind), None)
    if newer is None:
        return None
    who = "its session" if kind == "session" else "an approver"
    said = f"commit {move.new[:12]} is not newer than {newer[:12]}, which {who} has signed too"
    return f"{RULE}: {said}; make it again"


def _naming_a_key_of(commits: Sequence[str], kind: str | None, key: str | None, server: Server) -> list[str]:
    """Those whose signatures name a key of this kind of signer. Only these are checked, since each check takes long."""
    if kind is None:
        return []
    keys = {normal_key(key)} if kind == "session" and key else {approver for _, approver in server.guards}
    named = named_keys(server.repo, commits)
    return [commit for commit in commits if named.get(commit) in keys]


def judge_landing(line: Line, server: Server) -> str | None:
    """Why a step lands what its session has taken back, or an older draft; None if none does.

    A signature can be written in several ways, so that a commit comes back with another object id.
    """
    for parent, commit in line if server.closed else ():
        *_, proposal = (commit, *server.repo.parents(commit)[1:2])
        changes = server.repo.changes(parent, commit, most=MAX_FILES)
        for branch in {_branch_for(path, gone=after is None) for path, (_, after) in changes.items()}:
            why = judge_age(Move(f"{HEADS}{branch}", None, proposal), server) if own_files(branch) else None
            if why:
                return why
    return None


def _branch_for(path: str, *, gone: bool) -> str:
    """The branch on which a change of a file is proposed; one that is no proposal's for other files."""
    form = form_of(path)
    if form and form[0] is shapes.Claim:
        return f"{'release' if gone else 'claim'}/{digits(form[1] or 0)}"
    return branch_of(path)


def _is_newer(new: str, other: str, times: Mapping[str, int], server: Server) -> bool:
    if times[new] != times[other]:
        return times[new] > times[other]
    assert server.main, "a proposal is judged where there is a main"
    return other in server.repo.ahead(server.main, new)


def _signed_by(commits: Iterable[str], key: str | None, server: Server) -> dict[str, str | None]:
    """Whose key has signed each commit: that of the `session`, of an `approver`, or no known one (None)."""
    session = [("session", key)] if key else []
    approvers = [("approver", approver) for _, approver in server.guards]
    signed = endorsements(server.repo, list(dict.fromkeys(commits)), [*session, *approvers])
    return {commit: one.signer for commit, one in signed.items()}


def speaking_key(branch: str, commit: str, server: Server) -> str | None:
    """The key that speaks for what a branch proposes: that of main's claim or, where it has none, the proposal's."""
    sides = (held_claim(branch, server), _proposed(branch, commit, server))
    return next((side.draft.key for side in sides if side and side.draft.key), None)


def held_claim(branch: str, server: Server) -> ClaimFile | None:
    """The claim on main in whose name a branch proposes something; None for a charter, and where main has none."""
    paths = own_files(branch)
    base = server.base_of(paths)
    return next(filter(None, (claim_of_record(path, base) or base.claims.get(path) for path in paths)), None)


def is_signed(commit: str, key: str, server: Server) -> bool:
    """Whether a commit carries the signature of a session's key."""
    return signer(server.repo, commit, [("session", key)]) is not None


def _proposed(branch: str, commit: str, server: Server) -> ClaimFile | None:
    """The claim that a commit proposes on a branch `claim/NN`."""
    kind, _, rest = branch.partition("/")
    return claims_at(server.repo, [(commit, int(rest))]).get((commit, int(rest))) if kind == "claim" else None


def _wrong_session(branch: str, there: str, new: str, server: Server) -> str | None:
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
    """The key of the open proposal speaks as long as main's claim has none; then main's, and the gate checks that."""
    held = held_claim(branch, server)
    if held and held.states_key:
        return None
    key, wanted = speaking_key(branch, there, server), speaking_key(branch, new, server)
    if key is None and wanted and not held:  # else the gate asks the charter for the first key
        return f"{RULE}: this proposal has no key, and none is added to it; an approver turns it down, then claim again"
    if key and key != wanted:
        way_out = f"to change the key, withdraw it and claim again: registry withdraw {branch}"
        return f"{RULE}: this proposal speaks with the key {fingerprint(key)}; {way_out}"
    return None  # the gate asks whether that key has signed the commits
