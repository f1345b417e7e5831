"""`registry claim` on a number that is one's own: what is named changes, the rest stays."""

from pathlib import Path

import pytest

from tests.cli.stage import Stage, fleet, git, verb

ME = ("--session-id", "marketing-outreach-1")
PATH = "registry/sessions/04.yaml"


@pytest.fixture
def stage(unsigned: Stage) -> Stage:
    return unsigned


def registered(stage: Stage) -> Path:
    """Session 4 registered, with a comment of its own in its claim; its clone."""
    session = stage.clone("session")
    (stage.folder / "mine.yaml").write_text(fleet(4), encoding="utf-8")
    assert verb(session, "claim", "--from", "../mine.yaml", "--push").exit_code == 0
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 0
    return session


@pytest.mark.takes_long
def test_an_option_changes_its_field_and_nothing_else(stage: Stage) -> None:
    session = registered(stage)
    before = git(stage.bare, "show", f"main:{PATH}")
    done = verb(session, "claim", "4", *ME, "--schedule", "Send morning batch, mon-thu 09:00-10:00", "--push")
    assert done.exit_code == 0, done
    after = git(stage.bare, "show", f"claim/04:{PATH}")
    old = '  - {activity: Send morning batch, days: [mon, tue, wed, thu, fri], start: "10:00", end: "11:00"}\n'
    new = '  - {activity: Send morning batch, days: [mon, tue, wed, thu], start: "09:00", end: "10:00"}\n'
    assert after == before.replace(old, new)
    assert done.out.splitlines()[2:4] == [f"  -{old.rstrip()}", f"  +{new.rstrip()}"]
    assert done.note == "proposed number 4 on branch claim/04; a human has to approve it"
    again = verb(session, "claim", "4", *ME, "--label", "team=outreach", "--push", "--format", "json").document
    assert "+labels: {team: outreach}" in again["changes"]
    assert git(stage.bare, "show", f"claim/04:{PATH}") == after + "labels: {team: outreach}\n"


@pytest.mark.takes_long
def test_the_original_claim_replaces_an_open_amendment(stage: Stage) -> None:
    session = registered(stage)
    assert verb(session, "claim", "4", *ME, "--status", "pending", "--push").exit_code == 0
    assert stage.at("claim/04", PATH)["status"] == "PENDING"
    done = verb(session, "claim", "--from", "../mine.yaml", "--push")
    assert done.exit_code == 0, done
    where = "nothing changes: claim/04 now has number 4 as main has it, in place of your amendment"
    back = "take it back: registry withdraw claim/04 --session-id marketing-outreach-1"
    assert done.note == f"{where}; {back}"
    assert stage.at("claim/04", PATH) | {"timestamp": ""} == stage.at("main", PATH) | {"timestamp": ""}
    assert verb(stage.human, "approve", "4", "--yes").exit_code == 0
    assert verb(session, "claim", "--from", "../mine.yaml", "--push").note.startswith("number 4 is yours already")


@pytest.mark.takes_long
def test_a_claim_that_was_turned_down_is_proposed_again_mended_or_not(stage: Stage) -> None:
    session = stage.clone("session")
    (stage.folder / "mine.yaml").write_text(fleet(4), encoding="utf-8")
    for words in ([], ["--label", "team=outreach"]):
        assert verb(session, "claim", "--from", "../mine.yaml", *words, "--push").exit_code == 0
        assert verb(stage.human, "reject", "4", "--reason", "Say the team").exit_code == 0
        done = verb(session, "claim", "--from", "../mine.yaml", *words, "--push")
        assert done.exit_code == 0, done
        assert done.note == (
            'proposed number 4 on branch claim/04; a human has to approve it; it was turned down before: "Say the team"'
        )
        assert verb(stage.human, "reject", "4", "--reason", "Say the team").exit_code == 0


# The file that a claim is read from


def test_errors_point_into_the_file(stage: Stage) -> None:
    text = fleet(4).replace("status: REGISTERED", "status: READY").replace("number: 4", "number: 4  # ours")
    (stage.folder / "e.yaml").write_text(f"# mine\n\n{text}", encoding="utf-8")
    done = verb(stage.human, "claim", "--from", "../e.yaml")
    line = f"# mine\n\n{text}".splitlines().index("status: READY") + 1
    assert (done.exit_code, f"  --> ../e.yaml:{line}:9\n" in done.out) == (1, True)
    assert PATH not in done.out
    (stage.folder / "e.yaml").write_text("number: 4\ngoal: 012\n", encoding="utf-8")
    done = verb(stage.human, "claim", "--from", "../e.yaml")
    assert done.err.startswith("registry: ../e.yaml, line 2, column 7: 012 is read differently")


def test_a_file_as_the_message_is_understood(stage: Stage) -> None:
    (stage.folder / "e.yaml").write_text(fleet(4), encoding="utf-8")
    done = verb(stage.human, "claim", "--message", "../e.yaml")
    assert (done.exit_code, done.err.splitlines()[0]) == (0, "../e.yaml is a file, and read as with --from")
    assert verb(stage.human, "claim", "--message", "nowhere.yaml").exit_code == 2


# A release whose base has moved


@pytest.mark.takes_long
def test_a_release_is_proposed_again_after_its_claim_has_changed(stage: Stage) -> None:
    session = registered(stage)
    release = ("release", "4", "--reason", "The campaign is over")
    assert verb(session, *release).exit_code == 0
    assert verb(session, "claim", "4", *ME, "--status", "pending", "--push").exit_code == 0
    assert verb(stage.human, "approve", "claim/04", "--yes").exit_code == 0
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 1
    done = verb(session, *release)
    assert (
        done.exit_code,
        done.out.startswith("proposed on release/04: give back number 4, held by marketing-outreach-1 "),
    ) == (0, True)
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 0


def test_numbers_that_are_proposed_are_not_called_free(stage: Stage) -> None:
    session = stage.clone("session")
    for number in (2, 5):
        (stage.folder / "mine.yaml").write_text(fleet(number), encoding="utf-8")
        assert verb(session, "claim", "--from", "../mine.yaml", "--push").exit_code == 0
    done = verb(session, "claim", "4", *ME, "--goal", "Send 17 emails daily", "--yes", "--push", "--role", "Cook lunch")
    assert done.exit_code == 1
    assert "free numbers: 1, 3-4, 6-12; proposed already: 2, 5\n" in done.out
    assert done.note == "not proposed: the gate would reject it"
