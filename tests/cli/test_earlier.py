"""`--ref` reads an earlier commit of main, in every verb that only reads."""

import pytest

from tests.cli.stage import verb
from tests.repository import Repository


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("whoami", "--session-id", "marketing-outreach-1"),
        ("history",),
        ("conflicts",),
        ("conflicts", "--propose-split", "outreach"),
        ("schedule", "--week", "2026-W48"),
        ("consensus", "status"),
        ("export",),
    ],
    ids=" ".join,
)
def test_the_commit_that_is_named_is_the_one_that_is_read(all_registered: Repository, words: tuple[str, ...]) -> None:
    as_json = () if words == ("export",) else ("--format", "json")
    done = verb(all_registered.path, *words, "--ref", "main~2", *as_json)
    assert done.document["commit"] == all_registered.git("rev-parse", "main~2"), done.err
