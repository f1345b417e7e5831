"""The demo fails if the server accepts an attack, or refuses it for another reason."""

from pathlib import Path

import pytest

from tests.properties.muddled import FLEET
from tests.repository import Repository, with_charter
from tests.shell import program
from validator.cli.consensus.status import void_lines
from validator.cli.demo import story
from validator.cli.demo.attacks import attacks, attempts
from validator.cli.demo.printer import Printer
from validator.cli.demo.stage import CAPACITY, Stage, claim_text, commit, git, put, set_up
from validator.cli.demo.story import _proof, _race, in_short
from validator.model.layout import claim_path
from validator.report.documents import RecordEntry

NOW = "2026-11-20T08:00:00Z"


@pytest.mark.parametrize("hook", ["exit 0", "echo no; exit 1"], ids=["lets all through", "refuses without a reason"])
def test_every_attack_has_to_be_refused_for_its_reason(tmp_path: Path, hook: str) -> None:
    printed = list[str]()
    printer = Printer(printed.append, colour=False)
    stage = set_up(tmp_path, printer)
    installed = tmp_path / "server.git" / "hooks" / "pre-receive"
    installed.unlink()
    for number in range(1, CAPACITY + 1):
        put(stage.human, claim_path(number), claim_text(number, NOW))
    commit(stage.human, "The fleet")
    git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    program(installed, hook)
    tried = list(attempts(NOW))
    surprises = list(attacks(stage, NOW, printer))
    assert surprises == [f"the server refuses: {attack.title} ({attack.because})" for attack in tried]
    assert len(surprises) == 8


def test_every_step_has_to_be_allowed(tmp_path: Path) -> None:
    server = with_charter(tmp_path / "server.git", [4])
    beginning = server.git("rev-parse", "main^")
    server.commit("main", {claim_path(4): FLEET[claim_path(4)].replace("marketing-outreach-1", "marketing-rival")})
    assert list(_proof(Stage(tmp_path, tmp_path, beginning), print)) == ["every step of main was allowed"]


def test_every_number_has_to_be_won(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where main has no charter nobody can claim."""
    Repository(tmp_path / "server.git").commit("main", {"README.md": "words"})
    monkeypatch.setattr(story, "CAPACITY", 1)
    monkeypatch.setattr(story, "CONTESTED", ())
    surprises = list(_race(Stage(tmp_path, tmp_path, ""), NOW, Printer(print, colour=False)))
    assert surprises == ["1 of 1 sessions win a number, not 0"]


def test_acknowledgements_that_no_longer_count_are_shown() -> None:
    path = "registry/consensus/acknowledgements/{:02}.yaml"
    rows = [
        RecordEntry(path=path.format(at), record="acknowledgement", number=at, by="s", void="old", again=None)
        for at in (1, 2)
    ]
    status = ["phase: registering", "registered: 2 of 2", *void_lines(rows), "waiting", "next: s confirms"]
    told = ["registered: 2 of 2", "no longer counts: each acknowledgement of 1-2: old", "next: s confirms"]
    assert in_short(status).splitlines() == told
