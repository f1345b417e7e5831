"""The registry as a Markdown page in the seed's form: as expected, and hostile text stays text."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.report.test_hostile import ATTACKS, LINKED_BY_GITHUB, Page
from tests.repository import with_charter
from tests.snapshots import charter, claim, registry, snapshot
from validator.git.repo import Repo
from validator.model.escape import visible
from validator.operations.consensus.mail import page_at
from validator.operations.consensus.page import page
from validator.registry.reader import Reader

EXPECTED = Path(__file__).parent / "expected"
MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
# What the form of a file lets through; other characters are shown as their numbers (tests/report/test_hostile.py).
HOSTILE = [line for text in ATTACKS if (line := text.replace("\n", " ")[:200]).strip() and visible(line) == line]


@pytest.mark.parametrize(
    ("name", "numbers"), [("empty", ()), ("halfway", (1, 4, 5)), ("complete", tuple(range(1, 13)))]
)
def test_page(name: str, numbers: tuple[int, ...], tmp_path: Path, bless: bool) -> None:
    repository = with_charter(tmp_path / "registry", numbers)
    reader = Reader(Repo(repository.path))
    printed, file = page_at(reader, reader.repo.commit("main")), EXPECTED / f"{name}.md"
    if bless:
        file.write_text(printed, "utf-8")
    assert printed == file.read_text("utf-8")
    assert "&#" not in printed, "it can be read as it is"


def shown(text: str) -> str:
    """A page in which every text is this one."""
    hostile = charter(mission={"statement": text}, slots=[{"number": 2, "title": text, "role": text}])
    target = {"metric": text, "op": "gte", "value": 17, "unit": text}
    first = claim(1, role=text, goal=text, targets=[target], responsibilities=[text, f"    {text}"])
    whole = snapshot(registry(first, claim(2, role=text, goal=text), charter=hostile))
    assert whole.charter
    return page(whole, whole.charter, "sha256:0")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_strangers_text_is_only_text(text: str) -> None:
    found, harmless = Page(MARKDOWN.render(shown(text))), Page(MARKDOWN.render(shown("x")))
    assert not found.attributes
    del found.tags["wbr"]
    assert found.tags == harmless.tags
    assert not any(map(LINKED_BY_GITHUB.search, (piece for piece in found.pieces if not piece.startswith("Session #"))))
    assert "&#" not in shown(text), "it can be read as it is"


@pytest.mark.parametrize("text", ["# a", "> a", "- a", "+ a", "1. a", "1) a", "```", "---", "    a", "| a | b |"])
def test_a_responsibility_begins_no_block(text: str) -> None:
    more = Page(MARKDOWN.render(shown(text))).tags - Page(MARKDOWN.render(shown("x"))).tags
    assert more.keys() <= {"wbr"}


def test_what_cannot_be_read_and_what_conflicts_is_said() -> None:
    whole = snapshot(registry(claim(1), claim(2, role="Outreach AI (Batch 1)"), claim(3, status="ASLEEP")))
    assert whole.charter
    printed = page(whole, whole.charter, "sha256:0")
    assert "- **STATUS**: ⚠ the claim cannot be read as a whole" in printed
    assert "\n- role: " in printed.partition("## Conflict Resolution")[2]
