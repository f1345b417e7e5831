"""`registry consensus broadcast`: every letter is delivered once, also if carriers fail, hang or print garbage."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.agreeing import ORCHESTRATOR, SESSIONS, all_registered, guard, said
from tests.cli.stage import ENVIRONMENT, REGISTRY, Done, Stage, commit, fleet, git, refs, try_git, verb, write
from validator.operations.claim.message import read_message
from validator.operations.consensus.delivery import LONGEST, through_command
from validator.operations.consensus.letters import Letter, Mail

SEND = ("consensus", "broadcast", "--session-id", ORCHESTRATOR, "--push")


@pytest.fixture
def approved(tmp_path: Path) -> tuple[Stage, Path]:
    """Approved, on a server without a guard."""
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    agree(stage, orchestrator)
    return stage, orchestrator


def agree(stage: Stage, orchestrator: Path) -> None:
    """Bring a registry without conflicts to approved."""
    said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push"))
    said(verb(stage.human, "approve", "record/confirmation", "--yes"))
    said(verb(stage.human, "consensus", "approve", "--yes"))


def program(folder: Path, body: str) -> tuple[str, ...]:
    """A carrier: a program that gets a letter on standard input and the session as its argument."""
    path = folder / "carrier.py"
    path.write_text(
        f"import pathlib, sys, time\nfolder, session = pathlib.Path({str(folder)!r}), sys.argv[1]\n{body}\n"
    )
    return ("--", sys.executable, str(path), "{session_id}")


def states(done: Done) -> dict[str, list[int]]:
    """The numbers by what became of their letters."""
    found = dict[str, list[int]]()
    for row in done.document["deliveries"]:
        found.setdefault(row["state"], []).append(row["number"])
    return found


def proposed(stage: Stage) -> bool:
    return "refs/heads/record/broadcast" in refs(stage.bare, "refs/heads/record")


def test_folder_of_letters_in_the_form_of_the_seed(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    folder = stage.folder / "mail"
    done = said(verb(orchestrator, *SEND, "--folder", str(folder), "--format", "json"))
    assert states(done) == {"delivered": list(range(1, 13))}
    assert sorted(path.name for path in folder.iterdir()) == ["REGISTRY.md", "messages", "registry.json"]
    letter = (folder / "messages" / "04-marketing-outreach-1.txt").read_text(encoding="utf-8")
    block, _, rest = letter.partition("\n\n")
    assert block.splitlines() == [
        "REGISTRATION COMPLETE",
        "NUMBER: 4",
        "ROLE: Outreach AI - Personalize and send emails (Morning Batch 1)",
        "GOAL: Send 17 perfectly personalized emails daily, 95%+ delivery rate",
        "SESSION_ID: marketing-outreach-1",
        "STATUS: REGISTERED",
        "READY: YES",
        "RESPONSIBILITIES:",
        "- Personalize emails for prospects 1-17",
        "- Send morning batch 10-11 AM",
        "- Track delivery and opens",
        "- Report to Orchestrator",
        "SCOPE:",
        "- outreach 1-17",
        "SCHEDULE:",
        "- Send morning batch, mon,tue,wed,thu,fri 10:00-11:00",
    ]
    assert "registry consensus acknowledge --session-id marketing-outreach-1 --push" in rest
    page = (folder / "REGISTRY.md").read_text(encoding="utf-8")
    assert all(session in page for session in SESSIONS)
    assert proposed(stage)
    assert stage.at("record/broadcast", "registry/consensus/broadcast.yaml")["delivered"] == list(range(1, 13))


def _bare(value: Any) -> Any:
    """What an export says, without the fields that are not given."""
    if isinstance(value, list):
        return list(map(_bare, value))
    return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


def test_every_session_gets_the_final_registry(approved: tuple[Stage, Path]) -> None:
    """A letter to each, every field of which is read back as main has it, and the registry beside them."""
    stage, orchestrator = approved
    folder = stage.folder / "mail"
    said(verb(orchestrator, *SEND, "--folder", str(folder)))
    exported = verb(orchestrator, "export").document
    assert json.loads((folder / "registry.json").read_text()) == exported
    page = (folder / "REGISTRY.md").read_text()
    assert exported["digest"] in page
    for claim in exported["claims"]:
        letter = (folder / f"messages/{claim['number']:02}-{claim['session_id']}.txt").read_text()
        block, _, rest = letter.partition("\n\n")
        fields = ("number", "role", "goal", "session_id", "status", "responsibilities", "scope", "schedule")
        known = {name: _bare(claim[name]) for name in fields if claim[name]}
        assert {name: value for name, value in read_message(block).items() if name in fields} == known
        assert "\nREADY: YES\n" in block
        assert f"- **NUMBER**: {claim['number']}\n" in page
        assert exported["digest"] in rest
    assert len(exported["claims"]) == len(list((folder / "messages").iterdir())) == 12


def test_a_failed_delivery_is_retried(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    body = (
        "if session.endswith('-1') and not (folder / 'mended').exists(): sys.exit('the line is dead')\n"
        "with (folder / session).open('a') as file: file.write(sys.stdin.read())"
    )
    carrier = program(stage.folder, body)
    done = verb(orchestrator, *SEND, "--format", "json", *carrier)
    assert done.exit_code == 1
    assert states(done)["failed"] == [2, 4, 7, 11]
    assert done.document["note"].startswith("not delivered to 2, 4, 7, 11; run the same command again")
    assert done.err.count("exit 1: the line is dead") == 4 * 3, "each is tried three times"
    assert not proposed(stage)
    (stage.folder / "mended").touch()
    again = said(verb(orchestrator, *SEND, "--format", "json", *carrier))
    assert states(again) == {"delivered": [2, 4, 7, 11], "delivered-before": [1, 3, 5, 6, 8, 9, 10, 12]}
    assert proposed(stage)
    once = [(stage.folder / session).read_text().count("REGISTRATION COMPLETE") for session in SESSIONS]
    assert once == [1] * 12, "nobody is told twice"


def test_hanging_carrier_is_stopped(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    body = (
        "import signal, subprocess\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if session == 'marketing-outreach-1':\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    with (folder / 'children').open('a') as file: print(child.pid, file=file)\n"
        "    time.sleep(600)"
    )
    done = verb(orchestrator, *SEND, "--timeout", "1.5", "--format", "json", *program(stage.folder, body))
    assert done.exit_code == 1
    assert states(done)["failed"] == [4]
    assert "number 4: took longer than 1.5 s" in done.err
    assert not proposed(stage)
    for child in (stage.folder / "children").read_text().split():
        gone = Path(f"/proc/{child}/status")
        assert not gone.exists() or "\nState:\tZ" in gone.read_text(), "what it started ends with it"


def test_after_an_amendment_every_session_gets_a_letter(approved: tuple[Stage, Path]) -> None:
    """What was delivered is remembered for one digest: letters about another registry are other letters."""
    stage, orchestrator = approved
    carrier = program(stage.folder, "with (folder / session).open('a') as file: file.write(sys.stdin.read())")
    said(verb(orchestrator, *SEND, *carrier))
    said(verb(orchestrator, *SEND, "--branch"))
    first = refs(stage.bare)["refs/heads/broadcast"]
    stage.registered(5, role="Outreach AI - Personalize and send emails (Morning Batch 2), late")
    agree(stage, orchestrator)
    for way in (carrier, ("--branch",)):
        assert states(said(verb(orchestrator, *SEND, "--format", "json", *way))) == {"delivered": list(range(1, 13))}
    for session in SESSIONS:
        text = (stage.folder / session).read_text()
        assert text.count("REGISTRATION COMPLETE") == 2
        assert "(Morning Batch 2), late" in text
    assert git(stage.bare, "merge-base", "broadcast", first).strip() == first, "the first broadcast stays in history"


def test_deliveries_are_counted_per_carrier(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    for folder in ("mail", "other mail"):
        done = said(verb(orchestrator, *SEND, "--folder", str(stage.folder / folder), "--format", "json"))
        assert states(done) == {"delivered": list(range(1, 13))}
        assert len(list((stage.folder / folder / "messages").iterdir())) == 12


def test_a_killed_broadcast_keeps_its_deliveries(approved: tuple[Stage, Path]) -> None:
    """The program that carries letter 12 waits until that of letter 1 is noted, and then kills who sends them."""
    stage, orchestrator = approved
    body = (
        "import os, signal\n"
        f"if session == '{SESSIONS[11]}' and not (folder / 'once').exists():\n"
        "    (folder / 'once').touch()\n"
        f"    notes = pathlib.Path({str(orchestrator)!r}, '.git', 'registry', 'broadcast')\n"
        "    late = time.monotonic() + 5\n"
        "    while not list(notes.glob('*/*/1')) and time.monotonic() < late: time.sleep(0.05)\n"
        "    os.kill(os.getppid(), signal.SIGKILL)"
    )
    carrier = program(stage.folder, body)
    alone = ENVIRONMENT | {"TMPDIR": str(stage.folder)}  # a killed process leaves its temporary folder behind
    killed = subprocess.run([*REGISTRY, *SEND, *carrier], cwd=orchestrator, env=alone, check=False)
    assert killed.returncode == -signal.SIGKILL
    again = states(said(verb(orchestrator, *SEND, "--format", "json", *carrier)))
    assert 1 in again["delivered-before"]
    assert 12 in again["delivered"]


def test_the_command_gets_the_recipient(tmp_path: Path) -> None:
    """`runtime_id` is the running process of a session; one without it is reached by its stable name."""
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    text = "".join(line for line in fleet(12).splitlines(keepends=True) if not line.startswith("runtime_id:"))
    write(stage.human, "registry/sessions/12.yaml", text)
    commit(stage.human, "Restarted")
    git(stage.human, "push", "--quiet", "origin", "main")
    agree(stage, orchestrator)
    body = "pathlib.Path(folder / f'told-{session}').write_text('\\n'.join(sys.argv[1:]))"
    words = ("{runtime_id}", "{number}", "{session_id}/{number}", "{ role }")
    said(verb(orchestrator, *SEND, *program(stage.folder, body), *words))
    for number, session in enumerate(SESSIONS, 1):
        claim = stage.at("main", f"registry/sessions/{number:02}.yaml")
        runtime = claim.get("runtime_id", session)
        assert (runtime == session) == (number == 12)
        told = (stage.folder / f"told-{session}").read_text().splitlines()
        assert told == [session, runtime, str(number), f"{session}/{number}", "{ role }"]


@pytest.mark.takes_long
def test_carrier_that_prints_garbage(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    body = (
        "sys.stdin.read()\n"
        "for stream in (sys.stdout, sys.stderr):\n"
        "    stream.buffer.write(b'\\x1b[2J\\xff\\x00::error::' * 20_000)\n"
        "sys.exit(3 if session == 'marketing-research-1' else 0)"
    )
    done = verb(orchestrator, *SEND, *program(stage.folder, body))
    assert done.exit_code == 1
    assert "\x1b" not in done.out + done.err
    assert "\x00" not in done.out + done.err
    assert len(done.err) < 3 * 600
    assert done.note.startswith("not delivered to 2;")


@pytest.mark.takes_long
def test_carrier_that_does_not_listen_or_is_not_there(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    missing = verb(orchestrator, *SEND, "--", str(stage.folder / "no-such-program"))
    assert missing.exit_code == 1
    assert "No such file or directory" in missing.err
    assert states(said(verb(orchestrator, *SEND, "--format", "json", *program(stage.folder, "")))) == {
        "delivered": list(range(1, 13))
    }


def test_branch_of_the_remote(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    said(verb(orchestrator, *SEND, "--branch"))
    names = git(stage.bare, "ls-tree", "-r", "--name-only", "broadcast").split()
    assert names[:2] == ["REGISTRY.md", "messages/01-marketing-orchestrator.txt"]
    assert len(names) == 14
    tip = refs(stage.bare)["refs/heads/broadcast"]
    again = said(verb(orchestrator, *SEND, "--branch", "--format", "json"))
    assert states(again) == {"delivered-before": list(range(1, 13))}
    assert refs(stage.bare)["refs/heads/broadcast"] == tip


def test_branch_that_was_taken_away_comes_back(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    said(verb(orchestrator, *SEND, "--branch"))
    git(stage.bare, "update-ref", "-d", "refs/heads/broadcast")
    shutil.rmtree(orchestrator / ".git/registry/broadcast")
    said(verb(orchestrator, *SEND, "--branch"))
    assert "refs/heads/broadcast" in refs(stage.bare)


@pytest.mark.takes_long
def test_folder_that_cannot_be_written_to(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    folder, loop = stage.folder / "folder", stage.folder / "loop"
    (folder / "messages/04-marketing-outreach-1.txt").mkdir(parents=True)
    done = verb(orchestrator, *SEND, "--folder", str(folder))
    assert done.exit_code == 1
    assert "not delivered to 4;" in done.note
    assert len(list((folder / "messages").iterdir())) == 12, "nothing is left of what could not be put in place"
    loop.symlink_to(loop)
    assert verb(orchestrator, *SEND, "--folder", str(loop)).exit_code == 2


def test_the_seeds_program_gets_the_message_as_an_argument(approved: tuple[Stage, Path]) -> None:
    """`session-send-message.sh NAME "TEXT"`: the letter with what everybody has committed to, or a file with it."""
    stage, orchestrator = approved
    script = stage.folder / "session-send-message.sh"
    script.write_text('#!/bin/sh\nprintf %s "$2" > "$(dirname "$0")/told-$1"\ncp "$3" "$(dirname "$0")/file-$1"\n')
    script.chmod(0o755)
    said(verb(orchestrator, *SEND, "--", str(script), "{session_id}", "{message}", "{file}"))
    for session in SESSIONS:
        told = (stage.folder / f"told-{session}").read_text(encoding="utf-8")
        assert told.startswith("REGISTRATION COMPLETE\nNUMBER: ")
        assert all(f"**SESSION_ID**: {other} " in told for other in SESSIONS)
        assert told == (stage.folder / f"file-{session}").read_text(encoding="utf-8")[: len(told)]
    assert proposed(stage)


def test_an_unknown_placeholder_is_an_error(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    done = verb(orchestrator, *SEND, "--", "true", "{session}")
    known = "{session_id}, {runtime_id}, {number}, {message}, {file}"
    assert (done.exit_code, done.err) == (2, f"registry: unknown placeholder {{session}}; known are {known}\n")
    assert not proposed(stage)


def test_a_message_too_long_for_an_argument_is_not_delivered() -> None:
    letter = Letter(4, "desk-4", None, "x" * LONGEST)
    carrier = through_command(("true", "{message}"), 30)
    ((number, why),) = carrier.carry(Mail("", "", (letter,)), [letter])
    assert (number, why) == (4, f"the message is too long for an argument ({LONGEST + 1:,} bytes); use {{file}}")
    by_file = through_command(("test", "-s", "{file}"), 30)
    assert list(by_file.carry(Mail("", "", (letter,)), [letter])) == [(4, None)]


def test_without_a_carrier_nothing_is_delivered(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    done = verb(orchestrator, *SEND)
    ways = "--branch --push always works, or --folder DIR, or a program after --"
    assert (done.exit_code, done.out, done.err) == (2, "", f"registry: nothing is sent: say how; {ways}\n")
    assert not proposed(stage)


def test_one_carrier_at_a_time(approved: tuple[Stage, Path]) -> None:
    stage, orchestrator = approved
    assert verb(orchestrator, *SEND, "--branch", "--folder", str(stage.folder / "x")).exit_code == 2


def test_the_guard_checks_the_broadcast_branch_against_main(tmp_path: Path) -> None:
    """The broadcast is unsigned, so the guard compares it with what main generates."""
    stage = Stage(tmp_path)
    orchestrator, intruder = all_registered(stage), stage.clone("intruder")
    guard(stage, signed=False)
    forge = ("push", "origin", "HEAD:refs/heads/broadcast")
    assert "there is nothing to broadcast before" in try_git(intruder, *forge).err
    agree(stage, orchestrator)
    assert "a broadcast is what main generates, and this differs" in try_git(intruder, *forge).err
    alike = try_git(intruder, "push", "origin", "HEAD:refs/heads/broadcast/x", "HEAD:refs/heads/Broadcast")
    assert alike.err.count("this server has no such ref") == 2
    said(verb(orchestrator, *SEND, "--branch"))
    git(intruder, "fetch", "--quiet", "origin", "broadcast")
    git(intruder, "checkout", "--quiet", "FETCH_HEAD")
    letter = intruder / "messages/04-marketing-outreach-1.txt"
    letter.write_text(letter.read_text().replace("17", "18"))
    commit(intruder, "Forged")
    assert "a broadcast is what main generates, and this differs" in try_git(intruder, *forge).err
    assert "is never deleted" in try_git(intruder, "push", "origin", ":refs/heads/broadcast").err
    words = ("commit-tree", "-m", "The first one", "origin/broadcast^{tree}")
    alone = git(intruder, *words).strip()  # says what main says, and nothing was said before it
    rewound = try_git(intruder, "push", "origin", f"+{alone}:refs/heads/broadcast")
    assert "the next broadcast is one more commit" in rewound.err
    assert set(refs(stage.bare, "refs/heads")) == {
        f"refs/heads/{name}" for name in ("broadcast", "main", "record/broadcast")
    }
