"""The whole comment on a pull request of every kind, compared with `expected/comments/`; `--bless` accepts it."""

import re
from pathlib import Path

import pytest

from tests.registry.test_effect import AUTHORS, SITUATIONS, change_in, section
from tests.repository import tracked
from validator.hosts.github.event import PullRequest
from validator.hosts.github.remark import as_comment, read_remark, remark
from validator.operations.judge import judge
from validator.registry.effect import effect_of
from validator.registry.snapshot import Author

EXPECTED = Path(__file__).parent / "expected" / "comments"
BY = {name: by for name, by, *_ in section("Who proposes, and what to be careful about")}
NEXT = [words for place, words in section("Around the sentence") if place.startswith("next, ")]
WARNED = r"The warnings? stops? nothing: [^.]*\. "


def comment(path: Path, name: str) -> str:
    """The comment on a situation's pull request, as the two jobs make it."""
    author: Author = AUTHORS[BY.get(name, "@session")]
    landed, base = change_in(path, SITUATIONS[name](), author)
    verdict = judge(landed, base)._replace(effect=effect_of(landed, base))
    return as_comment(read_remark(remark(7, verdict, ()), PullRequest(7, verdict.head, author)))


@pytest.mark.parametrize("name", SITUATIONS)
def test_comment(name: str, tmp_path: Path, bless: bool) -> None:
    printed, file = comment(tmp_path / "registry", name), EXPECTED / f"{name}.md"
    if bless:
        file.write_text(printed, "utf-8")
    assert printed == file.read_text("utf-8")
    assert any(re.sub(WARNED, "", printed).endswith(f"\n{words}\n") for words in NEXT)


def test_every_expected_comment_has_its_situation() -> None:
    assert {file.stem for file in tracked(EXPECTED)} == set(SITUATIONS)
