"""Format `json`, for programs: the document of `validate --format json`."""

from validator.model.findings import Origin, Verdict
from validator.report.documents import ValidateDocument, as_json, finding_entries


def render(verdict: Verdict) -> str:
    r"""The verdict as JSON. Paths and texts are exact; only what is not Unicode is shown as `\xNN`."""
    return as_json(document(verdict))


def document(verdict: Verdict) -> ValidateDocument:
    """The verdict as a document."""
    return ValidateDocument(
        verdict="accepted" if verdict.accepted else "rejected",
        base=verdict.base,
        head=verdict.head,
        tree=verdict.tree,
        findings=finding_entries(verdict.findings),
        healed=finding_entries(finding._replace(origin=Origin.INHERITED) for finding in verdict.healed),
        free_numbers=tuple(sorted(verdict.free_numbers)),
    )
