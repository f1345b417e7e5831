"""A file does not match its schema: a field is missing, unknown or of the wrong type.

What it means: Charter, claims and records have exactly the fields of their schema under `schema/`. Nothing is
converted: `"3"` is text and no number, `yes` is no `true`.

Why: A misspelt field would be read by nobody, and its author would not notice.

Example:

    number: "4"
    rol: Outreach AI

Way out: Write the field as the message says. With the schemas under `schema/` an editor checks while you type.
"""

from collections.abc import Iterator

from validator.model import shapes
from validator.model.findings import Input, Level, Location, Problem
from validator.model.phrases import quoted
from validator.registry.parsing import Parsed, ShapeFault
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.faults import Route

CODE, NAME, LEVEL = "REG006", "shape", Level.ERROR
LOOKS_AT = (Input.FILE,)
TYPES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping of text to text",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
}
EXAMPLES = {
    "runtime_id": "a handle without spaces, as in session-1763243115",
    "time_zone": "a time zone as in America/Los_Angeles",
    "key": 'an SSH public key as in "ssh-ed25519 AAAA…"',
    "session_id": "words of a-z and 0-9 joined by '-', as in desk-1",
    "start": 'a time as in "10:00"',
    "end": 'a time as in "10:00"',
    "handle": 'an account as in "@OWNER"',
    "approved_by": 'an account as in "@OWNER"',
    "registry": "a digest as in sha256:… with 64 digits",
    "owner": "an account by its number as in github:583231",
    "week": "an ISO week as in 2026-W48",
}

# How a session that claims says a field.
OPTIONS = {
    "role": '--role "ROLE"',
    "goal": '--goal "GOAL"',
    "responsibilities": '--responsibility "RESPONSIBILITY"',
    "session_id": "--session-id NAME",
    "status": "--status REGISTERED",
}


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield every way in which a file differs from its schema. goal-not-measurable reports goals without a target."""
    for parsed in head.parsed:
        for fault in parsed.faults:
            if not (parsed.shape is shapes.Claim and fault.unmeasurable):
                yield _problem(parsed, fault)


def _problem(parsed: Parsed[shapes.Claim], fault: ShapeFault) -> Problem:
    form = parsed.shape.__name__.lower()
    a_form = f"{'an' if form.startswith('a') else 'a'} {form}"
    name = _name(fault.route)
    schema = f"see schema/{'session' if form == 'claim' else form}.schema.json"
    if fault.kind == "missing":
        writes = f" to the file; registry claim writes it with {OPTIONS[name]}" if name in OPTIONS else ""
        add = f"add it{writes if form == 'claim' else ''}"
        return Problem(parsed.document.at(*fault.route[:-1]), f"the field {name} is missing", f"{add}; {schema}")
    if fault.kind == "extra_forbidden":
        message = f"{quoted(str(fault.route[-1]))} is not a field of {_place(a_form, fault)}"
        return Problem(parsed.document.at_key(*fault.route), message, _meant(parsed, fault) or f"delete it; {schema}")
    if not fault.route:
        return Problem(Location(parsed.path), f"{a_form} is a mapping of fields, not {_found(fault.value)}", schema)
    message = f"{name} is {_expected(fault)}, not {_found(fault.value)}"
    return Problem(parsed.document.at(*fault.route), message, f"write {name} as {_expected(fault)}; {schema}")


def _name(route: Route) -> str:
    """A field, entries counted from 1: `value in entry 1 of targets`, `entry 2 of responsibilities`, `labels.team`."""
    entries = [at for at, part in enumerate(route) if isinstance(part, int)]
    if not entries:
        return ".".join(map(str, route))
    last = entries[-1]
    entry = f"entry {int(route[last]) + 1} of {_name(route[:last])}"
    field = ".".join(map(str, route[last + 1 :]))
    return f"{field} in {entry}" if field else entry


def _place(a_form: str, fault: ShapeFault) -> str:
    around = [part for part in fault.route[:-1] if isinstance(part, str)]
    return f"{around[-1]} in {a_form}" if around else a_form


def _meant(parsed: Parsed[shapes.Claim], fault: ShapeFault) -> str | None:
    """The field that a misspelt one was meant to be, where the two are close."""
    from rapidfuzz import fuzz, process

    fields = list(parsed.shape.model_fields) if len(fault.route) == 1 else _inner_fields(str(fault.route[0]))
    found = process.extractOne(str(fault.route[-1]), fields, scorer=fuzz.ratio, score_cutoff=65)
    return f"did you mean {found[0]}?" if found else None


def _inner_fields(field: str) -> list[str]:
    forms: dict[str, list[type[shapes.Shape]]] = {
        "targets": [shapes.Target],
        "scope": [shapes.RangePart, shapes.SegmentPart],
        "schedule": [shapes.Appointment],
        "mission": [shapes.Mission, shapes.Target],
        "approvers": [shapes.Approver],
        "work": [shapes.RangeWork, shapes.SegmentWork],
        "slots": [shapes.Slot, shapes.RangePart, shapes.SegmentPart, shapes.Appointment],
    }
    return sorted({name for shape in forms.get(field, ()) for name in shape.model_fields})


def _expected(fault: ShapeFault) -> str:
    if fault.route[-1] == "ready":
        return "true"
    if fault.kind == "literal_error":
        return f"one of {fault.context['expected'].replace(' or ', ', ')}"
    if fault.kind == "too_short":
        return f"a list of at least {fault.context['min_length']}"
    if fault.kind in ("string_pattern_mismatch", "string_too_long"):
        example = EXAMPLES.get(str(fault.route[-1]), "one line of text that is not blank")
        limit = fault.context.get("max_length")
        return f"{example}{f', at most {limit} characters long' if limit else ''}"
    bounds = {"greater_than_equal": ("ge", "a number from"), "less_than_equal": ("le", "a number up to")}
    if fault.kind in bounds:
        key, words = bounds[fault.kind]
        return f"{words} {fault.context[key]}"
    return TYPES.get(fault.kind, f"of another form ({fault.kind})")


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, list | dict):
        return f"{'an empty' if not value else 'a'} {'list' if isinstance(value, list) else 'mapping'}"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
