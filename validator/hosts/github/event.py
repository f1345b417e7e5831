"""What a GitHub event asks to be judged. A payload is data: only the fields named here are read, and all are checked.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

import json
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from validator.model.errors import FatalError
from validator.model.layout import HEADS, MAIN
from validator.registry.snapshot import Author
from validator.report.documents import Oid

MAX_BYTES = 32 * 1024 * 1024  # GitHub sends at most 25 MB
QUEUE = f"{HEADS}gh-readonly-queue/main/"

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$", max_length=100)]


class PullRequest(NamedTuple):
    """A proposal: its number, the commit that the event is about (full hex), and who opened it."""

    number: int
    head: str
    author: Author


class Moved(NamedTuple):
    """What moves main, or wants to: from a commit to another (full hex). `queued`: a merge queue's group."""

    base: str
    head: str
    queued: bool


Event = PullRequest | Moved


class _Part(BaseModel):
    """A part of a payload; other fields are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


Shape = TypeVar("Shape", bound=_Part)


class _Base(_Part):
    ref: str


class _Head(_Part):
    sha: Oid


class _User(_Part):
    id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    login: Login


class _Pull(_Part):
    number: Number
    state: Literal["open", "closed"]
    base: _Base
    head: _Head
    user: _User


class _PullRequestEvent(_Part):
    pull_request: _Pull


class _Group(_Part):
    base_ref: str
    base_sha: Oid
    head_sha: Oid
    head_ref: str


class _MergeGroupEvent(_Part):
    merge_group: _Group


class _PushEvent(_Part):
    ref: str
    before: Oid
    after: Oid


def read_event(data: bytes) -> Event:
    """What the JSON of a payload asks for. Raises FatalError for an event that is malformed or asks for nothing."""
    payload = _parsed(data)
    if "pull_request" in payload:
        return _pull_request(_checked(_PullRequestEvent, payload).pull_request)
    if "merge_group" in payload:
        return _merge_group(_checked(_MergeGroupEvent, payload).merge_group)
    if "before" in payload and "after" in payload:
        return _push(_checked(_PushEvent, payload))
    known = "pull_request_target, pull_request, merge_group and push"
    raise FatalError(f"this event asks for no verdict (those of {known} do); to judge all of main: registry audit")


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise FatalError(f"the event payload has more than {MAX_BYTES:,} bytes; GitHub sends none so large")
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FatalError("the event payload is not JSON; give the file that GITHUB_EVENT_PATH names") from error
    if not isinstance(payload, dict):
        raise FatalError("the event payload is no JSON object; give the file that GITHUB_EVENT_PATH names")
    return payload


def _checked(shape: type[Shape], payload: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise FatalError(f"the event payload is malformed at {place}: {first['msg']}") from error


def _pull_request(pull: _Pull) -> PullRequest:
    if pull.state == "closed":
        raise FatalError(f"pull request {pull.number} is closed; reopen it to have it judged")
    if pull.base.ref != "main":
        raise FatalError(f"pull request {pull.number} does not go to main, so it registers nothing; change its base")
    author = Author(f"github:{pull.user.id}", f"@{pull.user.login}")
    return PullRequest(pull.number, pull.head.sha, author)


def _merge_group(group: _Group) -> Moved:
    if group.base_ref != MAIN or not group.head_ref.startswith(QUEUE):
        raise FatalError("this merge group does not go to main; there is nothing to judge")
    return Moved(group.base_sha, group.head_sha, queued=True)


def _push(push: _PushEvent) -> Moved:
    if push.ref != MAIN:
        raise FatalError("this push is not to main; there is nothing to judge")
    if not push.after.strip("0"):
        raise FatalError("this push deletes main; restore it; fill in: git push origin COMMIT:refs/heads/main")
    if not push.before.strip("0"):
        raise FatalError("this push begins main; judge all of it: registry audit")
    return Moved(push.before, push.after, queued=False)
