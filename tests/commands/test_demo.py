"""The demo believes nothing: a server that lets an attack through, or refuses for another reason, makes it fail."""

from pathlib import Path

import pytest

from validator.commands import demo
from validator.snapshot import claim_path

NOW = "2026-11-20T08:00:00Z"


@pytest.mark.parametrize("hook", ["exit 0", "echo no; exit 1"], ids=["lets all through", "refuses without a reason"])
def test_every_attack_has_to_be_refused_for_its_reason(tmp_path: Path, hook: str) -> None:
    told = list[str]()
    teller = demo._Teller(told.append, colour=False)
    stage = demo._stage(tmp_path, teller)
    installed = tmp_path / "server.git" / "hooks" / "pre-receive"
    installed.unlink()
    for number in range(1, demo.CAPACITY + 1):
        demo._put(stage.human, claim_path(number, demo.CAPACITY), demo._text(number, NOW))
    demo._commit(stage.human, "The fleet")
    demo._git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    installed.write_text(f"#!/bin/sh\n{hook}\n")
    installed.chmod(0o755)
    attacks = list(demo._attempts(NOW))
    surprises = list(demo._attacks(stage, NOW, teller))
    assert surprises == [f"the server refuses: {attack.title} ({attack.because})" for attack in attacks]
    assert len(surprises) == 8
