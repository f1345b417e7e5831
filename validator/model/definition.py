"""The definition of a registry's files: charter, claim and records; one class a file.

Frozen and strict: `"3"` is no number and `true` is no `1`. What goes beyond shape (who holds a number, is the goal
measurable, …) is a rule with a code, so there is no custom validator here; a session's key is read in its normal form.
The schemas under `schema/` are made from these classes by `registry schema`. Programs that read files use the same
classes without pydantic, from `shapes.py`.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from validator.model.keys import normal_key
from validator.model.names import LONGEST_NAME, SESSION_ID_PATTERN
from validator.model.words import Day, Op, Period, Status, divided_how, only_true

# JSON Schema's `$` is the end of the text; Python's `re`, which many validators use, also matches before a trailing
# newline. With this second condition all validators agree.
NO_NEWLINE: dict[str, Any] = {"not": {"pattern": "\n"}}

T = TypeVar("T")
# A list of the file; strict about its elements, and not about the Python type that carries them.
Many = Annotated[tuple[T, ...], Field(strict=False)]
Some = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]

Line = Annotated[str, Field(pattern=r"^[^\n]*\S[^\n]*$", json_schema_extra=NO_NEWLINE)]
SessionId = Annotated[str, Field(pattern=SESSION_ID_PATTERN, max_length=LONGEST_NAME, json_schema_extra=NO_NEWLINE)]
RuntimeId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", max_length=128, json_schema_extra=NO_NEWLINE)
]
Handle = Annotated[
    str, Field(pattern=r"^@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$", json_schema_extra=NO_NEWLINE)
]
PublicKey = Annotated[
    str,
    Field(pattern=r"^(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\n]*)?$", json_schema_extra=NO_NEWLINE),
]
# An Ed25519 key, or one in a security key, whole and in one way of writing its base64; certificates have another type.
_ED25519 = r"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}"
_SK_ED25519 = (
    r"sk-ssh-ed25519@openssh\.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI[A-P][A-Za-z0-9+/]{42}AAAA"
    r"([A-Za-z0-9+/]{4}){0,84}([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"
)
SessionKey = Annotated[
    str,
    Field(pattern=rf"^({_ED25519}|{_SK_ED25519})( [^\n]*)?$", max_length=1024, json_schema_extra=NO_NEWLINE),
    AfterValidator(normal_key),
]
Account = Annotated[str, Field(pattern=r"^github:[1-9][0-9]{0,18}$", json_schema_extra=NO_NEWLINE)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", json_schema_extra=NO_NEWLINE)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", json_schema_extra=NO_NEWLINE)]
Week = Annotated[str, Field(pattern=r"^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$", json_schema_extra=NO_NEWLINE)]
TimeZone = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", json_schema_extra=NO_NEWLINE)]
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
# `Literal[True]` would accept 1, and JSON Schema does not.
Yes = Annotated[bool, AfterValidator(only_true), WithJsonSchema({"const": True, "type": "boolean"})]


class Shape(BaseModel):
    """What all shapes share: unknown fields are errors, nothing is coerced, nothing changes after reading."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Target(Shape):
    """One measurable promise, with the operators of OpenSLO: `emails sent` `gte` `17` `emails` per `day`."""

    metric: Line
    op: Op
    value: int | float
    unit: Line
    per: Period | None = None
    measured_by: Line | None = None


class RangePart(Shape):
    """A contiguous piece of numbered work, both ends included."""

    work: Line
    first: int
    last: int


class SegmentPart(Shape):
    """Named pieces of segmented work."""

    work: Line
    segments: Some[Line]


class RangeWork(Shape):
    """Work of the charter that is divided by number, both ends included."""

    name: Line
    first: int
    last: int


class SegmentWork(Shape):
    """Work of the charter that is divided by name."""

    name: Line
    segments: Some[Line]


Part = Annotated[
    Annotated[RangePart, Tag("range")] | Annotated[SegmentPart, Tag("segments")], Discriminator(divided_how)
]
Work = Annotated[
    Annotated[RangeWork, Tag("range")] | Annotated[SegmentWork, Tag("segments")], Discriminator(divided_how)
]


class Appointment(Shape):
    """When a session does something, in the charter's time zone; without `start`, `end` is a deadline."""

    activity: Line
    days: Some[Day]
    start: Clock | None = None
    end: Clock


class Claim(Shape):
    """The content of `registry/sessions/NN.yaml`: who takes a number, in which role, for which measurable goal.

    `key` is the SSH key that speaks for the session. `owner` is the account on a forge that does, by its number, which
    a rename leaves alone; `owner_login` only tells people who that is.
    """

    number: int
    role: Line
    goal: Line
    targets: Some[Target]
    session_id: SessionId
    runtime_id: RuntimeId | None = None
    key: SessionKey | None = None
    responsibilities: Some[Line]
    scope: Many[Part] = ()
    schedule: Many[Appointment] = ()
    status: Status
    timestamp: Timestamp
    owner: Account | None = None
    owner_login: Line | None = None
    labels: dict[str, str] = Field(default_factory=dict)


class Mission(Shape):
    """What the fleet is for, and the targets that nobody's goal may contradict."""

    statement: Line
    targets: Many[Target] = ()


class Approver(Shape):
    """A human who approves; `key` is the SSH public key that signs approvals on a plain Git server."""

    handle: Handle
    key: PublicKey | None = None


class Slot(Shape):
    """The plan for a number; `key` is the SSH key of the session that it is kept for.

    Its claim takes over the role, scope and schedule that it does not name itself.
    """

    number: int
    title: Line
    role: Line
    key: SessionKey | None = None
    scope: Many[Part] = ()
    schedule: Many[Appointment] = ()


class Metric(Shape):
    """A metric that the fleet shares: what it is called, and its unit and period."""

    name: Line
    aliases: Many[Line] = ()
    unit: Line
    per: Period | None = None


class Charter(Shape):
    """The content of `registry/charter.yaml`. Numbers are `1..capacity`; all of them must be registered.

    With `session_keys: required` every claim carries the key that speaks for its session, with `session_owners:
    required` the account on a forge that does.
    """

    mission: Mission
    capacity: Annotated[int, Field(ge=1, le=99_999)]
    orchestrator: int
    time_zone: TimeZone
    approvers: Some[Approver]
    session_keys: Literal["required", "optional"] | None = None
    session_owners: Literal["required", "optional"] | None = None
    metrics: Many[Metric] = ()
    work: Many[Work] = ()
    slots: Many[Slot] = ()


class Confirmation(Shape):
    """`confirmation.yaml`: the orchestrator has seen no conflict in the registry with this digest."""

    registry: Digest
    number: int
    session_id: SessionId
    timestamp: Timestamp


class Approval(Shape):
    """`approval.yaml`: a human of the charter's approvers accepts the registry with this digest."""

    registry: Digest
    approved_by: Handle
    timestamp: Timestamp


class Broadcast(Shape):
    """`broadcast.yaml`: the orchestrator has sent the final registry to the sessions in `delivered`."""

    registry: Digest
    number: int
    session_id: SessionId
    timestamp: Timestamp
    delivered: Many[int]


class Acknowledgement(Shape):
    """`acknowledgements/NN.yaml`: a session accepts its own commitments."""

    registry: Digest
    number: int
    session_id: SessionId
    ready: Yes
    timestamp: Timestamp


class Activation(Shape):
    """`activation.yaml`: a human starts the fleet in this ISO week."""

    registry: Digest
    approved_by: Handle
    week: Week
    timestamp: Timestamp


Record = Confirmation | Approval | Broadcast | Acknowledgement | Activation
