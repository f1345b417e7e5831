"""Event payloads: what is read of them; anything else is a one-line error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hosts.github.forge import template
from validator.hosts.github.event import MAX_BYTES, Moved, PullRequest, read_event
from validator.model.errors import FatalError
from validator.registry.snapshot import Author

OPENED, GROUP, PUSH = "pull_request_target.opened", "merge_group", "push"
A, B, ZERO = "a" * 40, "b" * 40, "0" * 40


def changed(name: str, path: str, value: Any) -> bytes:
    payload = template(name)
    part = payload
    *route, last = path.split(".")
    for key in route:
        part = part[key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return json.dumps(payload).encode()


def test_a_pull_request() -> None:
    data = changed(OPENED, "pull_request.head.sha", A)
    assert read_event(data) == PullRequest(2, A, Author("github:1", "@OWNER"))
    assert read_event(changed(OPENED, "pull_request.head.repo", None)), "the fork may be gone"
    assert read_event(changed(OPENED, "pull_request.user.login", "dependabot[bot]"))


def test_a_merge_group() -> None:
    event = read_event(changed(GROUP, "merge_group.head_sha", B))
    assert event == Moved(template(GROUP)["merge_group"]["base_sha"], B, queued=True)


def test_a_push() -> None:
    payload = template(PUSH) | {"ref": "refs/heads/main", "before": A, "after": B}
    assert read_event(json.dumps(payload).encode()) == Moved(A, B, queued=False)


SAID = {
    "closed": (changed(OPENED, "pull_request.state", "closed"), "pull request 2 is closed; reopen it"),
    "other base": (changed(OPENED, "pull_request.base.ref", "x"), "does not go to main"),
    "no head": (changed(OPENED, "pull_request.head", ...), "malformed at pull_request.head: Field required"),
    "short head": (changed(OPENED, "pull_request.head.sha", "abc"), "malformed at pull_request.head.sha"),
    "option for a head": (changed(OPENED, "pull_request.head.sha", "--upload-pack=x"), "malformed at"),
    "line after a head": (changed(OPENED, "pull_request.head.sha", f"{A}\n"), "malformed at pull_request.head.sha"),
    "number as text": (changed(OPENED, "pull_request.number", "7"), "malformed at pull_request.number"),
    "number as truth": (changed(OPENED, "pull_request.number", True), "malformed at pull_request.number"),
    "number 0": (changed(OPENED, "pull_request.number", 0), "malformed at pull_request.number"),
    "id as text": (changed(OPENED, "pull_request.user.id", "1"), "malformed at pull_request.user.id"),
    "no author": (changed(OPENED, "pull_request.user", None), "malformed at pull_request.user"),
    "login with a line": (changed(OPENED, "pull_request.user.login", "a\n"), "malformed at pull_request.user.login"),
    "group for another branch": (changed(GROUP, "merge_group.base_ref", "refs/heads/x"), "does not go to main"),
    "group from elsewhere": (changed(GROUP, "merge_group.head_ref", "refs/heads/x"), "does not go to main"),
    "group without base": (changed(GROUP, "merge_group.base_sha", ...), "malformed at merge_group.base_sha"),
    "push to a branch": (changed(PUSH, "ref", "refs/heads/x"), "this push is not to main"),
    "push of a tag called main": (changed(PUSH, "ref", "refs/tags/main"), "this push is not to main"),
    "push that deletes": (changed(PUSH, "after", ZERO), "this push deletes main"),
    "push that begins": (
        json.dumps(template(PUSH) | {"before": ZERO, "after": A}).encode(),
        "this push begins main; judge all of it: registry audit",
    ),
    "schedule": (json.dumps(template("schedule")).encode(), "asks for no verdict"),
    "nothing": (b"", "is not JSON"),
    "no UTF-8": (b"\xff", "is not JSON"),
    "deep": (b"[" * 100_000, "is not JSON"),
    "list": (b"[]", "is no JSON object"),
    "large": (b" " * (MAX_BYTES + 1), "has more than 33,554,432 bytes"),
}


@pytest.mark.parametrize("name", SAID)
def test_other_payloads_are_one_line_errors(name: str) -> None:
    data, words = SAID[name]
    with pytest.raises(FatalError) as caught:
        read_event(data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([A, B, ZERO, "main", "open"]),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=5,
)
PLACES = (
    ("pull_request",), ("pull_request", "number"), ("pull_request", "state"), ("pull_request", "base"),
    ("pull_request", "base", "ref"), ("pull_request", "head"), ("pull_request", "head", "sha"),
    ("pull_request", "user"), ("pull_request", "user", "id"), ("pull_request", "user", "login"), ("merge_group",),
    *(("merge_group", name) for name in ("base_ref", "base_sha", "head_ref", "head_sha")),
    *((name,) for name in ("ref", "before", "after")),
)  # fmt: skip


@given(st.sampled_from([OPENED, GROUP, PUSH, "schedule"]), st.sampled_from(PLACES), JSON)
def test_any_payload_is_an_event_or_a_one_line_error(name: str, place: tuple[str, ...], value: Any) -> None:
    payload = template(name)
    part: Any = payload
    for key in place[:-1]:
        part = part.get(key, {}) if isinstance(part, dict) else {}
    part[place[-1]] = value
    assert "\n" not in answer(json.dumps(payload).encode())


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_event_or_a_one_line_error(data: bytes) -> None:
    assert "\n" not in answer(data)


def answer(data: bytes) -> str:
    """What is asked, or why nothing is, on a line."""
    try:
        return repr(read_event(data))
    except FatalError as error:
        return str(error)
