"""Validate documents against their forms. A broken file is kept with its faults; nothing raises on content."""

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from validator.model import shapes
from validator.model.core import ValidationError, validate_field
from validator.model.words import Period
from validator.registry.history import Registration
from validator.registry.yaml.faults import Route
from validator.registry.yaml.reader import Document

TARGETS = b'"targets":'  # the last field of `agreed`; in a text of canonical JSON its quotes would be escaped
MAX_FAULTS = 100  # in one file: `targets: [{},{},…]` has 20,000 in 16 KiB, which would hide the findings of other files

Shape = TypeVar("Shape", bound=shapes.Shape)


class ShapeFault(NamedTuple):
    """One way in which a file does not have its form. `kind` is pydantic's error type, `context` its details."""

    route: Route
    kind: str
    value: Any
    context: Mapping[str, Any]

    @property
    def unmeasurable(self) -> bool:
        """Whether this is a goal without a target, or a target that lacks one of its four parts."""
        if self.route == ("targets",):
            return self.kind in ("missing", "too_short") or self.value is None
        part = (
            len(self.route) == 3 and self.route[0] == "targets" and self.route[2] in ("metric", "op", "value", "unit")
        )
        return part and (self.kind == "missing" or self.value is None)


class Parsed(NamedTuple, Generic[Shape]):
    """A file with a form: its value if it is valid, else its faults."""

    path: str
    document: Document
    shape: type[Shape]
    value: Shape | None
    faults: tuple[ShapeFault, ...]


class Draft(NamedTuple):
    """The fields of a claim that rules and verbs use; one that is missing or invalid is None."""

    number: int | None = None
    role: str | None = None
    goal: str | None = None
    targets: tuple[shapes.Target, ...] | None = None
    session_id: str | None = None
    runtime_id: str | None = None
    scope: tuple[shapes.RangePart | shapes.SegmentPart, ...] | None = None
    schedule: tuple[shapes.Appointment, ...] | None = None
    status: str | None = None
    timestamp: str | None = None
    owner: str | None = None
    key: str | None = None


class Version(NamedTuple):
    """What a claim's file was from a step of main on: `since` is that step as if it had registered the file."""

    since: Registration
    draft: Draft


class Summary(NamedTuple):
    """What a list of the fleet looks at of a claim; `valid`: its file has the form of one."""

    session_id: str | None
    role: str | None
    goal: str | None
    key: str | None
    status: str | None
    has_scope: bool
    has_schedule: bool
    valid: bool = True


class Row(NamedTuple):
    """What is kept of a valid claim under its own number: `agreed` is its part of the digest, as canonical JSON.

    `size` is that of its file in bytes.
    """

    number: int
    size: int
    summary: Summary
    agreed: bytes


class ClaimFile(NamedTuple):
    """A file `registry/sessions/NN.yaml`: `number` is the one in its name."""

    path: str
    number: int
    parsed: Parsed[shapes.Claim]
    draft: Draft

    @property
    def document(self) -> Document:
        """The document under the claim, for places and source lines."""
        return self.parsed.document

    @property
    def claim(self) -> shapes.Claim | None:
        """The claim, where the file has the form of one."""
        return self.parsed.value

    @property
    def states_key(self) -> bool:
        """Whether the file has a `key`, readable or not."""
        value = self.document.value
        return isinstance(value, dict) and "key" in value

    @property
    def own_number(self) -> int | None:
        """The number that the file says."""
        return self.draft.number

    @property
    def promises(self) -> Sequence[shapes.Target]:
        """Its targets, as far as they can be read."""
        return self.draft.targets or ()

    @property
    def units(self) -> list[tuple[str, Period | None]]:
        """The units that its targets count in, each with its period."""
        return [(target.unit, target.per) for target in self.promises]

    @property
    def summary(self) -> Summary:
        """What a list looks at."""
        one = self.draft
        has = bool(one.scope), bool(one.schedule)
        return Summary(one.session_id, one.role, one.goal, one.key, one.status, *has, self.claim is not None)


class KnownClaim(ClaimFile):
    """A claim of which its row is known; its file is read when anything else is asked."""

    row: Row
    _read: Callable[[], ClaimFile]

    @classmethod
    def of(cls, path: str, row: Row, read: Callable[[], ClaimFile]) -> "KnownClaim":
        """A claim that `read` reads when that is needed."""
        one: KnownClaim = tuple.__new__(cls, (path, row.number, None, None))
        one.row, one._read = row, read
        return one

    @functools.cached_property
    def _whole(self) -> ClaimFile:
        return self._read()

    @property
    def parsed(self) -> Parsed[shapes.Claim]:
        """The file against its form."""
        return self._whole.parsed

    @property
    def draft(self) -> Draft:
        """Its fields."""
        return self._whole.draft

    @property
    def own_number(self) -> int | None:
        """The number that the file says."""
        return self.number

    @property
    def promises(self) -> Sequence[shapes.Target]:
        """Its targets; its file is not read for them."""
        return _targets_in(self.row.agreed.rpartition(TARGETS)[2].removesuffix(b"}"))

    @property
    def summary(self) -> Summary:
        """What a list looks at."""
        return self.row.summary

    def told(self, text: str) -> "ToldClaim":
        """The same claim, of which this is known as well: it as `export` prints it."""
        one: ToldClaim = tuple.__new__(ToldClaim, tuple(self))
        one.row, one._read, one.text = self.row, self._read, text
        return one


class ToldClaim(KnownClaim):
    """A claim whose fields its kept text says; its file is read for places and lines only."""

    text: str

    @functools.cached_property
    def _value(self) -> shapes.Claim:
        import json

        fields = json.loads(self.text)
        return shapes.Claim.model_validate({name: value for name, value in fields.items() if value is not None})

    @property
    def claim(self) -> shapes.Claim:
        """The claim."""
        return self._value

    @functools.cached_property
    def _fields_of_value(self) -> Draft:
        return _draft_of(self._value)

    @property
    def draft(self) -> Draft:
        """Its fields."""
        return self._fields_of_value


@functools.lru_cache(maxsize=4096)  # sessions with the same work promise alike
def _targets_in(text: bytes) -> tuple[shapes.Target, ...]:
    import json  # the guard never comes here, and starts faster without

    return tuple(shapes.Target(**target) for target in json.loads(text))


def parse(document: Document, shape: type[Shape]) -> Parsed[Shape]:
    """Validate a document against its form."""
    try:
        value = shape.model_validate(document.value)
    except ValidationError as error:
        faults = itertools.islice(_faults(error, document), MAX_FAULTS)
        return Parsed(document.path, document, shape, None, tuple(faults))
    return Parsed(document.path, document, shape, None if document.faults else value, ())


def _faults(error: ValidationError, document: Document) -> Iterator[ShapeFault]:
    for row in error.errors(include_url=False):
        route = _without_tags(row["loc"])
        # pydantic counts only the valid elements of a list, and tries a number both as int and as float.
        echo = (row["type"] == "too_short" and row["input"]) or row["loc"][-2:] == ("value", "int")
        # A value that the reader already reported gets no second finding.
        if not echo and document.damaged.isdisjoint(route[:end] for end in range(len(route) + 1)):
            yield ShapeFault(route, row["type"], row["input"], row.get("ctx", {}))


def _without_tags(route: tuple[str | int, ...]) -> Route:
    """pydantic names the branch of a union: ("scope", 0, "range", "last"), ("targets", 0, "value", "float")."""
    if route[-2:] == ("value", "float"):
        return route[:-1]
    return tuple(part for at, part in enumerate(route) if not (at > 1 and _is_part_of_work(route[at - 2 : at])))


def _is_part_of_work(route: tuple[str | int, ...]) -> bool:
    return route[0] in ("scope", "work") and isinstance(route[1], int)


def claim_file(document: Document, number: int) -> ClaimFile:
    """A claim's file with every field that can be read."""
    parsed = parse(document, shapes.Claim)
    return ClaimFile(document.path, number, parsed, _draft(parsed))


def _draft(parsed: Parsed[shapes.Claim]) -> Draft:
    if parsed.value is not None:
        return _draft_of(parsed.value)
    value = parsed.document.value if isinstance(parsed.document.value, dict) else {}
    broken = {route[0] for route in parsed.document.damaged if route}
    fields = dict[str, Any]()
    for name in Draft._fields:
        if name in value and name not in broken:
            try:
                fields[name] = validate_field(shapes.Claim, name, value[name])
            except ValidationError:
                continue
    return Draft(**fields)


def _draft_of(claim: shapes.Claim) -> Draft:
    return Draft(*(getattr(claim, name) for name in Draft._fields))
