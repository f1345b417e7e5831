"""How far the fleet is: every number, the six criteria, and what to do next."""

import io
from itertools import compress
from pathlib import Path
from typing import Any

from validator.cli.consensus.status import void_lines
from validator.model.escape import visible
from validator.operations import Answer
from validator.operations.export import slots_of
from validator.registry.consensus.phases import Consensus, assess
from validator.registry.proposals import proposed_numbers
from validator.registry.reader import charter_of, reader_at
from validator.report.documents import CriterionEntry, SlotEntry, StatusDocument, as_json, record_entries

# How wide a terminal must be for a column to be worth reading in it.
ROOM = {"since (UTC)": 60, "role": 80, "goal": 100}
COLOURS = {
    "open": "dim",
    "proposed": "yellow",
    "unreadable": "red",
    "pending": "yellow",
    "registered": "green",
    "acknowledged": "bold green",
}


def status(*, repo: Path, ref: str | None, format: str, colour: bool, width: int) -> Answer:
    """The state of the fleet at a revision (None: main); `width` is that of the terminal in columns."""
    document = status_at(repo, ref)
    return Answer(as_json(document) if format == "json" else render(document, colour=colour, width=width))


def status_at(repo: Path, ref: str | None) -> StatusDocument:
    """The document behind it. Raises FatalError where the charter cannot be read."""
    reader, commit = reader_at(repo, ref)
    snapshot = reader.at(commit)
    charter = charter_of(snapshot)
    proposed = proposed_numbers(reader.repo)
    consensus: Consensus = assess(snapshot, charter, proposed)
    return StatusDocument(
        commit=commit,
        phase=consensus.phase,
        capacity=charter.capacity,
        digest=consensus.digest,
        registered=consensus.registered,
        next_action=consensus.next_action,
        approvals_signed=any(approver.key for approver in charter.approvers),
        slots=tuple(slots_of(snapshot, charter, consensus.digest, proposed)),
        criteria=tuple(CriterionEntry(**criterion._asdict()) for criterion in consensus.criteria),
        records=record_entries(consensus.records),
    )


def render(document: StatusDocument, *, colour: bool, width: int) -> str:
    """A table of the numbers, the criteria with evidence, and the next action."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    longest = max(len(slot.session_id or "") for slot in document.slots)
    columns: tuple[tuple[str, dict[str, Any]], ...] = (
        ("no", {"justify": "right", "no_wrap": True, "min_width": len(str(document.capacity))}),
        ("state", {"no_wrap": True}),
        ("session", {"no_wrap": longest <= 28, "overflow": "fold"}),
        ("role", {}),
        ("goal", {}),
        ("since (UTC)", {"no_wrap": True}),
    )
    shown = [width >= ROOM.get(heading, 0) for heading, _ in columns]
    for heading, options in compress(columns, shown):
        table.add_column(heading, **options)
    for slot in document.slots:
        cells = (Text(str(slot.number)), Text(slot.state, COLOURS[slot.state]), *map(Text, _cells(slot)))
        table.add_row(*compress(cells, shown))
    sink = io.StringIO()
    console = Console(
        file=sink,
        width=max(width, 48),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
    )
    console.print(table)
    console.print(Text(f"\n{document.registered} of {document.capacity} registered · phase: {document.phase}", "bold"))
    for criterion in document.criteria:
        sign = ("✓", "green") if criterion.met else ("·", "yellow")
        console.print(Text.assemble(sign, f" {criterion.name:<23}", (visible(criterion.evidence), "dim")))
    for line in void_lines(document.records):
        console.print(Text(visible(line), "yellow"))
    if not document.approvals_signed:
        console.print(Text("approvals are not signed: no approver in the charter has a key", "dim"))
    console.print(Text.assemble(("next: ", "bold"), visible(document.next_action)))
    return "".join(line.rstrip() + "\n" for line in sink.getvalue().splitlines())


def _cells(slot: SlotEntry) -> tuple[str, str, str, str]:
    since = (slot.registered_at or "")[:16].replace("T", " ")
    return visible(slot.session_id or ""), visible(slot.role or ""), visible(slot.goal or ""), since
