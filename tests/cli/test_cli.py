"""The command line as a process: exit codes, streams, terminals, output files, hooks, imports."""

import fcntl
import json
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.cli.states import FLEET, halfway
from tests.processes import running
from tests.repository import CHARTER, ROOT, Changes, Repository, charter, claim_path, environment, with_charter
from tests.shell import program, quoted

pytestmark = pytest.mark.blackbox

REGISTRY = (sys.executable, "-P", "-W", "error", "-m", "validator")
COLOUR = re.compile(r"\x1b\[")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry half-way there, with a good proposal and one that takes a held number."""
    repository = halfway(tmp_path_factory.mktemp("cli") / "work", bare=False)
    repository.commit("main", {claim_path(9): None})
    repository.commit("claim/05", {claim_path(5): FLEET[5]}, "refs/heads/main^0")
    repository.commit("taken", {claim_path(4): FLEET[4]}, "refs/heads/main~7")
    repository.git("reset", "--quiet", "--hard")
    return repository.path


def run(cwd: Path, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*REGISTRY, *words],
        check=False,
        cwd=cwd,
        env=environment(PYTHONPATH=str(ROOT), **more),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
    )


def on_a_terminal(cwd: Path, *words: str, columns: int, **more: str) -> str:
    """What a command writes to a terminal of this width."""
    terminal, process_end = pty.openpty()
    fcntl.ioctl(process_end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    variables = {"TERM": "xterm", **more}
    env = {
        name: value for name, value in environment(PYTHONPATH=str(ROOT)).items() if name not in ("NO_COLOR", "COLUMNS")
    }
    with running([*REGISTRY, *words], cwd=cwd, env=env | variables, stdout=process_end, stderr=process_end):
        os.close(process_end)
        written = b""
        try:
            while chunk := os.read(terminal, 65536):
                written += chunk
        except OSError:  # Linux: the other end is closed
            pass
    os.close(terminal)
    return written.decode().replace("\r\n", "\n")


class TestExitCodes:
    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("--version", 0),
            ("-h", 0),
            ("validate --help", 0),
            ("validate --base main --head claim/05", 0),
            ("validate --base main --head taken", 1),
            ("validate --worktree", 0),
            ("audit", 0),
            ("audit --ref main~1", 1),
            ("status", 0),
            ("history", 0),
            ("history 4", 0),
            ("whoami --session-id marketing-outreach-1", 0),
            ("whoami --session-id nobody", 1),
            ("export", 0),
            ("explain", 0),
            ("explain REG103", 0),
            ("schema --check", 1),
            ("codeowners --check", 1),
            ("explain --page --check", 1),
        ],
    )
    def test_exit_code_of_accepted_and_rejected(self, registry: Path, words: str, code: int) -> None:
        done = run(registry, *words.split())
        assert (done.returncode, done.stderr) == (code, "")
        assert done.stdout

    @pytest.mark.parametrize(
        "words",
        [
            *(
                "",
                "nonsense",
                "--nonsense",
                "status --nonsense",
                "status extra",
                "history x",
                "bind --only",
                "validate --format xml",
            ),
            *("status --repo nowhere", "explain --check", "explain a b", "audit --base main", "validate --output ."),
        ],
    )
    def test_usage(self, registry: Path, words: str) -> None:
        done = run(registry, *words.split())
        assert (done.returncode, done.stdout) == (2, "")
        assert "Usage: registry" in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            ("validate --head nowhere", "'nowhere' names no commit here; see: git branch --all"),
            ("validate --base nowhere", "'nowhere' names no commit here; see: git branch --all"),
            ("status --ref --help", "'--help' names no commit here; see: git branch --all"),
            ("history 13", "number 13 is not one of 1 to 12"),
            (
                "explain number-takn",
                "there is no rule 'number-takn'; did you mean number-taken? registry explain lists them all",
            ),
            ("validate --output nowhere/report", "nowhere/report cannot be written: No such file or directory"),
        ],
    )
    def test_environment_error_is_one_line(self, registry: Path, words: str, message: str) -> None:
        done = run(registry, *words.split())
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"registry: {message}\n")

    def test_outside_of_a_repository(self, tmp_path: Path) -> None:
        for verb in ("validate", "status", "codeowners"):
            done = run(tmp_path, verb)
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr == "registry: . is not inside a Git repository\n"

    def test_without_git(self, registry: Path, tmp_path: Path) -> None:
        done = run(registry, "status", PATH=str(tmp_path))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "registry: the git program is not on the PATH; install Git 2.38 or newer\n"

    def test_a_message_cannot_be_forged(self, registry: Path) -> None:
        done = run(registry, "validate", "--head", "x\nregistry: all is well\x1b[2J")
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "\x1b" not in done.stderr


class TestStreams:
    @pytest.mark.takes_long
    def test_json_has_stdout_for_itself(self, registry: Path) -> None:
        for words in ("validate --head taken", "audit", "status", "history", "whoami --session-id nobody", "explain"):
            done = run(registry, *words.split(), "--format", "json")
            assert done.stderr == ""
            assert json.loads(done.stdout)["schema_version"] == 1

    def test_every_way_to_start_it(self, registry: Path) -> None:
        version = run(registry, "--version").stdout
        assert re.fullmatch(r"registry, version \d+\.\d+\.\d+\n", version)
        script = Path(sys.executable).parent / "registry"
        other = subprocess.run(
            [script, "--version"], check=True, env=environment(), capture_output=True, encoding="utf-8"
        )
        assert other.stdout == version

    def test_any_folder_of_the_repository(self, registry: Path, tmp_path: Path) -> None:
        here = run(registry, "status").stdout
        assert run(registry / "registry" / "sessions", "status").stdout == here
        there = registry / "registry"
        elsewhere = run(tmp_path, "status", "--repo", str(there)).stdout
        assert elsewhere.replace(f" --repo {shlex.quote(str(there))}", "") == here, (
            "but for the commands, which say it too"
        )

    def test_what_a_terminal_s_encoding_lacks_is_escaped(self, registry: Path) -> None:
        done = subprocess.run(
            [*REGISTRY, "status"],
            check=True,
            cwd=registry,
            env=environment(PYTHONPATH=str(ROOT), PYTHONIOENCODING="latin-1"),
            capture_output=True,
        )
        printed = done.stdout.decode("latin-1")
        assert "2 of 12 registered · phase: registering" in printed
        assert r"\u2713 numbers-unique" in printed

    def test_closed_pipe_ends_quietly(self, registry: Path) -> None:
        done = subprocess.run(
            ["sh", "-c", f"{quoted(*REGISTRY)} explain --format json | head -c 10"],
            check=False,
            cwd=registry,
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            encoding="utf-8",
        )
        assert (done.stdout, done.stderr) == ('{\n  "schem', "")

    def test_no_stdout_at_all(self, registry: Path) -> None:
        for words in ("status", "validate --head claim/05"):
            done = subprocess.run(
                ["sh", "-c", f"{quoted(*REGISTRY)} {words} >&-"],
                check=False,
                cwd=registry,
                env=environment(PYTHONPATH=str(ROOT)),
                capture_output=True,
                encoding="utf-8",
            )
            said = "registry: the result cannot be printed: standard output is closed\n"
            assert (done.returncode, done.stderr) == (2, said)

    def test_output_goes_to_a_file(self, registry: Path, tmp_path: Path) -> None:
        for name in ("text", "sarif"):
            report = tmp_path / f"report.{name}"
            done = run(registry, "validate", "--head", "taken", "--format", name, "--output", str(report))
            assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
            assert report.read_text() == run(registry, "validate", "--head", "taken", "--format", name).stdout


class TestTerminal:
    @pytest.mark.parametrize(
        "words", [("status",), ("validate", "--head", "taken"), ("validate", "--head", "claim/05")]
    )
    def test_colour_is_for_terminals(self, registry: Path, words: tuple[str, ...]) -> None:
        piped = run(registry, *words, COLUMNS="100").stdout
        coloured = on_a_terminal(registry, *words, columns=100)
        assert not COLOUR.search(piped)
        assert COLOUR.search(coloured)
        bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert [line.rstrip() for line in bare.splitlines()] == piped.splitlines()

    def test_colour_is_for_terminals_that_want_it(self, registry: Path) -> None:
        words = ("validate", "--head", "taken")
        piped = run(registry, *words, COLUMNS="100").stdout
        assert on_a_terminal(registry, *words, columns=100, NO_COLOR="1") == piped
        assert on_a_terminal(registry, *words, columns=100, TERM="dumb") == piped
        assert COLOUR.search(on_a_terminal(registry, *words, columns=100, NO_COLOR=""))
        assert not COLOUR.search(run(registry, *words, FORCE_COLOR="1", CLICOLOR_FORCE="1").stdout)

    @pytest.mark.takes_long
    def test_a_table_as_wide_as_the_terminal(self, registry: Path) -> None:
        for columns in (60, 200):
            lines = on_a_terminal(registry, "status", columns=columns, NO_COLOR="1").splitlines()
            assert max(len(line) for line in lines if "registry claim" not in line) <= columns
        table = slice(0, 14)
        piped, wide = run(registry, "status").stdout, run(registry, "status", COLUMNS="120").stdout
        assert piped.splitlines()[table] == wide.splitlines()[table]
        assert " ".join(piped.split()) == " ".join(wide.split())

    def test_a_report_in_a_file_has_no_colour(self, registry: Path, tmp_path: Path) -> None:
        on_a_terminal(registry, "validate", "--head", "taken", "--output", str(tmp_path / "report"), columns=80)
        assert not COLOUR.search((tmp_path / "report").read_text())


class TestWorkflow:
    def test_summary_is_appended(self, registry: Path, tmp_path: Path) -> None:
        summary = tmp_path / "summary.md"
        summary.write_text("before\n")
        for head, code in (("claim/05", 0), ("taken", 1)):
            words = ("validate", "--head", head, "--format", "github")
            assert run(registry, *words, GITHUB_STEP_SUMMARY=str(summary)).returncode == code
        before, accepted, rejected = re.split(r"^(?=### )", summary.read_text(), flags=re.MULTILINE)
        assert before == "before\n"
        assert accepted.startswith("### accepted: ")
        assert rejected.startswith("### rejected: 1 error")

    def test_no_summary_is_requested(self, registry: Path, tmp_path: Path) -> None:
        summary = tmp_path / "summary.md"
        for name in ("text", "json"):
            run(registry, "validate", "--head", "taken", "--format", name, GITHUB_STEP_SUMMARY=str(summary))
        assert not summary.exists()
        done = run(registry, "validate", "--head", "taken", "--format", "github", GITHUB_STEP_SUMMARY="")
        assert (done.returncode, done.stderr) == (1, "")

    def test_a_summary_that_cannot_be_written(self, registry: Path, tmp_path: Path) -> None:
        words = ("validate", "--head", "claim/05", "--format", "github")
        done = run(registry, *words, GITHUB_STEP_SUMMARY=str(tmp_path))
        assert done.returncode == 2
        assert done.stderr == "registry: the step summary cannot be written: Is a directory\n"


HOOK = """\
# What a Git server runs before it takes a push: the objects are in quarantine, and Git has set its variables.
while read -r old new ref; do
  test "$ref" = refs/heads/main || continue
  {registry} validate --base main --head "$new" {options} || exit 1
done
"""


class TestHook:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Repository:
        return with_charter(tmp_path / "server.git", [4])

    def push(self, server: Repository, change: Changes, options: str = "") -> subprocess.CompletedProcess[str]:
        program(server.path / "hooks" / "pre-receive", HOOK.format(registry=quoted(*REGISTRY), options=options))
        clone = Repository(server.path.parent / "clone", bare=False)
        clone.git("fetch", "--quiet", str(server.path), "main:refs/remotes/origin/main")
        clone.commit("main", change, "refs/remotes/origin/main")
        return subprocess.run(
            ["git", "push", str(server.path), "main"],
            check=False,
            cwd=clone.path,
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            encoding="utf-8",
        )

    @pytest.mark.parametrize("options", ["", "--steps"])
    def test_a_good_push_arrives(self, server: Repository, options: str) -> None:
        done = self.push(server, {claim_path(7): FLEET[7]}, options)
        assert done.returncode == 0, done.stderr
        assert "remote: accepted: no findings" in done.stderr
        assert server.git("ls-tree", "--name-only", "main", claim_path(7)) == claim_path(7)

    @pytest.mark.parametrize("options", ["", "--steps"])
    def test_a_rejected_push_shows_the_finding_and_leaves_no_ref(self, server: Repository, options: str) -> None:
        before = server.git("rev-parse", "main")
        taken = FLEET[4].replace("marketing-outreach-1", "another-session")
        done = self.push(server, {claim_path(4): taken}, options)
        assert done.returncode == 1
        assert (
            "remote: error[REG301] takeover: number 4 is held by marketing-outreach-1 since 2026-11-20" in done.stderr
        )
        assert "remote: rejected: 1 error" in done.stderr
        assert "pre-receive hook declined" in done.stderr
        assert server.git("rev-parse", "main") == before
        assert not list((server.path / "objects").glob("incoming-*"))

    def test_a_claim_does_not_bring_its_own_validator(self, server: Repository) -> None:
        """Nothing of the pushed tree is imported, wherever the hook happens to run."""
        evil = "raise SystemExit(0)\n"
        change: Changes = {
            claim_path(7): FLEET[7],
            "validator/__init__.py": evil,
            "sitecustomize.py": evil,
            "git.py": evil,
        }
        done = self.push(server, change)
        assert done.returncode == 1
        assert "remote: error[REG302] mixed-change" in done.stderr


LOADED = """
import sys
from validator.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
PYDANTIC = {"pydantic", "pydantic_core"}
HEAVY = {
    *("git", "ruamel", "yaml", "yaml12", "rich", "rapidfuzz", "jsonschema", "rfc8785", "validator.model.unicode_table"),
    *("pint", "iso4217", "icalendar", "jinja2", "markupsafe", "mcp"),
    *("click", *PYDANTIC, "importlib.metadata", "validator.report.documents", "validator.hosts.github"),
}


class TestImports:
    """A verb pays for what it needs, and for nothing else: most of the time of a short run is importing."""

    def loaded(self, cwd: Path, *words: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-P", "-c", LOADED, *words],
            check=False,
            cwd=cwd,
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stderr
        return set(done.stderr.split())

    @pytest.mark.parametrize(
        ("words", "needed"),
        [
            ("--version", set()),
            ("--help", set()),
            ("explain", {*PYDANTIC, "validator.report.documents"}),
            ("explain REG103", {*PYDANTIC, "validator.report.documents"}),
            ("explain nonsense", {*PYDANTIC, "validator.report.documents", "rapidfuzz"}),
            ("validate --head main", {"yaml", "yaml12"}),
            ("audit", {"yaml", "yaml12"}),
            ("history", {*PYDANTIC, "yaml", "yaml12", "validator.report.documents"}),
            ("status", {*PYDANTIC, "yaml", "yaml12", "rfc8785", "validator.report.documents", "rich"}),
            ("status --format json", {*PYDANTIC, "yaml", "yaml12", "rfc8785", "validator.report.documents"}),
            ("whoami --session-id x", {*PYDANTIC, "yaml", "yaml12", "rfc8785", "validator.report.documents"}),
            ("export", {*PYDANTIC, "yaml", "yaml12", "rfc8785", "validator.report.documents"}),
        ],
    )
    def test_on_a_clean_registry(self, tmp_path: Path, words: str, needed: set[str]) -> None:
        repository = with_charter(tmp_path / "registry.git", [1, 4])
        assert self.loaded(repository.path, *words.split()) & HEAVY == needed | {"click"}

    def test_of_a_new_claim(self, tmp_path: Path) -> None:
        repository = with_charter(tmp_path / "registry.git", [1])
        repository.commit("claim/04", {claim_path(4): FLEET[4]}, "main")
        loaded = self.loaded(repository.path, "validate", "--head", "claim/04")
        assert loaded & HEAVY <= {"click", "yaml", "yaml12"}

    def test_of_claiming(self, tmp_path: Path) -> None:
        repository = with_charter(tmp_path / "registry.git", [1])
        for name in ("name", "email"):
            repository.git("config", f"user.{name}", "x")
        words = ("claim", "2", "--session-id", "x-2", "--goal", "Find 50 prospects daily", "--yes")
        loaded = self.loaded(repository.path, *words)
        assert repository.git("rev-parse", "claim/02")
        assert loaded & HEAVY <= {"click", "pydantic_core", "yaml", "yaml12"}

    def test_of_the_guard(self, tmp_path: Path) -> None:
        repository = with_charter(tmp_path / "registry.git", [1])
        repository.git("config", "registry.unsigned", "true")
        head = repository.commit("change", {claim_path(4): FLEET[4]}, "main")
        code = LOADED.replace("validator.cli", "validator.guard")
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], check=False, cwd=repository.path, capture_output=True,
            env=environment(PYTHONPATH=str(ROOT)), input=f"{'0' * 40} {head} refs/heads/claim/04\n", encoding="utf-8",
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "")
        loaded = set(done.stderr.split())
        assert loaded & HEAVY <= {"yaml", "yaml12"}
        # Python's own that take milliseconds: dataclasses need inspect, and hashlib loads OpenSSL.
        assert loaded & {"inspect", "hashlib", "json", "importlib.resources", "iso4217"} == set()

    def test_importing_the_package_is_light(self) -> None:
        code = "import sys, validator; print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], check=True, env=environment(PYTHONPATH=str(ROOT)), capture_output=True
        )
        assert not set(done.stdout.decode().split()) & HEAVY

    def test_no_import_from_the_judged_folder(self, tmp_path: Path) -> None:
        work = Repository(tmp_path / "work", bare=False)
        evil = "raise RuntimeError('imported')\n"
        names = ("validator/__init__.py", "git.py", "yaml12.py", "click.py", "sitecustomize.py", "json.py")
        work.commit("main", {CHARTER: charter(), **dict.fromkeys(names, evil)})
        work.git("reset", "--quiet", "--hard")
        script = Path(sys.executable).parent / "registry"
        done = subprocess.run(
            [script, "audit"], check=False, cwd=work.path, env=environment(), capture_output=True, encoding="utf-8"
        )
        assert (done.returncode, done.stderr) == (0, "")
