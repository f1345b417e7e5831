"""The demo believes nothing: a server that lets an attack through, or refuses for another reason, makes it fail."""

from pathlib import Path

import pytest

from validator.cli.demo import story
from validator.model.layout import claim_path

NOW = "2026-11-20T08:00:00Z"


@pytest.mark.parametrize("hook", ["exit 0", "echo no; exit 1"], ids=["lets all through", "refuses without a reason"])
def test_every_attack_has_to_be_refused_for_its_reason(tmp_path: Path, hook: str) -> None:
    told = list[str]()
    teller = story._Teller(told.append, colour=False)
    stage = story._stage(tmp_path, teller)
    installed = tmp_path / "server.git" / "hooks" / "pre-receive"
    installed.unlink()
    for number in range(1, story.CAPACITY + 1):
        story._put(stage.human, claim_path(number, story.CAPACITY), story._text(number, NOW))
    story._commit(stage.human, "The fleet")
    story._git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    installed.write_text(f"#!/bin/sh\n{hook}\n")
    installed.chmod(0o755)
    attacks = list(story._attempts(NOW))
    surprises = list(story._attacks(stage, NOW, teller))
    assert surprises == [f"the server refuses: {attack.title} ({attack.because})" for attack in attacks]
    assert len(surprises) == 8
