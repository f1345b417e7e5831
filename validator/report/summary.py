"""A verdict in one line, the same in every report. It contains no untrusted text, so it needs no escaping."""

from validator.model.findings import Level, Origin, Verdict
from validator.model.phrases import counted, ranges

UNCOUNTED = "; some may be proposed: registry status --fetch"


def counts_of(verdict: Verdict, origin: Origin = Origin.INTRODUCED) -> str:
    """The findings of an origin, counted: `2 errors, 1 warning`; empty where there are none."""
    levels = [finding.level for finding in verdict.findings if finding.origin is origin]
    return ", ".join(counted(number, level) for level in Level if (number := levels.count(level)))


def conclusion(verdict: Verdict) -> str:
    """The verdict and the counts behind it: `rejected: 2 errors, 1 warning`, `accepted: no findings`."""
    inherited = sum(finding.origin is Origin.INHERITED for finding in verdict.findings)
    parts = [counts_of(verdict) or ("nothing new" if inherited or verdict.healed else "no findings")]
    if inherited:
        parts.append(f"{counted(inherited, 'inherited problem')} {'does' if inherited == 1 else 'do'} not decide")
    if verdict.healed:
        parts.append(f"{len(verdict.healed)} healed")
    return f"{'accepted' if verdict.accepted else 'rejected'}: {'; '.join(parts)}"


def free_numbers(verdict: Verdict) -> str | None:
    """`free numbers: 3, 7-9` for a rejected session; None for an accepted change, or where no number is free.

    A number that an open proposal asks for is not free; where these are not known the line says that.
    """
    if verdict.accepted or not verdict.free_numbers:
        return None
    if verdict.proposed is None:
        return f"free numbers on main: {ranges(sorted(verdict.free_numbers))}{UNCOUNTED}"
    free = ranges(sorted({*verdict.free_numbers} - verdict.proposed))
    proposed = sorted(verdict.proposed & {*verdict.free_numbers})
    return f"free numbers: {free}" + (f"; proposed already: {ranges(proposed)}" if proposed else "")
