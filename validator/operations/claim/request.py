"""Make a claim request from options of the command line and a message or a file; the options take precedence."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from validator.model.errors import FatalError
from validator.model.phrases import quoted
from validator.model.shapes import Target
from validator.operations.claim.appointment import read_appointment
from validator.operations.claim.message import is_message, read_source
from validator.operations.claim.scope import read_scope
from validator.operations.claim.target import UnreadableError, read_target
from validator.operations.reason import checked_reason
from validator.registry.yaml.reader import Document, read


class ClaimRequest(NamedTuple):
    """What a session wants to claim: the fields that it names, and the number, None for any free one.

    `labels` are set one by one, and taken away where the text is empty. `now` is the time, RFC 3339. `source` is the
    file that the fields were read from, where it is a claim. `release` is the reason why the number may be given back
    first, where nothing else can change the claim.
    """

    number: int | None
    fields: Mapping[str, Any]
    labels: Mapping[str, str] = {}
    now: str = ""
    source: Document | None = None
    release: str = ""

    @property
    def session_id(self) -> str:
        """The session that claims."""
        return str(self.fields["session_id"])


class ClaimOptions(NamedTuple):
    """The options of the command line; `source` is the text of a file, of standard input or of a message.

    `file` is the name of that file. `owner` is the account that proposes on a forge, and its login: the claim's owner
    where the source names none.
    """

    number: int | None = None
    session_id: str | None = None
    role: str | None = None
    goal: str | None = None
    targets: tuple[str, ...] = ()
    responsibilities: tuple[str, ...] = ()
    source: str | None = None
    scope: tuple[str, ...] = ()
    schedule: tuple[str, ...] = ()
    status: str | None = None
    labels: tuple[str, ...] = ()
    owner: tuple[str, str] | None = None
    file: str = ""


def request_from(options: ClaimOptions, *, any_number: bool, now: str, name: Callable[[], str]) -> ClaimRequest:
    """The request. Options take precedence over the source. `now` is the time of claiming, RFC 3339.

    `name` looks up the session's name where neither has one. Raises FatalError where an option is not what it should
    be, or nothing says which number.
    """
    try:
        fields = read_source(options.source, options.file) if options.source is not None else {}
        fields |= _named(options)
        labels = _labels(options.labels)
        if options.owner and fields.get("owner") is None:
            fields["owner"], fields["owner_login"] = options.owner
        if fields.get("session_id") is None:
            fields["session_id"] = name()
    except UnreadableError as error:
        raise FatalError(str(error)) from error
    session = fields.get("session_id")
    if not (isinstance(session, str) and session.strip()):
        raise FatalError("the claim has no session_id; add --session-id")
    stated = fields.pop("number", None)
    number = None if any_number else options.number if options.number is not None else stated
    if number is None and not any_number:
        raise FatalError("which number? name one, or take any free one: --any")
    if number is not None and type(number) is not int:
        raise FatalError(f"number is {quoted(number)}, not a whole number")
    return ClaimRequest(number, fields, labels, now, _file(options))


def reason_for(release: str | None) -> str:
    """The reason for a release before a claim; empty where none was asked for. Raises FatalError for no reason."""
    return "" if release is None else checked_reason(release, "it is what history shows")


def _file(options: ClaimOptions) -> Document | None:
    text = options.source if options.file else None
    return None if text is None or is_message(text) else read(options.file, text.encode())


def as_field(target: Target) -> dict[str, Any]:
    """A target as a claim has it."""
    return target.model_dump(exclude_none=True)


def _named(options: ClaimOptions) -> dict[str, Any]:
    """The fields that options name. An empty scope or schedule takes the field away."""
    texts = {"session_id": options.session_id, "role": options.role, "goal": options.goal, "status": options.status}
    fields: dict[str, Any] = {name: value for name, value in texts.items() if value is not None}
    if options.targets:
        fields["targets"] = [as_field(read_target(text)) for text in options.targets]
    if options.responsibilities:
        fields["responsibilities"] = list(options.responsibilities)
    if options.scope:
        fields["scope"] = [read_scope(text) for text in _unless_empty(options.scope)]
    if options.schedule:
        fields["schedule"] = [read_appointment(text) for text in _unless_empty(options.schedule)]
    return fields


def _unless_empty(texts: Sequence[str]) -> Sequence[str]:
    return () if list(texts) == [""] else texts


def _labels(texts: Sequence[str]) -> dict[str, str]:
    """The labels that `NAME=TEXT` names. Raises UnreadableError."""
    labels = dict[str, str]()
    for text in texts:
        name, sign, value = text.partition("=")
        if not (name.strip() and sign):
            raise UnreadableError(f"{quoted(text)} is no label; write NAME=TEXT; NAME= takes it away")
        labels[name.strip()] = value.strip()
    return labels
