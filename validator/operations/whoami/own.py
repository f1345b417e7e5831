"""The open proposals of a session with the gate's verdicts, and those that were turned down and not answered since."""

from collections.abc import Callable, Iterator

from validator.git.keys import remembered
from validator.git.remote import Proposal, Rejection
from validator.model.errors import Unreadable
from validator.model.escape import logged
from validator.model.layout import (
    ACTIVATION,
    APPROVAL,
    BROADCAST,
    CONFIRMATION,
    SESSIONS,
    acknowledgement_path,
    branch_of,
    digits,
    number_of,
    path_of,
)
from validator.operations.claim_key import claim_key_of
from validator.operations.proposals import Judged, judge_proposal
from validator.operations.proposed import is_stale
from validator.operations.whoami.facts import (
    OpenKind,
    OwnProposal,
    judged,
)
from validator.operations.whoami.main import MainAsSeen
from validator.registry.parsing import ClaimFile
from validator.registry.proposals import claim_of
from validator.registry.reader import claims_at
from validator.registry.share_mend import mending_command
from validator.rules import scope_overlap

STEPS = (CONFIRMATION, APPROVAL, BROADCAST, ACTIVATION)  # the records of the whole fleet
Hint = Callable[[str], None]


def of_holder(registry: MainAsSeen, claim: ClaimFile, me: tuple[str, ...]) -> Iterator[OwnProposal]:
    """The open proposals of a holder, and those that were turned down and not followed by others."""
    number = digits(claim.number)
    names: dict[str, OpenKind] = {f"release/{number}": "release", f"claim/{number}": "amendment"}
    if due := _due(registry, claim.number):
        names[branch_of(due)] = "record"
    by_name = {proposal.name: proposal for proposal in registry.open}
    for name, kind in names.items():
        proposal = by_name.get(name)
        if proposal and registry.is_live(proposal) and (kind != "amendment" or _is_mine(registry, proposal, claim)):
            one = judge_proposal(registry.reader, registry.main, proposal)
            yield _with_command(judged(name, kind, one.verdict, claim_key_of(one)), registry, one, me)
        elif rejection := _turned_down(registry, name, kind):
            yield _down(registry, rejection, kind)


def _due(registry: MainAsSeen, number: int) -> str | None:
    """The record that this number makes in this phase."""
    if number == registry.charter.orchestrator and registry.phase in ("registered", "approved"):
        return CONFIRMATION if registry.phase == "registered" else BROADCAST
    return acknowledgement_path(number) if registry.phase == "broadcast" else None


def _is_mine(registry: MainAsSeen, proposal: Proposal, claim: ClaimFile) -> bool:
    proposed = claim_of(registry.reader, proposal)
    return isinstance(proposed, ClaimFile) and proposed.draft.session_id == claim.draft.session_id


def _turned_down(registry: MainAsSeen, name: str, kind: OpenKind) -> Rejection | None:
    """The last time that a proposal was turned down; None where its file, or the fleet's step, has changed since."""
    last = next((one for one in reversed(registry.rejected) if one.name == name), None)
    if last is None:
        return None
    repo = registry.reader.repo
    began = repo.merge_base(registry.main, last.rejected)
    if began is None:
        return None
    paths = (path_of(name), *STEPS) if kind != "record" else sorted(registry.snapshot.files)
    before = repo.tree(began)
    same = all(_oid(before.get(path)) == _oid(registry.snapshot.files.get(path)) for path in paths)
    return last if same else None


def _down(registry: MainAsSeen, rejection: Rejection, kind: OpenKind) -> OwnProposal:
    """A proposal that was turned down, with the key that spoke for it."""
    one = judge_proposal(registry.reader, registry.main, Proposal(rejection.name, rejection.rejected))
    return OwnProposal(rejection.name, kind, "turned-down", reason=rejection.reason, claim_key=claim_key_of(one))


def _oid(entry: object) -> object:
    return getattr(entry, "oid", None)


def _with_command(own: OwnProposal, registry: MainAsSeen, one: Judged, me: tuple[str, ...]) -> OwnProposal:
    """A proposal that a command mends: its scope meets another's, or it gives the number back on an older main."""
    if one.release and own.end == "rejected" and is_stale(registry.reader.repo, registry.main, one.release):
        return own._replace(end="moved", release=one.reason(registry.reader.repo))
    if own.code != scope_overlap.CODE or one.claim is None:
        return own
    command = mending_command(one.base, registry.charter, one.claim.draft, one.claim.number, *me)
    return own._replace(help=f"{own.help}; for instance: {command}") if command else own


def newest_proposal(
    registry: MainAsSeen, session_id: str, me: tuple[str, ...], hint: Hint
) -> tuple[ClaimFile, OwnProposal] | None:
    """What a session has proposed: what the gate accepts, else the first that it rejects."""
    found = []
    for proposal in registry.open:
        if not proposal.name.startswith("claim/"):
            continue
        claim = claim_of(registry.reader, proposal)
        if isinstance(claim, Unreadable):
            hint(f"{proposal.name} cannot be read: {logged(claim.why)}\n")
        elif claim and claim.draft.session_id == session_id and registry.is_live(proposal):
            one = judge_proposal(registry.reader, registry.main, proposal)
            own = judged(proposal.name, "amendment", one.verdict, claim_key_of(one))
            found.append((claim, _with_command(own, registry, one, me)))
    return min(found, key=lambda row: row[1].end != "open", default=None)


def has_key(registry: MainAsSeen, session_id: str, claim: ClaimFile | None) -> bool:
    """Whether a session without a number speaks with a key: its last claim names one, or this clone knows one."""
    return bool(claim and claim.draft.key) or any(remembered(registry.reader.repo, session_id))


def last_turned_down(registry: MainAsSeen, session_id: str) -> tuple[ClaimFile, OwnProposal] | None:
    """This session's last claim that was turned down."""
    for rejection in reversed(registry.rejected):
        claim = claim_of(registry.reader, Proposal(rejection.name, rejection.rejected))
        if claim and not isinstance(claim, Unreadable) and claim.draft.session_id == session_id:
            if _was_registered(registry, rejection, session_id):
                return None
            return claim, _down(registry, rejection, "amendment")
    return None


def _was_registered(registry: MainAsSeen, rejection: Rejection, session_id: str) -> bool:
    """Whether main had the session when its claim was turned down, or later: it has given its number back since."""
    repo = registry.reader.repo
    began = repo.merge_base(registry.main, rejection.rejected)
    if began is None:
        return False
    place = (began, int(number_of(rejection.name)))
    amended = claims_at(repo, [place]).get(place)
    if amended and amended.draft.session_id == session_id:
        return True
    words = ("log", "-m", "--no-renames", "--first-parent", "--diff-filter=A", "--format=%H", f"-S{session_id}")
    landed = repo.read(*words, f"{began}..{registry.main}", "--", SESSIONS).decode().split()
    return any(
        claim.draft.session_id == session_id
        for commit in landed
        for claim in registry.reader.at(commit).claims.values()
    )
