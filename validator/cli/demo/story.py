"""The demo: a guarded Git server, sessions that race for numbers, attacks, and a human who approves.

Everything is real: a bare repository with the guard installed, a clone for each session, processes that claim at the
same time, pushes that the server refuses, approvals signed with an SSH key. If any step ends otherwise
than expected, the demo fails.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from validator.cli.demo.attacks import attacks
from validator.cli.demo.printer import Printer, Say
from validator.cli.demo.stage import (
    CAPACITY,
    Done,
    Stage,
    claim_text,
    commit,
    field,
    git,
    last_line,
    new_session,
    push,
    put,
    registry,
    set_up,
)
from validator.model.layout import claim_path

# Each of these numbers is wanted by a second session at the same time.
CONTESTED = (3, 6, 9, 12)


def demo(*, say: Say, now: str, colour: bool) -> int:
    """Run the demo and print each step. `now` is the time of claiming, RFC 3339; 0 if every step went as expected."""
    with tempfile.TemporaryDirectory(prefix="registry-demo-") as temporary:
        printer = Printer(say, colour)
        stage = set_up(Path(temporary), printer)
        surprises = [
            *_race(stage, now, printer),
            *_approvals(stage, printer),
            *attacks(stage, now, printer),
            *_claimed_again(stage, now, printer),
            *_consensus(stage, printer),
        ]
        printer.heading("What the orchestrator reads on main")
        git(stage.human, "fetch", "--quiet", "origin")
        say(registry(stage.human, "status").stdout + "\n")
        say(registry(stage.human, "history").stdout)
        audit = registry(stage.human, "audit")
        say("\naudit of main: " + audit.stdout.rstrip().rsplit("\n", 1)[-1] + "\n")
        surprises += ["main is clean"] if audit.returncode else []
        surprises += _proof(stage, say)
        for title in surprises:
            say(f"not as expected: {title}\n")
        return 1 if surprises else 0


def _proof(stage: Stage, say: Say) -> Iterator[str]:
    """What a session that trusts nobody finds in main."""
    proof = registry(new_session(stage), "audit", "--steps", "--root", stage.beginning)
    say(f"\nevery step, proved from a clone: registry audit --steps\n{proof.stdout}")
    if proof.returncode:
        yield "every step of main was allowed"


def _race(stage: Stage, now: str, printer: Printer) -> Iterator[str]:
    """Sessions claim at the same time, each in a process of its own; some numbers are wanted twice."""
    texts = [claim_text(number, now) for number in range(1, CAPACITY + 1)]
    texts += [claim_text(n, now, session_id=f"marketing-rival-{n}", runtime_id=f"session-rival-{n}") for n in CONTESTED]
    printer.heading(f"{len(texts)} sessions claim {CAPACITY} numbers at once: registry claim --from FILE --push")
    won = list[str]()
    with ThreadPoolExecutor(len(texts)) as sessions:
        racing = {sessions.submit(_claim, stage, text): field(text, "session_id") for text in texts}
        for ended in as_completed(racing):
            done, session = ended.result(), racing[ended]
            printer.line(done.returncode == 0, f"{session:<26} {last_line(done)}")
            won += [session] if done.returncode == 0 else []
    if len(won) != CAPACITY:
        yield f"{CAPACITY} of {len(texts)} sessions win a number, not {len(won)}"


def _claim(stage: Stage, text: str) -> Done:
    session = new_session(stage)
    put(session, "../claim-" + session.name, text)
    return registry(session, "claim", "--from", f"../claim-{session.name}", "--push")


def _approvals(stage: Stage, printer: Printer) -> Iterator[str]:
    printer.heading("The human looks, and approves what the gate accepts: registry approve --all-accepted")
    printer.say(registry(stage.human, "proposals").stdout + "\n")
    done = registry(stage.human, "approve", "--all-accepted", "--yes")
    for line in done.stdout.splitlines():
        if " is on main" in line or "not merged" in line:
            printer.line("is on main" in line, line)
    if done.returncode:
        yield "every accepted proposal is merged"


def _claimed_again(stage: Stage, now: str, printer: Printer) -> Iterator[str]:
    """A number is released, and another session claims it; history keeps both."""
    printer.heading("A number is released, and claimed again")
    session = new_session(stage)
    put(
        session, "../claim-again", claim_text(11, now, session_id="marketing-successor", runtime_id="session-successor")
    )
    commands: list[tuple[Path, tuple[str, ...]]] = [
        (session, ("release", "11", "--reason", "the session has ended")),
        (stage.human, ("approve", "release/11", "--yes")),
        (session, ("claim", "--from", "../claim-again", "--push")),
        (stage.human, ("approve", "11", "--yes")),
    ]
    yield from _play(printer, commands)


def _consensus(stage: Stage, printer: Printer) -> Iterator[str]:
    """From registered to active, with a claim that changes late: the records before it no longer count."""
    printer.heading("The orchestrator confirms, the human approves, every session gets the registry and acknowledges")
    yield from _round(stage, printer, at_once=CAPACITY)
    printer.heading("A session amends its claim at the last minute: records of the old registry no longer count")
    session = new_session(stage)
    path = session / claim_path(5)
    put(session, claim_path(5), path.read_text(encoding="utf-8").replace("17", "16"))
    commit(session, "Number 5 has 16 prospects, and promises 16 emails")
    push(session, "claim/05")
    yield from _play(printer, [(stage.human, ("approve", "5", "--yes"))])
    printer.say(in_short(_status(stage)))
    printer.heading("The second round, and the start")
    yield from _round(stage, printer, at_once=3)
    yield from _play(printer, [(stage.human, ("consensus", "activate", "--yes"))])
    printer.say("\n" + "".join(f"{line}\n" for line in _status(stage)))


def _round(stage: Stage, printer: Printer, *, at_once: int) -> Iterator[str]:
    """Confirmation, approval, broadcast, and an acknowledgement from each session, some at the same time."""
    orchestrator = ("--session-id", field(claim_text(1, ""), "session_id"), "--push")
    session, human = new_session(stage), stage.human
    yield from _play(
        printer,
        [
            (session, ("consensus", "confirm", *orchestrator)),
            (human, ("approve", "record/confirmation", "--yes")),
            (human, ("consensus", "approve", "--yes")),
            (session, ("consensus", "broadcast", *orchestrator, "--branch")),
            (human, ("approve", "record/broadcast", "--yes")),
        ],
    )
    exported = json.loads(registry(new_session(stage), "export").stdout)
    names = [claim["session_id"] for claim in exported["claims"]]
    with ThreadPoolExecutor(at_once) as sessions:
        racing = {sessions.submit(_acknowledge, stage, name): name for name in names}
        for ended in as_completed(racing):
            done, name = ended.result(), racing[ended]
            printer.line(done.returncode == 0, f"{name:<26} {last_line(done)}")
            if done.returncode:
                yield f"{name} acknowledges"


def _acknowledge(stage: Stage, name: str) -> Done:
    return registry(new_session(stage), "consensus", "acknowledge", "--session-id", name, "--push")


def _play(printer: Printer, commands: list[tuple[Path, tuple[str, ...]]]) -> Iterator[str]:
    for folder, command in commands:
        done = registry(folder, *command)
        printer.line(done.returncode == 0, f"registry {' '.join(command[:2])}: {last_line(done)}")
        if done.returncode:
            yield f"registry {' '.join(command)}"


def in_short(status: Iterable[str]) -> str:
    """Of what `consensus status` says: who is registered, what no longer counts and why, and what is next."""
    return "".join(f"{line}\n" for line in status if line.startswith(("registered", "no longer count", "next:")))


def _status(stage: Stage) -> list[str]:
    git(stage.human, "fetch", "--quiet", "origin")
    return registry(stage.human, "consensus", "status").stdout.splitlines()
