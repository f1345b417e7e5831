"""Untrusted text is escaped, and not left out, by every verb that shows it to a human."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from tests.cli.stage import verb
from tests.cli.states import broadcast, complete
from tests.repository import CHARTER, Repository, charter, claim_path, fleet, with_charter

RED, BACKWARDS = "\x1b[31m", "\u202e"  # the second turns what follows: it is written from the right to the left
SHOWN = "\\u202e"
OUTREACH = ("--session-id", "marketing-outreach-1")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Claims and the works of the charter. Sessions 4 and 5 have one role; a charter with a control sign is none."""
    repository = with_charter(tmp_path_factory.mktemp("hostile") / "registry.git")
    named = re.sub(r"name: (outreach|replies),", rf'name: "\1{BACKWARDS}",', charter())
    repository.commit("main", {CHARTER: named.replace("[high-value", f'["high-value{BACKWARDS}"')})
    for number in (4, 5, 7):
        text = fleet()[number].replace("[high-value", f'["high-value{BACKWARDS}"')
        text = re.sub(r"work: (\w+),", rf'work: "\1{BACKWARDS}",', text)
        for field in ("role", "goal"):
            evil = f"{field}: {json.dumps('Send 17 emails daily' + RED + BACKWARDS)}"
            text = text.replace(re.findall(f"^{field}: .*", text, re.MULTILINE)[0], evil)
        text = re.sub(r"activity: [^,]*,", lambda _: f"activity: {json.dumps('Send' + RED + BACKWARDS)},", text)
        repository.commit("main", {claim_path(number): text})
    return repository


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("whoami", *OUTREACH),
        ("conflicts",),
        ("conflicts", "--propose-split", f"outreach{BACKWARDS}"),
        ("conflicts", "--propose-split", f"replies{BACKWARDS}"),
        ("schedule", "--week", "2026-W48"),
        ("consensus", "status"),
        ("audit",),
    ],
    ids=lambda words: " ".join(words).rstrip(BACKWARDS),
)
def test_hostile_text_is_shown_escaped(
    hostile: Repository, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    done = verb(hostile.path, *words)
    assert done.exit_code in (0, 1), done.err
    assert SHOWN in done.out
    assert controls(done.out + done.err) == set()


def test_what_a_session_acknowledges_is_only_shown(tmp_path: Path) -> None:
    repository = complete(tmp_path / "registry.git")
    role = fleet()[4].replace("role: Outreach AI", f"role: Outreach{BACKWARDS} AI")
    repository.commit("main", {claim_path(4): role})
    broadcast(repository)
    done = verb(repository.path, "consensus", "acknowledge", *OUTREACH)
    assert (done.exit_code, controls(done.out + done.err)) == (0, set()), done.out
    assert f"Outreach{SHOWN} AI" in done.out


def controls(text: str) -> set[str]:
    """What a terminal obeys instead of showing it."""
    return {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf") and sign != "\n"}
