"""`registry conflicts`: what stands against each other, on main and in proposals, who was first, and the way out."""

from collections.abc import Iterator
from pathlib import Path

import click

from validator.cli import split
from validator.cli.console import Console
from validator.cli.options import FORMAT, REF, REPO
from validator.model.escape import visible, well_formed
from validator.model.phrases import counted
from validator.operations.judge import judge
from validator.operations.proposals import KINDS
from validator.registry.conflicts import Conflict, ConflictKind, added_up, conflicts, uneven
from validator.registry.proposals import proposals_on, published
from validator.registry.reader import Reader, charter_of, reader_at
from validator.registry.snapshot import Snapshot
from validator.registry.workload import sums
from validator.report.documents import ConflictEntry, Oid, PrintedDocument, as_json


class ConflictsDocument(PrintedDocument):
    """`conflicts`; `sums` has, for each divided work, what the sessions promise together."""

    commit: Oid
    conflicts: tuple[ConflictEntry, ...]
    advice: tuple[ConflictEntry, ...]
    sums: tuple[str, ...]


DOCUMENTS = {"output-conflicts": ConflictsDocument, "output-split": split.SplitDocument}


@click.command(epilog="Example: registry conflicts --propose-split outreach")
@click.option("--propose-split", metavar="WORK", help="Divide this work evenly among its sessions, as edits to review.")
@REPO
@REF
@FORMAT
@click.pass_obj
def command(console: Console, propose_split: str | None, repo: Path, ref: str | None, format: str) -> int:
    """What stands against each other, who was first, and the way out; exit 1 if anything does."""
    if propose_split is not None:
        division = split.propose_split(repo, ref, propose_split)
        console.say(as_json(division) if format == "json" else split.render(division))
        return 0
    document = _mediate(*reader_at(repo, ref))
    text = as_json(document) if format == "json" else "".join(f"{visible(line)}\n" for line in _lines(document))
    console.say(text)
    return 1 if document.conflicts else 0


def _mediate(reader: Reader, commit: str) -> ConflictsDocument:
    """What conflicts on main, and between main and the proposals last heard of."""
    snapshot = reader.at(commit)
    charter = charter_of(snapshot)
    on_main = [_entry("main", one) for one in conflicts(snapshot, charter)]
    return ConflictsDocument(
        commit=commit,
        conflicts=(*on_main, *_in_proposals(reader, commit)),
        advice=tuple(_entry("main", one) for one in uneven(snapshot, charter)),
        sums=tuple(added_up(one) for one in sums(snapshot, charter)),
    )


def _in_proposals(reader: Reader, main: str) -> Iterator[ConflictEntry]:
    """What each proposal meets on main, and what it meets in the other proposals."""
    seen = list[tuple[str, Snapshot]]()
    remote = published(reader.repo)
    for proposal in proposals_on(remote, reader.repo, "claim"):
        name = f"{remote}/{proposal.name}" if remote else proposal.name
        landed, base = reader.change(main, proposal.commit)
        seen.append((name, landed))
        yield from _against_main(name, landed, base)
    yield from _among(seen)


def _against_main(name: str, landed: Snapshot, base: Snapshot) -> Iterator[ConflictEntry]:
    for finding in judge(landed, base).findings:
        if finding.code in KINDS and finding.origin == "introduced":
            claim = landed.claims.get(finding.location.path)
            numbers = (claim.number,) if claim else ()
            yield _entry(name, Conflict(KINDS[finding.code], numbers, finding.message, finding.help))


def _among(proposals: list[tuple[str, Snapshot]]) -> Iterator[ConflictEntry]:
    """Two proposals for one number, or by one session: neither is wrong until the other has landed."""
    brought = [
        (name, landed.claims[path].draft)
        for name, landed in proposals
        for path in landed.intent
        if path in landed.claims
    ]
    for at, (name, draft) in enumerate(brought):
        for other, rival in brought[:at]:
            pairs: tuple[tuple[ConflictKind, object, object], ...] = (
                ("number", draft.number, rival.number),
                ("session", draft.session_id, rival.session_id),
            )
            for kind, mine, theirs in pairs:
                if mine is not None and mine == theirs:
                    message = f"{other} and {name} both want {kind} {mine}"
                    help = "whoever is merged first keeps it; the other chooses a free number"
                    numbers = (draft.number,) if draft.number is not None else ()
                    yield _entry(name, Conflict(kind, numbers, message, help))


def _entry(where: str, one: Conflict) -> ConflictEntry:
    message = well_formed(one.message)
    return ConflictEntry(kind=one.kind, where=where, numbers=one.numbers, message=message, help=one.help)


def _lines(document: ConflictsDocument) -> Iterator[str]:
    for row in document.conflicts:
        yield f"✗ {row.kind} ({row.where}): {row.message}"
        yield f"    {row.help}"
    for row in document.advice:
        yield f"· {row.kind}: {row.message}"
        yield f"    {row.help}"
    for told in document.sums:
        yield f"  {told}"
    yield f"{counted(len(document.conflicts), 'conflict')}"
