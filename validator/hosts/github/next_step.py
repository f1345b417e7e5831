"""What somebody does now with a pull request: the last paragraph of its comment, and of its run's page."""

from collections.abc import Mapping, Sequence

from validator.model.effect import Doubt, Effect
from validator.model.escape import prose
from validator.model.findings import Finding, Origin, Verdict, decides
from validator.model.layout import CHARTER
from validator.registry.consensus.phases import TOO_EARLY

UNTIL_THEN = "Until then nothing has changed on main."
NO_MORE = "It records what stands above, and changes nothing else."
NOT_ONES_OWN = "GitHub lets nobody approve their own pull request."
CLAIMED_IN = "the pull request that brought the session's claim (*History* of its file in registry/sessions names it)"
BY_NAME = (
    "read the claims on main (folder registry/sessions), approve under *Files changed*, and merge. "
    "Another code owner leaves it alone."
)
# What a human does first, where there is a caution.
SETTLED: Mapping[Doubt, str] = {
    "session": f"looks which account opened {CLAIMED_IN}: where that is the account of this pull request, this is its "
    "wish; where it is another, asks it in a comment on this one, and closes this unless it says yes",
    "rules": "decides whether these rules are wanted",
    "program": "reads every changed line",
}
MOST_CHOICES = 6  # competing pull requests that are named in what to do next
SEE_THE_COMMENT = "If other pull requests want the same, the comment on this one names them; read it before you merge."
ITS_PHASE = "once the fleet is in the phase that the table names (`registry consensus status` shows where it is)"
EXPLAINS = "`registry explain CODE` explains a rule."
BEFORE_THE_PUSH = f"`registry validate` gives the same verdict before the push, and {EXPLAINS}"
# What another commit makes worse: each commit of a branch has to change the proposal's own file, and that alone.
FOR_GOOD = frozenset({"REG302", "REG309"})


def competing(names: Sequence[str], *, accepted: bool) -> str:
    """The paragraph about others that want the same; `names` as in `#5 (same number)`."""
    others = f"proposed, and accepted by the gate: {', '.join(names)}."
    if accepted:
        return f"Also {others} Only one of them can be merged; the one that is merged first wins."
    return f"The same is {others} Once one that is accepted is merged, this cannot win any more."


def next_step(verdict: Verdict, effect: Effect, number: int = 0, rivals: Sequence[int] = ()) -> str:
    """What is done now with pull request `number`, of which `rivals` want the same; without the word *Next*."""
    if effect.empty:
        return _to_close(effect)
    return _accepted(verdict, effect, number, rivals) if verdict.accepted else _rejected(verdict, effect)


def on_the_page(verdict: Verdict) -> str:
    """What follows the summary of a run on a pull request, whose token cannot list the other ones; else nothing."""
    if verdict.effect is None or not verdict.effect.proposed_by:
        return ""
    others = f"{SEE_THE_COMMENT}\n\n" if verdict.accepted and verdict.effect.rows else ""
    return f"\n{others}**Next:** {next_step(verdict, verdict.effect)}\n"


def _to_close(effect: Effect) -> str:
    rows = dict(effect.rows)
    if rows:
        session = prose(rows.get("Session", "its session"))
        return f"whoever proposed this closes it: {session} has number {prose(rows['Number'])} already."
    return "whoever proposed this, or a code owner, closes it: there is nothing to merge."


def _accepted(verdict: Verdict, effect: Effect, number: int, rivals: Sequence[int]) -> str:
    then = f"{_of_warnings(verdict)}{UNTIL_THEN if effect.owned else NO_MORE}"
    if effect.named:
        return f"this waits for {prose(effect.named)}, in whose name it is: {BY_NAME} {then}"
    first = f" first {'; '.join(SETTLED[doubt] for doubt in effect.doubts)}; then" if effect.doubts else ""
    merges = _merges(number, rivals)
    if not first and effect.owned and not rivals:
        first = " reads what stands above,"
        if effect.unshown:
            first, merges = " reads the change under *Files changed*,", "approves there, and merges"
    who, why = _who(effect)
    return f"{who}{first} {merges}{why} {then}"


def _of_warnings(verdict: Verdict) -> str:
    """What the warnings of an accepted change mean for who merges it."""
    warnings = sum(finding.origin is Origin.INTRODUCED for finding in verdict.findings)
    if not warnings:
        return ""
    stops, them = ("warning stops", "it") if warnings == 1 else ("warnings stop", "them")
    return f"The {stops} nothing: merge this as it is, or ask the proposer to mend {them} first. "


def _who(effect: Effect) -> tuple[str, str]:
    """Who approves, and the end of the sentence: why nobody else does."""
    if not effect.owned:
        return "anyone with write access other than the proposer", "."
    if effect.own:
        own = prose(effect.own)
        return f"a code owner other than {own}", f": {NOT_ONES_OWN} If {own} is the only code owner: {_alone(effect)}."
    return "a code owner", "."


def _alone(effect: Effect) -> str:
    """What an only code owner does with a pull request of their own."""
    own = prose(effect.own)
    if effect.elsewhere:
        again = f"the same is proposed from {prose(effect.elsewhere)}"
        return f"{own} closes this, {again}, and {own} approves and merges that"
    second = (
        "a pull request from another account first names a second one (in CODEOWNERS, and as approver in the charter)"
    )
    return f"{second}, {own} merges that, and the second code owner merges this"


def _merges(number: int, rivals: Sequence[int]) -> str:
    """`approves under *Files changed*, and merges`; of several that want the same only one can be."""
    if not rivals:
        return "approves under *Files changed*, and merges"
    first, *most, last = (f"#{at}" for at in sorted([number, *rivals]))
    choice = f"{', '.join([first, *most])} and {last}"
    if len(rivals) >= MOST_CHOICES:
        choice = f"#{number} and the others above"
    others = "the other one then turns" if not most else "the others then turn"
    return f"chooses one of {choice}, approves it under *Files changed*, and merges it; {others} red"


def _rejected(verdict: Verdict, effect: Effect) -> str:
    """What whoever proposed it does, on the same branch where that helps."""
    deciding = [finding for finding in verdict.findings if decides(finding)]
    codes = {finding.code for finding in deciding}
    if "REG007" in codes:
        return _without_a_charter(deciding)
    if any(TOO_EARLY in finding.message for finding in deciding if finding.code == "REG403"):
        return _too_early(effect)
    if effect.lost or codes & FOR_GOOD:
        return _for_good(alone="REG302" in codes and not effect.lost)
    return _on_the_branch(codes)


def _too_early(effect: Effect) -> str:
    """It is closed, and proposed again later: by somebody else, where its reviewer has proposed it."""
    closes = "nothing can mend this now: it comes too early. Whoever proposed it closes this pull request"
    if not effect.owned:
        own = "each session proposes its own acknowledgement, in a commit of its own"
        return f"{closes}, and {own}, {ITS_PHASE}; {EXPLAINS}"
    if effect.own and effect.elsewhere:
        again = f"it is proposed again from {prose(effect.elsewhere)}"
        merges = f"{prose(effect.own)} approves and merges that"
        return f"{closes}. {ITS_PHASE.capitalize()}, {again}, and {merges}; {EXPLAINS}"
    return f"{closes}, and proposes it again {ITS_PHASE}; {EXPLAINS}"


def _without_a_charter(deciding: Sequence[Finding]) -> str:
    """It takes the charter away; or it waits for one, and the push that brings one has it judged again."""
    if any(finding.location.path == CHARTER for finding in deciding if finding.code == "REG007"):
        closes = "whoever proposed this closes it: a registry cannot be without its charter."
        return f"{closes} To change its rules, propose it with other values; {EXPLAINS}"
    mends = "A code owner sees to it that the charter on main is mended, in a pull request of its own"
    return f"this pull request waits. {mends}; then the check runs again by itself. {EXPLAINS}"


def _for_good(*, alone: bool) -> str:
    if alone:
        return (
            "no commit on this branch can mend this, since a later commit does not undo an earlier one. Whoever "
            "proposed it closes this pull request, and proposes each of the files in a pull request of its own, on a "
            "new branch from main; "
            f"{EXPLAINS}"
        )
    return (
        "no commit on this branch can mend this. Whoever proposed it closes this pull request and takes "
        f"the way out in the table; {EXPLAINS}"
    )


def _on_the_branch(codes: set[str]) -> str:
    if "REG308" in codes:
        return (
            "only who has the key that the table names can mend this: sign the commit with it on the same branch, and "
            "push it with `git push --force-with-lease`; the check runs again. A proposer without that key closes this "
            f"pull request. {EXPLAINS}"
        )
    if "REG104" in codes:
        return (
            "a session that has a number already (the table says which) closes this: one session holds one number. "
            "Any other session writes a value of its own into each field that the table names, on the same branch, and "
            f"pushes; the check runs again. {BEFORE_THE_PUSH}"
        )
    return f"whoever proposed this mends it on the same branch and pushes; the check runs again. {BEFORE_THE_PUSH}"
