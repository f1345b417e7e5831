"""The fast reader: what it takes, what it leaves to the strict one, and that the two never differ."""

import re
from pathlib import Path

import pytest

from tests.repository import CHARTER, ROOT, charter, fleet, tracked
from validator.registry.yaml.quick import read_quickly, value_of
from validator.registry.yaml.reader import MAX_BYTES, read

PATH = "registry/sessions/04.yaml"
FIXTURES = [path for path in tracked() if path.suffix == ".yaml"]


@pytest.mark.parametrize("text", [*fleet().values(), charter().partition("capacity")[0]], ids=str.split)
def test_files_in_the_contract_s_layout_are_read_quickly(text: str) -> None:
    assert repr(value_of(text)) == repr(read(PATH, text.encode()).value)


@pytest.mark.parametrize(
    "text",
    [
        "a: word\n",
        "a: two words, and (more) signs: no\n".replace(": no", ":no"),
        "a: 95%+ is not first\n".replace("95", "at 95"),
        "a: b#c\n",
        "a: b:c\n",
        'a: it\'s "so"\n',
        "a: [x, z]\nb: {c: d, e: [1, 0.5, true]}\n",
        "a:\n  - b\n  - c: d\n    e: f\n  - {g: h}\n",
        "a:\n  b: c\n  d: e\n",
        "# words: [\na: 'x'\n# more\n",
        'a: "x: y"\n'.replace(": y", ":y"),
        "a: no way\nb: nothing\nc: trueish\nd: Nobody\n",
        "a: 2026-11-20T08:00:00Z\n",
        "a: b é 中 😀\n",
        "a: 'b #c'\nb: c # d\ne:  # f: g\n  - h\n",
        "a: b\u00a0c \u3000\n",
    ],
)
def test_read_without_the_strict_reader(text: str) -> None:
    document = read(PATH, text.encode())
    assert document.faults == ()
    assert repr(value_of(text)) == repr(document.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# words\n",
        "- a\n",
        "a: 1",
        "a: 1\na: 2\n",
        "a: {b: 1, b: 2}\n",
        "a:\n  b: 1\n  b: 2\n",
        "a:\n  - b: 1\n    b: 2\n",
        *(
            f"a: {word}\n"
            for word in "no NO Yes y N on Off True FALSE Null 012 0x3 1_0 +3 3.0 .5 1e3 -0 .nan = ~ -".split()
        ),
        *(f"a: [b, {word}]\n" for word in "no Y ON null TRUE 012 1:30 .inf 1.0".split()),
        *(f"a: {{b: {word}}}\n" for word in "off n False 0o7".split()),
        "no: 1\n",
        "true: 1\n",
        "a: {y: 1}\n",
        f"{'k' * 1_100}: 1\n",
        f"a: {{{'k' * 1_100}: 1}}\n",
        f"a: {'9' * 17}\n",
        "a: b\tc\n",
        "a: b\rc\n",
        "a: b\r\n",
        "a: b\x00\n",
        "a: 'b\x7f'\n",
        "# \x1b\na: b\n",
        "a: b\x85c\n",
        "a: b\u2028c\n",
        "\ufeffa: b\n",
        "a: b: c\n",
        "a: b # it's\n",
        "a: b \n",
        "a: 'it''s'\n",
        'a: "\\n"\n',
        "a: |\n  b\n",
        "a: b\n  c\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !!str b\n",
        "a: [b, [c]]\n",
        "a: [b,c]\n",
        "a:\n- b\n",
        "a:\n   - b\n",
        "a:\n  - b\n    c: d\n",
        "a:\n",
        "---\na: b\n",
        "a: b\n---\n",
        "%YAML 1.2\n---\na: b\n",
        "a: [b -]\n",
    ],
)
def test_left_to_the_strict_reader(text: str) -> None:
    assert value_of(text) is None
    quick, strict = read_quickly(PATH, text.encode()), read(PATH, text.encode())
    assert (quick.value, quick.faults, quick.damaged) == (strict.value, strict.faults, strict.damaged)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_readers_agree_on_every_fixture(path: Path) -> None:
    quick, strict = read_quickly(PATH, path.read_bytes()), read(PATH, path.read_bytes())
    assert repr((quick.text, quick.value, quick.faults)) == repr((strict.text, strict.value, strict.faults))
    assert quick.damaged == strict.damaged


@pytest.mark.parametrize("data", [b"\xff", b"a: b\n" * MAX_BYTES, b"#" * MAX_BYTES, b""])
def test_bytes_that_are_no_text(data: bytes) -> None:
    quick, strict = read_quickly(PATH, data), read(PATH, data)
    assert (quick.value, quick.faults, quick.damaged) == (strict.value, strict.faults, strict.damaged)


def test_locations_are_computed_on_demand() -> None:
    data = fleet()[4].encode()
    quick, strict = read_quickly(CHARTER, data), read(CHARTER, data)
    for route in (("targets", 1, "value"), ("scope", 0), ("missing",), ()):
        assert quick.at(*route) == strict.at(*route)
        assert quick.at_key(*route) == strict.at_key(*route)
    assert quick.excerpt(3) == strict.excerpt(3)


def test_no_group_is_repeated_possessively() -> None:
    """Python up to 3.11.4 goes wrong on that (https://github.com/python/cpython/issues/106052)."""
    source = (ROOT / "validator" / "registry" / "yaml" / "quick.py").read_text("utf-8")
    code = "\n".join(line for line in source.splitlines() if not line.startswith("#"))
    assert not re.search(r"\)[*+?]\+", code)
