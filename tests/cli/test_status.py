"""`registry status`: the whole table, compared with `expected/`."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import verb
from tests.cli.states import FLEET
from tests.repository import Repository, charter, claim_path, with_charter
from validator.cli.consensus.status import void_lines
from validator.cli.status import render, status_at
from validator.model.errors import FatalError
from validator.report.documents import RecordEntry

Compare = Callable[[str, str], None]


@pytest.mark.parametrize("width", [20, 60, 80, 100, 160])
def test_table_halfway(
    halfway_there: Repository, width: int, expected: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    answer = verb(halfway_there.path, "status")
    assert (answer.exit_code, answer.err) == (0, "")
    expected(f"status-halfway-{width}.txt", answer.out)


def test_colour(halfway_there: Repository, expected: Compare) -> None:
    coloured = render(status_at(halfway_there.path, None), colour=True, width=100)
    expected("status-halfway.colour.txt", coloured)
    plain = render(status_at(halfway_there.path, None), colour=False, width=100)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_table_before_anybody_came(tmp_path: Path, expected: Compare) -> None:
    repository = with_charter(tmp_path / "registry.git")
    expected("status-empty.txt", render(status_at(repository.path, None), colour=False, width=100))


def test_table_when_all_are_registered(all_registered: Repository, expected: Compare) -> None:
    expected("status-registered.txt", render(status_at(all_registered.path, None), colour=False, width=160))


def test_table_when_the_fleet_is_active(all_active: Repository, expected: Compare) -> None:
    expected("status-active.txt", render(status_at(all_active.path, None), colour=False, width=160))


def test_every_phase_on_the_way(all_active: Repository) -> None:
    commits = all_active.git("rev-list", "--first-parent", "--reverse", "main").splitlines()
    phases = [status_at(all_active.path, commit).phase for commit in commits]
    reached = [phase for at, phase in enumerate(phases) if phase not in phases[:at]]
    assert reached == "registering registered confirmed approved broadcast acknowledged active".split()
    assert sorted(phases, key=reached.index) == phases


def test_json(halfway_there: Repository, expected: Compare) -> None:
    answer = verb(halfway_there.path, "status", "--ref", "main", "--format", "json")
    expected("status-halfway.json", answer.out)
    slots = {slot["number"]: slot["state"] for slot in answer.document["slots"]}
    assert slots == dict.fromkeys(range(1, 13), "open") | {
        **{1: "registered", 4: "registered"},
        **{5: "proposed", 7: "pending", 9: "unreadable"},
    }


def test_an_earlier_commit(halfway_there: Repository) -> None:
    assert status_at(halfway_there.path, "main~2").registered == 3
    assert status_at(halfway_there.path, None).registered == 2


def test_untrusted_text_is_escaped_in_the_table(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git")
    evil = "[bold red]x[/] :tada: \\u202e\\u001b[31m ::error::x 中文 %0A"
    text = re.sub(r"role: .*", lambda _: f'role: "{evil}"', FLEET[4]).replace("marketing-outreach-1", '"\\u001b[2J"')
    text = re.sub(r"goal: .*", r'goal: "\\u2066send \\u001b[8mnothing"', text)
    repository.commit("main", {claim_path(4): text})
    printed = render(status_at(repository.path, None), colour=False, width=200)
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "\\u2066send \\x1b[8mnothing" in printed
    assert "[bold red]x[/] :tada: \\u202e\\x1b[31m ::error::x 中文 %0A" in printed


@pytest.mark.parametrize("content", [None, "[", charter().replace("capacity: 12", "capacity: twelve")])
def test_status_without_a_charter(tmp_path: Path, content: str | None) -> None:
    repository = with_charter(tmp_path / "registry.git")
    commit = repository.commit("main", {"registry/charter.yaml": content})
    with pytest.raises(FatalError, match=f"registry audit --ref {commit}"):
        status_at(repository.path, None)


def test_origin_main_goes_before_main(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [1, 2])
    repository.git("remote", "add", "origin", "elsewhere")
    repository.git("update-ref", "refs/remotes/origin/main", "main~1")
    assert status_at(repository.path, None).registered == 1
    assert status_at(repository.path, "main").registered == 2
    repository.git("update-ref", "-d", "refs/remotes/origin/main")
    repository.git("update-ref", "-d", "refs/heads/main")
    with pytest.raises(FatalError, match="neither origin/main nor main"):
        status_at(repository.path, None)


@pytest.mark.takes_long
def test_a_charter_may_plan_for_thousands(tmp_path: Path) -> None:
    """Open numbers get a row each as far as a human reads them; the rest is counted."""
    repository = with_charter(tmp_path, [4])
    large = charter().replace("capacity: 12", "capacity: 99999")
    repository.commit("main", {"registry/charter.yaml": large})
    text = render(status_at(tmp_path, None), colour=False, width=100)
    assert "\nand 99,798 more open numbers\n" in text
    assert text.count("  open\n") == 200
    assert len(text.splitlines()) < 230


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("git@github.com:example/fleet.git", "approvals are reviews on GitHub; is the gate in force: registry doctor"),
        ("https://git.example.org/fleet.git", "approvals are not signed: no approver in the charter has a key"),
    ],
)
def test_on_github_an_approval_is_a_review(tmp_path: Path, url: str, said: str) -> None:
    repository = with_charter(tmp_path / "registry", [1])
    repository.git("remote", "add", "origin", url)
    assert f"\n{said}\n" in verb(repository.path, "status").out


def test_acknowledgements_that_are_void_for_one_reason_share_a_line() -> None:
    def void(number: int, why: str, again: str | None) -> RecordEntry:
        path = f"registry/consensus/acknowledgements/{number:02}.yaml"
        return RecordEntry(path=path, record="acknowledgement", number=number, by=f"s{number}", void=why, again=again)

    old, makes = "it is for another registry", "registry consensus acknowledge --session-id s3 --push"
    rows = [void(1, old, None), void(2, old, None), void(4, old, None), void(5, "it cannot be read", None)]
    alone = "no longer counts: registry/consensus/acknowledgements/05.yaml by s5: it cannot be read"
    assert list(void_lines(rows)) == [f"no longer counts: each acknowledgement of 1-2, 4: {old}", alone]
    assert list(void_lines([void(3, old, makes), void(6, old, makes)])) == [
        (
            f"no longer counts: each acknowledgement of 3, 6: {old}; each makes it again for itself; "
            "fill in: registry consensus acknowledge --session-id ID --push"
        )
    ]


@pytest.mark.parametrize("words", [("--remote", "elsewhere"), ("--since", "main"), ("--once",)])
def test_what_goes_with_watch_is_refused_without_it(halfway_there: Repository, words: tuple[str, ...]) -> None:
    """Else the state of another main would be taken for that of this remote."""
    done = verb(halfway_there.path, "status", *words)
    assert (done.exit_code, done.out) == (2, "")
    assert "--once, --since and --remote go with --watch" in done.err
