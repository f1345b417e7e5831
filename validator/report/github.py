"""For GitHub Actions: workflow commands for the log and the changed files, and a Markdown summary for the run's page.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator
from itertools import accumulate

from validator.model.escape import markdown, visible, workflow_data, workflow_property
from validator.model.findings import Finding, Origin, Verdict, decides
from validator.model.layout import CHARTER
from validator.model.phrases import counted
from validator.report.merging import cautions, merging
from validator.report.summary import conclusion, counts_of, free_numbers

# GitHub refuses a step's summary of more than 1 MiB as a whole; the step may have written something of its own.
SUMMARY_BYTES = 900_000
# A comment or an issue has at most 65,536 characters, including our own text around the summary.
COMMENT_BYTES = 60_000

INTRODUCED, INHERITED, HEALED = "introduced", "inherited", "healed"
TITLES = "".join(f"<th>{title}</th>" for title in ("Finding", "Rule", "Place", "What is wrong", "Way out"))
# Findings about a number or a session that is taken, for whose way out one has to know what is free.
ABOUT_NUMBERS = frozenset({"REG102", "REG103", "REG104", "REG301"})
AUDIT = "This is an audit of all of main: it merges and changes nothing."
# What is done now with what an audit finds: with an error, with warnings, with nothing.
MEND_ERRORS = (
    "the session that an error is about takes the way out beside it, in a pull request of its own. "
    "Until then the error stays on main."
)
MEND_WARNINGS = "nobody has to do anything: a warning stops nothing."
MEND_NOTHING = "nobody has to do anything."


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
    rows = [(title, _row(finding)) for title, findings in _groups(verdict) for finding in findings]
    left = most - sum(len(part.encode()) + 2 for part in parts)
    shown = rows[: sum(size <= left for size in accumulate(len(row.encode()) + 1 for _, row in rows))]
    tables = {title: _table([row for at, row in shown if at == title]) for title, _ in _groups(verdict)}
    parts += [tables[INTRODUCED]] if tables[INTRODUCED] else []
    if len(shown) < len(rows):
        parts.append(f"{counted(len(rows) - len(shown), 'more finding')} in the log.")
    free = None if verdict.effect and verdict.effect.empty else free_numbers(verdict)
    if free and any(decides(finding) and finding.code in ABOUT_NUMBERS for finding in verdict.findings):
        parts.append(free)
    parts += [_folded(_of_main(verdict)[title], tables[title]) for title in (INHERITED, HEALED) if tables[title]]
    parts += [f"**Next:** {_mends(verdict)}"] if _is_audit(verdict) else []
    return "\n\n".join(parts) + "\n"


def _table(rows: list[str]) -> str:
    return "\n".join(["<table>", f"<tr>{TITLES}</tr>", *rows, "</table>"]) if rows else ""


def _folded(title: str, table: str) -> str:
    """What is no fault of the change, below one line that opens with a click."""
    return f"<details><summary>{title}</summary>\n{table}\n</details>"


def _of_main(verdict: Verdict) -> dict[str, str]:
    """The line that stands for what main has already, and for what the change mends of it."""
    do = "does" if sum(finding.origin is Origin.INHERITED for finding in verdict.findings) == 1 else "do"
    inherited = counts_of(verdict, Origin.INHERITED)
    already = f"Main already has {inherited}, which this did not make and which {do} not count in this verdict"
    if _waits_for_a_charter(verdict):
        already = f"Main already has {inherited}; until its charter is mended, no claim can be judged"
    mends = "mends" if verdict.accepted else "would mend"
    return {INHERITED: already, HEALED: f"Merging this {mends} {counted(len(verdict.healed), 'problem')} of main"}


def _waits_for_a_charter(verdict: Verdict) -> bool:
    """Whether what main has already is why a claim cannot be judged."""
    at_the_charter = {finding.origin for finding in verdict.findings if finding.location.path == CHARTER}
    unjudged = any(decides(finding) and finding.code == "REG007" for finding in verdict.findings)
    return unjudged and at_the_charter == {Origin.INHERITED}


def _effect(verdict: Verdict) -> Iterator[str]:
    """What merging would do, and what to be careful about."""
    if verdict.effect:
        effect = verdict.effect
        said = f"Merging this {effect.sentence}" if verdict.accepted else f"Blocked. This {effect.blocked}"
        yield f"::notice title=registry::{workflow_data(said)}"
        yield from (f"::warning title=careful::{workflow_data(caution)}" for caution in verdict.effect.cautions)


def _head(verdict: Verdict) -> list[str]:
    """What stands above the findings: what to be careful about comes first. The title counts no problem of main's."""
    careful = ", with a caution" if verdict.accepted and verdict.effect and verdict.effect.cautions else ""
    healed = f"; {len(verdict.healed)} healed" if verdict.healed else ""
    how = "accepted" if verdict.accepted else "rejected"
    found = f"{counts_of(verdict) or 'no findings'}{healed}"
    if _is_audit(verdict):
        return [f"### audit: {found}", AUDIT]
    title = f"### {how}{careful}: {found}"
    if verdict.effect is None:
        return [title]
    lead = [cautions(verdict.effect)] if verdict.effect.cautions else []
    return [*lead, title, *merging(verdict.effect, accepted=verdict.accepted)]


def _is_audit(verdict: Verdict) -> bool:
    return verdict.effect is None and verdict.base is None


def _mends(verdict: Verdict) -> str:
    if not verdict.accepted:
        return MEND_ERRORS
    return MEND_WARNINGS if verdict.findings else MEND_NOTHING


def _groups(verdict: Verdict) -> Iterator[tuple[str, list[Finding]]]:
    """Errors first, and by their codes: what is wrong with a number stands before who may change it."""
    introduced = [finding for finding in verdict.findings if finding.origin is Origin.INTRODUCED]
    yield INTRODUCED, sorted(introduced, key=lambda finding: (not decides(finding), finding.code))
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


def _row(finding: Finding) -> str:
    path, line, column = finding.location
    step = f"\ncommit {finding.step[:12]}" if finding.step else ""
    cells = [
        finding.level.value,
        markdown(f"{finding.code} {finding.name}"),
        _code(f"{visible(path)}:{line}:{column}{step}"),
        _code(finding.message),
        _code(finding.help),
    ]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _code(text: str) -> str:
    return "<br>".join(markdown(line) for line in text.split("\n") if line)
