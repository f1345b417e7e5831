"""The text of the claim that a request comes to: a first claim, or the open or registered one with what is named."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import claim_path
from validator.model.normalize import fold
from validator.model.numbers import numbers_stated
from validator.model.phrases import command_line, quoted
from validator.model.shapes import Target
from validator.model.targets import format_target
from validator.operations.claim.deadline import names_deadline
from validator.operations.claim.goal import draft_targets
from validator.operations.claim.request import ClaimRequest, as_field
from validator.operations.claim.scope import with_ranges
from validator.operations.claim.state import OwnProposal, RegistryState
from validator.operations.claim.suggestion import numbers_left, suggest_target
from validator.operations.claim.target import blanks
from validator.operations.judge import has_to_be_made_again
from validator.registry.parsing import ClaimFile, claim_file
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import write_claim

OPTIONAL = ("runtime_id", "scope", "schedule", "owner", "owner_login", "labels")  # taken away by an empty value


class CompleteClaim(NamedTuple):
    """The text to propose for a number; `base` is the text that it changes, None for a first claim.

    `from_goal` are the targets that were read from the goal; they have to be accepted.
    """

    text: str
    base: str | None
    from_goal: tuple[Target, ...] = ()

    def file(self, number: int) -> ClaimFile:
        """The text, read as the file of a number."""
        return claim_file(read(claim_path(number), self.text.encode()), number)


def complete(state: RegistryState, request: ClaimRequest, number: int) -> CompleteClaim:
    """The claim of a number. Raises FatalError where the goal is missing, or states something that cannot be read."""
    request = _with_ranges(state, request)
    base = _base(state, request, number)
    text = base.document.text if base else None
    if text is None or base is None or base.document.faults or not isinstance(base.document.value, dict):
        return _first(state, request, number)
    return _amended(state, request, number, text, base.document.value)


def _with_ranges(state: RegistryState, request: ClaimRequest) -> ClaimRequest:
    """A request whose scope is read by what the charter says of the work; that of a claim file stays as it is."""
    scope = request.fields.get("scope")
    if not scope or request.source:
        return request
    return request._replace(fields={**request.fields, "scope": with_ranges(scope, state.charter.work)})


def restored(text: str, request: ClaimRequest) -> str:
    """Main's claim as a proposal in place of an amendment: a proposal changes something, and this is its timestamp."""
    return _amend(text, {"timestamp": request.now})


def is_current(own: OwnProposal) -> bool:
    """Whether an open proposal can still be merged as it is."""
    return not own.landed and not (isinstance(own.verdict, Verdict) and has_to_be_made_again(own.verdict))


def differences(old: str, new: str) -> str:
    """The lines that differ, as in a unified diff; empty where none does."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")
    return "".join(f"{line}\n" for line in lines if not line.startswith(("---", "+++")))


def _base(state: RegistryState, request: ClaimRequest, number: int) -> ClaimFile | None:
    """The session's claim that a request changes: in its open proposal, else on main."""
    own, held = state.own.get(number), state.snapshot.by_number.get(number)
    mine = held if held and held.draft.session_id == request.session_id else None
    return own.claim if own and (mine is None or is_current(own)) else mine


def _first(state: RegistryState, request: ClaimRequest, number: int) -> CompleteClaim:
    """A claim of what is named, and of what the charter plans for the number where nothing is named."""
    fields = dict(request.fields)
    goal = fields.get("goal")
    from_goal = () if fields.get("targets") and _is_goal(goal) else _drawn(goal)
    fields |= {"targets": [as_field(target) for target in from_goal]} if from_goal else {}
    fields["responsibilities"] = fields.get("responsibilities") or [goal]
    labels = _labels(fields.get("labels"), request)
    fields |= {"labels": labels} if labels else {}
    plan = {name: value for name, value in _plan(state, number).items() if not _is_named(fields, name)}
    defaults = {"status": "REGISTERED", "timestamp": request.now}
    written = {**defaults, **_with_values(fields), **plan, "number": number}
    return CompleteClaim(write_claim(written), None, from_goal)


def _amended(
    state: RegistryState, request: ClaimRequest, number: int, text: str, old: Mapping[str, Any]
) -> CompleteClaim:
    """The text with what is named changed, and what follows from it."""
    changes = {"number": number, **request.fields}
    goal, from_goal = changes.get("goal"), tuple[Target, ...]()
    if changes.get("targets"):
        changes["targets"] = _measured(changes["targets"], old)
    elif goal is not None and (goal != old.get("goal") or not old.get("targets")):
        from_goal = _drawn(goal)
        changes["targets"] = _measured([as_field(target) for target in from_goal], old)
    if goal is not None and old.get("responsibilities") == [old.get("goal")]:
        changes.setdefault("responsibilities", [goal])  # nobody named them: they are the goal
    if request.labels:
        changes["labels"] = _labels(changes.get("labels", old.get("labels")), request)
    if not changes.get("role", True):
        changes["role"] = _plan(state, number).get("role", old.get("role"))
    empty = {name: None for name in OPTIONAL if name in changes and not changes[name]}
    return CompleteClaim(_amend(text, changes | empty), text, from_goal)


def _amend(text: str, changes: Mapping[str, Any]) -> str:
    from validator.registry.yaml.amendment import amend  # a first claim does without ruamel.yaml

    return amend(text, changes)


def _drawn(goal: object) -> tuple[Target, ...]:
    """The targets that a goal states. What cannot be read is asked for, never guessed."""
    if not _is_goal(goal):
        raise FatalError("the claim has no goal; add --goal")
    draft = draft_targets(goal)
    if draft.unread or not draft.targets:
        raise FatalError(_question(draft.targets, draft.unread or (goal,)))
    return draft.targets


def _question(targets: Sequence[Target], unread: Sequence[str]) -> str:
    """What to ask about clauses that could not be read, with what to write instead of each."""
    asked = f"what is measured in {' and '.join(map(quoted, unread))}?"
    dated = "; a date is no target: say how much is there by then" if any(map(names_deadline, unread)) else ""
    if not any(map(numbers_stated, unread)):
        return f"{asked} it has no figure: write into it how much{dated}"
    ways = [*map(format_target, targets), *map(suggest_target, unread)]
    options = command_line(word for way in ways for word in ("--target", way))
    rest = [number for clause in unread for number in numbers_left(clause)]
    more = f"; add one for {' and '.join(rest)} too, if it is measured" if rest else ""
    left = blanks(options)
    say = f"say all targets, and replace {left}; fill in:" if left else "say all targets:"
    return f"{asked} {say} {options}{more}; every value has to stand in the goal{dated}"


def _is_goal(goal: object) -> TypeGuard[str]:
    return isinstance(goal, str) and bool(goal.strip())


def _measured(targets: Any, old: Mapping[str, Any]) -> Any:
    """Named targets; one of a metric that was there before keeps how it is measured."""
    before = old.get("targets")
    known = {
        fold(str(one.get("metric"))): one["measured_by"]
        for one in (before if isinstance(before, list) else [])
        if isinstance(one, dict) and "measured_by" in one
    }
    if not (known and isinstance(targets, list)):
        return targets
    return [
        {**one, "measured_by": known[key]}
        if isinstance(one, dict) and (key := fold(str(one.get("metric")))) in known and "measured_by" not in one
        else one
        for one in targets
    ]


def _labels(before: Any, request: ClaimRequest) -> Any:
    """Labels with those of the request set, and those without a value taken away."""
    if not request.labels:
        return before
    known = before if isinstance(before, dict) else {}
    return {name: value for name, value in {**known, **request.labels}.items() if value}


def _plan(state: RegistryState, number: int) -> dict[str, Any]:
    """What the charter plans for a number, as fields of its claim."""
    slot = next((slot for slot in state.charter.slots if slot.number == number), None)
    fields = {"role", "scope", "schedule", "key"}
    planned = slot.model_dump(mode="json", include=fields, exclude_none=True) if slot else {}
    return {name: value for name, value in planned.items() if value}


def _is_named(fields: Mapping[str, Any], name: str) -> bool:
    """Whether a request says something about a planned field: an empty scope is said, an empty role is left out."""
    return bool(fields.get(name)) if name == "role" else name in fields


def _with_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or name not in OPTIONAL}
