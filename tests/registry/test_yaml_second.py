"""The second reader: what libyaml reads and another YAML reader does not, or otherwise, is refused with its place."""

import pytest
import yaml12

from validator.registry.yaml.reader import read

ONE_REFUSES = "YAML readers differ: one of them refuses this"


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: 1\nb: {?c: d}\n", 2, 4, "YAML readers differ: {'c': 'd'} to one is {'?c': 'd'} to another"),
        ("- 1\n- b: [2, {?c: d}]\n", 2, 10, "{'c': 'd'} to one is {'?c': 'd'} to another"),
        ("a: {?" + "b" * 50 + ": c}\n", 1, 4, f"{{'{'b' * 37}… to one is {{'?{'b' * 36}… to another"),
        ('a: "b"# c\n', 1, 7, f"{ONE_REFUSES} (comments must be separated from other tokens by whitespace)"),
        ('a: 1\n"é😀": "b"# c\n', 2, 10, f"{ONE_REFUSES} (comments must"),
        ("a: [b, -]\n", 1, 8, f"{ONE_REFUSES} (plain scalar cannot start with '-' followed by ,[]{{}})"),
    ],
)
def test_what_one_reader_takes_otherwise(text: str, line: int, column: int, message: str) -> None:
    document = read("registry/sessions/04.yaml", text.encode())
    (fault,) = document.faults
    assert fault[:3] == ("subset", line, column)
    assert message in fault.message
    assert fault.help == "put text in quotes, or write the file as JSON"


def test_only_the_part_that_is_read_differently_is_damaged() -> None:
    document = read("registry/sessions/04.yaml", b"a: 1\nb: [2, {?c: d}]\n")
    assert document.damaged == {("b", 1)}
    assert document.value == {"a": 1, "b": [2, {"c": "d"}]}


@pytest.mark.parametrize("text", ['{"a": [20.0, 0.5, true, {"b": -3e2}]}', '[1, 1.0, null, "1.0"]'])
def test_a_number_may_be_written_as_json_writes_it_in_json(text: str) -> None:
    assert read("registry/sessions/04.yaml", text.encode()).faults == ()


class PanicException(BaseException):
    """As Rust code raises it in Python: no Exception."""


def test_a_panic_of_the_second_reader_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(text: str) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(yaml12, "parse_yaml", panic)
    (fault,) = read("registry/sessions/04.yaml", b"a: 1\n").faults
    assert fault[:3] == ("subset", 1, 1)
    assert f"{ONE_REFUSES} (index out of bounds)" in fault.message
