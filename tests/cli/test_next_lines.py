"""The `next:` lines repeat where the repository is, as the user has said it."""

from pathlib import Path

import pytest

from validator.cli.next_lines import after_decision, ask_again


@pytest.mark.parametrize(("repo", "there"), [(".", ""), ("fleet", " --repo fleet"), ("my fleet", " --repo 'my fleet'")])
def test_the_next_command_works_where_the_verb_was_typed(
    repo: str, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / repo).mkdir(exist_ok=True)
    assert after_decision(Path(repo)) == f"next: registry consensus status{there} --fetch\n"
    assert ask_again("desk-1", Path(repo)) == f"next: registry whoami --session-id desk-1{there} --fetch\n"
