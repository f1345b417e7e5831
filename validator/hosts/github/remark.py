"""The remark on a pull request, as data that goes from the job that judges to the job that writes.

The reader trusts nothing in it: it checks the form, and that the remark belongs to the event.
"""

import json
from typing import Annotated

from pydantic import Field, ValidationError

from validator.hosts.github.event import PullRequest
from validator.hosts.github.next_step import competing, next_step
from validator.model.definition import NO_NEWLINE
from validator.model.effect import Doubt, Effect
from validator.model.errors import FatalError
from validator.model.escape import visible, well_formed
from validator.model.findings import Finding, Location, Origin, Verdict, decides
from validator.report.documents import FindingEntry, Printed, PrintedDocument, ValidateDocument, finding_entries
from validator.report.github import COMMENT_BYTES, summary

MARK = "<!-- session-registry: verdict -->"
MOST_FINDINGS = 15
LONGEST = 600  # characters of a message or help
LONGEST_SENTENCE = 1_400  # characters of what merging would do: a change of every field fits
SHORTEST = 260  # characters of a path, of what else is said about merging, and of a claim's fields
LONGEST_HANDLE = 90
MOST_CAUTIONS = 3
MOST_NOTES = 2
# What Linux takes as one environment variable is 131,072; three findings fit, whatever is in them.
MOST_BYTES = 120_000
FEWEST_FINDINGS = 3
_SAME = "(number|session_id|role|work|key)"
Competitor = Annotated[
    str,
    Field(
        pattern=rf"^#[1-9][0-9]{{0,9}} \(same {_SAME}(, same {_SAME})*\)$",
        json_schema_extra=NO_NEWLINE,
    ),
]


class EffectEntry(Printed):
    """What merging would do; texts as they are, not escaped. `rows` are label and value, the rest as in `Effect`."""

    sentence: str
    proposed_by: str
    cautions: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    owned: bool
    notes: tuple[str, ...]
    lost: bool
    doubts: tuple[Doubt, ...]
    own: str
    elsewhere: str
    named: str
    unshown: bool


class RemarkDocument(PrintedDocument):
    """`github remark`: the verdict on a pull request, and the open ones that it cannot be registered together with.

    `effect` is what merging would do. `left_off` counts findings that are in the check's log only. `proposed` are those
    of the verdict's free numbers that other open pull requests ask for.
    """

    number: Annotated[int, Field(ge=1)]
    document: ValidateDocument
    effect: EffectEntry
    left_off: Annotated[int, Field(ge=0)]
    competitors: tuple[Competitor, ...]
    proposed: tuple[int, ...] = ()


def remark(number: int, verdict: Verdict, competitors: tuple[str, ...]) -> str:
    """A remark as JSON: one line of ASCII, at most `MOST_BYTES` long. What decides comes first, the rest if it fits."""
    texts = (
        json.dumps(_remark(number, verdict, competitors, most).model_dump(mode="json"))
        for most in range(MOST_FINDINGS, FEWEST_FINDINGS - 1, -1)
    )
    return next(text for text in texts if len(text) <= MOST_BYTES)


def _remark(number: int, verdict: Verdict, competitors: tuple[str, ...], most: int) -> RemarkDocument:
    assert verdict.effect, "a remark says what merging would do"
    ordered = sorted(verdict.findings, key=lambda finding: not decides(finding))
    free = tuple(sorted(verdict.free_numbers))[:100]
    document = ValidateDocument(
        verdict="accepted" if verdict.accepted else "rejected",
        base=verdict.base,
        head=verdict.head,
        tree=verdict.tree,
        findings=finding_entries(map(_cut, ordered[:most])),
        healed=(),
        free_numbers=free,
    )
    left_off = max(0, len(ordered) - most)
    return RemarkDocument(
        number=number,
        document=document,
        effect=_entry(verdict.effect),
        left_off=left_off,
        competitors=competitors[:100],
        proposed=tuple(sorted((verdict.proposed or frozenset()) & {*free})),
    )


def _entry(effect: Effect) -> EffectEntry:
    return EffectEntry(
        sentence=_short(effect.sentence, LONGEST_SENTENCE),
        proposed_by=_short(effect.proposed_by, SHORTEST),
        cautions=tuple(_short(caution, SHORTEST) for caution in effect.cautions[:MOST_CAUTIONS]),
        rows=tuple((label, _short(value, SHORTEST)) for label, value in effect.rows),
        owned=effect.owned,
        notes=tuple(_short(note, SHORTEST) for note in effect.notes[:MOST_NOTES]),
        lost=effect.lost,
        doubts=effect.doubts,
        own=_short(effect.own, LONGEST_HANDLE),
        elsewhere=_short(effect.elsewhere, LONGEST_HANDLE),
        named=_short(effect.named, LONGEST_HANDLE),
        unshown=effect.unshown,
    )


def read_remark(text: str, event: PullRequest) -> RemarkDocument:
    """A remark on the pull request of an event. Raises FatalError for one that is malformed, or on something else."""
    try:
        found = RemarkDocument.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "its top"
        raise FatalError(f"the remark is malformed at {place}: {first['msg']}") from error
    if (found.number, found.document.head) != (event.number, event.head):
        raise FatalError(
            f"the remark is on pull request {found.number} at {found.document.head}, the event on {event.number}"
        )
    if _verdict(found).accepted != (found.document.verdict == "accepted"):
        raise FatalError(f"the remark says {found.document.verdict}, but its findings do not")
    return found


def as_comment(found: RemarkDocument) -> str:
    """The comment, in Markdown: verdict, findings with their ways out, free numbers, competitors, what to do now."""
    verdict = _verdict(found)
    parts = [f"{MARK}\n{summary(verdict, most=COMMENT_BYTES).rstrip()}"]
    if found.left_off:
        parts.append(f"{found.left_off} more in the log of the check.")
    if found.competitors:
        parts.append(competing(found.competitors, accepted=verdict.accepted))
    rivals = [int(name[1:].partition(" ")[0]) for name in found.competitors]
    parts.append(f"**Next:** {next_step(verdict, _effect(found.effect), found.number, rivals)}")
    return "\n\n".join(parts) + "\n"


def _effect(entry: EffectEntry) -> Effect:
    return Effect(**{name: getattr(entry, name) for name in Effect._fields})


def _cut(finding: Finding) -> Finding:
    return finding._replace(
        location=finding.location._replace(path=_short(finding.location.path, SHORTEST)),
        message=_short(finding.message),
        help=_short(finding.help),
    )


def _short(text: str, longest: int = LONGEST) -> str:
    """Text of limited length, also after `visible` has spelled out what is not drawn."""
    text = well_formed(text) if len(text) <= longest else f"{well_formed(text[: longest - 1])}…"
    return text if len(visible(text)) <= longest else f"{visible(text)[: longest - 1]}…"


def _verdict(found: RemarkDocument) -> Verdict:
    document = found.document
    findings = tuple(map(_finding, document.findings))
    effect = _effect(found.effect)
    free, proposed = document.free_numbers, frozenset(found.proposed)
    return Verdict(document.base, document.head, document.tree, findings, (), free, effect, proposed)


def _finding(entry: FindingEntry) -> Finding:
    place = Location(entry.path, entry.line, entry.column)
    origin = Origin(entry.origin)
    return Finding(entry.code, entry.name, entry.level, place, entry.message, entry.help, origin, step=entry.step)
