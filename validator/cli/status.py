"""`registry status`: how far the fleet is: every number, the six criteria, and what to do next."""

import io
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.consensus.status import void_lines
from validator.cli.console import INTERRUPTED, Console
from validator.cli.fetching import fetches
from validator.cli.identity import bound_name
from validator.cli.next_lines import moves_in_folder
from validator.cli.options import Seconds, at_commit
from validator.cli.progress import patient_reader
from validator.cli.pull_request import on_github
from validator.git.repo import Repo
from validator.model.definition import Digest
from validator.model.escape import visible, well_formed
from validator.operations.consensus.assessment import Assessment, assessment
from validator.operations.export import slots_of
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.phases import active_week
from validator.registry.consensus.week import in_week
from validator.registry.gaps import missing
from validator.registry.promises import Reach, reached
from validator.registry.proposals import proposed_claims
from validator.registry.reader import Reader, reader_at
from validator.report.documents import (
    CriterionEntry,
    Oid,
    PrintedDocument,
    PromiseEntry,
    RecordEntry,
    SlotEntry,
    WatchDocument,
    as_long_json,
    record_entries,
)

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.table import Table

# How wide a terminal must be for a column to be worth reading in it.
ROOM = {"role: goal": 60, "since (UTC)": 100}
WIDE = 100  # columns in which role and goal stand beside each other
MOST_DRAWN = 1_000  # rows that rich draws; each takes half a millisecond
LONG_NAME = 28  # columns of a session's name that are not folded
MOST_OPEN = 200  # open numbers that get a row of their own
COLOURS = {
    "open": "dim",
    "proposed": "yellow",
    "unreadable": "red",
    "pending": "yellow",
    "registered": "green",
    "acknowledged": "bold green",
}


class StatusDocument(PrintedDocument):
    """`status`: how far the fleet is on the way to consensus, and what comes next.

    `missing` is what will be missing when all numbers are claimed, as far as claims, proposals and plans tell.
    `mission` is how far the promises of the claims on main reach. `approvals_signed`: whether any approver has a key;
    where none has, whoever can push to a plain server can approve.
    """

    commit: Oid
    phase: Phase
    week: str | None
    capacity: int
    digest: Digest
    registered: int
    next_action: str
    approvals_signed: bool
    slots: tuple[SlotEntry, ...]
    criteria: tuple[CriterionEntry, ...]
    records: tuple[RecordEntry, ...] = ()
    missing: tuple[str, ...] = ()
    mission: tuple[PromiseEntry, ...] = ()


DOCUMENTS = {"output-status": StatusDocument, "output-watch": WatchDocument}


@click.command(epilog="Example: registry status --watch --format json")
@at_commit
@click.option("--watch", is_flag=True, help="Print each change of main as an event; exit 1 if main is rewritten.")
@click.option("--once", is_flag=True, help="With --watch: print what is new, and exit.")
@click.option("--since", metavar="REV", help="With --watch: begin after this commit.  [default: the last one printed]")
@click.option("--interval", type=Seconds(), default=5, show_default=True, help="With --watch: seconds.")
@click.option("--remote", help="With --watch: fetch from this remote.  [default: origin, else the local main]")
@click.pass_obj
@fetches
def command(
    console: Console, repo: Path, ref: str | None, format: str, watch: bool, once: bool, since: str | None,
    interval: float, remote: str | None,
) -> int:  # fmt: skip
    """How far the fleet is: numbers, criteria, next action."""
    if watch:
        from validator.cli.watch import watch as follow

        try:
            return follow(
                repo=repo, remote=remote, since=since, once=once, interval=interval, format=format,
                say=console.say, hint=console.hint,
            )  # fmt: skip
        except KeyboardInterrupt:
            return INTERRUPTED
    if once or since or remote:
        raise click.UsageError("--once, --since and --remote go with --watch")
    reader, commit = patient_reader(repo, ref, console.hint)
    found = moves_in_folder(assessment(reader, commit, bound_name(repo), now=console.now), repo)
    document = status_of(reader, commit, found)
    if format == "json":
        console.say(as_long_json(document))
        return 0
    reviewed = not document.approvals_signed and on_github(Repo(repo))
    when = in_week(found.snapshot, console.now)
    console.say(render(document, colour=console.colour, width=console.width, reviewed=reviewed, when=when))
    return 0


def status_at(repo: Path, ref: str | None, me: str | None = None, *, now: str | None = None) -> StatusDocument:
    """The state of the fleet at a revision (None: main). Raises FatalError where the charter cannot be read.

    `me` is the session that reads it, where it has said so; `now` is RFC 3339, and without it no week is over.
    """
    reader, commit = reader_at(repo, ref)
    return status_of(reader, commit, assessment(reader, commit, me, now=now))


def status_of(reader: Reader, commit: str, found: Assessment) -> StatusDocument:
    """The same of a commit that a reader has at hand."""
    snapshot, charter, consensus = found.snapshot, found.charter, found.consensus
    return StatusDocument(
        commit=commit,
        phase=consensus.phase,
        week=active_week(snapshot),
        capacity=charter.capacity,
        digest=consensus.digest,
        registered=consensus.registered,
        next_action=consensus.next_action,
        approvals_signed=any(approver.key for approver in charter.approvers),
        slots=tuple(slots_of(snapshot, charter, consensus.digest, found.proposed)),
        criteria=tuple(CriterionEntry(**criterion._asdict()) for criterion in consensus.criteria),
        records=record_entries(consensus.records),
        missing=tuple(map(well_formed, missing(snapshot, charter, proposed_claims(reader.repo)))),
        mission=tuple(_entry(one) for one in reached(snapshot, charter)),
    )


def _entry(one: Reach) -> PromiseEntry:
    wanted = one.wanted
    return PromiseEntry(
        metric=well_formed(wanted.metric),
        op=wanted.op,
        value=wanted.value,
        unit=well_formed(wanted.unit),
        per=wanted.per,
        promised=one.promised,
        numbers=one.numbers,
        text=well_formed(one.text),
    )


def render(document: StatusDocument, *, colour: bool, width: int, reviewed: bool = False, when: str = "") -> str:
    """A table of the numbers, the criteria with evidence, and the next action; `width` is in columns.

    `reviewed`: on GitHub an approval is a code owner's review, and no signature. `when` says in words when the fleet
    is active; without it the week is named.
    """
    from rich.console import Console as Terminal
    from rich.text import Text

    shown, left = _without_many_open(document.slots)
    sink = io.StringIO()
    terminal = Terminal(
        file=sink,
        width=max(width, 48),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
    )
    if len(shown) > MOST_DRAWN:
        sink.writelines(f"{line}\n" for line in _long_table(document, shown, terminal))
    else:
        terminal.print(_table(document, shown, width))
    tell = partial(terminal.print, soft_wrap=True)  # the console folds it, and leaves commands whole
    if left:
        tell(Text(f"and {left:,} more open numbers", "dim"))
    when = when or (f"in week {document.week}" if document.week else "")
    phase = f"{document.phase} {when}".rstrip()
    tell(Text(f"\n{document.registered} of {document.capacity} registered · phase: {phase}", "bold"))
    for criterion in document.criteria:
        sign = ("✓", "green") if criterion.met else ("·", "yellow")
        tell(Text.assemble(sign, f" {criterion.name:<23}", (visible(criterion.evidence), "dim")))
    for one in document.mission:
        tell(Text(visible(one.text)))
    for line in (*void_lines(document.records), *(f"· {line}" for line in document.missing)):
        tell(Text(visible(line), "yellow"))
    if note := _approvals(document, reviewed=reviewed):
        tell(Text(note, "dim"))
    tell(Text.assemble(("next: ", "bold"), visible(document.next_action)))
    return "".join(line.rstrip() + "\n" for line in sink.getvalue().splitlines())


def _table(document: StatusDocument, rows: Sequence[SlotEntry], width: int) -> "Table":
    """The table of the numbers."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    longest = max(len(slot.session_id or "") for slot in document.slots)
    columns: tuple[tuple[str, dict[str, Any]], ...] = (
        ("no", {"justify": "right", "no_wrap": True, "min_width": len(str(document.capacity))}),
        ("state", {"no_wrap": True}),
        ("session", {"no_wrap": longest <= LONG_NAME, "overflow": "fold"}),
        *((("role", {}), ("goal", {})) if width >= WIDE else (("role: goal", {}),)),
        ("since (UTC)", {"no_wrap": True}),
    )
    shown = [width >= ROOM.get(heading, 0) for heading, _ in columns]
    for heading, options in compress(columns, shown):
        table.add_column(heading, **options)
    for slot in rows:
        cells = (Text(str(slot.number)), Text(slot.state, COLOURS[slot.state]), *map(Text, _cells(slot, width)))
        table.add_row(*compress(cells, shown))
    return table


def _long_table(document: StatusDocument, slots: Sequence[SlotEntry], terminal: "Terminal") -> Iterator[str]:
    """The same of thousands of numbers, as lines."""
    from rich.text import Text

    from validator.cli.long_table import lines_of, widths_of

    width, titles = terminal.width, ("role", "goal") if terminal.width >= WIDE else ("role: goal",)
    headings = ("no", "state", "session", *titles, "since (UTC)")
    shown = [width >= ROOM.get(heading, 0) for heading in headings]
    head = [*compress(headings, shown)]
    rows = [[*compress((str(slot.number), slot.state, *_cells(slot, width)), shown)] for slot in slots]
    long_names = max(len(row[2]) for row in rows) > LONG_NAME
    soft = [heading in titles or (heading == "session" and long_names) for heading in head]
    widths = widths_of([head, *rows], soft, width)

    def drawn(text: str, style: str) -> str:
        with terminal.capture() as captured:
            terminal.print(Text(text, style), end="", soft_wrap=True)
        return captured.get()

    states = {state: drawn(state, style) for state, style in COLOURS.items()}
    yield from (drawn(line, "bold") for line in lines_of([head], widths, {}, terminal))
    yield from lines_of(rows, widths, states, terminal)


def _approvals(document: StatusDocument, *, reviewed: bool) -> str | None:
    """What an approval is, where it is no signature."""
    if reviewed:
        return "approvals are reviews on GitHub; is the gate in force: registry doctor"
    return None if document.approvals_signed else "approvals are not signed: no approver in the charter has a key"


def _without_many_open(slots: Sequence[SlotEntry]) -> tuple[list[SlotEntry], int]:
    """The rows of the table, and how many open numbers are not among them: a charter may plan for thousands."""
    places = [at for at, slot in enumerate(slots) if slot.state == "open"]
    hidden = set(places[MOST_OPEN:])
    return [slot for at, slot in enumerate(slots) if at not in hidden], len(hidden)


def _cells(slot: SlotEntry, width: int) -> tuple[str, ...]:
    since = (slot.registered_at or "")[:16].replace("T", " ")
    role, goal = visible(slot.role or ""), visible(slot.goal or "")
    both = (role, goal) if width >= WIDE else (f"{role}: {goal}" if role and goal else role or goal,)
    return visible(slot.session_id or ""), *both, since
