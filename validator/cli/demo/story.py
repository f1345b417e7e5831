"""The whole story in a minute: a guarded Git server, sessions that race for numbers, attacks, a human who approves.

Everything is real: a bare repository with the guard installed, a clone for each session, processes that claim at the
same time, pushes that the server refuses, approvals signed with an SSH key. If anything ends otherwise than the story
says, the demo fails.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import validator
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, claim_path

FLEET = resources.files(validator) / "cli/demo/fleet"
CAPACITY = 12
# Each of these numbers is wanted by a second session at the same time.
CONTESTED = (3, 6, 9, 12)
Say = Callable[[str], None]
Edit = Callable[[Path], None]
Done = subprocess.CompletedProcess[str]


class Attack(NamedTuple):
    """A plain `git push` that the server must refuse, and words of the refusal."""

    title: str
    ref: str
    edit: Edit
    because: str
    stale: bool = False  # branched before anything was registered


class Stage(NamedTuple):
    """Where the story plays: a folder with the server and the human's clone, and the commit that main began with."""

    folder: Path
    human: Path
    beginning: str


def demo(*, say: Say, now: str, colour: bool) -> int:
    """Play the story and tell it line by line. `now` is the time of claiming, RFC 3339; 0 if all went as told."""
    with tempfile.TemporaryDirectory(prefix="registry-demo-") as temporary:
        tell = _Teller(say, colour)
        stage = _stage(Path(temporary), tell)
        surprises = [
            *_race(stage, now, tell),
            *_approvals(stage, tell),
            *_attacks(stage, now, tell),
            *_second_life(stage, now, tell),
            *_consensus(stage, tell),
        ]
        tell.heading("What the orchestrator reads on main")
        _git(stage.human, "fetch", "--quiet", "origin")
        say(_registry(stage.human, "status").stdout + "\n")
        say(_registry(stage.human, "history").stdout)
        audit = _registry(stage.human, "audit")
        say("\naudit of main: " + audit.stdout.rstrip().rsplit("\n", 1)[-1] + "\n")
        surprises += ["main is clean"] if audit.returncode else []
        for title in surprises:
            say(f"not as told: {title}\n")
        return 1 if surprises else 0


class _Teller:
    """Words for the terminal."""

    def __init__(self, say: Say, colour: bool) -> None:
        self.say, self.colour = say, colour

    def heading(self, text: str) -> None:
        self.say(f"\n{self._in(1, text)}\n\n")

    def line(self, good: bool, text: str, details: str = "") -> None:
        self.say(f"{self._in(32, '✓') if good else self._in(31, '✗')} {text}\n")
        self.say("".join(f"    {line}\n" for line in details.splitlines()))

    def _in(self, style: int, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour else text


def _stage(folder: Path, tell: _Teller) -> Stage:
    """A bare repository with the guard as the server, and a first commit with the charter by the human."""
    server, human, key = folder / "server.git", folder / "human", _key(folder)
    tell.heading(
        "A Git server, guarded: main moves only by what an approver has signed" if key else "A Git server, guarded"
    )
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
    _clone(server, human)
    charter = _charter()
    if key:
        public = " ".join(key.with_suffix(".pub").read_text(encoding="utf-8").split()[:2])
        charter = charter.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{public}"}}')
        _git(human, "config", "user.signingkey", str(key))
    _put(human, CHARTER, charter)
    _put(human, "registry/sessions/.gitkeep", "")
    _commit(human, "A charter for twelve sessions")
    _git(human, "push", "--quiet", "origin", "HEAD:main")
    guard = _registry(human, "install-hook", "--trial", *([] if key else ["--unsigned"]), str(server))
    tell.line(guard.returncode == 0, "registry install-hook server.git")
    return Stage(folder, human, _git(human, "rev-parse", "HEAD").strip())


def _key(folder: Path) -> Path | None:
    """A fresh SSH key for the approver; None on a machine without ssh-keygen."""
    program = shutil.which("ssh-keygen")
    if program is None:
        return None
    _run([program, "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", str(folder / "key")], folder, {}, check=True)
    return folder / "key"


def _race(stage: Stage, now: str, tell: _Teller) -> Iterator[str]:
    """Sessions claim at the same time, each in a process of its own; some numbers are wanted twice."""
    texts = [_text(number, now) for number in range(1, CAPACITY + 1)]
    texts += [_text(n, now, session_id=f"marketing-rival-{n}", runtime_id=f"session-rival-{n}") for n in CONTESTED]
    tell.heading(f"{len(texts)} sessions claim {CAPACITY} numbers at once: registry claim --from FILE --push")
    won = list[str]()
    with ThreadPoolExecutor(len(texts)) as sessions:
        racing = {sessions.submit(_claim, stage, text): _field(text, "session_id") for text in texts}
        for ended in as_completed(racing):
            done, session = ended.result(), racing[ended]
            tell.line(done.returncode == 0, f"{session:<26} {_last_line(done)}")
            won += [session] if done.returncode == 0 else []
    if len(won) != CAPACITY:
        yield f"{CAPACITY} of {len(texts)} sessions win a number, not {len(won)}"


def _claim(stage: Stage, text: str) -> Done:
    session = _session(stage)
    _put(session, "../claim-" + session.name, text)
    return _registry(session, "claim", "--from", f"../claim-{session.name}", "--push")


def _approvals(stage: Stage, tell: _Teller) -> Iterator[str]:
    tell.heading("The human looks, and approves what the gate accepts: registry approve --all-accepted")
    tell.say(_registry(stage.human, "proposals").stdout + "\n")
    done = _registry(stage.human, "approve", "--all-accepted", "--yes")
    for line in done.stdout.splitlines():
        if " is on main" in line or "not merged" in line:
            tell.line("is on main" in line, line)
    if done.returncode:
        yield "every accepted proposal is merged"


def _attacks(stage: Stage, now: str, tell: _Teller) -> Iterator[str]:
    """What must not get through: plain pushes by whoever can reach the server."""
    tell.heading("What must not get through: plain git push to the same server")
    for attack in _attempts(now):
        session = _session(stage, stage.beginning if attack.stale else "origin/main")
        attack.edit(session)
        _commit(session, attack.title)
        done = _push(session, attack.ref)
        said = "".join(
            f"{line.removeprefix('remote: ').rstrip()}\n" for line in done.stderr.splitlines() if "remote:" in line
        )
        tell.line(done.returncode == 0, f"{attack.ref:<9} {attack.title}", _findings(said))
        if done.returncode == 0 or attack.because not in said:
            yield f"the server refuses: {attack.title} ({attack.because})"


def _attempts(now: str) -> Iterator[Attack]:
    late = _text(4, now, session_id="marketing-latecomer", runtime_id="session-late")
    yield Attack("a latecomer wants number 4", "claim/04", _writes(4, late), "REG103", stale=True)
    yield Attack(
        "the same claim of number 5, byte for byte", "claim/05", _writes(5, _text(5, now)), "REG103", stale=True
    )
    yield Attack(
        "marketing-outreach-1, who has number 4, wants number 7 as well",
        "claim/07",
        _writes(7, _text(7, now, session_id="marketing-outreach-1")),
        "REG301",
    )
    yield Attack("a goal that nobody can measure", "claim/08", _writes(8, _vague(8, now)), "REG201")
    yield Attack(
        "somebody puts a name of his own on number 2",
        "claim/02",
        _writes(2, _text(2, now, session_id="marketing-impostor")),
        "REG301",
    )
    yield Attack("a claim that brings its own validator", "claim/10", _with_validator(10, now), "REG302")
    yield Attack("a claim that is a link to somebody else's", "claim/08", _links(8, 1), "REG004")
    yield Attack("a session merges for itself", "main", _writes(10, _amended(10, now)), "REG304")


def _second_life(stage: Stage, now: str, tell: _Teller) -> Iterator[str]:
    """A number is given back, and another session takes it; history keeps both."""
    tell.heading("A number is given back, and taken again")
    session = _session(stage)
    _put(session, "../claim-again", _text(11, now, session_id="marketing-successor", runtime_id="session-successor"))
    told: list[tuple[Path, tuple[str, ...]]] = [
        (session, ("release", "11", "--reason", "the session has ended")),
        (stage.human, ("approve", "release/11", "--yes")),
        (session, ("claim", "--from", "../claim-again", "--push")),
        (stage.human, ("approve", "11", "--yes")),
    ]
    yield from _play(stage, tell, told)


def _consensus(stage: Stage, tell: _Teller) -> Iterator[str]:
    """From registered to active, with a claim that changes late: all that was said before it is void."""
    tell.heading("The orchestrator confirms, the human approves, every session is told and acknowledges")
    yield from _round(stage, tell, at_once=CAPACITY)
    tell.heading("A session amends its claim at the last minute: what was said of the old registry is void")
    session = _session(stage)
    path = session / claim_path(5, CAPACITY)
    _put(session, claim_path(5, CAPACITY), path.read_text(encoding="utf-8").replace("17", "16"))
    _commit(session, "Number 5 has 16 prospects, and promises 16 emails")
    _push(session, "claim/05")
    yield from _play(stage, tell, [(stage.human, ("approve", "5", "--yes"))])
    told = [line for line in _status(stage) if line.startswith(("registered", "void:", "next:"))]
    tell.say("".join(f"{line}\n" for line in told if "/acknowledgements/" not in line))
    tell.say(f"… and {sum('/acknowledgements/' in line for line in told)} acknowledgements are void\n")
    tell.heading("The second round, and the start")
    yield from _round(stage, tell, at_once=3)
    yield from _play(stage, tell, [(stage.human, ("consensus", "activate", "--week", "2026-W48", "--yes"))])
    tell.say("\n" + "".join(f"{line}\n" for line in _status(stage)))


def _round(stage: Stage, tell: _Teller, *, at_once: int) -> Iterator[str]:
    """Confirmation, approval, broadcast, and an acknowledgement from each session, some at the same time."""
    orchestrator = ("--session-id", _field(_text(1, ""), "session_id"), "--push")
    session, human = _session(stage), stage.human
    yield from _play(
        stage,
        tell,
        [
            (session, ("consensus", "confirm", *orchestrator)),
            (human, ("approve", "record/confirmation", "--yes")),
            (human, ("consensus", "approve", "--yes")),
            (session, ("consensus", "broadcast", *orchestrator)),
            (human, ("approve", "record/broadcast", "--yes")),
        ],
    )
    told = json.loads(_registry(_session(stage), "export").stdout)
    names = [claim["session_id"] for claim in told["claims"]]
    with ThreadPoolExecutor(at_once) as sessions:
        racing = {sessions.submit(_acknowledge, stage, name): name for name in names}
        for ended in as_completed(racing):
            done, name = ended.result(), racing[ended]
            tell.line(done.returncode == 0, f"{name:<26} {_last_line(done)}")
            if done.returncode:
                yield f"{name} acknowledges"


def _acknowledge(stage: Stage, name: str) -> Done:
    return _registry(_session(stage), "consensus", "acknowledge", "--session-id", name, "--push")


def _play(stage: Stage, tell: _Teller, told: list[tuple[Path, tuple[str, ...]]]) -> Iterator[str]:
    for folder, command in told:
        done = _registry(folder, *command)
        tell.line(done.returncode == 0, f"registry {' '.join(command[:2])}: {_last_line(done)}")
        if done.returncode:
            yield f"registry {' '.join(command)}"


def _status(stage: Stage) -> list[str]:
    _git(stage.human, "fetch", "--quiet", "origin")
    return _registry(stage.human, "consensus", "status").stdout.splitlines()


def _text(number: int, now: str, /, **fields: str) -> str:
    """A claim of the fleet, claimed now, with some fields changed."""
    text = (FLEET / f"{number:02}.yaml").read_text(encoding="utf-8")
    for name, value in {"timestamp": now, **fields}.items():
        text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
    return text


def _field(text: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", text, re.MULTILINE)
    assert found, f"every claim of the fleet has a {name}"
    return found[1]


def _vague(number: int, now: str) -> str:
    text = _text(number, now, goal="Do my best with the replies, as soon as possible")
    return re.sub(r"^targets:\n(?: .*\n)+", "targets: []\n", text, flags=re.MULTILINE)


def _amended(number: int, now: str) -> str:
    return _text(number, now).replace("- Track human feedback", "- Track human feedback and approve myself")


def _writes(number: int, text: str) -> Edit:
    return lambda clone: _put(clone, claim_path(number, CAPACITY), text)


def _with_validator(number: int, now: str) -> Edit:
    def edit(clone: Path) -> None:
        _put(clone, claim_path(number, CAPACITY), _amended(number, now))
        _put(clone, "validator/__init__.py", "raise SystemExit(0)  # everything is fine\n")

    return edit


def _links(number: int, to: int) -> Edit:
    def edit(clone: Path) -> None:
        (clone / claim_path(number, CAPACITY)).unlink()
        (clone / claim_path(number, CAPACITY)).symlink_to(Path(claim_path(to, CAPACITY)).name)

    return edit


def _put(clone: Path, path: str, text: str) -> None:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8", newline="\n")


def _charter() -> str:
    """A wheel carries the charter beside the fleet; a checkout has it where every registry has it."""
    carried = FLEET / "charter.yaml"
    place = carried if carried.is_file() else Path(validator.__file__).parent.parent / CHARTER
    return place.read_text(encoding="utf-8")


def _session(stage: Stage, start: str = "origin/main") -> Path:
    """A session's own clone of the server."""
    session = Path(tempfile.mkdtemp(prefix="session-", dir=stage.folder))
    _clone(stage.folder / "server.git", session)
    _git(session, "checkout", "--quiet", "-B", "work", start)
    return session


def _push(session: Path, ref: str) -> Done:
    return _run(["git", "push", "--force", "origin", f"HEAD:refs/heads/{ref}"], session, _PLAIN, check=False)


def _findings(said: str) -> str:
    """What the server said about this push: its findings, without the lines around them."""
    lines = [line for line in said.splitlines() if not re.match(r"refs/heads/|rejected|free numbers|inherited|$", line)]
    return "\n".join(lines)


def _last_line(done: Done) -> str:
    lines = [line for line in (done.stdout or done.stderr).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _clone(server: Path, clone: Path) -> None:
    _git(clone.parent, "clone", "--quiet", str(server), str(clone))
    _git(clone, "checkout", "--quiet", "-B", "main")


def _commit(clone: Path, message: str) -> None:
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "--message", message)


# Whoever watches may have configured Git to their taste; the story is the same for all. The guard on the server runs
# this very program, so it has to find it as well.
_PLAIN = {
    **{f"GIT_{role}_{what}": "demo" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"},
    **{"PYTHONPATH": str(Path(validator.__file__).parent.parent), "PYTHONIOENCODING": "utf-8"},
}


def _git(folder: Path, *command: str) -> str:
    """Plain Git, as a session or a human would type it, deaf to the configuration of whoever watches."""
    return _run(["git", *command], folder, _PLAIN, check=True).stdout


def _registry(folder: Path, *command: str) -> Done:
    """A verb of this very program, as a process of its own."""
    return _run([sys.executable, "-P", "-m", "validator", *command], folder, _PLAIN, check=False)


def _run(command: list[str], folder: Path, environment: dict[str, str], *, check: bool) -> Done:
    # No shell; every word is of this module's making.
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if check and done.returncode:
        raise FatalError(f"{' '.join(command[:2])} failed: {done.stderr.strip()}")
    return done
