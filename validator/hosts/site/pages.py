"""The pages of a site: which there are, and what each shows of the documents."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from validator.hosts.site.approving import STEPS, as_of, moves, outcome, proposed_of, title, warned, with_mend
from validator.hosts.site.documents import Documents, Json
from validator.hosts.site.drawing import blocks_of_claim, blocks_of_week, week_picture, work_picture
from validator.hosts.site.places import (
    SLOTS_A_PAGE,
    STEPS_A_PAGE,
    history_file,
    numbers_of,
    proposal_file,
    session_file,
    sessions_file,
)
from validator.hosts.site.render import Page
from validator.model.phrases import command_line
from validator.model.shapes import Charter
from validator.registry.claim_form import claim_form
from validator.registry.consensus.week import with_days

MOST_SLOTS = 200  # at a glance
MOST_APPOINTMENTS = 1_000  # in the list of the week


Asked = tuple[str, bool, str | None]  # an open proposal: name, whether the gate rejects it, its session


class _Numbers(NamedTuple):
    """What belongs to each number, looked up once for all pages."""

    plans: Mapping[int, Json]
    events: Mapping[int, Sequence[Json]]
    records: Mapping[int, Json]
    conflicts: Mapping[int, Sequence[Json]]
    proposals: Mapping[int, Sequence[Asked]]


def pages(documents: Documents) -> Iterator[Page]:
    """Every page, the index last: all pages that it links to are written before it."""
    common: dict[str, Any] = {"fleet": documents.export["charter"]["mission"]["statement"]}
    last = documents.history["steps"][-1:]
    time = last[0]["committed_at"] if last else None
    stamped = common | {"stamp": {"commit": documents.commit, "digest": documents.digest, "time": time}}
    yield from _proposals(documents, stamped)
    yield from _sessions(documents, common)
    yield from _history(documents, common)
    yield _charter(documents, stamped)
    yield _week(documents, stamped)
    yield Page("conflicts.html", "conflicts.html", stamped | {"here": "conflicts", "conflicts": documents.conflicts})
    yield _consensus(documents, stamped)
    yield Page("rules.html", "rules.html", common | {"here": "rules", "rules": documents.rules["rules"]})
    yield from _all_sessions(documents, common, stamped)
    yield _index(documents, stamped)


def numbers_with_page(documents: Documents) -> frozenset[int]:
    """The numbers that have a page: held, proposed or planned."""
    charter = documents.export["charter"]
    planned = {slot["number"] for slot in charter["slots"] if 1 <= slot["number"] <= charter["capacity"]}
    return frozenset(planned | {slot["number"] for slot in documents.status["slots"] if slot["state"] != "open"})


def _index(documents: Documents, common: Json) -> Page:
    status, consensus = documents.status, documents.consensus
    proposals = sorted(documents.proposals["proposals"], key=lambda one: (one["proposed_at"], one["name"]))
    slots = _slots(documents)
    waiting = [one for one in proposals if one["verdict"] == "accepted"]
    shown = {
        "here": "index",
        "as_of": as_of(documents),
        "status": {name: status[name] for name in ("phase", "registered", "capacity", "criteria", "approvals_signed")},
        "on_github": documents.on_github,
        "pulls_shown": documents.pulls_shown,
        "week": with_days(documents.schedule["week"]) if status["phase"] == "active" else None,
        "phases": list(STEPS.items()),
        "moves": moves(consensus["moves"], len(waiting)),
        "waiting": waiting,
        "warned": warned(waiting),
        "zone": documents.export["charter"]["time_zone"],
        "outcome": outcome(documents, waiting),
        "rejected": [with_mend(one) for one in proposals if one["verdict"] != "accepted"],
        "void": [record for record in consensus["records"] if record["void"]],
        "conflicts": documents.conflicts["conflicts"],
        "slots": slots[:MOST_SLOTS],
        "left": max(0, len(slots) - MOST_SLOTS),
    }
    return Page("index.html", "index.html", {**common, **shown})


def _slots(documents: Documents) -> list[Json]:
    """The numbers with what the charter plans for them."""
    planned = {slot["number"]: slot["role"] for slot in documents.export["charter"]["slots"]}
    proposals = _proposals_by_number(documents)
    return [
        {
            **_judged(slot, proposals.get(slot["number"], ())),
            "planned": planned.get(slot["number"]),
            "asks": proposals.get(slot["number"], ()),
        }
        for slot in documents.status["slots"]
    ]


def _judged(slot: Json, proposals: Sequence[Asked]) -> dict[str, Any]:
    """A number with whether all that is proposed for it is what the gate rejects."""
    return {**slot, "rejected": slot["state"] == "proposed" and bool(proposals) and all(no for _, no, _ in proposals)}


def _all_sessions(documents: Documents, common: Json, stamped: Json) -> Iterator[Page]:
    """Pages of SLOTS_A_PAGE numbers; all but the first say nothing of main, so that they stay while theirs stay."""
    slots, known = _slots(documents), numbers_with_page(documents)
    shown = [slot for slot in slots if slot["number"] in known or len(slots) <= MOST_SLOTS]
    status = {name: documents.status[name] for name in ("registered", "capacity")}
    of_page = {at: list(some) for at, some in groupby(shown, key=lambda slot: (slot["number"] - 1) // SLOTS_A_PAGE)}
    first, most = of_page.pop(0, []), documents.status["capacity"]
    links = [(sessions_file(at), "{}–{}".format(*numbers_of(at, most))) for at in (0, *of_page)]
    said = {"here": "sessions/index", "status": status, "left": len(slots) - len(shown)}
    yield Page(
        "sessions/index.html",
        "sessions.html",
        {**stamped, **said, "slots": first, "pages": links, "page": "index.html"},
    )
    for at, some in of_page.items():
        more = {"here": "", "status": None, "left": 0, "slots": some, "pages": links, "page": sessions_file(at)}
        yield Page(f"sessions/{sessions_file(at)}", "sessions.html", {**common, **more})


def _proposals(documents: Documents, common: Json) -> Iterator[Page]:
    held = frozenset(documents.claims)
    said = {"here": "", "pulls_shown": documents.pulls_shown, "zone": documents.export["charter"]["time_zone"]}
    for document in documents.proposals_in_full:
        one = with_mend(document["proposal"])
        shown = {**common, **said, "one": one, "title": title(one, held)}
        yield Page(f"proposals/{proposal_file(one['name'])}.html", "proposal.html", shown)


def _sessions(documents: Documents, common: Json) -> Iterator[Page]:
    charter, known, numbers = documents.export["charter"], numbers_with_page(documents), _by_number(documents)
    shape, plan = Charter.model_validate(charter), hashlib.sha256(json.dumps(charter).encode()).hexdigest()
    for slot in documents.status["slots"]:
        if (number := slot["number"]) in known:
            shown = {**common, "here": "", "zone": charter["time_zone"], **_session(slot, numbers)}
            text = documents.claims.get(number)
            drawn = partial(_drawing, number, text, charter, shape)
            yield Page(f"sessions/{session_file(number)}.html", "session.html", shown, drawn, f"{plan} {text}")


def _drawing(number: int, text: str | None, charter: Json, shape: Charter) -> dict[str, Any]:
    """What a session's page shows of its claim and the charter: only a page that is written needs it."""
    claim = json.loads(text) if text else None
    return {
        "claim": claim,
        "claim_form": command_line(claim_form(shape, number, "--session-id", "ID")),
        "work": _shares(claim, charter["work"]) if claim else [],
        "picture": week_picture(blocks_of_claim(claim)),
    }


def _session(slot: Json, numbers: _Numbers) -> dict[str, Any]:
    number = slot["number"]
    proposals = numbers.proposals.get(number, ())
    return {
        "number": number,
        "slot": _judged(slot, proposals),
        "plan": numbers.plans.get(number),
        "events": numbers.events.get(number, ()),
        "record": numbers.records.get(number),
        "conflicts": numbers.conflicts.get(number, ()),
        "proposals": proposals,
    }


def _shares(claim: Json, works: Iterable[Json]) -> list[dict[str, Any]]:
    """Each part of a claim's scope, on the charter's work where that has it."""
    known = {work["name"].casefold(): work for work in works}
    shares = []
    for part in claim["scope"]:
        segments = part.get("segments") or ()
        text = ", ".join(segments) if segments else f"{part['first']}–{part['last']}"
        work = known.get(part["work"].casefold())
        whole = work and (", ".join(work.get("segments") or ()) or f"{work['first']}–{work['last']}")
        own = {"number": claim["number"], "segments": segments, "first": part.get("first"), "last": part.get("last")}
        fits = work and bool(work.get("segments")) == bool(segments)
        bar = work_picture({**_extent(work or {}), "parts": [own]}) if fits else None
        shares.append({"name": part["work"], "text": text, "whole": whole, "picture": bar})
    return shares


def _extent(work: Json) -> dict[str, Any]:
    return {"first": work.get("first"), "last": work.get("last"), "segments": work.get("segments") or ()}


def _by_number(documents: Documents) -> _Numbers:
    events, conflicts = defaultdict[int, list[Json]](list), defaultdict[int, list[Json]](list)
    for event in documents.history["events"]:
        events[event["number"]].append(event)
    for row in documents.conflicts["conflicts"]:
        for number in row["numbers"]:
            conflicts[number].append(row)
    records = [row for row in documents.status["records"] if row["record"] == "acknowledgement"]
    return _Numbers(
        plans={slot["number"]: slot for slot in documents.export["charter"]["slots"]},
        events=events,
        records={row["number"]: row for row in records},
        conflicts=conflicts,
        proposals=_proposals_by_number(documents),
    )


def _proposals_by_number(documents: Documents) -> Mapping[int, Sequence[Asked]]:
    proposals = defaultdict[int, list[Asked]](list)
    for one in documents.proposals["proposals"]:
        digits = str(one["number"] or one["name"].rpartition("/")[2])
        if digits.isascii() and digits.isdecimal():
            proposals[int(digits)].append((one["name"], one["verdict"] != "accepted", one["session_id"]))
    return proposals


def _history(documents: Documents, common: Json) -> Iterator[Page]:
    """Pages of STEPS_A_PAGE steps counted from the first step, so that a full page never changes again."""
    of_step = defaultdict[str, list[Json]](list)
    for event in documents.history["events"]:
        of_step[event["commit"]].append(event)
    steps, here = documents.history["steps"], {"here": "history", "signed": documents.status["approvals_signed"]}
    last = max(1, -(-len(steps) // STEPS_A_PAGE))
    for page in range(1, last + 1):
        some = steps[(page - 1) * STEPS_A_PAGE : page * STEPS_A_PAGE]
        shown = [{**step, "events": of_step.get(step["commit"], ())} for step in reversed(some)]
        names = [(history_file(one, last), "newest" if one == last else str(one)) for one in range(1, last + 1)]
        # An older page links to the newest and its neighbours only: the list grows, and the page stays.
        links = names if page == last else [("history.html", "newest")]
        said = {"steps": shown, "pages": links, "page": page if page == last else 0}
        yield Page(history_file(page, last), "history.html", {**common, **here, **said})


def _charter(documents: Documents, common: Json) -> Page:
    charter = documents.export["charter"]
    proposals = documents.proposals["proposals"]
    work = [
        {**one, "picture": work_picture(one), "proposed": proposed_of(one["name"], proposals)}
        for one in documents.conflicts["work"]
    ]
    shown = {"charter": {**charter, "work": (), "slots": ()}, "work": work, "sums": documents.conflicts["sums"]}
    return Page("charter.html", "charter.html", {**common, "here": "charter", **shown, "plan": charter["slots"]})


def _week(documents: Documents, common: Json) -> Page:
    schedule = documents.schedule
    rows = sorted(schedule["appointments"], key=lambda row: row["day"])
    by_day = groupby(rows[:MOST_APPOINTMENTS], key=lambda row: str(row["day"]))
    days = [(f"{date.fromisoformat(day):%A} {day}", list(of_day)) for day, of_day in by_day]
    shown = {
        "schedule": {"week": schedule["week"], "time_zone": schedule["time_zone"], "appointments": bool(rows)},
        "picture": week_picture(blocks_of_week(schedule)),
        "days": days,
        "left": max(0, len(rows) - MOST_APPOINTMENTS),
        "active": documents.status["phase"] == "active",
    }
    return Page("week.html", "week.html", {**common, "here": "week", **shown})


def _consensus(documents: Documents, common: Json) -> Page:
    consensus = documents.consensus
    approve = {one["name"]: one["approve"] for one in documents.proposals["proposals"]}
    shown = {
        "consensus": {name: value for name, value in consensus.items() if name not in ("records", "conflicts")},
        "proposed": [(name, approve[name]) for name in consensus["proposed"] if approve.get(name)],
        "void": [record for record in consensus["records"] if record["void"]],
        "counting": [record for record in consensus["records"] if not record["void"]],
    }
    return Page("consensus.html", "consensus.html", {**common, "here": "consensus", **shown})
