"""`registry conflicts`: conflicts on main and in proposals, who was first, and what to do."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from validator.cli import split
from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import at_commit
from validator.cli.progress import patient_reader
from validator.model.escape import visible, well_formed, well_formed_or_none
from validator.model.findings import Input, decides, in_order
from validator.model.phrases import counted, quoted
from validator.model.shapes import RangePart, RangeWork
from validator.operations.judge import run
from validator.operations.proposals import KINDS, Judged, judge_proposal
from validator.registry.conflicts import WHAT, Conflict, ConflictKind, added_up, conflicts, uneven_work
from validator.registry.overlaps import clashes
from validator.registry.proposals import proposals_on, published
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import ALL_READ, Snapshot
from validator.registry.workload import Part, Work, left_over, shares, sums
from validator.report.documents import ConflictEntry, Oid, Printed, PrintedDocument, as_json
from validator.rules import RULES, double_holder, key_taken, name_alike


class UnjudgedEntry(Printed):
    """A proposal that cannot be judged, and why: what it stands against is not known."""

    where: str
    message: str


class PartEntry(Printed):
    """A session's part of a piece of work: from `first` to `last`, or the `segments`."""

    number: int
    session_id: str | None
    first: int | None
    last: int | None
    segments: tuple[str, ...]


class WorkEntry(Printed):
    """A piece of the charter's work with who holds what; `left` is what nobody took, null where nothing is left."""

    name: str
    first: int | None
    last: int | None
    segments: tuple[str, ...]
    parts: tuple[PartEntry, ...]
    left: str | None


class ConflictsDocument(PrintedDocument):
    """`conflicts`; `sums` has, for each divided work, what the sessions promise together."""

    commit: Oid
    conflicts: tuple[ConflictEntry, ...]
    unjudged: tuple[UnjudgedEntry, ...] = ()
    advice: tuple[ConflictEntry, ...]
    sums: tuple[str, ...]
    work: tuple[WorkEntry, ...] = ()


# The rules of what is no conflict by name. Those that look at one file alone find nothing in a quiet claim.
_OTHERS = [rule for rule in RULES if rule.CODE not in (*KINDS, double_holder.CODE, name_alike.CODE, key_taken.CODE)]
ALONE = [rule for rule in _OTHERS if rule.LOOKS_AT == (Input.FILE,)]
TOGETHER = [rule for rule in _OTHERS if rule not in ALONE]
DOCUMENTS = {"output-conflicts": ConflictsDocument, "output-split": split.SplitDocument}


@click.command(epilog="Example: registry conflicts --propose-split outreach")
@click.option("--propose-split", metavar="WORK", help="Divide this work evenly among its sessions, as edits to review.")
@at_commit
@click.pass_obj
@fetches
def command(console: Console, propose_split: str | None, repo: Path, ref: str | None, format: str) -> int:
    """Conflicts on main and in proposals, who was first, what to do; exit 1 if any."""
    if propose_split is not None:
        division = split.propose_split(repo, ref, propose_split)
        console.say(as_json(division) if format == "json" else split.render(division))
        return 0
    document = conflicts_of(*patient_reader(repo, ref, console.hint))
    text = as_json(document) if format == "json" else "".join(f"{visible(line)}\n" for line in _lines(document))
    console.say(text)
    return 1 if document.conflicts else 0


def conflicts_of(reader: Reader, commit: str, known: Iterable[Judged] = ()) -> ConflictsDocument:
    """What conflicts on main, and between main and the proposals as last fetched.

    `known` are judged already, pull requests from forks among them.
    """
    snapshot = reader.at(commit)
    charter = charter_of(snapshot)
    on_main = [*(_entry("main", one) for one in conflicts(snapshot, charter)), *_found_by_audit(snapshot)]
    unjudged = list[UnjudgedEntry]()
    return ConflictsDocument(
        commit=commit,
        conflicts=(*on_main, *_in_proposals(reader, commit, unjudged, known)),
        unjudged=tuple(unjudged),
        advice=tuple(_entry("main", one) for one in uneven_work(snapshot, charter)),
        sums=tuple(added_up(one) for one in sums(snapshot, charter)),
        work=tuple(_work(snapshot, work) for work in charter.work),
    )


def _work(snapshot: Snapshot, work: Work) -> WorkEntry:
    parts = [(share.claim, part) for share in shares(snapshot, work) for _, part in share.parts]
    left = left_over(work, [part for _, part in parts])
    return WorkEntry(
        name=well_formed(work.name),
        **_extent(work),
        parts=tuple(
            PartEntry(number=claim.number, session_id=well_formed_or_none(claim.draft.session_id), **_extent(part))
            for claim, part in parts
        ),
        left=well_formed_or_none(left),
    )


def _extent(work: Work | Part) -> dict[str, Any]:
    if isinstance(work, RangeWork | RangePart):
        return {"first": work.first, "last": work.last, "segments": ()}
    return {"first": None, "last": None, "segments": tuple(map(well_formed, work.segments))}


def _in_proposals(
    reader: Reader, main: str, unjudged: list[UnjudgedEntry], known: Iterable[Judged]
) -> Iterator[ConflictEntry]:
    """What each proposal meets on main, and in the other proposals; `unjudged` gets those that cannot be judged."""
    landings = list[tuple[str, Snapshot]]()
    for name, one in _judged(reader, main, known):
        if one.unjudged:
            unjudged.append(UnjudgedEntry(where=name, message=well_formed(one.verdict.findings[0].message)))
        else:
            landings.append((name, one.landed))
            yield from _against_main(name, one)
    yield from _between(landings)


def _judged(reader: Reader, main: str, known: Iterable[Judged]) -> Iterator[tuple[str, Judged]]:
    """The proposals of claims by name: branches, and of the `known` those that are none, as pull requests of forks."""
    remote, judged = published(reader.repo), {one.proposal: one for one in known}
    for proposal in proposals_on(remote, reader.repo, "claim"):
        name = f"{remote}/{proposal.name}" if remote else proposal.name
        yield name, judged.get(proposal) or judge_proposal(reader, main, proposal)
    yield from ((proposal.name, one) for proposal, one in judged.items() if proposal.name.startswith("#"))


def _against_main(name: str, one: Judged) -> Iterator[ConflictEntry]:
    for finding in one.verdict.findings:
        if finding.code in KINDS and decides(finding):
            claim = one.landed.claims.get(finding.location.path)
            numbers = (claim.number,) if claim else ()
            yield _entry(name, Conflict(KINDS[finding.code], numbers, finding.message, finding.help))


def _between(proposals: list[tuple[str, Snapshot]]) -> Iterator[ConflictEntry]:
    """Two proposals for one number, or by one session: both are valid until one of them has landed."""
    brought = [
        (name, landed.claims[path].draft)
        for name, landed in proposals
        for path in landed.intent
        if path in landed.claims
    ]
    for at, (name, draft) in enumerate(brought):
        for other, other_draft in brought[:at]:
            pairs: tuple[tuple[ConflictKind, object, object], ...] = (
                ("number", draft.number, other_draft.number),
                ("session", draft.session_id, other_draft.session_id),
            )
            for kind, mine, theirs in pairs:
                if mine is not None and mine == theirs:
                    message = f"{other} and {name} both want {kind} {mine}"
                    help = "whoever is merged first keeps it; the other chooses a free number"
                    numbers = (draft.number,) if draft.number is not None else ()
                    yield _entry(name, Conflict(kind, numbers, message, help))
    yield from _in_both(proposals)


def _in_both(proposals: list[tuple[str, Snapshot]]) -> Iterator[ConflictEntry]:
    """What the claims of two proposals share: a role, a part of the work, a key, a runtime; amendments included."""
    brought = {path: (name, landed) for name, landed in proposals for path in landed.intent if path in landed.claims}
    if not brought:
        return
    claims = {path: landed.claims[path] for path, (_, landed) in brought.items()}
    together = proposals[0][1]._replace(claims=claims)
    for clash in clashes(together, together):
        if clash.kind != "session_id":  # said above, by name
            (first, _), (second, _) = brought[clash.first.path], brought[clash.second.path]
            kind, what = WHAT[clash.kind]
            message = f"{first} and {second} both want {what} {quoted(clash.shared)}"
            help = "whoever is merged first keeps it; the other takes something else, with the same command"
            yield _entry(second, Conflict(kind, (clash.first.number, clash.second.number), message, help))


def _found_by_audit(snapshot: Snapshot) -> Iterator[ConflictEntry]:
    """What else keeps the orchestrator from confirming: the errors of the gate that are no conflict by name."""
    loud = snapshot._replace(claims={claim.path: claim for claim in snapshot.loud_claims()})
    whole = snapshot._replace(quiet=ALL_READ)
    for finding in in_order([*run(loud, loud, ALONE), *run(whole, whole, TOGETHER)]):
        if decides(finding):
            claim = snapshot.claims.get(finding.location.path)
            numbers = (claim.number,) if claim else ()
            yield _entry("main", Conflict("rule", numbers, f"{finding.code} {finding.message}", finding.help))


def _entry(where: str, one: Conflict) -> ConflictEntry:
    message = well_formed(one.message)
    return ConflictEntry(kind=one.kind, where=where, numbers=one.numbers, message=message, help=one.help)


def _lines(document: ConflictsDocument) -> Iterator[str]:
    for row in document.conflicts:
        yield f"✗ {row.kind} ({row.where}): {row.message}"
        yield f"    {row.help}"
    for one in document.unjudged:
        yield f"? {one.message}"
    for row in document.advice:
        yield f"· {row.kind}: {row.message}"
        yield f"    {row.help}"
    for total in document.sums:
        if total not in [row.message for row in document.advice]:
            yield f"  {total}"
    yield f"{counted(len(document.conflicts), 'conflict')}"
