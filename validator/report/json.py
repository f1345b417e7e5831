"""For programs: the document of `validate --format json` (design contract)."""

from validator.escaping import well_formed
from validator.finding import Finding, Origin, Verdict
from validator.output import FindingEntry, ValidateDocument, as_json


def render(verdict: Verdict) -> str:
    r"""The verdict as JSON. Paths and texts are exact; only what is not Unicode is shown as `\xNN`."""
    document = ValidateDocument(
        verdict="accepted" if verdict.accepted else "rejected",
        base=verdict.base,
        head=verdict.head,
        tree=verdict.tree,
        findings=tuple(map(_entry, verdict.findings)),
        healed=tuple(_entry(finding._replace(origin=Origin.INHERITED)) for finding in verdict.healed),
        free_numbers=tuple(sorted(verdict.free_numbers)),
    )
    return as_json(document)


def _entry(finding: Finding) -> FindingEntry:
    return FindingEntry(
        code=finding.code,
        name=finding.name,
        level=finding.level,
        path=well_formed(finding.location.path),
        line=finding.location.line,
        column=finding.location.column,
        message=well_formed(finding.message),
        help=well_formed(finding.help),
        origin=finding.origin,
        step=finding.step,
    )
