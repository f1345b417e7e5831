"""All that the answer to "who am I, and what do I do now?" depends on."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from validator.model.findings import Finding, Verdict, decides
from validator.operations.claim_key import NO_KEY, ClaimKey
from validator.registry.conflicts import Conflict
from validator.registry.consensus.criteria import Phase
from validator.rules import merge_conflict

SessionState = Literal[
    "unregistered",
    "proposed",
    "rejected",
    "turned-down",
    "unreadable",
    "pending",
    "registered",
    "acknowledged",
    "active",
]
OpenKind = Literal["release", "amendment", "record"]
OpenEnd = Literal["open", "moved", "rejected", "turned-down"]
HELD: tuple[SessionState, ...] = ("unreadable", "pending", "registered", "acknowledged", "active")
CODES = {
    "number": "REG103",
    "session": "REG104",
    "role": "REG105",
    "scope": "REG107",
    "goal": "REG206",
    "gap": "REG207",
}


class OwnProposal(NamedTuple):
    """A proposal of the session's own. `end` is what became of it: `moved` is rejected only because main has changed.

    `code`, `reason` and `help` say why it is not accepted; of one that a human turned down there is only the reason.
    `claim_key` is the key that speaks for it; `release` the reason why it gives the number back first.
    """

    branch: str
    kind: OpenKind
    end: OpenEnd
    code: str = ""
    reason: str = ""
    help: str = ""
    claim_key: ClaimKey = NO_KEY
    release: str = ""

    @property
    def verdict(self) -> Literal["accepted", "rejected", "turned-down"]:
        """What became of it in one word."""
        if self.end == "turned-down":
            return "turned-down"
        return "accepted" if self.end == "open" else "rejected"


class FreeNumber(NamedTuple):
    """A number that is neither held nor proposed, the role that the charter plans for it, and all such numbers.

    `form` are the words of the command that claims it.
    """

    number: int
    role: str | None
    others: str
    form: tuple[str, ...]


class MainConflict(NamedTuple):
    """A conflict on main: whose claim has to change, its session, and whether that is the session that asks."""

    number: int
    session_id: str
    code: str
    message: str
    help: str
    mine: bool


class Facts(NamedTuple):
    """What is known of a session. `me` are the words that name it in a command, empty where its name is bound.

    `number` is the one that it holds, has proposed, or wanted; `form` are the words of the command that claims it;
    `also` are its open proposals beside its `own`; `holder` another session that holds that number now; `missing` the
    numbers that are waited for; `human` who approves; `orchestrator` that number with its session. `withdraws`: the
    session may take its proposal back by itself. `waiting` is the open proposal of the record that the phase needs;
    `changes` the open ones that an approver decides on before the next record is made;
    `over` whether the active `week` is over, `when` that week in words; `stopped` what has changed since the fleet was
    active, which it is not any more. `again` is the command that claims the number which the session has released, as
    it was. `released` says who else has released that, and why: then `again` is a form. `rivals` says which
    open proposals share with its own what only one of them can have; `otherwise` is the command that takes something
    else, where there is one.
    """

    state: SessionState
    phase: Phase
    me: tuple[str, ...] = ()
    number: int | None = None
    form: tuple[str, ...] = ()
    role: str = ""
    goal: str = ""
    is_orchestrator: bool = False
    orchestrator: str = ""
    human: str = "a human"
    own: OwnProposal | None = None
    also: tuple[str, ...] = ()
    free: FreeNumber | None = None
    holder: str = ""
    missing: str = ""
    against: MainConflict | None = None
    week: str | None = None
    when: str = ""
    over: bool = False
    withdraws: bool = False
    waiting: str = ""
    changes: str = ""
    stopped: str = ""
    again: tuple[str, ...] = ()
    released: str = ""
    rivals: str = ""
    otherwise: tuple[str, ...] = ()


def judged(branch: str, kind: OpenKind, verdict: Verdict, claim_key: ClaimKey = NO_KEY) -> OwnProposal:
    """An open proposal with the gate's verdict as of now."""
    decisive = [finding for finding in verdict.findings if decides(finding)]
    if not decisive:
        return OwnProposal(branch, kind, "open", claim_key=claim_key)
    moved = all(finding.code == merge_conflict.CODE for finding in decisive)
    first: Finding = decisive[0]
    end: OpenEnd = "moved" if moved else "rejected"
    return OwnProposal(branch, kind, end, first.code, first.message, first.help, claim_key)


def most_urgent(proposals: Iterable[OwnProposal]) -> OwnProposal | None:
    """The proposal that decides what to do: an open one before one that was turned down, a release before others."""
    kinds = ("release", "amendment", "record")
    return min(proposals, key=lambda one: (one.end == "turned-down", kinds.index(one.kind)), default=None)


def first_against(conflicts: Iterable[Conflict], number: int, names: dict[int, str]) -> MainConflict | None:
    """The first conflict that is the fault of this number, else the first one; None where there is no conflict.

    Of a conflict, who came last has to change; `names` are the sessions by number.
    """
    rows = [
        MainConflict(
            one.numbers[-1],
            names.get(one.numbers[-1], ""),
            CODES[one.kind],
            one.message,
            one.help,
            one.numbers[-1] == number,
        )
        for one in conflicts
    ]
    return next((row for row in rows if row.mine), rows[0] if rows else None)
