"""The plugin's scripts: how they find the program, and that a hook never fails; `make client-check` has the rest."""

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.cli.stage import CHARTER, ENVIRONMENT, Done, commit, git, write
from tests.repository import ROOT, tracked
from tests.shell import program, quoted

PLUGIN = ROOT / "plugins/session-registry"
EVENT = b'{"session_id": "10000000-aaaa-4bbb-8ccc-000000000001", "cwd": "/"}'
OURS = 'echo "ours: $*"'


class Machine:
    """A home where the plugin is installed, without the repository that it came from, and little on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.home, self.tools, self.plugin = folder / "home", folder / "tools", folder / "cache/session-registry"
        self.home.mkdir()
        for file in tracked(PLUGIN):
            copy = self.plugin / file.relative_to(PLUGIN)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
        for name in ("sh", "git", "sed", "grep", "dirname"):
            program(self.tools / name, f'exec {quoted(str(shutil.which(name)))} "$@"')

    def run(self, script: str, *words: str, folder: Path, stdin: bytes = b"", **variables: str) -> Done:
        kept = {name: value for name, value in ENVIRONMENT.items() if name.startswith("GIT_")}
        environment = {**kept, "PATH": str(self.tools), "HOME": str(self.home), **variables}
        done = subprocess.run(
            [str(self.plugin / script), *words],
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def source(self) -> Path:
        """A clone of the marketplace's repository, as far as the script looks at it."""
        folder = self.home / "some where"
        for name in ("pyproject.toml", "requirements/runtime.txt", "requirements/mcp.txt"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        return folder


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "fleet")
    write(tmp_path / "fleet", "registry/charter.yaml", CHARTER)
    commit(tmp_path / "fleet", "A charter")
    return tmp_path / "fleet"


def test_the_manifests_agree_with_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    market = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text("utf-8"))
    plugin = json.loads((PLUGIN / ".claude-plugin/plugin.json").read_text("utf-8"))
    codex = json.loads((PLUGIN / ".codex-plugin/plugin.json").read_text("utf-8"))
    assert codex == {**plugin, "mcpServers": "./.codex-plugin/mcp.json"}
    (entry,) = market["plugins"]
    assert (ROOT / entry["source"]).samefile(PLUGIN)
    assert market["name"] == entry["name"] == plugin["name"] == project["name"]
    assert (plugin["version"], plugin["license"]) == (project["version"], project["license"])


def test_the_program_on_the_path_is_run(machine: Machine, tmp_path: Path) -> None:
    program(machine.tools / "session-registry", OURS)
    assert machine.run("bin/registry", "whoami", "--fetch", folder=tmp_path) == (0, "ours: whoami --fetch\n", "")


def test_another_program_called_registry_is_not(machine: Machine, tmp_path: Path) -> None:
    program(machine.tools / "registry", 'touch theirs; [ "$1" = --version ] && echo "registry github.com/other/thing"')
    done = machine.run("bin/registry", "claim", folder=tmp_path)
    assert (done.exit_code, done.out) == (127, "")
    assert done.err == "session-registry is not installed; in a checkout of its repository, run: pip install .\n"
    program(machine.tools / "registry", f'[ "$1" = --version ] && echo "registry, version 0.1.0" && exit; {OURS}')
    assert machine.run("bin/registry", "claim", folder=tmp_path) == (0, "ours: claim\n", "")
    path = f"{machine.plugin / 'bin'}:{machine.tools}::."
    assert machine.run("bin/registry", "claim", folder=tmp_path, PATH=path) == (0, "ours: claim\n", "")


def test_uvx_runs_the_source_of_the_marketplace_with_its_locked_versions(machine: Machine, tmp_path: Path) -> None:
    source = machine.source()
    known = {"other": {"installLocation": "/nowhere"}, "session-registry": {"installLocation": str(source)}}
    write(machine.home, ".claude/plugins/known_marketplaces.json", json.dumps(known, indent=2, ensure_ascii=False))
    done = machine.run("bin/registry", "whoami", folder=tmp_path)
    assert done == (127, "", f"session-registry is not installed; run: pip install '{source}'\n")
    program(machine.tools / "uvx", 'printf "<%s>" "$@"')
    locked = f"<--from><{source}><--constraints><{source}/requirements/runtime.txt><session-registry><whoami>"
    assert machine.run("bin/registry", "whoami", folder=tmp_path) == (0, f"<--quiet>{locked}", "")
    offline = machine.run("bin/registry", "whoami", folder=tmp_path, REGISTRY_OFFLINE="1")
    assert offline == (0, f"<--quiet><--offline>{locked}", "")
    (source / "pyproject.toml").write_text('name = "another"\n')
    assert machine.run("bin/registry", "whoami", folder=tmp_path).exit_code == 127


def test_the_mcp_server_is_run_with_its_extra(machine: Machine, tmp_path: Path) -> None:
    """Not by a program in the source that lacks it."""
    source = machine.source()
    (server,) = json.loads((machine.plugin / ".mcp.json").read_text("utf-8"))["mcpServers"].values()
    assert (server["command"], server["args"]) == ("${CLAUDE_PLUGIN_ROOT}/bin/registry", ["mcp"])
    known = {"session-registry": {"installLocation": str(source)}}
    write(machine.home, ".claude/plugins/known_marketplaces.json", json.dumps(known, indent=2, ensure_ascii=False))
    program(source / ".venv/bin/registry", OURS)
    done = machine.run("bin/registry", "mcp", folder=tmp_path)
    assert done == (127, "", f"session-registry is not installed; run: pip install '{source}[mcp]'\n")
    program(machine.tools / "uvx", 'printf "<%s>" "$@"')
    locked = f"<--from><{source}[mcp]><--constraints><{source}/requirements/mcp.txt><session-registry><mcp>"
    assert machine.run("bin/registry", "mcp", folder=tmp_path) == (0, f"<--quiet>{locked}", "")
    program(source / ".venv/bin/python", "exit 0")
    assert machine.run("bin/registry", "mcp", folder=tmp_path) == (0, "ours: mcp\n", "")


def test_codex_names_the_source_in_its_own_settings(machine: Machine, tmp_path: Path) -> None:
    source = machine.source()
    settings = f'[marketplaces.session-registry]\nsource_type = "local"\nsource = "{source}"\n\n[plugins.x]\n'
    write(machine.home, ".codex/config.toml", settings)
    program(source / ".venv/bin/registry", OURS)
    assert machine.run("bin/registry", "whoami", folder=tmp_path) == (0, "ours: whoami\n", "")


@pytest.mark.parametrize("event", ["session-start", "prompt", "stop", "session-end", "nonsense"])
def test_a_hook_is_silent_outside_of_a_registry(machine: Machine, tmp_path: Path, event: str) -> None:
    program(machine.tools / "session-registry", "touch ran; exit 2")
    assert machine.run("hooks/run", event, folder=tmp_path, stdin=EVENT) == (0, "", "")
    git(tmp_path, "init", "--quiet", "other")
    assert machine.run("hooks/run", event, folder=tmp_path / "other", stdin=EVENT) == (0, "", "")
    assert not list(tmp_path.rglob("ran"))


def test_a_hook_gives_the_event_and_the_harness_to_the_program(machine: Machine, repository: Path) -> None:
    program(machine.tools / "session-registry", 'read line; echo "$* $REGISTRY_HARNESS_PID $line"')
    done = machine.run("hooks/run", "prompt", folder=repository, stdin=EVENT + b"\n")
    assert (done.exit_code, done.out) == (0, f"hook prompt {os.getpid()} {EVENT.decode()}\n")


@pytest.mark.parametrize("broken", ["exit 1", "exit 2", "kill -9 $$", None])
def test_a_program_that_fails_fails_no_session(machine: Machine, repository: Path, broken: str | None) -> None:
    if broken:
        program(machine.tools / "session-registry", broken)
    started = machine.run("hooks/run", "session-start", folder=repository, stdin=EVENT)
    assert started.exit_code == 0
    text = json.loads(started.out)["hookSpecificOutput"]
    assert text["hookEventName"] == "SessionStart"
    assert text["additionalContext"].endswith("its program does not start here. Run: registry --version")
    for event in ("prompt", "stop", "session-end"):
        done = machine.run("hooks/run", event, folder=repository, stdin=EVENT)
        assert (done.exit_code, done.out) == (0, "")
