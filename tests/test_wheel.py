"""Build the wheel without a network, install it apart from the sources, run every verb in another folder.

The environment has nothing of the checkout: what the program needs from its dependencies, it finds where this Python
has them, and the program itself in the wheel alone.
"""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, ROOT, git, new_key
from tests.hosts.github.forge import HUMANS, Forge
from tests.processes import interruptible, running
from tests.repository import CHARTER

pytestmark = [pytest.mark.blackbox, pytest.mark.takes_long]

Done = subprocess.CompletedProcess[str]
MAX_SIZE = 800_000  # bytes; a tenth of a megabyte more than the code needs
ALONE = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("PYTHON")}
CLAIM = """\
number: 1
role: Desk - Answer letters
goal: Answer 20 letters daily
targets: [{metric: letters answered, op: gte, value: 20, unit: letters, per: day}]
session_id: desk-1
responsibilities: [Answer letters]
schedule: [{activity: Answer letters, days: [mon], start: "10:00", end: "11:00"}]
status: REGISTERED
timestamp: 2026-11-20T08:00:00Z
"""
DESK = ("--session-id", "desk-1")

# One story on one server: the folder that a verb is run in, its words, its exit code, and what it says.
STORY: list[tuple[str, tuple[str, ...], int, str]] = [
    ("human", ("schema", "--check"), 0, "fresh: schema/charter.schema.json"),
    ("human", ("codeowners", "--check"), 0, "fresh: CODEOWNERS"),
    ("human", ("explain", "REG103"), 0, "REG103 number-taken (error)"),
    ("human", ("capabilities",), 0, "registry consensus acknowledge"),
    ("human", ("completion", "bash"), 0, "_REGISTRY_COMPLETE=bash_complete"),
    ("human", ("explain", "--page"), 0, "wrote docs/rules.md"),
    ("human", ("github", "ruleset"), 0, "wrote .github/rulesets/main.json"),
    ("session", ("claim", "--from", "../claim.yaml", "--key", "new", "--push"), 0, "proposed number 1"),
    ("session", ("withdraw", *DESK), 0, "claim/01"),
    ("session", ("claim", "--from", "../claim.yaml", "--key", "new", "--push"), 0, "on branch claim/01"),
    ("session", ("validate", "--head", "claim/01"), 0, "accepted: no findings"),
    ("human", ("charter", "propose"), 0, "nothing is proposed: main has this charter already"),
    ("human", ("proposals",), 0, "claim/01"),
    ("human", ("show", "1"), 0, "next: registry approve claim/01"),
    ("human", ("approve", "1", "--yes"), 0, "claim/01 is on main"),
    ("session", ("bind", "desk-1"), 0, "desk-1 (git config registry.session)"),
    ("session", ("whoami", "--fetch"), 0, "state:   registered"),
    ("session", ("whoami",), 0, "key:     SHA256:"),
    ("session", ("guide",), 0, 'registry release 1 --reason "REASON"'),
    ("session", ("hook", "prompt"), 0, ""),
    ("session", ("mcp",), 0, ""),
    ("session", ("audit",), 0, "accepted: no findings"),
    ("session", ("status",), 0, "1 of 1 registered"),
    ("session", ("roll-call",), 0, "    1  absent   desk-1"),
    ("session", ("history",), 0, "desk-1"),
    ("session", ("export",), 0, '"session_id": "desk-1"'),
    ("session", ("site", "--output", "public"), 0, "0 unchanged"),
    ("session", ("conflicts",), 0, ""),
    ("session", ("schedule", "--week", "2026-W48", "--output", "week.ics"), 0, "2026-W48"),
    ("session", ("doctor", "--local"), 0, "hook-installed: origin has the guard"),
    ("session", ("release", "1", "--reason", "a trial"), 0, "release/01"),
    ("human", ("reject", "release/01", "--reason", "not now"), 0, "release/01"),
    ("session", ("consensus", "confirm", *DESK, "--push"), 0, "record/confirmation"),
    ("human", ("approve", "record/confirmation", "--yes"), 0, "record/confirmation is on main"),
    ("human", ("consensus", "approve", "--yes"), 0, "on main"),
    ("session", ("consensus", "broadcast", *DESK, "--branch", "--push"), 0, "record/broadcast"),
    ("human", ("approve", "record/broadcast", "--yes"), 0, "record/broadcast is on main"),
    ("session", ("consensus", "acknowledge", "--push"), 0, "on main"),
    ("human", ("consensus", "activate", "--yes"), 0, "on main"),
    ("human", ("consensus", "status"), 0, "active"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this working copy, built as pip builds it, with the build tool that is locked."""
    folder = tmp_path_factory.mktemp("wheel")
    return built(ROOT, folder)


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the wheel, and this Python's packages for its dependencies."""
    environment = tmp_path_factory.mktemp("environment") / "with a space"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    pip(f"--python={python}", "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = environment.glob("lib/python*/site-packages")
    installed = os.fsencode(sysconfig.get_path("purelib"))  # in ASCII, as the Makefile says why
    (packages / "dependencies.pth").write_text(f"import os, sys; sys.path.append(os.fsdecode({installed!r}))\n")
    return environment / "bin"


def pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, env=ALONE, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def built(source: Path, folder: Path) -> Path:
    pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", f"--wheel-dir={folder}", str(source))
    (wheel,) = folder.glob("*.whl")
    return wheel


def run(program: Path, folder: Path, *words: str, **variables: str) -> Done:
    command = [str(program), *words]
    return subprocess.run(
        command, cwd=folder, env=ALONE | variables, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture
def stage(program: Path, tmp_path: Path) -> Path:
    """A server with a registry for one session, guarded by the installed program; clones of human and session."""
    key = new_key(tmp_path / "key")
    words = ("--capacity", "1", "--mission", "Answer every customer", "--approver", f"@OWNER {key}")
    begun = run(program / "registry", tmp_path, "init", "human", *words)
    assert begun.returncode == 0, begun.stderr
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "fleet.git")
    installed = run(program / "registry", tmp_path, "install-hook", "fleet.git")
    assert (installed.returncode, installed.stderr) == (0, "")
    git(tmp_path / "human", "config", "user.signingkey", str(tmp_path / "key"))
    git(tmp_path / "human", "remote", "add", "origin", str(tmp_path / "fleet.git"))
    git(tmp_path / "human", "push", "--quiet", "origin", "main")
    git(tmp_path, "clone", "--quiet", "fleet.git", "session")
    (tmp_path / "claim.yaml").write_text(CLAIM, "utf-8")
    return tmp_path


def test_every_verb_does_its_work_from_the_wheel(program: Path, stage: Path) -> None:
    for folder, words, exit_code, answer in STORY:
        done = run(program / "registry", stage / folder, *words)
        assert done.returncode == exit_code, f"{words}: {done.stdout}{done.stderr}"
        assert answer in done.stdout, f"{words}: {done.stdout}{done.stderr}"
    assert "BEGIN:VCALENDAR" in (stage / "session/week.ics").read_text()
    git(stage / "session", "fetch", "--quiet")
    git(stage / "session", "checkout", "--quiet", "origin/main")
    git(stage / "session", "commit", "--quiet", "--allow-empty", "--message", "mine")
    pushed = run(Path("git"), stage / "session", "push", "origin", "HEAD:main")
    assert (pushed.returncode, "REG304" in pushed.stderr) == (1, True), pushed.stderr


def test_the_verbs_of_github_do_their_work_from_the_wheel(program: Path, tmp_path: Path) -> None:
    forge = Forge.made(tmp_path)
    forge.claim(7, 4)
    (tmp_path / "event.json").write_text(json.dumps(forge.pull_request(7)))
    git(tmp_path, "clone", "--quiet", str(forge.origin.path), "clone")
    github = forge.variables(tmp_path) | {"GH_TOKEN": HUMANS}
    github = {name: value for name, value in github.items() if not name.startswith("PYTHON")}

    def verb(*words: str) -> Done:
        return run(program / "registry", tmp_path / "clone", "github", *words, **github)

    plan = verb("plan")
    assert (plan.returncode, "✗ ruleset main: there is none\n" in plan.stdout) == (1, True), plan.stderr
    apply = verb("apply")
    assert (apply.returncode, "set: ruleset main\n" in apply.stdout) == (0, True), apply.stderr
    remark = verb("remark", "--event", str(tmp_path / "event.json"))
    assert (remark.returncode, json.loads(remark.stdout)["number"]) == (0, 7)
    comment = verb("comment", "--event", str(tmp_path / "event.json"), "--remark", remark.stdout)
    assert comment.returncode == 0, comment.stderr
    assert forge.read_state()["comments"]["7"]
    before = forge.main
    forge.claim(8, 4, session_id="marketing-late-1", runtime_id="session-late")
    forge.merge(7)
    (tmp_path / "event.json").write_text(json.dumps(forge.push(before)))
    touched = verb("touched", "--event", str(tmp_path / "event.json"))
    assert (touched.returncode, touched.stdout) == (0, "[8]\n"), touched.stderr
    rerun = verb("rerun", "--pulls", touched.stdout)
    assert (rerun.returncode, "there is no run on pull request 8" in rerun.stdout) == (0, True), rerun.stderr


def test_the_pages_are_served_from_the_wheel(program: Path, stage: Path) -> None:
    words = [str(program / "registry"), "serve", "--port", "0"]
    with running(words, cwd=stage / "session", env=ALONE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(address) as answer:
            assert b"Waiting for you (0)" in answer.read()
        process.terminate()


def test_no_verb_is_left_out(program: Path, tmp_path: Path) -> None:
    told = {words[: 2 if words[0] in ("charter", "consensus", "github") else 1] for _, words, _, _ in STORY}
    told |= {("github", name) for name in ("plan", "apply", "remark", "comment", "touched", "rerun")}
    told |= {("init",), ("install-hook",), ("demo",), ("serve",)}
    done = run(program / "registry", tmp_path, "capabilities", "--format", "json")
    assert told == {tuple(verb["words"]) for verb in json.loads(done.stdout)["verbs"]}


@pytest.mark.timeout(900)
def test_the_demo_runs_from_the_wheel(program: Path, tmp_path: Path, long: bool) -> None:
    """To the first claims: `make demo` plays it to its end, and so does --long from the wheel."""
    if long:
        done = run(program / "session-registry", tmp_path, "demo", COLUMNS="80")
        assert max(map(len, done.stdout.splitlines())) <= 80
        assert done.returncode == 0, done.stdout + done.stderr
        assert "12 of 12 registered · phase: active" in done.stdout
    else:
        command, told = [str(program / "session-registry"), "demo"], subprocess.PIPE
        narrow = ALONE | {"COLUMNS": "80"}
        with interruptible(), running(command, cwd=tmp_path, env=narrow, stdout=told, stderr=told) as process:
            assert process.stdout
            lines = list[str]()
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if " on branch claim/" in line:
                    break
            process.send_signal(signal.SIGINT)
            assert "proposed number" in lines[-1], process.communicate()
            assert max(map(len, lines)) <= 80
    assert list(tmp_path.iterdir()) == []


def test_what_the_wheel_holds(wheel: Path, program: Path, tmp_path: Path) -> None:
    """The package and nothing of the tests, the charter as the checkout has it, and two names for one program."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert archive.read("validator/cli/demo/fleet/charter.yaml") == (ROOT / CHARTER).read_bytes()
    tracked = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "validator").split()
    information = {name for name in names if ".dist-info/" in name}
    assert names - information == {*tracked, "validator/cli/demo/fleet/charter.yaml"}
    assert any(name.endswith("/licenses/LICENSE") for name in information)
    answers = {run(program / name, tmp_path, "--version").stdout for name in ("registry", "session-registry")}
    assert len(answers) == 1
    assert answers.pop().startswith("registry, version ")
    where = run(program / "python", tmp_path, "-c", "import validator; print(validator.__file__)").stdout
    assert Path(where.strip()).is_relative_to(program.parent)
    size = wheel.stat().st_size
    print(f"\n{wheel.name}: {size:,} bytes, {len(names)} files")  # noqa: T201
    assert size <= MAX_SIZE


def test_the_source_distribution_is_all_that_git_has_and_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, env=ALONE, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    subprocess.run(["tar", "--extract", f"--file={archive}", f"--directory={tmp_path}"], check=True)
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    held = {file.relative_to(unpacked).as_posix() for file in unpacked.rglob("*") if file.is_file()}
    assert set(git(ROOT, "ls-files").splitlines()) - held == set()
    again = built(unpacked, tmp_path / "again")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {name: one.read(name) for name in one.namelist()} == {n: other.read(n) for n in other.namelist()}
