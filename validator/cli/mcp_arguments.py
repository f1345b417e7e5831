"""The arguments of the tools of `registry mcp`: their forms, and those that a claim and an amendment share."""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from validator.model.shapes import Status

MOST = 1 << 16  # characters of an argument
Text = Annotated[str | None, Field(max_length=MOST)]
Texts = Annotated[list[Annotated[str, Field(max_length=MOST)]], Field(max_length=100)]
Number = Annotated[int | None, Field(strict=True, ge=1, description="Left out: any free number.")]
Fetch = Annotated[bool, Field(strict=True, description="Ask the remote first.")]
Accepted = Annotated[
    list[str], Field(description="The targets that the answer has shown as read from the goal, if they are right.")
]
Committed = Annotated[Status | None, Field(description="PENDING: you hold the number and are not committed yet.")]
Key = Annotated[
    Literal["new"] | None,
    Field(description="Makes an SSH signing key for this session, where the charter asks for one."),
]
Release = Annotated[
    str | None,
    Field(max_length=MOST, description="In an active fleet: why the number is given back first, in the same proposal."),
]

Method = TypeVar("Method", bound=Callable[..., Any])
# The name of an argument → its form, and its value where it is left out.
Arguments = Mapping[str, tuple[Any, Any]]
_SHARED: Arguments = {
    **{"goal": (Text, None), "role": (Text, None)},
    **{name: (Texts, []) for name in ("targets", "responsibilities", "scope", "schedule")},
    **{"status": (Committed, None), "key": (Key, None), "accept_targets": (Accepted, [])},
}
AMENDMENT: Arguments = {**_SHARED, "release": (Release, None)}
CLAIM: Arguments = {"number": (Number, None), "name": (Text, None), **_SHARED}


def takes(arguments: Arguments) -> Callable[[Method], Method]:
    """Let a tool that takes any keyword have these arguments, as if they stood in its definition."""

    def with_signature(method: Method) -> Method:
        found = inspect.signature(method)
        (itself, _) = found.parameters.values()
        own = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=form)
            for name, (form, default) in arguments.items()
        ]
        vars(method)["__signature__"] = found.replace(parameters=[itself, *own])
        return method

    return with_signature
