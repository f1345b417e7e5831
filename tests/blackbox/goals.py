"""Goals and scopes: what makes no sense must not pass as a promise."""

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.world import MAIN, claim, path


def aiming(targets: str, goal: str = "Send 17 emails daily") -> Build:
    return change({path(6): claim(6, targets=targets, goal=goal)})


def taking(scope: str, **others: str) -> Build:
    """Number 3 has taken outreach 1-17 and the urgent replies; this claim takes something too."""
    base = {
        "registry/sessions/03.yaml": claim(
            3, scope="[{work: outreach, first: 1, last: 17}, {work: replies, segments: [urgent]}]"
        )
    }
    return change({path(6): claim(6, scope=scope, **others)}, base={**MAIN, **base})


CASES = (
    refused("no target", aiming(""), "REG201"),
    refused("an empty list of targets", aiming("[]"), "REG201"),
    refused("a target without value", aiming("[{metric: emails, op: gte, unit: emails}]"), "REG201"),
    refused("a value that is text", aiming('[{metric: emails, op: gte, value: "17", unit: emails}]'), "REG006"),
    refused("another value than the goal's", aiming("[{metric: emails, op: gte, value: 7, unit: emails}]"), "REG202"),
    refused("950 percent", aiming("[{metric: rate, op: gte, value: 950, unit: percent}]", "Deliver 950%"), "REG203"),
    refused(
        "at least nothing", aiming("[{metric: emails, op: gte, value: 0, unit: emails}]", "Send 0 emails"), "REG203"
    ),
    refused(
        "more than 17 and less than 17",
        aiming("[{metric: m, op: gt, value: 17, unit: u}, {metric: M, op: lt, value: 17, unit: u}]"),
        "REG203 REG210",
    ),
    refused(
        "against the mission",
        aiming("[{metric: customers, op: lte, value: 17, unit: customers, per: month}]", "Win 17 customers"),
        "REG206",
    ),
    accepted(
        "vague",
        aiming("[{metric: emails, op: gte, value: 17, unit: emails}]", "Do my best to send 17 emails"),
        "REG205",
    ),
    accepted("another amount than the scope's", taking("[{work: outreach, first: 18, last: 33}]"), "REG204"),
    refused("a scope that is taken", taking("[{work: outreach, first: 17, last: 33}]"), "REG107", says="number 3"),
    refused("a segment that is taken, in other letters", taking("[{work: Replies, segments: [UR-GENT]}]"), "REG107"),
    refused("a scope beyond the work", taking("[{work: outreach, first: 585, last: 601}]"), "REG208"),
    refused("a scope that runs down", taking("[{work: outreach, first: 34, last: 18}]"), "REG208"),
    refused(
        "another role than the planned one", change({path(2): claim(2, role="Outreach AI - Send emails")}), "REG106"
    ),
)
