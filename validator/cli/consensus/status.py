"""`registry consensus status`: how far the fleet is from consensus, what blocks it, and who acts next."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.identity import bound_name
from validator.cli.next_lines import in_folder, moves_in_folder
from validator.cli.options import at_commit
from validator.cli.progress import patient_reader
from validator.model import shapes
from validator.model.definition import Digest
from validator.model.escape import visible, well_formed
from validator.model.phrases import counted, ranges
from validator.operations.consensus.assessment import Assessment, assessment
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.phases import Consensus, reached
from validator.registry.proposals import proposals_on, published
from validator.registry.reader import Reader
from validator.registry.records import command as record_command
from validator.registry.records import short
from validator.report.documents import (
    ConflictEntry,
    CriterionEntry,
    Oid,
    Printed,
    PrintedDocument,
    RecordEntry,
    as_json,
    record_entries,
)


class MetricsEntry(Printed):
    """The counts of the seed's *Consensus Metrics*; `alignment` is in whole percent."""

    unique_numbers: int
    distinct_roles: int
    measurable_goals: int
    alignment: int
    acknowledged: int


class MoveEntry(Printed):
    """Who acts next; `command` is null where no single command does it."""

    who: str
    action: str
    command: str | None


class ConsensusDocument(PrintedDocument):
    """`consensus status`: `consensus` is true if all six criteria are met.

    `proposed` are the open proposals of records and charters that wait for an approver; `rejected` are the open
    proposals that the gate rejects: they wait for those who proposed them.
    """

    commit: Oid
    phase: Phase
    consensus: bool
    digest: Digest
    capacity: int
    registered: int
    criteria: tuple[CriterionEntry, ...]
    metrics: MetricsEntry
    records: tuple[RecordEntry, ...]
    conflicts: tuple[ConflictEntry, ...]
    proposed: tuple[str, ...]
    moves: tuple[MoveEntry, ...]
    next_action: str
    rejected: tuple[str, ...] = ()


DOCUMENTS = {"output-consensus-status": ConsensusDocument}


@click.command(epilog="Example: registry consensus status --ref origin/main")
@at_commit
@click.pass_obj
@fetches
def command(console: Console, repo: Path, ref: str | None, format: str) -> int:
    """Phase, criteria, blockers and who acts next; exit 1 before there is consensus."""
    reader, commit = patient_reader(repo, ref, console.hint)
    found = moves_in_folder(assessment(reader, commit, bound_name(repo), now=console.now), repo)
    document = consensus_of(reader, commit, found)
    console.say(as_json(document) if format == "json" else _render(document, repo))
    return 0 if document.consensus else 1


def consensus_of(reader: Reader, commit: str, found: Assessment) -> ConsensusDocument:
    """The state of consensus at a commit."""
    names = [one.name for one in proposals_on(published(reader.repo), reader.repo) if one.name not in found.rejected]
    always = "charter/", "record/acknowledgements/"
    shown = [name for name in names if name in found.current or name.startswith(always)]
    return _document(commit, found.charter, found.consensus, tuple(shown), tuple(sorted(found.rejected)))


def void_lines(records: Iterable[RecordEntry]) -> Iterator[str]:
    """A line for each record that no longer counts: why, and the command that makes it again, where that works now.

    Acknowledgements that do not count for the same reason share a line.
    """
    void = [record for record in records if record.void]
    for (kind, why), group in groupby(void, key=lambda record: (record.record, record.void)):
        alike = list(group)
        if kind == "acknowledgement" and len(alike) > 1:
            yield _shared_line(alike, str(why))
            continue
        for record in alike:
            again = f"; make it again: {record.again}" if record.again else ""
            yield f"no longer counts: {record.path} by {record.by}: {record.void}{again}"


def _shared_line(alike: Sequence[RecordEntry], why: str) -> str:
    """What acknowledgements that do not count have in common; `again` of them differs only in the session."""
    numbers = ranges(sorted(record.number for record in alike if record.number is not None))
    form = record_command("acknowledgement")
    again = f"; each makes it again for itself; fill in: {form}" if all(record.again for record in alike) else ""
    return f"no longer counts: each acknowledgement of {numbers}: {why}{again}"


def _document(
    commit: str, charter: shapes.Charter, now: Consensus, proposed: tuple[str, ...], rejected: tuple[str, ...]
) -> ConsensusDocument:
    return ConsensusDocument(
        commit=commit,
        phase=now.phase,
        consensus=reached(now.phase, "approved"),
        digest=now.digest,
        capacity=charter.capacity,
        registered=now.registered,
        criteria=tuple(CriterionEntry(**one._asdict()) for one in now.criteria),
        metrics=MetricsEntry(**now.metrics._asdict()),
        records=record_entries(now.records),
        conflicts=tuple(
            ConflictEntry(kind=c.kind, where="main", numbers=c.numbers, message=well_formed(c.message), help=c.help)
            for c in now.conflicts
        ),
        proposed=proposed,
        moves=tuple(MoveEntry(**move._asdict()) for move in now.moves),
        next_action=now.next_action,
        rejected=rejected,
    )


def _render(document: ConsensusDocument, repo: Path) -> str:
    return "".join(f"{visible(line)}\n" for line in _lines(document, repo))


def _lines(document: ConsensusDocument, repo: Path) -> Iterator[str]:
    metrics = document.metrics
    yield f"{document.phase} · {'consensus' if document.consensus else 'no consensus yet'} · {short(document.digest)}"
    for criterion in document.criteria:
        yield f"{'✓' if criterion.met else '·'} {criterion.name:<23} {criterion.evidence}"
    yield (
        f"{counted(metrics.unique_numbers, 'unique number')}, {counted(metrics.distinct_roles, 'distinct role')}, "
        f"{counted(metrics.measurable_goals, 'measurable goal')}, {metrics.acknowledged} acknowledged; "
        f"{metrics.alignment} % alignment of {document.capacity}"
    )
    yield from void_lines(document.records)
    for conflict in document.conflicts:
        yield f"conflict: {conflict.message}; {conflict.help}"
    moves = {move.command for move in document.moves}
    approvals = {name: in_folder(f"registry approve {name}", repo) for name in document.proposed}
    for name in (name for name, approval in approvals.items() if approval not in moves):
        yield f"waits for an approver: {name}: {approvals[name]}"
    for move in document.moves:
        yield f"next: {move.who} {move.action}" + (f": {move.command}" if move.command else "")
