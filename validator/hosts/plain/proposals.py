"""Judge a push to the branch of a proposal: created, replaced or deleted."""

from validator.git.signatures import signer
from validator.hosts.plain.owners import owners_fault
from validator.hosts.plain.push import Move
from validator.hosts.plain.replacements import judge_age, judge_last_commit, judge_replacement
from validator.hosts.plain.server import MAX_FILES, Server, refusal_of
from validator.model.layout import CHARTER, CODEOWNERS, HEADS, own_files
from validator.model.phrases import join_limited
from validator.operations.proposed import claimed_after
from validator.operations.release_reason import removing
from validator.registry.snapshot import Snapshot

MAX_CHARTERS = 50  # branches of charter drafts, unless an approver has signed one more


def judge_proposal(move: Move, server: Server) -> str | None:
    """Why a branch is not what its name says, or another's; None if it is a proposal that may stand here."""
    if server.main is None:
        return "there is no main to propose to yet"
    if move.new is None:
        return _taken_away(move, server)
    if move.new in server.closed:
        return f"commit {move.new[:12]} was {server.closed[move.new]}; make a new one from main"
    if server.is_wide(move.new):
        return f"{move.branch} touches more than {MAX_FILES} files; a proposal touches one"
    landed, base = server.landed(move.new)
    return (
        refusal_of(server.verdict(move.new), server.repo)
        or _wrong_content(move.branch, landed, base, server)
        or _wrong_history(move, server)
        or (judge_replacement(move, server) if move.old and not server.is_settled(move.old) else None)
        or judge_last_commit(move, server)
        or judge_age(move, server)
        or _too_many(move, server)
    )


def _too_many(move: Move, server: Server) -> str | None:
    """Why one more draft of a charter is refused: anyone may name one, and every reader has to judge all of them."""
    if move.old or not move.branch.startswith("charter/"):
        return None
    there = sum(ref.startswith(f"{HEADS}charter/") for ref in server.refs)
    if there < MAX_CHARTERS or (move.new and signer(server.repo, move.new, server.guards)):
        return None
    return f"{there} charter drafts are on the server; an approver merges or turns down some: registry proposals"


def _taken_away(move: Move, server: Server) -> str | None:
    assert move.old is not None, "what does not exist is not deleted"
    if server.is_settled(move.old):
        return None
    return (
        "a proposal goes after it is merged, turned down or withdrawn, in a push of its own: "
        "registry approve, registry reject, registry withdraw"
    )


def _wrong_content(branch: str, landed: Snapshot, base: Snapshot, server: Server) -> str | None:
    """A branch says what it proposes: `claim/04` one claim of number 4, `release/04` that it goes, a record itself."""
    own, touched = own_files(branch), sorted(landed.touched(base))
    if not touched or not own.issuperset(touched):
        return f"{branch} is no branch for a change of {join_limited(touched) or 'nothing'}"
    kind = branch.partition("/")[0]
    if kind == "charter":
        return _wrong_charter(branch, landed, touched, server)
    (path,) = touched
    if kind == "release" and claimed_after(server.repo, removing(server.repo, landed.commit or "", path)):
        return f"{branch} is half of a proposal: its message names the claim that follows; it lands with that alone"
    fits = {
        "claim": path in landed.claims,
        "release": path not in landed.files and path in base.claims,
        "record": path in landed.records,
    }
    return None if fits[kind] else f"{branch} is no branch for a change of {path}"


def _wrong_charter(branch: str, landed: Snapshot, touched: list[str], server: Server) -> str | None:
    """CODEOWNERS comes only with the charter that generates it, byte for byte."""
    if CHARTER not in touched:
        return f"{branch} does not change {CHARTER}"
    if CODEOWNERS in touched:
        entry = landed.files.get(CODEOWNERS)
        why = owners_fault((entry.mode, entry.oid) if entry else None, landed, server.repo)
        return f"{branch} {why}" if why else None
    return None


def _wrong_history(move: Move, server: Server) -> str | None:
    """Why another proposal in the history is refused: merging this one would make that one look merged as well."""
    assert server.main, "asked above"
    assert move.new, "asked above"
    carried = server.repo.ahead(server.main, move.new)
    if closed := carried & server.closed.keys():
        how = server.closed[min(closed)]
        return f"{move.branch} has a commit in its history that was {how}; make a new one from main"
    known = next((name for oid, name in server.others(move.ref).items() if oid in carried - {move.new}), None)
    return f"{move.branch} has {known} in its history; propose it on main alone" if known else None
