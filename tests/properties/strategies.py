"""What the property tests are made of: claims, the values of JSON, and texts that are nearly a claim."""

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tests.repository import fleet
from validator.model.normalize import UNREADABLE
from validator.registry.yaml.scalars import SAFE_INTEGER

# Words whose spelling is a trap: numbers, booleans, dates and marks of YAML 1.1 or 1.2.
TRAPS = (
    "no No NO yes Yes y Y n N on off true True TRUE false null Null NULL ~ = << 0 1 -1 12 012 00 0x1f 0o7 0b1 1_0 1:30 "
    "1.5 1.0 -0 +3 .5 5. 1e3 .nan .inf -.inf 2026-11-20 2026-11-20T08:00:00Z 10:00 - -- --- ... ? : # & * ! !! | > % @ "
    "` ' \" [ ] { } , a: a# #a :a a:b a,b -a ?a &a *a !a a&b {a} [a] 'a' \"a\" a'b \\ \\n /"
).split(" ")
WORDS = (*TRAPS, "a", "send", "17", "é", "中", "\u00a0", " ")

SAFE = st.characters(codec="utf-8").filter(lambda character: not UNREADABLE.match(character))
text = st.text(SAFE, min_size=1, max_size=30)
line = (st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join) | text).filter(
    lambda words: "\n" not in words and not words.isspace()
)
slug = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
whole = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
broken = st.decimals(-9999, 9999, allow_nan=False, places=3).map(float).filter(lambda number: not number.is_integer())
# An Ed25519 key, or one in a security key, with or without a comment.
SESSION_KEY = re.compile(
    r"(ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}|sk-ssh-ed25519@openssh\.com "
    r"AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI[A-P][A-Za-z0-9+/]{42}AAAA([A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?)"
    r"( [a-z@]{0,9})?"
)
clock = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True)
day = st.sampled_from("mon tue wed thu fri sat sun".split())


def tries(times: float) -> settings:
    """So many times what the profile asks for (conftest.py), for a property that is cheaper or dearer than most."""
    return settings(max_examples=round(settings().max_examples * times))


def fields(
    required: Mapping[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(dict(required), optional=optional)


def some(element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(element, min_size=1, max_size=3)


target = fields(
    {"metric": line, "op": st.sampled_from("gte gt lte lt eq".split()), "value": whole | broken, "unit": line},
    per=st.sampled_from("hour day week month quarter year".split()),
    measured_by=line,
)
part = fields({"work": line, "first": whole, "last": whole}) | fields({"work": line, "segments": some(line)})

session_key = st.from_regex(SESSION_KEY, fullmatch=True)

# The content of a claim that has its form, whatever the rules say of it.
claim = fields(
    {
        "number": whole,
        "role": line,
        "goal": line,
        "targets": some(target),
        "session_id": slug,
        "responsibilities": some(line),
        "status": st.sampled_from(("REGISTERED", "PENDING")),
        "timestamp": st.sampled_from(("2026-11-20T08:00:00Z", "2000-01-01T00:00:00.5Z")) | line,
    },
    runtime_id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,20}", fullmatch=True),
    key=session_key,
    scope=st.lists(part, max_size=3),
    schedule=st.lists(fields({"activity": line, "days": some(day), "end": clock}, start=clock), max_size=2),
    labels=st.dictionaries(line, line, max_size=3),
)

# Whatever a document can hold: the values of JSON, where no number ends in `.0` and none is beyond 2**53 - 1.
json_value = st.recursive(
    st.none() | st.booleans() | whole | broken | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)

MARKS = (
    "&a ¦*a¦!!str ¦!<tag:x> ¦!!set ¦!!binary ¦!!python/object:os.system ¦<<: ¦<<: *a¦? ¦- ¦: ¦, ¦ #¦[[[[[[[[[¦{a: {a: "
)
ESCAPES = '\\x41¦\\u202e¦\\ud800¦\\U00110000¦"\\U00110000"¦"\\x00"¦\\\\¦\\/¦\\_¦\\N¦\\L¦"\\e"'
HEADS = "|\n  x\n¦|+2\n¦>-\n  x\n¦>9\n¦|0\n¦%YAML 1.1\n---\n¦%TAG ! tag:x,2000:\n---\n¦%X y\n---\n¦---\n¦...\n"
FIELDS = "number: 3\n¦targets: []\n¦labels: {a: b}\n¦scope:\n¦value: 1e9¦goal: 17\n¦role: &r !!str\n¦schedule: [{}]\n"
CHARACTERS = "\t¦\r¦\r\n¦\x00¦\x1b¦\x7f¦\x85¦\u2028¦\ufeff¦\ufffe¦é¦e\u0301¦中¦😀¦\u00a0¦\u3000¦\u202e¦\u200b¦о"
LAYOUT = "\n¦\n\n¦\n  ¦\n    - ¦  ¦ \n"
LONG = ("9" * 400, "9" * 5_000, "a" * 1_100, "- " * 20, "? " * 20)
PIECES = (*TRAPS, *"¦".join((MARKS, ESCAPES, HEADS, FIELDS, CHARACTERS, LAYOUT)).split("¦"), *LONG)

yamlish = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text with a few pieces put in, taken out, or doubled."""
    result = draw(texts)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(result)))
        end = draw(st.integers(start, min(len(result), start + 40)))
        piece = draw(st.sampled_from(PIECES) | st.text(max_size=3) | st.just(result[start:end]))
        result = result[:start] + piece + result[draw(st.sampled_from([start, end])) :]
    return result


seed_claim = st.sampled_from(tuple(fleet().values()))
any_bytes = (
    st.binary(max_size=200)
    | (yamlish | mutated(seed_claim)).map(lambda words: words.encode("utf-8", "surrogatepass"))
    | st.builds(
        lambda words, encoding: words.encode(encoding, "replace"),
        mutated(seed_claim),
        st.sampled_from(("utf-16", "utf-8-sig", "latin-1", "utf-32-be")),
    )
)
