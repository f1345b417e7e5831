"""The whole story in a minute: a Git server, twelve sessions, some that must not get through, a human who merges.

Everything is real: a bare repository, a clone for each session, commits, pushes, and the verbs of this program run as
processes of their own. If a verdict is another than the story says, the demo fails.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import validator
from validator.finding import FatalError
from validator.snapshot import CHARTER, claim_path

FLEET = Path(__file__).parent.parent / "fleet"
CAPACITY = 12
Say = Callable[[str], None]
Edit = Callable[[Path], None]


class Scene(NamedTuple):
    """A session proposes something. `code` is the rule that must stop it, None for a claim that must be accepted."""

    title: str
    branch: str
    edit: Edit
    code: str | None = None
    stale: bool = False  # branched before anything was registered


class Stage(NamedTuple):
    """Where the story plays: the server, the human's clone, and the commit that main began with."""

    folder: Path
    human: Path
    beginning: str


def demo(*, say: Say, now: str, colour: bool) -> int:
    """Play the story and tell it line by line. `now` is the time of claiming, RFC 3339; 0 if all went as told."""
    with tempfile.TemporaryDirectory(prefix="registry-demo-") as temporary:
        tell = _Teller(say, colour)
        tell.heading("A Git server with a charter for twelve sessions, and nobody registered")
        stage = _stage(Path(temporary))
        surprises = [scene.title for scene in _story(now) if not _play(scene, stage, tell)]
        tell.heading("What the orchestrator reads on main")
        say(_registry(stage.human, "status").stdout)
        say("\n" + _registry(stage.human, "history").stdout)
        audit = _registry(stage.human, "audit")
        say("\naudit of main: " + audit.stdout.rstrip().rsplit("\n", 1)[-1] + "\n")
        for title in surprises:
            say(f"not as told: {title}\n")
        return 1 if surprises or audit.returncode else 0


class _Teller:
    """Words for the terminal."""

    def __init__(self, say: Say, colour: bool) -> None:
        self.say, self.colour = say, colour

    def heading(self, text: str) -> None:
        self.say(f"\n{self._in(1, text)}\n\n")

    def verdict(self, scene: Scene, accepted: bool, details: str) -> None:
        sign, word = (self._in(32, "✓"), "accepted") if accepted else (self._in(31, "✗"), "rejected")
        self.say(f"{sign} {scene.branch:<12} {word:<9} {scene.title}\n")
        self.say("".join(f"    {line}\n" for line in details.splitlines()))

    def _in(self, style: int, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour else text


def _story(now: str) -> Iterator[Scene]:
    """The twelve of the seed in their order, and between them those who must not get through."""
    for number in (1, 2, 3, 4, 5):
        yield _claim(number, now)
    yield Scene(
        "a latecomer wants number 4",
        "claim/04",
        _writes(4, _text(4, now, session_id="marketing-latecomer", runtime_id="session-late")),
        "REG103",
        stale=True,
    )
    yield Scene(
        "the same claim of number 5 again, byte for byte", "claim/05", _writes(5, _text(5, now)), "REG103", stale=True
    )
    yield Scene(
        "marketing-outreach-1, who has number 4, wants number 9 as well",
        "claim/09",
        _writes(9, _text(9, now, session_id="marketing-outreach-1")),
        "REG104",
    )
    yield Scene("a goal that nobody can measure", "claim/09", _writes(9, _vague(now)), "REG201")
    yield Scene(
        "somebody puts a name of his own on number 2",
        "claim/02",
        _writes(2, _text(2, now, session_id="marketing-impostor")),
        "REG301",
    )
    yield Scene("a claim that brings its own validator", "claim/07", _with_validator(now), "REG302")
    yield Scene("a claim that enlarges the charter for itself", "claim/13", _with_charter(now), "REG302")
    yield Scene("a claim that is a link to somebody else's", "claim/08", _links(8, 1), "REG004")
    for number in (6, 7, 8, 9, 10, 11, 12):
        yield _claim(number, now)


def _claim(number: int, now: str) -> Scene:
    text = _text(number, now)
    return Scene(_field(text, "session_id"), f"claim/{number:02}", _writes(number, text))


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


def _vague(now: str) -> str:
    text = _text(9, now, goal="Do my best with the replies, as soon as possible")
    return re.sub(r"^targets:\n(?: .*\n)+", "targets: []\n", text, flags=re.MULTILINE)


def _writes(number: int, text: str) -> Edit:
    return lambda clone: _put(clone, claim_path(number, CAPACITY), text)


def _with_validator(now: str) -> Edit:
    def edit(clone: Path) -> None:
        _put(clone, claim_path(7, CAPACITY), _text(7, now))
        _put(clone, "validator/__init__.py", "raise SystemExit(0)  # everything is fine\n")

    return edit


def _with_charter(now: str) -> Edit:
    def edit(clone: Path) -> None:
        charter = (clone / CHARTER).read_text(encoding="utf-8")
        _put(clone, CHARTER, charter.replace("capacity: 12", "capacity: 13"))
        _put(clone, claim_path(13, CAPACITY), _text(12, now, number="13", session_id="marketing-thirteenth"))

    return edit


def _links(number: int, to: int) -> Edit:
    return lambda clone: (clone / claim_path(number, CAPACITY)).symlink_to(Path(claim_path(to, CAPACITY)).name)


def _put(clone: Path, path: str, text: str) -> None:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8", newline="\n")


def _stage(folder: Path) -> Stage:
    """A bare repository as the server, and a first commit with the charter by the human."""
    server, human = folder / "server.git", folder / "human"
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
    _clone(server, human)
    _put(human, CHARTER, _charter().read_text(encoding="utf-8"))
    _put(human, "registry/sessions/.gitkeep", "")
    _commit(human, "A charter for twelve sessions")
    _git(human, "push", "--quiet", "origin", "HEAD:main")
    return Stage(folder, human, _git(human, "rev-parse", "HEAD").strip())


def _charter() -> Path:
    """A wheel carries the charter beside the fleet; a checkout has it where every registry has it."""
    carried = FLEET / "charter.yaml"
    return carried if carried.exists() else FLEET.parent.parent / CHARTER


def _play(scene: Scene, stage: Stage, tell: _Teller) -> bool:
    """Propose, judge, and merge what is accepted; whether it went as the story says."""
    session = Path(tempfile.mkdtemp(prefix="session-", dir=stage.folder))
    _clone(stage.folder / "server.git", session)
    _git(session, "checkout", "--quiet", "-b", scene.branch, stage.beginning if scene.stale else "origin/main")
    scene.edit(session)
    _commit(session, f"Propose: {scene.title}")
    _git(session, "push", "--quiet", "--force", "origin", scene.branch)
    _git(stage.human, "fetch", "--quiet", "--prune", "origin")
    proposal = f"origin/{scene.branch}"
    verdict = _registry(stage.human, "validate", "--base", "origin/main", "--head", proposal)
    accepted = verdict.returncode == 0
    tell.verdict(scene, accepted, _details(verdict.stdout))
    if accepted:
        _git(stage.human, "merge", "--quiet", "--no-ff", "-m", f"Register {scene.branch}: {scene.title}", proposal)
        _git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    _git(stage.human, "push", "--quiet", "origin", f":{scene.branch}")
    return accepted if scene.code is None else verdict.returncode == 1 and f"error[{scene.code}]" in verdict.stdout


def _details(report: str) -> str:
    """What the verb printed about this change: its own findings, without what main had before."""
    return re.split(r"^(?:inherited|healed|accepted|rejected)\b", report, maxsplit=1, flags=re.MULTILINE)[0].rstrip()


def _clone(server: Path, clone: Path) -> None:
    _git(clone.parent, "clone", "--quiet", str(server), str(clone))
    _git(clone, "checkout", "--quiet", "-B", "main")


def _commit(clone: Path, message: str) -> None:
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "--message", message)


def _git(folder: Path, *command: str) -> str:
    """Plain Git, as a session or a human would type it, deaf to the configuration of whoever watches."""
    who = {f"GIT_{role}_{what}": "demo" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    return _run(["git", *command], folder, {**who, **quiet}, check=True).stdout


def _registry(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A verb of this very program, as a process of its own."""
    package = {"PYTHONPATH": str(Path(validator.__file__).parent.parent), "PYTHONIOENCODING": "utf-8"}
    return _run([sys.executable, "-P", "-m", "validator", *command], folder, package, check=False)


def _run(
    command: list[str], folder: Path, environment: dict[str, str], *, check: bool
) -> subprocess.CompletedProcess[str]:
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
