"""The strict reader: values, and every fault with its place. Each line of a table is one trap."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.repository import fleet
from validator.model.errors import FatalError
from validator.model.findings import Location
from validator.registry.yaml.builder import build, libyaml
from validator.registry.yaml.faultless import faultless
from validator.registry.yaml.faults import MAX_DEPTH, MAX_FAULTS
from validator.registry.yaml.reader import MAX_BYTES, Document, read
from validator.registry.yaml.source import Source

PATH = "registry/sessions/04.yaml"
DEPTH = "[" * MAX_DEPTH + "]" * MAX_DEPTH


def reading(text: str | bytes) -> Document:
    return read(PATH, text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# words\n", None),
        ("3\n", 3),
        ("- a\n", ["a"]),
        ("---\na: 1\n...\n", {"a": 1}),
        ("a:\n", {"a": None}),
        ("a: ~\n", {"a": None}),
        ("a: null\n", {"a": None}),
        ("a: true\nb: false\n", {"a": True, "b": False}),
        ("a: 0\n", {"a": 0}),
        ("a: -17\n", {"a": -17}),
        ("a: 0.5\nb: -0.5\nc: 1234567.25\n", {"a": 0.5, "b": -0.5, "c": 1234567.25}),
        ("a: 9007199254740991\n", {"a": 9007199254740991}),
        ("a: -9007199254740991\n", {"a": -9007199254740991}),
        ("a: 2026-11-20T08:00:00Z\n", {"a": "2026-11-20T08:00:00Z"}),
        ("a: 2026-11-20T08:00:00.123+01:00\n", {"a": "2026-11-20T08:00:00.123+01:00"}),
        ('a: "012"\n', {"a": "012"}),
        ("a: 'no'\n", {"a": "no"}),
        ("a: 'it''s'\n", {"a": "it's"}),
        ('a: "\\"\\\\\\/\\n\\u00e9\\U0001F600"\n', {"a": '"\\/\né😀'}),
        ("a: ''\nb: \"\"\n", {"a": "", "b": ""}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("a: >-\n  b\n  c\n", {"a": "b c"}),
        ("a: b\n  c\n", {"a": "b c"}),
        ("a: -b\nc: ?d\ne: :f\n", {"a": "-b", "c": "?d", "e": ":f"}),
        ("a: b#c\nd: e # f\n", {"a": "b#c", "d": "e"}),
        ("a: 17 emails\nb: 95%+\n", {"a": "17 emails", "b": "95%+"}),
        ("a: {b: [1, 2,], 'c': d}\n", {"a": {"b": [1, 2], "c": "d"}}),
        ('{"a": [1, 0.5, true, null, "b"]}', {"a": [1, 0.5, True, None, "b"]}),
        ("? a\n: b\n", {"a": "b"}),
        ("a: é 中 😀 \u00a0.\n", {"a": "é 中 😀 \u00a0."}),
        ('{"a": 20.0, "b": 1e2, "c": -2.5E-1, "d": -0}', {"a": 20, "b": 100, "c": -0.25, "d": 0}),
        ('\t{\n\t"a":\t[1,\t2]\t}\n', {"a": [1, 2]}),
        ('{"\\ud83d\\ude00": "\\uD83D\\uDE00\\\\ud83d", "a":"\\/"}', {"😀": "😀\\ud83d", "a": "/"}),
        ("{}\n", {}),
        ("[]\n", []),
        (DEPTH, json.loads(DEPTH)),
    ],
)
def test_value(text: str, value: Any) -> None:
    document = reading(text)
    assert document.faults == ()
    assert repr(document.value) == repr(value)
    assert document.damaged == frozenset()


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"\xff", 1, 1, "not UTF-8: byte 0xff at offset 0"),
        (b"a: \xe9\n", 1, 4, "byte 0xe9 at offset 3"),
        ("é: 1\n中: ".encode() + b"\xc3", 2, 4, "byte 0xc3 at offset 11"),
        (b"a: \xc0\xaf\n", 1, 4, "byte 0xc0"),
        (b"a: \xed\xa0\x80\n", 1, 4, "byte 0xed"),
        ("a: 1\n".encode("utf-16"), 1, 1, "byte 0xff"),
        ("a: 1\n".encode("utf-16-be"), 1, 1, "a NUL byte"),
        ("a: 1\n".encode("utf-8-sig"), 1, 1, "a byte order mark"),
        (b"a: 1\r\nb: 2\r\n", 1, 5, "a carriage return (CR) is not allowed (here and in 1 more place)"),
        (b"a: b\n\tc\n", 2, 1, "a tab"),
        (b"a: b\x00c\n", 1, 5, "a NUL byte"),
        (b"# \x1b[31m\n", 1, 3, "the control character U+001B"),
        (b"a: b\x7f\n", 1, 5, "U+007F"),
        ("a: é\x85\n".encode(), 1, 5, "U+0085"),
        ("a: 中\u2028b\n".encode(), 1, 5, "U+2028"),
        ("a: 😀\u2029b\n".encode(), 1, 5, "U+2029"),
        ("a: b\ufeffc\n".encode(), 1, 5, "a byte order mark"),
        ("a: \ufffe\n".encode(), 1, 4, "U+FFFE"),
        (b'a: "\\0"\n', 1, 4, "an escape makes a NUL byte"),
        (b'a: "b\\tc"\n', 1, 4, "an escape makes a tab"),
        (b'a: "\\e[31m"\n', 1, 4, "an escape makes the control character U+001B"),
        (b'a: "\\N"\n', 1, 4, "an escape makes the control character U+0085"),
        (b'a: "\\L"\n', 1, 4, "an escape makes the character U+2028"),
        (b'{"a": "\\ude00\\ud83d"}\n', 1, 7, "an escape makes the character U+DE00"),
        (b'{"a": 1,\r\n "b": 2}\n', 1, 9, "a carriage return"),
        (b'a: "\\ud83d\\ude00"\n', 1, 4, "an escape makes the character U+D83D"),
        (b'"\\x07": b\n', 1, 1, "an escape makes the control character U+0007"),
        (b"#" * (MAX_BYTES + 1), 1, 1, "16,385 bytes long; a registry file has at most 16,384"),
        (b"\x00" * 5_000_000, 1, 1, "5,000,000 bytes long"),
    ],
)
def test_unreadable(data: bytes, line: int, column: int, message: str) -> None:
    fault = reading(data).faults[0]
    assert fault[:3] == ("unreadable", line, column)
    assert message in fault.message
    assert fault.help


@pytest.mark.parametrize("written", [str, lambda text: json.dumps(reading(text).value)])
def test_files_without_a_fault_are_read_at_once(written: Callable[[str], str]) -> None:
    for text in fleet().values():
        source = Source(written(text))
        found = faultless(source)
        assert found
        assert found.value == build(source).value


def test_longest_file() -> None:
    assert reading(b"#" * MAX_BYTES).faults == ()


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        *(
            (f"- {word}\n", 1, 3, f"{word} is read differently")
            for word in "no NO Yes y N on Off 012 08 0o7 0x3 0b1 1_0 1e3 1.5e-3 1:30 1:30:00.5 2026-11-20 = <<".split()
        ),
        *((f"- {word}\n", 1, 3, f"{word} is another spelling of {word.lower()}") for word in "True FALSE Null".split()),
        *((f"- {word}\n", 1, 3, f"{word} is a number, not in JSON") for word in "+3 3.0 3.50 .5 5. -0 +0".split()),
        *((f"- {word}\n", 1, 3, f"{word} is a number that JSON") for word in ".nan .NaN .inf -.Inf".split()),
        ('{"a": 9007199254740993.0}', 1, 7, "JSON cannot carry exactly"),
        ('{"a": 1e400}', 1, 7, "JSON cannot carry exactly"),
        ('{"a": 1e-999999999999999999999}', 1, 7, "JSON cannot carry exactly"),
        ('{"a": 20.0, }', 1, 7, "20.0 is a number, not in JSON's shortest"),
        ('{"a": [NaN, 1e2]}', 1, 13, "1e2 is read differently"),
        ("a: 2026-11-20 08:00:00\n", 1, 4, "is read differently"),
        ("a: 9007199254740992\n", 1, 4, "JSON cannot carry exactly"),
        ("a: -9007199254740992\n", 1, 4, "JSON cannot carry exactly"),
        ("a: 0.12345678901234567\n", 1, 4, "JSON cannot carry exactly"),
        ("a: " + "9" * 5_000 + "\n", 1, 4, "…"),
        ("a: &x b\n", 1, 4, "&x is an anchor"),
        ("a: *x\n", 1, 4, "*x is an alias"),
        ("a: |\n \n  b\n", 1, 4, "a text in lines begins with a line of spaces"),
        ("- b\n- >-\n\n   \n   b\n", 2, 3, "a text in lines begins with a line of spaces"),
        ("? |\n \n  b\n: c\n", 1, 3, "a text in lines begins with a line of spaces"),
        ("a: b\n...\n# c\n...\n", 4, 1, "the document ends a second time here"),
        ('a: ["b":c]\n', 1, 5, "a pair without braces in a list"),
        ("a: [b: c]\n", 1, 5, "a pair without braces in a list"),
        ("*x : b\n", 1, 1, "*x is an alias"),
        ("a: &x [*x]\n", 1, 4, "&x is an anchor"),
        ("a: &x [a]\nb: [*x, *x]\nc: [*b, *b]\n", 1, 4, "&x is an anchor"),
        ("a: !!str b\n", 1, 4, "!!str is a tag"),
        ("a: !x b\n", 1, 4, "!x is a tag"),
        ("a: !<tag:x> b\n", 1, 4, "tag:x is a tag"),
        ("!!set {a, b}\n", 1, 1, "!!set is a tag"),
        ("a: !!python/object:os.system x\n", 1, 4, "is a tag"),
        ("<<: {b: 1}\n", 1, 1, "<< is a merge key"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document"),
        ("a: 1\n...\n---\n", 3, 1, "a second document"),
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "a % directive"),
        ("# 100%\n%TAG ! tag:x,2000:\n---\na: 1\n", 2, 1, "a % directive"),
        ("%YAML " + "9" * 5_000 + ".1\n---\n", 1, 1, "a % directive"),
        ("%WORDS\n---\na: 1\n", 1, 1, "a % directive"),
        ("a: 1\na: 1\n", 2, 1, "the key a stands twice; first in line 1"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "the key a stands twice; first in line 1"),
        ("a:\n  {b: 1, 'b': 2}\n", 2, 10, "the key b stands twice; first in line 2"),
        ("1: a\n", 1, 1, "the key 1 is not text"),
        ('"1": b\n1: a\n', 2, 1, "the key 1 is not text"),
        ("true: a\n", 1, 1, "the key true is not text"),
        ("no: a\n", 1, 1, "the key no is not text"),
        ("~: a\n", 1, 1, "the key ~ is not text"),
        (": a\n", 1, 1, "the key (empty) is not text"),
        ("a: {b: c, : d}\n", 1, 11, "the key (empty) is not text"),
        ("a: 1\n...\n%WORDS\n---\n", 3, 1, "a % directive"),
        ("a: 1\n...\n%YAML 2.0\n---\n", 3, 1, "a % directive"),
        ("? [a]\n: b\n", 1, 3, "a list or mapping as a key"),
        ("{a: b}: c\n", 1, 1, "a list or mapping as a key"),
        (f"[{DEPTH}]", 1, 17, "nested more than 16 deep"),
        ("- " * 17 + "a\n", 1, 33, "nested more than 16 deep"),
        ("[" * 16_000, 1, 17, "nested more than 16 deep"),
        ("a:\n- b: 1\n  c: " + "[" * 16_000, 3, 19, "nested more than 16 deep"),
        ("{a: " * 4_000, 1, 65, "nested more than 16 deep"),
    ],
)
def test_outside_the_subset(text: str, line: int, column: int, message: str) -> None:
    fault = reading(text).faults[0]
    assert fault[:3] == ("subset", line, column)
    assert message in fault.message
    assert len(fault.message) < 300
    assert fault.help


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: b: c\n", 1, 5, "mapping values are not allowed here"),
        ("a: [\n", 2, 1, "flow"),
        ("a: {x: :x}\n", 1, 8, "expected a value, but found ':'"),
        ("a: &\nb: 1\n", 1, 5, "expected a letter or digit, but found the end of the line"),
        ("a: {", 1, 5, "expected a value, but found the end of the file"),
        ("\ufeffa: {", 1, 6, "expected a value, but found the end of the file"),
        ("a: 1\n'b", 2, 3, "found unexpected end of stream"),
        ("a: - b\n", 1, 4, "sequence entries are not allowed here"),
        ("a: 'b\n", 2, 1, "unexpected end of stream"),
        ('a: "\\q"\n', 1, 6, "unknown escape character 'q'"),
        ('["\\', 1, 4, "a backslash at the end of the file"),
        ('a: 1\nb: "\\U00110000"\n', 2, 5, "\\U00110000 is no character"),
        ("a: @b\n", 1, 4, "'@'"),
        ("a: %b\n", 1, 4, "'%'"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "expected a key, but found 'c'"),
        ("a: {b: 1\n c: 2}\n", 2, 3, "that begins in line 1"),
        ("k" * 1_100 + ": 1\n", 1, 1_101, "mapping values are not allowed here"),
    ],
)
def test_syntax(text: str, line: int, column: int, message: str) -> None:
    fault = reading(text).faults[-1]
    assert fault[:3] == ("syntax", line, column)
    assert message in fault.message
    assert fault.help


def test_a_key_that_is_not_text_duplicates_the_equal_text() -> None:
    document = reading('1: a\n"1": b\n')
    told = [(fault.line, fault.message) for fault in document.faults]
    assert told == [(1, "the key 1 is not text"), (2, "the key 1 stands twice; first in line 1")]
    assert document.value == {"1": "a"}


def test_pyyaml_requires_its_c_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    libyaml.cache_clear()
    monkeypatch.setitem(sys.modules, "yaml.cyaml", None)
    with pytest.raises(FatalError, match="PyYAML lacks its C extension here; install its wheel: pip install"):
        reading("a: 1\n")


def test_one_fault_hides_no_other() -> None:
    document = reading("a: 012\nb: &x c\nd: *x\na: 1\ne:\tf\ng: [\n")
    told = [(fault.kind, fault.line, fault.column) for fault in document.faults]
    assert told == [
        ("unreadable", 5, 3),
        *(("subset", 1, 4), ("subset", 2, 4), ("subset", 3, 4), ("subset", 4, 1)),
        ("syntax", 7, 1),
    ]
    assert document.value is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("".join(f"a{index}: &x b\n" for index in range(50)), "subset"),
        ("a: " + "".join(map(chr, range(0x80, 0xA0))), "unreadable"),
        ('a: ["\\x01", ' + '"\\x02", ' * 50 + "]", "unreadable"),
    ],
)
def test_faults_of_a_kind_are_few(text: str, kind: str) -> None:
    faults = reading(text).faults
    assert len(faults) == MAX_FAULTS
    assert {fault.kind for fault in faults} == {kind}


def test_damaged_values() -> None:
    document = reading("a: 012\nb: *x\nc: !!str d\ne: &y f\ng: [1, no]\nh: 1\nh: 2\ni: 3\n")
    assert document.damaged == {("a",), ("b",), ("c",), ("g", 1), ("h",)}
    assert document.value == {"a": "012", "b": None, "c": "d", "e": "f", "g": [1, "no"], "h": 1, "i": 3}
    assert reading("a: [\n").damaged == {()}
    assert reading(b"\xff").damaged == {()}


TEXT = """\
# a comment
a: 1
é中: [x, {b: y}]
c:
- d: |
    text
  e:
- "quoted"
f:
g: {}
"""


@pytest.mark.parametrize(
    ("route", "value", "key"),
    [
        ((), (2, 1), (2, 1)),
        (("a",), (2, 4), (2, 1)),
        (("é中",), (3, 5), (3, 1)),
        (("é中", 0), (3, 6), (3, 6)),
        (("é中", 1), (3, 9), (3, 9)),
        (("é中", 1, "b"), (3, 13), (3, 10)),
        (("c",), (5, 1), (4, 1)),
        (("c", 0), (5, 3), (5, 3)),
        (("c", 0, "d"), (5, 6), (5, 3)),
        (("c", 0, "e"), (7, 3), (7, 3)),
        (("c", 1), (8, 3), (8, 3)),
        (("f",), (9, 1), (9, 1)),
        (("g",), (10, 4), (10, 1)),
        (("g", "missing"), (10, 4), (10, 4)),
        (("c", 7), (5, 1), (5, 1)),
        (("missing",), (2, 1), (2, 1)),
    ],
)
def test_places(route: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]) -> None:
    document = reading(TEXT)
    assert document.at(*route) == Location(PATH, *value)
    assert document.at_key(*route) == Location(PATH, *key)


def test_places_after_a_byte_order_mark() -> None:
    document = reading("\ufeffa: b\nc: d\n")
    assert (document.at_key("a"), document.at("a"), document.at("c")) == (
        Location(PATH, 1, 2),
        Location(PATH, 1, 5),
        Location(PATH, 2, 4),
    )


def test_places_after_escaped_pairs_of_surrogates() -> None:
    pair = '"\\ud83d\\ude00"'
    document = reading(f'{{{pair}: [{pair}, 1,\n {pair}], "a": 2}}')
    assert document.value == {"😀": ["😀", 1, "😀"], "a": 2}
    places = [document.at("😀"), document.at("😀", 1), document.at("😀", 2), document.at_key("a"), document.at("a")]
    assert [place[1:] for place in places] == [(1, 18), (1, 35), (2, 2), (2, 19), (2, 24)]


def test_locations_in_truncated_text() -> None:
    document = reading("a: 1\nb: [2\n")
    assert document.at("a") == Location(PATH, 1, 4)
    assert document.at("b", 0) == Location(PATH, 2, 5)


def test_excerpt() -> None:
    document = reading("a: 1\nb: é\n")
    assert [document.excerpt(line) for line in (1, 2, 3, 4)] == ["a: 1", "b: é", "", None]
    assert reading(b"\xff").excerpt(1) is None
    assert reading("").excerpt(1) == ""
