"""Strangers' text through the command line into every report, each read back as its reader would."""

import html
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.blackbox.command import registry
from tests.blackbox.store import Files, Store
from tests.blackbox.world import CHARTER, MAIN, Change, changed, claim, path

pytestmark = pytest.mark.blackbox

PAYLOADS = (
    "\n::set-output name=x::y",
    "::stop-commands::x",
    "a%0A::error::b%0D%25",
    "x,line=1,title=y::z",
    "##[add-path]/tmp",
    "##vso[task.setvariable variable=x]y",
    "\x1b[31mred\x1b[2J\x1b]0;title\x07\x9b1m",
    "over\rwritten\x08\x7f",
    "\x85\u2028\u2029\x0b\x0c",
    "<script>alert(1)</script><img src=x onerror=y>",
    "</code></td></tr></table>\n\n# heading\n\n```\n",
    "| a | b |\n|---|---|\n`x` **b** ~~g~~ $x$",
    "@everyone #1 GH-1 :tada: https://evil.example a@evil.example",
    "[x](javascript:alert(1)) ![x](http://evil.example/i.png)",
    "{0} {{1}} [text](0) \\[text](1)",
    "\u202eoverride\u2066isolate",
    "zero\u200bwidth\xad\ufe0f\U000e0041",
    '"},{"verdict": "accepted"}\\',
    "''\"\"\\ {}[]&*!|>%@`",
    "x" * 3000,
)
TEXTS = ("role", "goal", "session_id", "runtime_id", "status", "timestamp")


def quoted(text: str) -> str:
    """As YAML, in escapes that a reader turns into the text itself."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08X}" for c in text) + '"'


def raw(text: str) -> str:
    """As YAML, as it is, where YAML can carry it so."""
    return "'" + text.replace("'", "''").replace("\n", "\n\n  ") + "'"


def everywhere(text: str, number: int) -> bytes:
    """A claim with this in every place that has room for text."""
    value = quoted(text)
    target = f"[{{metric: {value}, op: {value}, value: 17, unit: {value}, per: {value}, measured_by: {value}}}]"
    scope = f"[{{work: {value}, first: 1, last: 2}}, {{work: {value}, segments: [{value}]}}, {{{value}: {value}}}]"
    schedule = f"[{{activity: {value}, days: [{value}], start: {value}, end: {value}}}]"
    lists = {"targets": target, "scope": scope, "schedule": schedule, "responsibilities": f"[{value}]"}
    return claim(number, **dict.fromkeys(TEXTS, value), **lists, labels=f"{{{value}: {value}}}", **{value: value})


CHANGES: dict[str, Change] = {
    "escaped": {path(number): everywhere(text, number) for number, text in enumerate(PAYLOADS, 20)},
    "raw": {path(n): claim(n, goal=raw(text)) + f"# {text}\n".encode() for n, text in enumerate(PAYLOADS, 20)},
    "bare": {path(number): f"{text}: {text}\n".encode() for number, text in enumerate(PAYLOADS, 20)},
    "names": {
        **{f"registry/sessions/{text.replace('/', '')[:200]}\udcff": b"" for text in PAYLOADS},
        **{f"registry/{text.replace('/', '')[:200]}/x": b"" for text in PAYLOADS},
        path(6): claim(6),
    },
    "charter": {"registry/charter.yaml": CHARTER + "".join(f"{quoted(t)}: {quoted(t)}\n" for t in PAYLOADS).encode()},
    "records": {
        f"registry/consensus/acknowledgements/{n:02}.yaml": everywhere(t, n) for n, t in enumerate(PAYLOADS, 20)
    },
}
HELD: Files = {
    **MAIN,
    **{path(n): claim(n, session_id=quoted(text), role=quoted(text)) for n, text in enumerate(PAYLOADS, 5) if n < 12},
}
BASES: dict[str, Files] = dict.fromkeys(CHANGES, MAIN) | {"holders": HELD}
CHANGES["holders"] = {path(n): claim(n, session_id="session-2") for n in range(5, 12)}


def printed(store: Store, tmp_path: Path, name: str, format: str) -> str:
    base = store.commit(BASES[name])
    head = store.commit(changed(BASES[name], CHANGES[name]), base)
    run = registry(
        *("validate", "--repo", str(store.repository), "--base", base, "--head", head, f"--format={format}"),
        folder=store.repository,
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
    )
    assert run.exit == 1
    assert not run.err
    return run.out


def harmless(text: str) -> bool:
    """Whether a terminal draws every character, in the order in which they stand."""
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in text.replace("\n", ""))


OURS = re.compile(
    r"(error|warning|healed)\[REG\d{3}\] [a-z-]+: .*| +[|=]( .*)?| +--> .*:\d+:\d+| *\d+ \|( .*)?|rejected: .*|"
    r"free numbers(?: on main)?: [\d, -]+(?:; .*)?|inherited from the base .*"
)


@pytest.mark.parametrize("name", CHANGES)
def test_text_of_a_proposal_stays_data(store: Store, tmp_path: Path, name: str) -> None:
    lines = printed(store, tmp_path, name, "text").split("\n")
    assert harmless("".join(lines))
    for line in filter(None, lines):
        assert OURS.fullmatch(line)
        assert not re.search(r"##\w*\[", line)


@pytest.mark.parametrize("name", CHANGES)
def test_workflow_commands_and_summary(store: Store, tmp_path: Path, name: str) -> None:
    lines = printed(store, tmp_path, name, "github").removesuffix("\n").split("\n")
    for line in lines:
        assert harmless(line)
        command, properties, _ = re.fullmatch(r"::(\w+) ?(.*?)::(.*)", line).groups()  # type: ignore[union-attr]
        assert command in {"notice", "error", "warning", "group", "endgroup"}
        assert {pair.split("=")[0] for pair in properties.split(",") if pair} <= {"file", "line", "col", "title"}
        assert not re.search(r"##\w*\[", line)
    check_summary((tmp_path / "summary.md").read_text("utf-8"))


class Tags(HTMLParser):
    """The tags of a page, none of which may have an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = set[str]()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert not attributes
        self.seen.add(tag)


def check_summary(summary: str) -> None:
    assert harmless(summary)
    page = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(summary)
    tags = Tags()
    tags.feed(page)
    assert tags.seen <= {"h3", "p", "table", "tr", "th", "td", "code", "br", "wbr"}
    assert page.count("<table>") == 1
    seen = html.unescape(re.sub(r"<[^>]*>", " ", summary.split("<table>")[1]))
    assert not re.search(r"[@#]\w|[:$][a-z]", seen)


@pytest.mark.parametrize("name", CHANGES)
def test_json(store: Store, tmp_path: Path, name: str) -> None:
    out = printed(store, tmp_path, name, "json")
    assert out.isascii()
    verdict = json.loads(out)
    assert verdict["verdict"] == "rejected"
    for finding in verdict["findings"]:
        assert re.fullmatch(r"REG\d{3}", finding["code"])
        json.dumps(finding, ensure_ascii=False).encode()  # no lone surrogate


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.takes_long
def test_sarif(store: Store, tmp_path: Path, name: str) -> None:
    out = printed(store, tmp_path, name, "sarif")
    assert out.isascii()
    for result in json.loads(out)["runs"][0]["results"]:
        message = result["message"]["text"]
        assert harmless(message)
        assert not re.search(r"(?<!\{)\{(?:\{\{)*\d|(?<!\\)(?:\\\\)*\[", message)
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
