"""Make a claim request from options of the command line and a message or a file; the options take precedence."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from validator.model.errors import FatalError
from validator.model.phrases import quoted
from validator.model.shapes import Target
from validator.model.targets import format_target
from validator.operations.claim.goal import draft_targets
from validator.operations.claim.message import read_source
from validator.operations.claim.suggestion import suggest_target
from validator.operations.claim.target import UnreadableError, read_target


class ClaimRequest(NamedTuple):
    """What a session wants to claim: fields of a claim without the number, and the number, None for any free one."""

    number: int | None
    fields: Mapping[str, Any]

    @property
    def session_id(self) -> str:
        """The session that claims."""
        return str(self.fields["session_id"])


class ClaimOptions(NamedTuple):
    """The options of the command line; `source` is the text of a file, of standard input or of a message."""

    number: int | None = None
    session_id: str | None = None
    role: str | None = None
    goal: str | None = None
    targets: tuple[str, ...] = ()
    responsibilities: tuple[str, ...] = ()
    source: str | None = None


def request_from(
    options: ClaimOptions, *, any_number: bool, now: str, name: Callable[[], str]
) -> tuple[ClaimRequest, tuple[str, ...]]:
    """The request, and the targets that were read from its goal and have to be accepted, as text.

    Options take precedence over the source. `now` is the time of claiming, RFC 3339; `name` looks up the session's name
    where neither has one. Raises FatalError where the options are not a claim, or are too few for one.
    """
    try:
        fields = read_source(options.source) if options.source is not None else {}
        given = {"session_id": options.session_id, "role": options.role, "goal": options.goal}
        fields |= {name: value for name, value in given.items() if value is not None}
        if fields.get("session_id") is None:
            fields["session_id"] = name()
        if options.targets:
            fields["targets"] = [_as_field(read_target(text)) for text in options.targets]
        from_goal = _fill_in_targets(fields)
    except UnreadableError as error:
        raise FatalError(str(error)) from error
    if options.responsibilities or not fields.get("responsibilities"):
        fields["responsibilities"] = list(options.responsibilities) or [fields["goal"]]
    stated = fields.pop("number", None)
    number = None if any_number else options.number if options.number is not None else stated
    if number is None and not any_number:
        raise FatalError("which number? name one, or take any free one: --any")
    if number is not None and type(number) is not int:
        raise FatalError(f"number is {quoted(number)}, not a whole number")
    return ClaimRequest(number, {"status": "REGISTERED", "timestamp": now, **fields}), tuple(
        map(format_target, from_goal)
    )


def _fill_in_targets(fields: dict[str, Any]) -> tuple[Target, ...]:
    """Fill in targets that the goal states, where none are given. What cannot be read is asked for, never guessed."""
    for name in ("session_id", "goal"):
        value = fields.get(name)
        if not (isinstance(value, str) and value.strip()):
            raise UnreadableError(f"the claim has no {name}; add --{name.replace('_', '-')}")
    if fields.get("targets"):
        return ()
    draft = draft_targets(fields["goal"])
    if draft.unread or not draft.targets:
        unread = " and ".join(map(quoted, draft.unread or [fields["goal"]]))
        ways = [f'--target "{format_target(target)}"' for target in draft.targets]
        ways += [f"--target {quoted(suggest_target(clause))}" for clause in draft.unread or [fields["goal"]]]
        raise UnreadableError(
            f"what is measured in {unread}? say all targets: {' '.join(ways)}; every value has to stand in the goal"
        )
    fields["targets"] = [_as_field(target) for target in draft.targets]
    return draft.targets


def _as_field(target: Target) -> dict[str, Any]:
    return target.model_dump(exclude_none=True)
