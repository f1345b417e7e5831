"""For GitHub Actions: workflow commands for the log and the changed files, and a Markdown summary for the run's page.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator
from itertools import accumulate

from validator.model.escape import markdown, visible, workflow_data, workflow_property
from validator.model.findings import Finding, Origin, Verdict
from validator.model.phrases import counted
from validator.report.merging import cautions, merging
from validator.report.summary import conclusion, free_numbers

# GitHub refuses a step's summary of more than 1 MiB as a whole; the step may have written something of its own.
SUMMARY_BYTES = 900_000
# A comment or an issue has at most 65,536 characters, including our own text around the summary.
COMMENT_BYTES = 60_000

INTRODUCED, INHERITED, HEALED = "introduced", "inherited", "healed"


def render(verdict: Verdict) -> str:
    """Lines of workflow commands and nothing else; the conclusion first, as GitHub shows ten annotations of a kind."""
    lines = [f"::notice title=registry::{workflow_data(conclusion(verdict))}", *_effect(verdict)]
    for title, findings in _groups(verdict):
        if findings:
            lines.append(f"::group::{workflow_data(f'{title}: {len(findings)}')}")
            lines += [_annotation(title, finding) for finding in findings]
            lines.append("::endgroup::")
    return "\n".join(lines) + "\n"


def summary(verdict: Verdict, *, most: int = SUMMARY_BYTES) -> str:
    """Markdown for the file that GITHUB_STEP_SUMMARY names, or another place that takes about `most` bytes.

    The table is an HTML block, which Markdown does not look into (CommonMark 0.31, 4.6), as in actions/toolkit.
    """
    parts = _head(verdict)
    rows = [_row(title, finding) for title, findings in _groups(verdict) for finding in findings]
    left = most - sum(len(part.encode()) + 2 for part in parts)
    shown = rows[: sum(size <= left for size in accumulate(len(row.encode()) + 1 for row in rows))]
    if rows:
        titles = "".join(f"<th>{title}</th>" for title in ("Finding", "Rule", "Place", "What is wrong", "Way out"))
        parts.append("\n".join(["<table>", f"<tr>{titles}</tr>", *shown, "</table>"]))
    if len(shown) < len(rows):
        parts.append(f"{counted(len(rows) - len(shown), 'more finding')} in the log.")
    if free := free_numbers(verdict):
        parts.append(free)
    return "\n\n".join(parts) + "\n"


def _effect(verdict: Verdict) -> Iterator[str]:
    """What merging would do, and what to be careful about."""
    if verdict.effect:
        start = "Merging this" if verdict.accepted else "Blocked. This"
        yield f"::notice title=registry::{workflow_data(f'{start} {verdict.effect.sentence}')}"
        yield from (f"::warning title=careful::{workflow_data(caution)}" for caution in verdict.effect.cautions)


def _head(verdict: Verdict) -> list[str]:
    """What stands above the findings: what to be careful about comes first."""
    title = f"### {conclusion(verdict)}"
    if verdict.effect is None:
        return [title]
    lead = [cautions(verdict.effect)] if verdict.effect.cautions else []
    return [*lead, title, *merging(verdict.effect, accepted=verdict.accepted)]


def _groups(verdict: Verdict) -> Iterator[tuple[str, list[Finding]]]:
    yield INTRODUCED, [finding for finding in verdict.findings if finding.origin is Origin.INTRODUCED]
    yield INHERITED, [finding for finding in verdict.findings if finding.origin is Origin.INHERITED]
    yield HEALED, list(verdict.healed)


def _annotation(group: str, finding: Finding) -> str:
    path, line, column = finding.location
    title = f"{finding.code} {finding.name}" + ("" if group == INTRODUCED else f" ({group})")
    place = f"file={workflow_property(path)},line={line},col={column},title={workflow_property(title)}"
    return f"::{finding.level if group == INTRODUCED else 'notice'} {place}::{workflow_data(_message(finding))}"


def _message(finding: Finding) -> str:
    step = f"commit: {finding.step}" if finding.step else ""
    way_out = f"help: {finding.help}" if finding.help else ""
    return "\n".join(filter(None, [finding.message, step, way_out]))


def _row(group: str, finding: Finding) -> str:
    path, line, column = finding.location
    step = f"\ncommit {finding.step[:12]}" if finding.step else ""
    cells = [
        finding.level.value if group == INTRODUCED else f"{finding.level.value} ({group})",
        markdown(f"{finding.code} {finding.name}"),
        _code(f"{visible(path)}:{line}:{column}{step}"),
        _code(finding.message),
        _code(finding.help),
    ]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _code(text: str) -> str:
    return "<br>".join(markdown(line) for line in text.split("\n") if line)
