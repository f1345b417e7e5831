"""The one next step of a session, by state, phase and what it has proposed (tests/corpus/whoami-table.md)."""

from typing import NamedTuple

from validator.model.phrases import command_line, quoted
from validator.operations.whoami.facts import HELD, Facts, OwnProposal

LONGEST = 16_384  # characters of a goal that are shown: no claim has more


class Advice(NamedTuple):
    """What to do now. `command` works when pasted.

    `form` is a command with capitals that only the reader can fill in, or the way out in words. There is at most one of
    the two; where there is neither, one waits, or works.
    """

    text: str
    command: tuple[str, ...] | None = None
    form: str | None = None

    @property
    def sentence(self) -> str:
        """The same in one line."""
        if self.command:
            return f"{self.text}; run: {command_line(self.command)}"
        if self.form:
            return f"{self.text}; {'fill in' if self.form.startswith('registry ') else 'help'}: {self.form}"
        return self.text


def advise(facts: Facts) -> Advice:
    """The next step of a session that has a name."""
    if facts.state not in HELD:
        return _without_number(facts)
    advice = _of_holder(facts)
    return advice._replace(text=f"stop work: {facts.stopped}; {advice.text}") if facts.stopped else advice


def _of_holder(facts: Facts) -> Advice:
    own = facts.own
    if own and own.end != "turned-down":
        advice = _while_open(facts, own)
        if advice:
            return advice
    advice = _held(facts)
    if own and own.end == "turned-down":
        return advice._replace(text=f"{own.branch} was turned down: {_quoted(own.reason)}; {advice.text}")
    return advice


def _without_number(facts: Facts) -> Advice:
    own, number = facts.own, facts.number
    if own is None and facts.released:
        text = f"you held number {facts.again[2]}; {facts.released}; claim it again only if that is settled"
        return Advice(text, None, command_line(facts.again))
    if own is None and facts.again:
        text = f"you held number {facts.again[2]}, which is released; claim it again as it was, or change the words"
        return Advice(text, facts.again)
    if own is None:
        return _claim_free(facts, "")
    if facts.rivals:
        return _beside_rivals(facts, f"number {number} ({own.branch})")
    if facts.state == "proposed":
        until = f"{facts.human} has to approve number {number} ({own.branch}), then it is yours"
        return Advice(f"wait: {until}; ask again with --fetch")
    if facts.state == "rejected" and not facts.holder:
        return Advice(f"the gate rejects number {number} ({own.branch}) now: {own.code} {own.reason}", None, own.help)
    if facts.state == "rejected":
        return _taken(facts, own)
    why = f"number {number} ({own.branch}) was turned down: {_quoted(own.reason)}"
    if facts.holder:
        return _claim_free(facts, f"{why}; it is held by {facts.holder} now; ")
    form = command_line(facts.form)
    return Advice(f"{why}; it may be proposed again, mended or not", None, form)


def _beside_rivals(facts: Facts, mine: str) -> Advice:
    why = f"{mine} is proposed, and {facts.rivals}: {facts.human} can approve only one of them"
    if not facts.otherwise:
        return Advice(_wait(why, "they have to decide, see registry conflicts"))
    return Advice(f"{why}; take something else, or ask again with --fetch", None, command_line(facts.otherwise))


def _taken(facts: Facts, own: OwnProposal) -> Advice:
    why = f"number {facts.number} is held by {facts.holder}; "
    if facts.free is None and facts.withdraws:
        text = f"{why}no number is free; take {own.branch} back"
        return Advice(text, ("registry", "withdraw", own.branch, *facts.me))
    return _claim_free(facts, why)


def _claim_free(facts: Facts, why: str) -> Advice:
    free = facts.free
    if free is None:
        way_out = "until one is released, turned down or withdrawn, or an approver enlarges the capacity"
        return Advice(f"{why}wait: no number is free {way_out}; ask again with --fetch")
    planned = f" ({_quoted(free.role)})" if free.role else ""
    which = f"a free number: {free.others}; for instance {free.number}"
    if free.others == str(free.number):
        which = f"the free number {free.number}"
    text = f"{why}claim {which}{planned}"
    if facts.stopped:
        text += f"; first make sure that no session is only changing its claim: {facts.stopped}"
    return Advice(text, None, command_line(free.form))


def _quoted(words: str) -> str:
    """A session's own words, in quotes, so that they cannot look like a command of this program."""
    return quoted(words, LONGEST)


def _while_open(facts: Facts, own: OwnProposal) -> Advice | None:
    """What to do about an open proposal of one's own; None where the next step is as if there were none."""
    about = f"{_place(facts)}: {own.branch}"
    if own.end == "open":
        if facts.rivals:
            return _beside_rivals(facts, own.branch)
        branches = " and ".join((own.branch, *facts.also))
        return Advice(_wait(_place(facts), f"{facts.human} has to approve {branches}"))
    if own.kind == "record":
        return None  # the same command makes it again
    why = f"{about} is rejected now: {own.code} {own.reason}"
    if own.kind == "release":
        words = ("registry", "release", str(facts.number), "--reason", "REASON")
        return Advice(why, None, command_line(words))
    if own.end == "moved":
        text = f"{about} cannot land, main has changed since; propose it again"
        release = ("--release", own.release) if own.release else ()
        return Advice(text, ("registry", "claim", str(facts.number), *facts.me, *release, "--push"))
    if facts.phase != "active":
        return Advice(why, None, own.help)
    if facts.withdraws:
        return Advice(f"{why}; take it back", ("registry", "withdraw", own.branch, *facts.me))
    return Advice(_wait(why, f"{facts.human} has to turn it down"))


def _held(facts: Facts) -> Advice:
    """The next step of a holder by the phase of its fleet."""
    number, against = facts.number, facts.against
    if facts.state == "unreadable":
        return Advice(f"fix the claim of number {number}; see what is wrong with it", ("registry", "audit"))
    if facts.state == "pending":
        command = ("registry", "claim", str(number), *facts.me, "--status", "REGISTERED", "--push")
        return Advice(f"you hold number {number} and are not ready; say that you are", command)
    if facts.over:
        return Advice(_wait(_place(facts), f"{facts.human} has to activate this week, or the next"))
    if facts.phase == "active":
        return Advice(f"number {number} is active {facts.when}: {_quoted(facts.goal)}")
    if against and against.mine and facts.phase in ("registering", "registered"):
        return Advice(f"number {number} is in conflict: {against.code} {against.message}", None, against.help)
    return _by_phase(facts)


def _by_phase(facts: Facts) -> Advice:
    me, against = facts.me, facts.against
    place = _place(facts)
    if facts.phase == "registering":
        if not facts.missing:
            return Advice(_wait(place, "main has a fault, see registry audit"))
        needs = f"each needs its session's claim, and {facts.human} who approves it"
        return Advice(_wait(place, f"not registered yet: {facts.missing}; {needs}"))
    if facts.changes or (facts.phase == "registered" and against):
        return Advice(_wait(place, _before_record(facts)))
    if facts.phase in ("registered", "approved") and not facts.is_orchestrator:
        return Advice(_wait(place, _record_due(facts)))
    if facts.phase == "registered":
        return Advice(f"{place}: nothing conflicts, confirm it", ("registry", "consensus", "confirm", *me, "--push"))
    if facts.phase == "confirmed":
        return Advice(_wait(place, f"{facts.human} has to approve the registry"))
    if facts.phase == "approved":
        command = ("registry", "consensus", "broadcast", *me, "--branch", "--push")
        return Advice(f"{place}: send the registry to every session", command)
    if facts.state == "acknowledged" and facts.phase == "broadcast":
        return Advice(_wait(place, f"not acknowledged yet: {facts.missing}; each session does it for itself"))
    if facts.state == "acknowledged":
        return Advice(_wait(place, f"{facts.human} has to activate the fleet"))
    text = f"acknowledge number {facts.number}, {_quoted(facts.role)}: {_quoted(facts.goal)}"
    text += "; what each session has committed to: registry export --format markdown"  # however it was broadcast
    return Advice(text, ("registry", "consensus", "acknowledge", *me, "--push"))


def _before_record(facts: Facts) -> str:
    """What stands between a full fleet and its next record: open changes first, then a conflict."""
    against = facts.against
    if facts.changes or against is None:
        return f"{facts.human} has to decide first on {facts.changes}"
    return f"number {against.number} ({against.session_id}) has to resolve: {against.message}"


def _record_due(facts: Facts) -> str:
    """Who has to act for the record of this phase, which is the orchestrator's."""
    if facts.waiting:
        return f"{facts.human} has to approve {facts.waiting}"
    does = "confirm that nothing conflicts" if facts.phase == "registered" else "broadcast the registry"
    return f"the orchestrator, number {facts.orchestrator}, has to {does}"


def _wait(place: str, why: str) -> str:
    return f"{place}; wait: {why}; ask again with --fetch"


def _place(facts: Facts) -> str:
    active = f" and active {facts.when}" if facts.phase == "active" else ""
    return f"number {facts.number} is yours{active}{', which is over' if facts.over else ''}"
