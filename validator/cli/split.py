"""A batch split to review: a piece of the charter's work, divided evenly and contiguously among its sessions."""

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from validator.model.errors import FatalError
from validator.model.escape import visible, well_formed_or_none
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Charter, RangePart
from validator.registry.reader import charter_of, reader_at
from validator.registry.workload import Part, Share, Work, format_part, shares, size_of, split
from validator.registry.yaml.writer import flow
from validator.report.documents import Oid, Printed, PrintedDocument


class ShareEntry(Printed):
    """A session's share of a piece of work, now and as proposed; `edit` is a unified diff of its claim."""

    number: int
    session_id: str | None
    path: str
    now: str
    proposed: str
    edit: str | None


class SplitDocument(PrintedDocument):
    """`conflicts --propose-split`: an even, contiguous division, to be reviewed."""

    commit: Oid
    work: str
    shares: tuple[ShareEntry, ...]


def propose_split(repo: Path, ref: str | None, work: str) -> SplitDocument:
    """The division, with each claim's edit as a unified diff. Raises FatalError for work that cannot be divided."""
    reader, commit = reader_at(repo, ref)
    snapshot = reader.at(commit)
    charter = charter_of(snapshot)
    wanted = _work(charter, work)
    found = shares(snapshot, wanted)
    if not 0 < len(found) <= size_of(wanted):
        raise FatalError(f"{quoted(wanted.name)} has {len(found)} sessions for {size_of(wanted)} pieces")
    rows = tuple(_entry(share, part) for share, part in zip(found, split(wanted, len(found)), strict=True))
    return SplitDocument(commit=commit, work=wanted.name, shares=rows)


def render(document: SplitDocument) -> str:
    """The shares in a table, and after it the edits."""
    return "".join(_lines(document))


def _work(charter: Charter, name: str) -> Work:
    for work in charter.work:
        if fold(work.name) == fold(name):
            return work
    known = ", ".join(quoted(work.name) for work in charter.work)
    raise FatalError(f"the charter has no work {quoted(name)}; it has {known or 'none'}")


def _entry(share: Share, part: Part) -> ShareEntry:
    session = share.claim.draft.session_id
    return ShareEntry(
        number=share.claim.number,
        session_id=well_formed_or_none(session),
        path=share.claim.path,
        now="; ".join(format_part(one) for _, one in share.parts),
        proposed=format_part(part),
        edit=_edit(share, part),
    )


def _edit(share: Share, part: Part) -> str | None:
    """The claim with the new share in the place of the old one, as a diff; None where it has to be edited by hand."""
    document, (at, now), only = share.claim.document, share.parts[0], len(share.parts) == 1
    if document.text is None or not only or type(now) is not type(part):
        return None
    text: str | None = document.text
    if isinstance(part, RangePart):
        for field, value in (("last", part.last), ("first", part.first)):
            location = document.at("scope", at, field)
            text = text and _replaced(text, location.line, location.column, r"-?[0-9]+", str(value))
    else:
        location = document.at("scope", at, "segments")
        text = _replaced(text or "", location.line, location.column, r"\[[^\[\]\n]*\]", flow(part.segments))
    return None if text is None else _difference(share.claim.path, document.text, text)


def _replaced(text: str, line: int, column: int, pattern: str, value: str) -> str | None:
    """The text with the match of a pattern at a place replaced; None where the pattern does not match there."""
    lines = text.split("\n")
    row = lines[line - 1]
    found = re.compile(pattern).match(row, column - 1)
    if not found:
        return None
    lines[line - 1] = row[: found.start()] + value + row[found.end() :]
    return "\n".join(lines)


def _difference(path: str, before: str, after: str) -> str:
    rows = unified_diff(before.splitlines(), after.splitlines(), f"a/{path}", f"b/{path}", lineterm="", n=1)
    return "".join(f"{row}\n" for row in rows)


def _lines(document: SplitDocument) -> Iterator[str]:
    yield f"{visible(document.work)}, divided evenly among {len(document.shares)}:\n"
    for row in document.shares:
        kept = row.now == row.proposed
        change = "stays as it is" if kept else f"instead of {visible(row.now)}"
        yield f"{row.number:>5}  {visible(row.session_id or ''):<26} {visible(row.proposed)} ({change})\n"
    for row in document.shares:
        if row.edit is None:
            yield f"\n{row.path}: write {visible(row.proposed)} by hand\n"
        elif row.edit:
            yield "\n" + "".join(f"{visible(line)}\n" for line in row.edit.splitlines())
