"""Each escape against the language that it escapes for."""

import os
import time
import unicodedata
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.model.escape import (
    address_without_credentials,
    json_text,
    logged,
    long_json_text,
    markdown,
    prose,
    uri,
    visible,
    well_formed,
    well_formed_or_none,
    without_address,
    without_credentials,
    workflow_data,
    workflow_property,
)

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain “text”, é 完 ⏳ \\n", "plain “text”, é 完 ⏳ \\n"),
        ("\x00\t\n\r\x1b[31m\x7f\x9b", r"\x00\x09\x0a\x0d\x1b[31m\x7f\x9b"),
        ("\u202eevil\u2066\u200b\ufeff\xad", r"\u202eevil\u2066\u200b\ufeff\xad"),
        ("\u2028\u2029\x85", r"\u2028\u2029\x85"),
        ("\u3164\u115f\ufe0f\U000e0041\U000e0100", r"\u3164\u115f\ufe0f\U000e0041\U000e0100"),
        ("\ud800\udfff", r"\ud800\udfff"),
        ("\udc80\udcff", r"\x80\xff"),
        ("\ue000\ufffe\U0001ffff\U0010ffff", r"\ue000\ufffe\U0001ffff\U0010ffff"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_visible_knows_every_character_that_unicode_calls_control_format_or_private() -> None:
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not [hex(c) for c in range(0x110000) if unicodedata.category(chr(c)) in hidden and visible(chr(c)) == chr(c)]


def test_visible_changes_no_letter_number_punctuation_or_symbol_that_is_drawn() -> None:
    drawn = (
        c
        for c in map(chr, range(0x110000))
        if unicodedata.category(c)[0] in "LNPS" and c not in "\u115f\u1160\u3164\uffa0"
    )
    assert [c for c in drawn if visible(c) != c] == []


@given(ANY_TEXT)
def test_visible_is_one_well_formed_line_and_settled(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert visible(shown) == shown
    assert shown.splitlines() in ([], [shown])


def test_well_formed_replaces_only_surrogates() -> None:
    assert well_formed("\u202e\x00é\ud83d\udc41") == "\u202e\x00é\\ud83d\\udc41"
    assert well_formed("\udce9") == "\\xe9"
    assert (well_formed_or_none("\udce9"), well_formed_or_none(""), well_formed_or_none(None)) == ("\\xe9", "", None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("##[error]x", r"\x23#[error]x"),
        ("###[group]", r"#\x23#[group]"),
        ("##vso[task.setvariable]", r"\x23#vso[task.setvariable]"),
        ("#\u200b#[x]", r"#\u200b#[x]"),
        ("## heading [1]", "## heading [1]"),
    ],
)
def test_logged(text: str, shown: str) -> None:
    assert logged(text) == shown


def test_workflow_commands() -> None:
    assert workflow_data("100%, a:b\n%0A\r") == r"100%25, a:b%0A%250A\x0d"
    assert workflow_property("100%, a:b\n%0A\r") == r"100%25%2C a%3Ab\x0a%250A\x0d"


def test_markdown() -> None:
    assert prose("$120k, 95%+ (Batch 1) at 10:00, snake_case >= 3") == (
        "$120k, 95%+ (Batch 1) at 10:00, snake_case >= 3"
    ), "what is no markup can be read in the source"
    assert prose("date +%H:%M:%SZ && a & b &") == "date +%H:%M:%SZ && a & b &", "a command is copied as it is"
    assert prose("&lt; &#35; &&amp; a:b%: &*") == "&amp;lt; &amp;#<wbr>35; &&amp;amp; a:<wbr>b%: &&#42;"
    assert markdown("<b>|a:`@") == "<code>&lt;b>&#124;a:<wbr>&#96;@<wbr></code>"


@given(st.binary().filter(lambda path: b"\0" not in path))
def test_uri_keeps_every_byte_of_a_path(path: bytes) -> None:
    reference = uri(path.decode("utf-8", "surrogateescape"))
    assert unquote_to_bytes(reference) == path
    assert not set(reference) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%")


def test_uri_takes_what_is_no_path() -> None:
    assert uri("a:\ud800") == "a%3A%5Cud800"
    assert uri(os.fsdecode(b"\xff/\xc3\xa9")) == "%FF/%C3%A9"


def test_long_json_text_is_the_same_of_what_has_no_fractions() -> None:
    value: dict[str, object] = {
        "b": '\x7f\x00é😀\u2028\\/"\n',
        "a": [1, -(10**18), True, None, [], {}],
        "c": [{"d": []}],
    }
    assert long_json_text(value) == json_text(value)


def test_json_text() -> None:
    assert json_text({"b": "\x7f\x00é", "a": [1.5]}) == (
        '{\n  "b": "\\u007f\\u0000\\u00e9",\n  "a": [\n    1.5\n  ]\n}\n'
    )
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text(float("nan"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://bot:SECRET@host/x.git", "https://***@host/x.git"),
        ("fatal: 'https://SECRET@host/x.git/': 403", "fatal: 'https://***@host/x.git/': 403"),
        ("https://a:b@c:SECRET@host", "https://***@host"),
        ("ssh://git@host/x ssh://git:SECRET@host/x", "ssh://git@host/x ssh://git:***@host/x"),
        ("http://host/x?a=1&private_token=SECRET&b=2", "http://host/x?a=1&private_token=***&b=2"),
        ("'https://bot:SEC/R?E#T@host/x.git'", "'https://***@host/x.git'"),
        (
            "https://bot:S@C/RET@host http://host:8080/@a http://[::1]/@a",
            "https://***@host http://host:8080/@a http://[::1]/@a",
        ),
        ("git+https://SECRET:x-oauth-basic@host a::r://SECRET@x", "git+https://***@host a::r://***@x"),
        ("'bot:SECRET@host:x.git' https://bot:S'ECRET@host/", "'bot:***@host:x.git' https://***@host/"),
        ("http://host/x?sig=SECRET&pwd=SECRET&page=2", "http://host/x?sig=***&pwd=***&page=2"),
        ("git@host:x.git me@example.invalid http://host/@a", "git@host:x.git me@example.invalid http://host/@a"),
        ("'https://bot:SEC RET@host/x.git/' not found", "'https://***@host/x.git/' not found"),
        ("https://bot:SEC RET@host/x", "https://***@host/x"),
        ("'https://SEC RET@host/' 'https://bot:123 SECRET@host'", "'https://***@host/' 'https://***@host'"),
        ("'bot:SEC RET@host:x.git'", "'bot:***@host:x.git'"),
        ("'https://bot:123/SECRET@git.example.invalid/x'", "'https://***@git.example.invalid/x'"),
        ("https://bot:80/SECRET@git.example.invalid:443/x", "https://***@git.example.invalid:443/x"),
        (
            "http://host:8080/@scope.io/x http://host:80 me@example.invalid https://host: ask me@x.invalid",
            "http://host:8080/@scope.io/x http://host:80 me@example.invalid https://host: ask me@x.invalid",
        ),
        ("'https://host' 'me@example.invalid'", "'https://host' 'me@example.invalid'"),
    ],
)
def test_urls_without_credentials(text: str, shown: str) -> None:
    assert without_credentials(text) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        *((f"https://bot:{word}@host:1/x.git", "https://***@host:1/x.git") for word in (
            "SECRET", "SEC RET", "SEC\tRET", "SEC\nRET", "S@C/RET", "SEC/RE T", "xE':k]{7FtB!", 'a"b', "#SECRET",
            "?SECRET",
        )),
        ("https://SEC RET@host", "https://***@host"),
        ("https://bot:80/SE CRET@host.invalid/x", "https://***@host.invalid/x"),
        ("ssh://bot:SE/C RET@host/x", "ssh://bot:***@host/x"),
        ("bot:S'E/C RE\nT@host:x.git", "bot:***@host:x.git"),
        *((same, same) for same in (
            "https://host:8080/@scope.io/x", "https://host/~me@x", "ssh://git@host/x", "git@host:x.git", "http://[::1]/@a",
            "../fleet.git", "/srv/a@b/c.git", "host:a@b/c.git", "https://host/a b",
        )),
        ("https://host/x?token=SECRET", "https://host/x?token=***"),
    ],
)  # fmt: skip
def test_an_address_without_credentials(address: str, shown: str) -> None:
    assert address_without_credentials(address) == shown


def test_a_text_without_the_credentials_of_an_address() -> None:
    address = "ssh://bot:SEC/RE T@host/x"
    said = f"fatal: '{address}': could not resolve hostname bot:SEC"
    assert without_address(said, address) == "fatal: 'ssh://bot:***@host/x': could not resolve hostname bot:***"
    assert without_address("host:80 is not there", "https://host:80/x") == "host:80 is not there"
    assert without_address("host: 80", "https://SECRET@host/x") == "host: 80"
    assert without_address("bot:1 a", "https://bot:1/a b@host.invalid/") == "bot:1 a"


@pytest.mark.parametrize("part", ["a", "a://", "a://b:", "'a://"])
def test_a_long_text_is_searched_in_a_moment(part: str) -> None:
    """A server may answer anything: 60,000 letters took two minutes."""
    start = time.process_time()
    without_credentials(part * (60_000 // len(part)))
    assert time.process_time() - start < 30
