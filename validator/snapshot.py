"""The registry at one commit, as data. A broken file is part of it, with its faults; nothing raises on content."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from validator import model
from validator.document import Document, Route
from validator.history import Registration
from validator.repo import Entry
from validator.wording import INVISIBLE

CHARTER = "registry/charter.yaml"
SESSIONS = "registry/sessions"
RECORDS: Mapping[str, type[model.Record]] = {
    "registry/consensus/confirmation.yaml": model.Confirmation,
    "registry/consensus/approval.yaml": model.Approval,
    "registry/consensus/broadcast.yaml": model.Broadcast,
    "registry/consensus/activation.yaml": model.Activation,
}
ACKNOWLEDGEMENTS = "registry/consensus/acknowledgements"
REGULAR_FILE = "100644"
MAX_FAULTS = 100  # in one file: `targets: [{},{},…]` has 20,000 in 16 KiB, and they would bury the other files
_NUMBERED = re.compile(rf"({SESSIONS}|{ACKNOWLEDGEMENTS})/([0-9]{{2,5}})\.yaml", re.ASCII)

Shape = TypeVar("Shape", bound=BaseModel)


class ShapeFault(NamedTuple):
    """One way in which a file does not have its form. `kind` is pydantic's error type, `context` its details."""

    route: Route
    kind: str
    value: Any
    context: Mapping[str, Any]

    @property
    def unmeasurable(self) -> bool:
        """Whether this is a goal without a target, or a target without one of its four parts: no mere slip."""
        if self.route == ("targets",):
            return self.kind in ("missing", "too_short") or self.value is None
        part = (
            len(self.route) == 3 and self.route[0] == "targets" and self.route[2] in ("metric", "op", "value", "unit")
        )
        return part and (self.kind == "missing" or self.value is None)


class Parsed(NamedTuple, Generic[Shape]):
    """A file that should have a form: its value where it has, else why not."""

    path: str
    document: Document
    shape: type[Shape]
    value: Shape | None
    faults: tuple[ShapeFault, ...]


class Draft(NamedTuple):
    """What could be read of a claim: a field that is missing or misshapen is None, and hides no other."""

    number: int | None = None
    role: str | None = None
    goal: str | None = None
    targets: tuple[model.Target, ...] | None = None
    session_id: str | None = None
    runtime_id: str | None = None
    scope: tuple[model.RangePart | model.SegmentPart, ...] | None = None
    schedule: tuple[model.Appointment, ...] | None = None
    status: str | None = None
    timestamp: str | None = None
    owner: str | None = None


class ClaimFile(NamedTuple):
    """A file `registry/sessions/NN.yaml`: `number` is the one in its name."""

    path: str
    number: int
    parsed: Parsed[model.Claim]
    draft: Draft

    @property
    def document(self) -> Document:
        """The document under the claim, for places and source lines."""
        return self.parsed.document

    @property
    def claim(self) -> model.Claim | None:
        """The claim, where the file has the form of one."""
        return self.parsed.value


class Author(NamedTuple):
    """Who proposes, as a forge vouches for it: `github:583231`, and the handle `@OWNER` of today."""

    account: str
    handle: str


class Intent(NamedTuple):
    """What a change itself did to a file since it left the base's line, whatever merging makes of it."""

    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The registry at a commit, or as a merge would leave it (then `commit` is the change's own)."""

    commit: str | None
    tree: str | None
    files: Mapping[str, Entry]
    charter_file: Parsed[model.Charter] | None
    claims: Mapping[str, ClaimFile]
    records: Mapping[str, Parsed[Any]]
    committed_at: int | None = None
    # Who of these files stands on main since when; asked only when a conflict needs an answer.
    past: Callable[[Iterable[str]], Mapping[str, Registration]] = field(default=lambda paths: {})
    intent: Mapping[str, Intent] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    unrelated: bool = False  # the change shares no history with its base
    rewritten: bool = False  # moving main to it would leave main's first-parent line
    joins: bool = False  # this step of main brings another history along: it is a merge
    unsigned: bool = False  # main is guarded by signatures, and this step carries none of an approver
    signed_by: str | None = None  # the approver's handle, where main is guarded and an approver has signed this step
    author: Author | None = None  # who proposes, where a forge says so

    @property
    def charter(self) -> model.Charter | None:
        """The charter, where it can be read."""
        return self.charter_file.value if self.charter_file else None

    @functools.cached_property
    def by_number(self) -> Mapping[int, ClaimFile]:
        """The claim file of each number that is held, readable or not."""
        return {claim.number: claim for claim in self.claims.values()}

    @property
    def parsed(self) -> Iterator[Parsed[Any]]:
        """Every file that has a form to keep: charter, claims, records."""
        if self.charter_file:
            yield self.charter_file
        for claim in self.claims.values():
            yield claim.parsed
        yield from self.records.values()

    def free_numbers(self) -> tuple[int, ...]:
        """The numbers that nobody holds, in order; none where there is no charter to say how many there are."""
        capacity = self.charter.capacity if self.charter else 0
        return tuple(number for number in range(1, capacity + 1) if number not in self.by_number)

    def touched(self, base: "Snapshot") -> frozenset[str]:
        """The files that differ from base, and those that the change meant to touch though Git finds nothing left."""
        names = {*self.files, *base.files}
        return frozenset(path for path in names if self.differs(path, base)) | frozenset(self.intent)

    def differs(self, path: str, base: "Snapshot") -> bool:
        """Whether a path leads to another file than in base, or to one only here or there."""
        now, before = self.files.get(path), base.files.get(path)
        if now is None or before is None:
            return now is not before
        return (now.mode, now.oid) != (before.mode, before.oid)

    def is_new(self, claim: ClaimFile, base: "Snapshot") -> bool:
        """Whether a claim of this snapshot is not the same file in base."""
        return self.differs(claim.path, base)


def governed(path: str) -> bool:
    """Whether a path is in the registry's folder, or some file system would take it for one that is.

    That is a link in its place, `Registry/`, or a name with what HFS+ or NTFS pass over: zero widths, dots at the end.
    """
    first = path.split("/", 1)[0]
    if first == "registry":
        return True
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", first)).casefold().rstrip(". ") == "registry"


def width(capacity: int) -> int:
    """How many digits a number has in file and branch names."""
    return max(2, len(str(capacity)))


def claim_path(number: int, capacity: int) -> str:
    """The path of a number's claim: `registry/sessions/04.yaml`."""
    return f"{SESSIONS}/{number:0{width(capacity)}}.yaml"


def form_of(path: str, capacity: int | None) -> tuple[type[BaseModel], int | None] | None:
    """The form that a path asks for, and the number in its name; None for a path with no form.

    Without a readable charter (`capacity` None) every width of number is taken for a claim.
    """
    if path == CHARTER:
        return model.Charter, None
    if path in RECORDS:
        return RECORDS[path], None
    found = _NUMBERED.fullmatch(path)
    if not found or (capacity is not None and len(found[2]) != width(capacity)):
        return None
    return (model.Claim if found[1] == SESSIONS else model.Acknowledgement), int(found[2])


def parse(document: Document, shape: type[Shape]) -> Parsed[Shape]:
    """Hold a document against its form."""
    try:
        value = shape.model_validate(document.value)
    except ValidationError as error:
        faults = itertools.islice(_faults(error, document), MAX_FAULTS)
        return Parsed(document.path, document, shape, None, tuple(faults))
    return Parsed(document.path, document, shape, None if document.faults else value, ())


def _faults(error: ValidationError, document: Document) -> Iterator[ShapeFault]:
    for row in error.errors(include_url=False):
        route = _without_tags(row["loc"])
        # pydantic counts only the elements that are right, and tries a number as whole and as broken.
        echo = (row["type"] == "too_short" and row["input"]) or row["loc"][-2:] == ("value", "int")
        # A value that already has a fault of its own is not what its author meant: one problem, one finding.
        if not echo and document.damaged.isdisjoint(route[:end] for end in range(len(route) + 1)):
            yield ShapeFault(route, row["type"], row["input"], row.get("ctx", {}))


def _without_tags(route: tuple[str | int, ...]) -> Route:
    """pydantic names the branch of a union: ("scope", 0, "range", "last"), ("targets", 0, "value", "float")."""
    if route[-2:] == ("value", "float"):
        return route[:-1]
    if len(route) > 2 and route[0] in ("scope", "work") and isinstance(route[1], int):
        return route[:2] + route[3:]
    return route


def claim_file(document: Document, number: int) -> ClaimFile:
    """A claim's file with everything that could be read of it."""
    parsed = parse(document, model.Claim)
    return ClaimFile(document.path, number, parsed, _draft(parsed))


def _draft(parsed: Parsed[model.Claim]) -> Draft:
    if parsed.value is not None:
        return Draft(*(getattr(parsed.value, name) for name in Draft._fields))
    value = parsed.document.value if isinstance(parsed.document.value, dict) else {}
    broken = {route[0] for route in parsed.document.damaged if route}
    fields = dict[str, Any]()
    for name in Draft._fields:
        if name in value and name not in broken:
            try:
                fields[name] = _field(name).validate_python(value[name])
            except ValidationError:
                continue
    return Draft(**fields)


@functools.cache
def _field(name: str) -> TypeAdapter[Any]:
    annotation = model.Claim.model_fields[name].rebuild_annotation()
    return TypeAdapter(annotation, config=ConfigDict(strict=True))
