"""The charter contradicts itself.

What it means: The orchestrator and every slot are numbers from 1 to the capacity, no slot, slot's key, approver, piece
of work or name of a metric is listed twice, no slot has an approver's key, ranges of work run upwards, and the time
zone is one of the time zone database. The scopes that slots plan are parts of the charter's work, and no two slots
share a part.

Why: Every claim is judged by the charter. With a contradictory one the verdict depends on which field is read.

Example:

    capacity: 12
    orchestrator: 13

Way out: Correct the field that the message names.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.keys import normal_key
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Charter, RangeWork
from validator.registry.snapshot import Snapshot
from validator.registry.workload import shared_work, unknown_work
from validator.registry.yaml.faults import Route
from validator.registry.zones import zone_names

CODE, NAME, LEVEL = "REG008", "charter-contradiction", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield every contradiction inside a readable charter."""
    if head.charter_file and head.charter:
        for route, message in (
            *_numbers(head.charter),
            *_zone(head.charter),
            *_duplicates(head.charter),
            *_keys(head.charter),
            *_work(head.charter),
            *_plans(head.charter),
        ):
            yield Problem(head.charter_file.document.at(*route), message, "mend it in the charter")


def _numbers(charter: Charter) -> Iterator[tuple[Route, str]]:
    named: list[tuple[Route, str, int]] = [(("orchestrator",), "the orchestrator", charter.orchestrator)]
    named += [(("slots", at, "number"), "a slot", slot.number) for at, slot in enumerate(charter.slots)]
    for route, what, number in named:
        if not 1 <= number <= charter.capacity:
            yield route, f"{what} has number {number}, and the numbers are 1 to {charter.capacity}"


def _zone(charter: Charter) -> Iterator[tuple[Route, str]]:
    if charter.time_zone not in zone_names():
        yield ("time_zone",), f"{quoted(charter.time_zone)} is not in the time zone database, as America/Los_Angeles is"


def _duplicates(charter: Charter) -> Iterator[tuple[Route, str]]:
    listed: list[tuple[Route, str, str]]
    listed = [(("slots", at, "number"), "slot", str(slot.number)) for at, slot in enumerate(charter.slots)]
    listed += [(("approvers", at, "handle"), "approver", a.handle.lower()) for at, a in enumerate(charter.approvers)]
    listed += [(("work", at, "name"), "piece of work", fold(work.name)) for at, work in enumerate(charter.work)]
    for at, metric in enumerate(charter.metrics):
        listed.append((("metrics", at, "name"), "name of a metric", fold(metric.name)))
        listed += [(("metrics", at, "aliases", n), "name of a metric", fold(a)) for n, a in enumerate(metric.aliases)]
    seen = set[tuple[str, str]]()
    for route, what, key in listed:
        if (what, key) in seen:
            yield route, f"this {what} is listed twice"
        seen.add((what, key))


def _keys(charter: Charter) -> Iterator[tuple[Route, str]]:
    approvers = {normal_key(one.key): one.handle for one in charter.approvers if one.key}
    known = dict[str, int]()
    for at, slot in enumerate(charter.slots):
        if slot.key and slot.key in approvers:
            yield ("slots", at, "key"), f"this is the key of {approvers[slot.key]}; an approver is no session"
        elif slot.key and known.setdefault(slot.key, slot.number) != slot.number:
            yield ("slots", at, "key"), f"this is the key of number {known[slot.key]} as well; one key has one number"


def _work(charter: Charter) -> Iterator[tuple[Route, str]]:
    for at, work in enumerate(charter.work):
        if isinstance(work, RangeWork):
            if work.first > work.last:
                yield ("work", at, "last"), f"{quoted(work.name)} runs from {work.first} down to {work.last}"
        elif len(set(map(fold, work.segments))) < len(work.segments):
            yield ("work", at, "segments"), f"{quoted(work.name)} names a segment twice"


def _plans(charter: Charter) -> Iterator[tuple[Route, str]]:
    """What a claim would take over from its slot, and be refused for."""
    for at, slot in enumerate(charter.slots):
        for place, part in enumerate(slot.scope):
            if found := unknown_work(part, charter):
                yield ("slots", at, "scope", place), f"slot {slot.number} plans: {found[0]}"
    planned = [(at, part) for at, slot in enumerate(charter.slots) for part in slot.scope]
    for later, earlier, shared in shared_work(planned):
        other = charter.slots[earlier].number
        yield ("slots", later, "scope"), f"{quoted(shared)} is planned for number {other} as well"
