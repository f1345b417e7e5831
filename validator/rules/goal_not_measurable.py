"""The goal has no target that could be measured.

What it means: The goal is a sentence with words. `targets` has at least one entry, and each says what is measured
(`metric`, in words), which way (`op`), how much (`value`) and in what (`unit`).

Why: Consensus is an agreement on results. Nobody can say whether "do my best" was done.

Example:

    goal: Do my best with marketing
    targets: []

Way out: Add a target whose value the goal states: `{metric: emails sent, op: gte, value: 17, unit: emails, per:
day}`.
"""

import re
from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG201", "goal-not-measurable", Level.ERROR
LOOKS_AT = (Input.FILE,)
_LETTER = re.compile(r"[^\W\d_]")
FORM = "{metric: METRIC, op: gte, value: NUMBER, unit: UNIT, per: day}"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield goals without a target, and targets that lack one of their four parts."""
    for claim in head.claims.values():
        yield from _without_words(claim)
        for fault in claim.parsed.faults:
            if fault.unmeasurable and len(fault.route) == 1:
                place = claim.document.at("targets") if fault.kind != "missing" else claim.document.at("goal")
                message = "the goal has no target, so nobody can say whether it is met"
                yield Problem(place, message, f"add one under targets, as in {FORM}")
            elif fault.unmeasurable:
                message = f"target {int(fault.route[1]) + 1} has no {fault.route[2]}, so it cannot be measured"
                yield Problem(claim.document.at(*fault.route), message, f"write it as in {FORM}")


def _without_words(claim: ClaimFile) -> Iterator[Problem]:
    if claim.draft.goal and not _LETTER.search(claim.draft.goal):
        message = f"the goal {quoted(claim.draft.goal)} has no word, so it does not say what is promised"
        yield Problem(claim.document.at("goal"), message, "write what will be done, how much of it, and how often")
    for index, target in enumerate(claim.draft.targets or ()):
        if not _LETTER.search(target.metric):
            message = f"the metric {quoted(target.metric)} has no word, so it does not say what is measured"
            yield Problem(claim.document.at("targets", index, "metric"), message, f"name what is counted, as in {FORM}")
