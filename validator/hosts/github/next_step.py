"""What somebody does now with a pull request: the last paragraph of its comment, and of its run's page."""

from collections.abc import Mapping, Sequence

from validator.model.effect import Doubt, Effect
from validator.model.escape import prose
from validator.model.findings import Finding, Verdict, decides
from validator.model.layout import CHARTER
from validator.registry.consensus.phases import TOO_EARLY

UNTIL_THEN = "Until then nothing has changed on main."
NO_MORE = "It records what stands above, and changes nothing else."
NOT_ONES_OWN = "GitHub lets nobody approve their own pull request. Where there is no other code owner, "
SECOND = "another account first proposes a second approver in the charter"
ASK = "in a comment on the pull request that brought its claim; *History* of its file in registry/sessions names it"
BY_NAME = (
    "read the claims on main (folder registry/sessions), approve under *Files changed*, and merge. "
    "Another code owner leaves it alone."
)
# What a human does first, where there is a caution.
SETTLED: Mapping[Doubt, str] = {
    "session": f"asks the session whether this is its wish ({ASK}), and closes this if nobody answers",
    "rules": "decides whether these rules are wanted",
    "program": "reads every changed line",
}
MOST_CHOICES = 6  # competing pull requests that are named in what to do next
SEE_THE_COMMENT = "The comment on this pull request names others that want the same."
EXPLAINS = "`registry explain CODE` explains a rule."
BEFORE_THE_PUSH = f"`registry validate` gives the same verdict before the push, and {EXPLAINS}"
# What another commit makes worse: each commit of a branch has to change the proposal's own file, and that alone.
FOR_GOOD = frozenset({"REG302", "REG309"})


def competing(names: Sequence[str], *, accepted: bool) -> str:
    """The paragraph about others that want the same; `names` as in `#5 (same number)`."""
    others = f"proposed, and accepted by the gate: {', '.join(names)}."
    if accepted:
        return f"Also {others} Only one of them can be merged; the one that is merged first wins."
    return f"The same is {others}"


def next_step(verdict: Verdict, effect: Effect, number: int = 0, rivals: Sequence[int] = ()) -> str:
    """What is done now with pull request `number`, of which `rivals` want the same; without the word *Next*."""
    if effect.empty:
        return _to_close(effect)
    return _accepted(effect, number, rivals) if verdict.accepted else _rejected(verdict, effect)


def on_the_page(verdict: Verdict) -> str:
    """What follows the summary of a run on a pull request, whose token cannot list the other ones; else nothing."""
    if verdict.effect is None or not verdict.effect.proposed_by:
        return ""
    others = f"\n\n{SEE_THE_COMMENT}" if verdict.accepted and verdict.effect.rows else ""
    return f"\n**Next:** {next_step(verdict, verdict.effect)}{others}\n"


def _to_close(effect: Effect) -> str:
    rows = dict(effect.rows)
    if rows:
        session = prose(rows.get("Session", "its session"))
        return f"whoever proposed this closes it: {session} has number {prose(rows['Number'])} already."
    return "whoever proposed this, or a code owner, closes it: there is nothing to merge."


def _accepted(effect: Effect, number: int, rivals: Sequence[int]) -> str:
    if effect.named:
        return f"this waits for {prose(effect.named)}, in whose name it is: {BY_NAME} {UNTIL_THEN}"
    first = f" first {'; '.join(SETTLED[doubt] for doubt in effect.doubts)}; then" if effect.doubts else ""
    merges = _merges(number, rivals)
    if not first and effect.owned and not rivals:
        first = " reads the lines above,"
        if effect.unshown:
            first, merges = " reads the change under *Files changed*,", "approves there, and merges"
    who, why = _who(effect)
    return f"{who}{first} {merges}{why} {UNTIL_THEN if effect.owned else NO_MORE}"


def _who(effect: Effect) -> tuple[str, str]:
    """Who approves, and the end of the sentence: why nobody else does."""
    if not effect.owned:
        return "anyone with write access", "."
    if effect.own:
        instead = f"propose it from {prose(effect.elsewhere)}" if effect.elsewhere else SECOND
        return f"a code owner other than {prose(effect.own)}", f": {NOT_ONES_OWN}{instead}."
    return "a code owner", "."


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
        return (
            "nothing can mend this now: it comes too early. Whoever proposed it closes this pull request, "
            f"and proposes it again when the way out in the table says; {EXPLAINS}"
        )
    if effect.lost or codes & FOR_GOOD:
        return _for_good(alone="REG302" in codes and not effect.lost)
    return _on_the_branch(codes)


def _without_a_charter(deciding: Sequence[Finding]) -> str:
    """It takes the charter away; or it waits for one, and the push that brings one has it judged again."""
    if any(finding.location.path == CHARTER for finding in deciding if finding.code == "REG007"):
        closes = "whoever proposed this closes it: a registry cannot be without its charter."
        return f"{closes} To change its rules, propose it with other values; {EXPLAINS}"
    waits = "this pull request waits until a human has mended the charter on main; then the check runs again by itself."
    return f"{waits} {EXPLAINS}"


def _for_good(*, alone: bool) -> str:
    if alone:
        return (
            "no commit on this branch can mend this, since each of its commits counts. Whoever proposed it closes this "
            "pull request, and proposes each of the files in a pull request of its own, on a new branch from main; "
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
            f"push; the check runs again. Anybody else closes this pull request. {EXPLAINS}"
        )
    if "REG104" in codes:
        return (
            "a session that has a number already (the table says which) closes this: one session holds one number. "
            "Any other session writes another session_id into the file on the same branch, and pushes; the check runs "
            f"again. {BEFORE_THE_PUSH}"
        )
    return f"whoever proposed this mends it on the same branch and pushes; the check runs again. {BEFORE_THE_PUSH}"
