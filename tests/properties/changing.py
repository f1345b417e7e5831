"""One change to a value of JSON: a field gone, added, of another type, or nearly right."""

import copy
from typing import Any

from hypothesis import strategies as st

from tests.properties.strategies import json_value, line

NEARLY: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        3,
        17,
        2**53 - 1,
        -(2**53 - 1),
        0.5,
        -0.5,
        99_999,
        100_000,
        [],
        {},
        [None],
        {"a": "b"},
    ),
    *("", " ", "\n", "a\n", "\na", "a\nb", "\u00a0", "\u3000", "\u2003", "\u180e", "a\u00a0", "3", "true", "null"),
    *(
        "marketing-outreach-1",
        "Marketing",
        "a--b",
        "-a",
        "a-",
        "a" * 64,
        "a" * 65,
        "é",
        "A.b_c:d-e",
        "A" * 128,
        "A" * 129,
    ),
    *("10:00", "24:00", "9:00", "10:00\n", "mon", "Mon", "gte", "GTE", "day", "REGISTERED", "2026-W48", "2026-W54"),
    *("@OWNER", "@org/team", "@", "@a/", "OWNER", "@OWNER\n", "America/Los_Angeles", "UTC", "Etc/GMT+5", "a/"),
    *("sha256:" + "0" * 64, "sha256:" + "0" * 63, "SHA256:" + "0" * 64, "sha256:" + "0" * 64 + "\n"),
    *("ssh-ed25519 AAAA", "ssh-ed25519 AAAA= a comment", "ssh-ed25519", "ssh-ed25519 AAAA\nssh-ed25519 BBBB"),
)
KEYS = ("number", "role", "first", "last", "segments", "work", "start", "per", "value", "key", "", " ", "Number", "é")

Route = tuple[str | int, ...]


def routes(value: Any, so_far: Route = ()) -> list[Route]:
    """The place of every part of a value, its own first."""
    found = [so_far]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        found += routes(inner, (*so_far, key))
    return found


@st.composite
def changed(draw: st.DrawFn, original: Any) -> Any:
    """The value with one part taken away, replaced, doubled, or given a field more."""
    value = copy.deepcopy(original)
    *above, last = draw(st.sampled_from([route for route in routes(value) if route] or [("",)]))
    for key in above:
        value = value[key]
    top, inner = value, value[last]
    what = draw(st.sampled_from(("replace", "replace", "replace", "remove", "add", "double")))
    if what == "remove":
        del top[last]
    elif what == "add" and isinstance(inner, dict):
        inner[draw(st.sampled_from(KEYS) | line)] = draw(st.sampled_from(NEARLY) | json_value)
    elif what == "double" and isinstance(top, list):
        top.insert(int(last), copy.deepcopy(inner))
    else:
        top[last] = draw(st.sampled_from(NEARLY) | json_value)
    return replaced(original, tuple(above), top)


def replaced(original: Any, route: Route, part: Any) -> Any:
    """The value with another part at a place."""
    if not route:
        return part
    result = copy.copy(original)
    result[route[0]] = replaced(original[route[0]], route[1:], part)
    return result
