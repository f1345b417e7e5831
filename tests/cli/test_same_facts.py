"""Whoever is asked, the answer is the same: verbs as text and JSON, the exported document, and the pages."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.cli.stage import verb
from tests.cli.states import FLEET, halfway, record
from tests.cli.test_site import build
from tests.repository import Repository, claim_path
from validator.model.phrases import ranges

OLD = {"registry": f"sha256:{'0' * 64}", "timestamp": "2026-11-20T08:00:00Z"}
ORCHESTRATOR = {"number": 1, "session_id": "marketing-orchestrator"}
HUMAN = {"approved_by": '"@OWNER"'}
EVERYTHING = ("status", "consensus status", "conflicts", "export", "whoami --session-id marketing-outreach-1")


@pytest.fixture(scope="module")
def muddled(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Free, pending, proposed, unreadable and conflicting numbers, and records that no longer count."""
    repository = halfway(tmp_path_factory.mktemp("muddled") / "registry.git")
    role = FLEET[8].replace("marketing-conversation-2", "another-one").replace("number: 8", "number: 11")
    repository.commit("main", {claim_path(8): FLEET[8], claim_path(11): role})
    for name, fields in (("confirmation", ORCHESTRATOR), ("approval", HUMAN), ("activation", HUMAN)):
        more = {"week": "2099-W48"} if name == "activation" else {}
        record(repository, f"registry/consensus/{name}.yaml", OLD | fields | more)
    return repository


@pytest.mark.takes_long
def test_the_same_fact_is_the_same_everywhere(muddled: Repository, tmp_path: Path) -> None:
    said: dict[str, Any] = {
        line: json.loads(verb(muddled.path, *line.split(), "--format", "json").out) for line in EVERYTHING
    }
    text = {line: " ".join(verb(muddled.path, *line.split()).out.split()) for line in EVERYTHING if line != "export"}
    status, consensus, conflicts, export, me = said.values()
    page = " ".join(unescape(build(muddled.path, tmp_path / "site")["index.html"].decode()).split())

    assert status["phase"] == consensus["phase"] == me["phase"] == "registering"
    assert f"phase: {status['phase']} " in text["status"]
    assert f"Phase: {status['phase']}<" in page
    assert (status["week"], export["week"], me["week"]) == (None, None, None)
    assert status["commit"] == consensus["commit"] == export["commit"] == me["commit"] == conflicts["commit"]
    assert status["digest"] == consensus["digest"] == export["digest"]
    assert status["capacity"] == consensus["capacity"] == export["charter"]["capacity"]
    count = f"{status['registered']} of {status['capacity']}"
    assert status["registered"] == consensus["registered"] == 4
    assert f" {count} registered " in text["status"]
    assert f">{count} numbers are registered." in page
    assert status["slots"] == [{name: slot[name] for name in status["slots"][0]} for slot in export["slots"]]

    free = ranges([slot["number"] for slot in status["slots"] if slot["state"] == "open"])
    assert free == "2-3, 6, 10, 12"
    assert all(f"free numbers {free};" in words for words in (text["status"], text["consensus status"], page))
    stranger = verb(muddled.path, "whoami", "--session-id", "late-1").out
    assert f"free number: {free};" in " ".join(stranger.split())

    assert status["next_action"] == consensus["next_action"]
    for move in consensus["moves"]:
        shown = "" if move["command"] == "registry proposals" else page  # there the proposals follow
        for words in filter(None, (status["next_action"], text["status"], text["consensus status"], shown)):
            assert move["action"] in words
            assert move["command"] is None or move["command"] in words
    assert status["criteria"] == consensus["criteria"]
    assert status["records"] == consensus["records"]
    assert all(one["void"] for one in status["records"])
    for evidence in [one["evidence"] for one in status["criteria"]] + [one["void"] for one in status["records"]]:
        assert all(evidence in words for words in (text["status"], text["consensus status"], page))

    on_main = [one["message"] for one in conflicts["conflicts"] if one["where"] == "main"]
    assert len(on_main) > 1
    assert all(message in page and message in text["conflicts"] for message in on_main)
    assert len(consensus["conflicts"]) > 1
    assert {one["message"] for one in consensus["conflicts"]} <= set(on_main)
    assert f"; {consensus['metrics']['alignment']} % alignment" in text["consensus status"]
