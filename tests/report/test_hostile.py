"""Untrusted text in every field of a finding: each report is parsed as its receiver does, and the text stays text."""

import json
import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from validator.model.escape import logged, markdown, prose, visible, well_formed
from validator.model.findings import Finding, Level, Location, Origin, Verdict
from validator.report import FORMATS, Setting, github

ATTACKS = (
    "\n::set-output name=x::y",
    "::stop-commands::x",
    " \t::add-mask::secret",
    "a%0A::error::b%0D%25",
    "##[add-path]/tmp",
    "##vso[task.setvariable variable=x]y",
    "title,line=1::",
    "\x1b[31mred\x1b[2J\x1b]0;title\x07\x9b1m",
    "over\rwritten\x08\x7f\x00",
    "\x85\u2028\u2029\x0b\x0c\x1c",
    "]]>--></table><!--",
    "<script>alert(1)</script><img src=x onerror=y>",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "| a | b |\n|---|---|\n| c | d |",
    "\n\n# heading\n\n- list\n> quote\n\n    code\n\n***\n",
    "```\n~~~\n`x` ``y`` \\`",
    "**bold** _it_ ~~gone~~ $x$",
    "@everyone @org/team #1 GH-1 :tada:",
    "https://evil.example www.evil.example mailto:a@evil.example a@evil.example",
    "[x](javascript:alert(1)) ![x](http://evil.example/i.png) [x][1]\n\n[1]: javascript:1",
    "</code>\n\n<b>",
    "[text](0) \\[text](1) {0} {{1}} {",
    "\u202eoverride\u2066isolate\u061c",
    "zero\u200bwidth\u200d\ufeff\u2060\xad\ufe0f\U000e0041\u3164",
    "\ud800 \udfff \udcff\udc80 \ud83d\udc41",
    "\ue000 \ufffe \uffff \U0010ffff",
    "x" * 10_000,
    "a" + "\u0301" * 10_000,
    "中" * 10_000,
    '"},{"verdict": "accepted"}\\',
    "",
)
attacks = pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
ANY_TEXT = st.text(st.characters())
OID = "a" * 40


def hostile(text: str) -> Verdict:
    """A verdict in which every text of every finding is this one."""
    finding = Finding("REG999", "name", Level.ERROR, Location(text, 3, 4), text, text, excerpt=text.replace("\n", " "))
    inherited = finding._replace(origin=Origin.INHERITED, level=Level.WARNING)
    return Verdict(OID, OID, OID, (finding._replace(step=OID), inherited), (finding._replace(excerpt=None),), (1,))


def printed(name: str, text: str) -> str:
    return FORMATS[name](hostile(text), Setting())


def is_seen(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


OUR_LINE = re.compile(
    r"(?:error|warning|inherited|healed)\[REG999\] name:(?: .*)?|   [|=](?: .*)?|"
    r"  --> .*:3:4(?: in commit a{12})?| 3 \|(?: .*)?|"
    r"rejected: 1 error; .*|free numbers on main: 1; .*|"
)


def check_text(text: str) -> None:
    lines = printed("text", text).split("\n")
    for line in lines:
        assert OUR_LINE.fullmatch(line)
        assert all(map(is_seen, line))
        assert not re.search(r"##\w*\[", line)
        assert not line.lstrip().startswith("::")
    # As many lines as harmless text of as many lines would have: nothing hides or adds one.
    harmless = printed("text", re.sub(r"[^\n]", "x", text))
    assert [line[:5].rstrip() for line in lines] == [line[:5].rstrip() for line in harmless.split("\n")]


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def as_the_runner_reads_it(line: str) -> Command:
    """GitHub's `ActionCommand.TryParseV2`, actions/runner, src/Runner.Common/ActionCommand.cs."""
    line = line.lstrip()
    assert line.startswith("::")
    information, data = line[2:].split("::", 1)
    name, _, listed = information.partition(" ")
    pairs = dict(pair.split("=", 1) for pair in listed.strip().split(",") if pair)
    return Command(name, {key: decoded(value, property_=True) for key, value in pairs.items()}, decoded(data))


def decoded(text: str, *, property_: bool = False) -> str:
    tokens = [("%0D", "\r"), ("%0A", "\n"), *([("%3A", ":"), ("%2C", ",")] if property_ else []), ("%25", "%")]
    for token, meaning in tokens:
        text = text.replace(token, meaning)
    return text


def check_github(text: str) -> None:
    lines = printed("github", text).removesuffix("\n").split("\n")
    assert all(is_seen(character) for line in lines for character in line)
    commands = [as_the_runner_reads_it(line) for line in lines]
    assert " ".join(command.name for command in commands) == (
        "notice group error endgroup group notice endgroup group notice endgroup"
    )
    message = "\n".join(map(logged, text.split("\n")))
    help_ = f"help: {message}" if text else ""
    for command, step in (commands[2], f"commit: {OID}"), (commands[5], ""), (commands[8], ""):
        assert command.properties.keys() - {"file"} == {"line", "col", "title"}
        assert command.properties.get("file", "") == logged(text)
        assert command.data == "\n".join(filter(None, (message, step, help_)))


class Page(HTMLParser):
    """The tags of a page, and the text of each table cell."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags = Counter[str]()
        self.attributes = list[tuple[str, str | None]]()
        self.cells = list[str]()
        self.pieces = list[str]()  # of text, as tags part it
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag == "td":
            self.cells.append("")
        elif tag == "br":
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        if self.cells:
            self.cells[-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags["comment"] += 1

    def handle_decl(self, decl: str) -> None:
        self.tags["declaration"] += 1


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
LINKING = MarkdownIt("gfm-like", {"html": True, "linkify": False})
# What GitHub's own filters look for in text between tags: mentions, issues, commits, addresses, pictures, formulas.
LINKED_BY_GITHUB = re.compile(
    r"@\w|#\d|\bGH-\d|\bwww\.|://|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:|\$[^$]*\$(?!\d)|mailto:\w", re.IGNORECASE
)


def check_summary(text: str) -> None:
    source = github.summary(hostile(text))
    page, harmless = (Page(MARKDOWN.render(s)) for s in (source, github.summary(hostile(re.sub(r"[^\n]", "x", text)))))
    assert all(is_seen(character) for character in source if character != "\n")
    assert not page.attributes
    del page.tags["wbr"], harmless.tags["wbr"]
    assert page.tags == harmless.tags
    shown = "\n".join(visible(line) for line in text.split("\n") if line)
    for row, step in (0, f"\ncommit {OID[:12]}"), (1, ""), (2, ""):
        place, message, way_out = page.cells[5 * row + 2 : 5 * row + 5]
        assert place.rstrip("\n") == f"{visible(text)}:3:4{step}"
        assert message == shown
        assert way_out.startswith(shown)


def check_markdown_within_a_line(text: str) -> None:
    """Also where Markdown is looked into, in a cell of a Markdown table, in a list and in a sentence."""
    page = Page(MARKDOWN.render(f"| title |\n|---|\n| {markdown(text)} |\n"))
    assert not page.attributes
    del page.tags["wbr"]
    assert page.tags == {"table": 1, "thead": 1, "tbody": 1, "tr": 2, "th": 1, "td": 1, "code": 1}
    assert page.cells[0].rstrip("\n") == visible(text)
    for source, tags in ((f"A sentence: {prose(text)}\n", {"p": 1}), (f"- A: {prose(text)}\n", {"ul": 1, "li": 1})):
        page = Page(f"<td>{LINKING.render(source)}")
        del page.tags["wbr"]
        assert not page.attributes
        assert page.tags == {"td": 1, **tags}
        assert "".join(page.cells).partition(": ")[2].strip() == visible(text).strip()
        assert not any(map(LINKED_BY_GITHUB.search, page.pieces))


def check_json(text: str) -> None:
    output = printed("json", text)
    assert re.fullmatch(r"[\n -~]*", output)
    document = json.loads(output)
    json.dumps(document, ensure_ascii=False).encode()  # no lone surrogate comes back
    assert document["verdict"] == "rejected"
    for finding in (*document["findings"], *document["healed"]):
        assert {finding["path"], finding["message"], finding["help"]} == {well_formed(text)}


def check_sarif(text: str) -> None:
    output = printed("sarif", text)
    assert re.fullmatch(r"[\n -~]*", output)
    run = json.loads(output)["runs"][0]
    shown = "\n".join(map(visible, text.split("\n")))
    for result in (*run["results"], *run["properties"]["healed"]):
        message = result["message"]["text"]
        assert "[" not in re.sub(r"\\[\\\[\]]", "", message), "an embedded link can begin"
        assert not re.search(r"[{}]", message.replace("{{", "").replace("}}", "")), "a placeholder can stand"
        plain = re.sub(r"\\([\\\[\]])", r"\1", message).replace("{{", "{").replace("}}", "}")
        assert plain == (f"{shown}\nhelp: {shown}" if text else "")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri)
        if not re.search("[\ud800-\udc7f\udd00-\udfff]", text):
            assert unquote_to_bytes(uri) == text.encode("utf-8", "surrogateescape")


CHECKS = (check_text, check_github, check_summary, check_markdown_within_a_line, check_json, check_sarif)


@attacks
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_attack_stays_text(check: type, text: str) -> None:
    check(text)


@given(ANY_TEXT)
@example("##\n[x]")
@example(" ")
def test_any_text_stays_text(text: str) -> None:
    for check in CHECKS:
        check(text)


@given(
    st.lists(
        st.sampled_from(
            ["\n", "::", "%", "0A", "##", "[", "](", "x", "|", "<", "&", "#", ";", "\\", "{", "}", "`", "@"]
        )
    )
)
def test_any_mixture_of_marks_stays_text(pieces: list[str]) -> None:
    for check in CHECKS:
        check("".join(pieces))
