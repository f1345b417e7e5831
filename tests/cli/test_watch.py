"""`registry watch`: each event once, over restarts; a rewritten main is an alarm."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.agreeing import ORCHESTRATOR, SESSIONS, all_registered, broadcast_done, said
from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, commit, fleet, git, refs, verb, write
from tests.cli.test_proposals import claims
from tests.processes import interruptible, running
from validator.cli import watch

LOOK = ("status", "--watch", "--once", "--format", "json")


def look(folder: Path, *words: str) -> list[dict[str, Any]]:
    """What is told in a look, as JSON lines."""
    done = said(verb(folder, *LOOK, *words))
    return [json.loads(line) for line in done.out.splitlines()]


def kinds(rows: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
    return [(row["event"], row["number"]) for row in rows]


def test_every_event_once_over_restarts(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    eyes, session = stage.clone("eyes"), stage.clone("session")
    assert look(eyes) == []
    stage.registered(4)
    write(session, "../claim.yaml", fleet(5))
    said(verb(session, "claim", "--from", "../claim.yaml", "--push"))
    first = look(eyes)
    assert kinds(first) == [("registered", 4), ("proposed", 5)]
    assert first[0]["session_id"] == "marketing-outreach-1"
    assert first[1]["message"] == "claim/05 is proposed by marketing-outreach-2; the gate says accepted"
    assert look(eyes) == []
    stage.registered(4, goal="Send 17 perfectly personalized emails daily, 95%+ delivery rate, always")
    said(verb(session, "release", "4", "--reason", "done"))
    said(verb(stage.human, "approve", "release/04", "5", "--yes"))
    assert kinds(look(eyes)) == [("amended", 4), ("released", 4), ("registered", 5)]
    assert look(eyes) == []


@pytest.mark.takes_long
def test_the_way_to_active_and_what_voids_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    eyes = stage.clone("eyes")
    assert [kind for kind, _ in kinds(look(eyes))] == ["registered"] * 12
    broadcast_done(stage, orchestrator)
    said(verb(orchestrator, "consensus", "acknowledge", "--session-id", SESSIONS[3], "--push"))
    assert kinds(look(eyes)) == [("confirmed", None), ("approved", None), ("broadcast", None), ("acknowledged", 4)]
    stage.registered(5, role="Outreach AI - Personalize and send emails (Morning Batch 2), late")
    told = look(eyes)
    assert kinds(told) == [("amended", 5), ("voided", 4), *[("voided", None)], ("voided", 1), ("voided", 1)]
    assert told[2]["message"].endswith("what to do now: registry consensus status")
    said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push"))
    assert kinds(look(eyes)) == [("proposed", None)]


def test_conflicts_are_reported_on_main_and_in_proposals(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.registered(4)
    eyes, session = stage.clone("eyes"), stage.clone("session")
    write(session, "registry/sessions/05.yaml", fleet(5).replace("first: 18", "first: 17"))
    commit(session, "Overlaps number 4")
    git(session, "push", "--quiet", "origin", "HEAD:refs/heads/claim/05")
    told = look(eyes)
    assert kinds(told) == [("registered", 4), ("proposed", 5), ("conflict", 5)]
    proposed = git(stage.bare, "rev-parse", "claim/05").strip()
    assert told[2]["id"] == f"{proposed} conflict claim/05 REG107"
    assert told[2]["message"].startswith('"outreach 17" is in the scope of number 4, marketing-outreach-1 since ')
    git(session, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    assert ("conflict", 5) in kinds(look(eyes))


def test_untrusted_text_is_shown_escaped(tmp_path: Path) -> None:
    """A proposal is unjudged, so its role may contain terminal control characters."""
    stage = Stage(tmp_path)
    stage.registered(4)
    eyes, session = stage.clone("eyes"), stage.clone("session")
    role = "Outreach AI - Personalize and send emails (Morning Batch 1)\u202e"
    write(session, "registry/sessions/05.yaml", fleet(5, role=f'"{role}"'))
    commit(session, "\x1b[2J")
    git(session, "push", "--quiet", "origin", "HEAD:refs/heads/claim/05")
    for words in (("status", "--watch", "--once"), ("conflicts",), ("proposals",)):
        told = verb(eyes, *words).out
        assert r'(Morning Batch 1)\u202e" is that of number 4' in told
        assert not set("\u202e\x1b") & set(told)


def test_a_deleted_and_repeated_proposal_is_reported_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    eyes, session = stage.clone("eyes"), stage.clone("session")
    write(session, "registry/sessions/04.yaml", fleet(4))
    commit(session, "A claim")
    for _ in range(2):
        git(session, "push", "--quiet", "origin", "HEAD:refs/heads/claim/04")
        assert kinds(look(eyes)) == [("proposed", 4)]
        git(session, "push", "--quiet", "origin", ":refs/heads/claim/04")
        assert look(eyes) == []


def test_events_have_stdout_for_themselves(tmp_path: Path) -> None:
    """A server that does not answer is told on stderr, and asked again."""
    stage = Stage(tmp_path)
    stage.registered(4)
    eyes, away = stage.clone("eyes"), stage.bare.with_name("away.git")
    stage.bare.rename(away)
    words = [*REGISTRY, "status", "--watch", "--interval", "0.1", "--format", "json"]
    out, err = tmp_path / "out", tmp_path / "err"
    with (
        out.open("w") as events,
        err.open("w") as complaints,
        interruptible(),
        running(words, cwd=eyes, env=ENVIRONMENT, stdout=events, stderr=complaints) as watcher,
    ):
        try:
            until(lambda: "does not answer" in err.read_text() + out.read_text())
            away.rename(stage.bare)
            until(lambda: "registered" in out.read_text())
        finally:
            watcher.send_signal(signal.SIGINT)
    assert [json.loads(line)["event"] for line in out.read_text().splitlines()] == ["registered"]
    assert "does not answer" in err.read_text()


def until(it_is_so: Callable[[], bool]) -> None:
    late = time.monotonic() + 60
    while not it_is_so() and time.monotonic() < late:
        time.sleep(0.05)
    assert it_is_so()


def test_rewritten_main_is_an_alarm_each_time(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.registered(4)
    eyes = stage.clone("eyes")
    look(eyes)
    git(stage.human, "push", "--quiet", "--force", "origin", f"{stage.beginning}:refs/heads/main")
    for _ in range(2):
        done = verb(eyes, *LOOK)
        assert done.exit_code == 1
        assert json.loads(done.out)["event"] == "rewritten"
    git(eyes, "gc", "--quiet", "--prune=now")
    assert verb(eyes, "status", "--watch", "--once").exit_code == 1, "even when the old commit is gone"
    main = refs(stage.bare)["refs/heads/main"]
    assert look(eyes, "--since", main) == []
    stage.human.joinpath("README.md").write_text("x")
    git(stage.human, "reset", "--quiet", "--hard", main)
    stage.registered(7)
    assert kinds(look(eyes)) == [("registered", 7)]


def test_state_is_saved_after_each_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If killed within a step, watch continues with the next event of that step."""
    stage = Stage(tmp_path)
    all_registered(stage)
    eyes, said_so_far = stage.clone("eyes"), list[str]()

    def say(text: str) -> None:
        said_so_far.append(text)
        if len(said_so_far) == 5:
            raise KeyboardInterrupt

    options: dict[str, Any] = {"repo": eyes, "remote": None, "since": None, "once": True, "interval": 1.0}
    with pytest.raises(KeyboardInterrupt):
        watch.watch(**options, format="text", say=say, hint=say)
    watch.watch(**options, format="text", say=say, hint=say)
    assert [line.split()[2] for line in said_so_far] == [str(n) for n in (1, 2, 3, 4, 5, *range(5, 13))]


def test_a_changed_or_repeated_proposal_is_reported_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    eyes = stage.clone("eyes")
    first = claims(stage, 4)
    other = claims(stage, 4, branch="aside", goal="Send 17 emails daily, 95%+ delivery rate, in verse")
    told = []
    for commit_ in (first, other, None, other):
        words = ["refs/heads/claim/04", commit_] if commit_ else ["-d", "refs/heads/claim/04"]
        git(stage.bare, "update-ref", *words)
        told.append([row["commit"] for row in look(eyes)])
    assert told == [[first], [other], [], [other]]


def test_a_bare_repository_watches_itself(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.registered(4)
    assert kinds(look(stage.bare)) == [("registered", 4)]


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "x", "[" * 100_000, '{"main": 5, "told": 0, "proposals": {}}'),
        *('{"main": null, "told": "1", "proposals": {}}', '{"main": null, "told": 0, "proposals": 1}'),
    ],
    ids=["list", "no json", "deep", "main", "told", "proposals"],
)
@pytest.mark.timeout(60)
def test_an_edited_state_file_is_refused(tmp_path: Path, text: str) -> None:
    stage = Stage(tmp_path)
    stage.registered(4)
    eyes = stage.clone("eyes")
    look(eyes)
    (eyes / ".git/registry/watch-origin.json").write_text(text)
    for words in (LOOK, ("status", "--watch")):  # looking again and again would not mend it
        done = verb(eyes, *words)
        assert done.exit_code == 2
        assert "delete it to print all events again" in done.err


def test_two_watchers_report_each_event_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    all_registered(stage)
    eyes = stage.clone("eyes")
    watchers = [
        subprocess.Popen([*REGISTRY, *LOOK], cwd=eyes, env=ENVIRONMENT, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(3)
    ]
    told = [line for watcher in watchers for line in watcher.communicate()[0].splitlines()]
    assert [watcher.returncode for watcher in watchers] == [0, 0, 0]
    assert sorted(json.loads(line)["number"] for line in told) == list(range(1, 13))


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e10", "0"])
def test_the_interval_must_be_a_number(tmp_path: Path, seconds: str) -> None:
    done = verb(Stage(tmp_path).human, "status", "--watch", "--interval", seconds)
    assert (done.exit_code, "--interval" in done.err) == (2, True)


def test_an_interrupted_watch_reports_no_rewritten_main(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.registered(4)
    words = [*REGISTRY, "status", "--watch", "--format", "json"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with interruptible(), running(words, cwd=stage.clone("eyes"), env=ENVIRONMENT, **streams) as watcher:
        assert watcher.stdout
        assert json.loads(watcher.stdout.readline())["event"] == "registered"
        watcher.send_signal(signal.SIGINT)
        out, err = watcher.communicate()
    assert (watcher.returncode, out, err) == (130, "", "")
