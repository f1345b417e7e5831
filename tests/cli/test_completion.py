"""Shell completion, called as the script does that `registry completion` prints."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, git, verb
from tests.cli.test_proposals import claims

ALL = [str(number) for number in range(1, 13)]
OF_NUMBERS = ["claim", "release", "history"]
OF_PROPOSALS = ["approve", "reject", "show"]
BASH = shutil.which("bash")
SCRIPT = """\
eval "$(registry completion bash)"
COMP_WORDS=(registry "$@")
COMP_CWORD=$#
_registry_completion registry
printf '%s\\n' "${COMPREPLY[@]}"
"""


def asked(folder: Path, shell: str, *words: str) -> str:
    """What the program answers a shell that completes the last of these words, in a folder."""
    request = {
        "_REGISTRY_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": shlex.join(["registry", *words[:-1]]) + f" {words[-1]}",
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        REGISTRY, cwd=folder, env=ENVIRONMENT | request, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def completed(folder: Path, *words: str) -> list[str]:
    """What bash would offer for the last of these words; where there is no bash, what it would be answered."""
    if BASH is None:
        return [line.removeprefix("plain,") for line in asked(folder, "bash", *words).splitlines() if line]
    environment = ENVIRONMENT | {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [BASH, "--norc", "-c", SCRIPT, "bash", *words],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`registry`, wherever it is installed."""
    path = tmp_path_factory.mktemp("bin") / "registry"
    path.write_text(f'#!/bin/sh\nexec {shlex.join(REGISTRY)} "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def _path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


@pytest.fixture
def session(stage: Stage) -> Path:
    """A clone that knows of number 4, a proposal of number 5 and one to release number 4."""
    stage.registered(4)
    other = stage.clone("other")
    assert verb(other, "release", "4", "--reason", "done").exit_code == 0
    claims(stage, 5)
    return stage.clone("session")


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers(session: Path, name: str) -> None:
    assert completed(session, name, "") == ALL
    assert completed(session, name, "1") == ["1", "10", "11", "12"]
    assert completed(session, name, "13") == []


@pytest.mark.parametrize("name", OF_PROPOSALS)
def test_proposals(session: Path, name: str) -> None:
    assert completed(session, name, "") == ["claim/05", "release/04"]
    assert completed(session, name, "rel") == ["release/04"]
    assert completed(session, name, "5") == ["5"]
    assert completed(session, name, "4") == []


def test_a_proposal_is_offered_once(session: Path) -> None:
    assert completed(session, "approve", "5", "") == ["release/04"]
    assert completed(session, "approve", "claim/05", "release/04", "") == []


def test_proposals_are_those_of_the_remote_that_is_named(session: Path, tmp_path: Path) -> None:
    git(session, "remote", "rename", "origin", "elsewhere")
    assert completed(session, "approve", "--remote", "elsewhere", "") == ["claim/05", "release/04"]
    git(session, "remote", "add", "origin", "../nowhere.git")
    git(session, "config", "--unset", "branch.main.remote")
    assert completed(session, "approve", "") == []


def test_rules(tmp_path: Path) -> None:
    everything = completed(tmp_path, "explain", "")
    assert {"REG101", "number-mismatch"} <= {*everything}
    assert completed(tmp_path, "explain", "REG103") == ["REG103"]
    assert completed(tmp_path, "explain", "reg103") == ["REG103"]
    assert completed(tmp_path, "explain", "number-m") == ["number-mismatch"]


def test_verbs_are_completed_with_their_whole_description(tmp_path: Path) -> None:
    assert completed(tmp_path, "co") == ["conflicts", "consensus", "codeowners", "completion"]
    assert completed(tmp_path, "consensus", "a") == ["approve", "activate", "acknowledge"]
    assert completed(tmp_path, "history", "--re") == ["--repo", "--ref"]
    line = "Propose a claim: writes branch claim/NN; with --push also on the remote, if no session was faster."
    assert asked(tmp_path, "zsh", "cla") == f"plain\nclaim\n{line}\n"


@pytest.mark.parametrize("name", [*OF_NUMBERS, *OF_PROPOSALS])
def test_no_completions_outside_of_a_repository(tmp_path: Path, name: str) -> None:
    assert completed(tmp_path, name, "") == []


def test_the_repository_is_the_one_that_is_named(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert completed(tmp_path, "history", "--repo", shlex.quote(str(session)), "") == ALL
    monkeypatch.setitem(ENVIRONMENT, "HOME", str(session.parent))
    assert completed(tmp_path, "history", "--repo", "~/session", "") == ALL, "a shell completes words as they are typed"
    assert completed(session, "history", "--repo", str(tmp_path), "") == []
    assert completed(session, "history", "--repo", "nowhere", "") == []


def test_no_completions_for_an_unreadable_registry(session: Path) -> None:
    (session / "registry" / "charter.yaml").write_text("[")
    git(session, "commit", "--quiet", "--all", "--message", "Break the charter")
    assert completed(session, "history", "--ref", "HEAD", "") == []
    assert completed(session, "history", "") == ALL


def test_untrusted_text_is_shown_escaped(stage: Stage) -> None:
    stage.registered(4, role='"\\e[2J\\rplain\\r99"')
    rows = asked(stage.human, "zsh", "history", "").splitlines()
    assert [*zip(rows[::3], rows[1::3], strict=True)] == [("plain", number) for number in ALL]
    assert rows[2] == "free: Master Coordinator - Orchestrate all marketing automation workflows"
    assert rows[11] == r"marketing-outreach-1: \x1b[2J\x0dplain\x0d99"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_the_one_of_click(shell: str, tmp_path: Path) -> None:
    printed = verb(tmp_path, "completion", shell)
    assert (printed.exit_code, printed.err) == (0, "")
    request = ENVIRONMENT | {"_REGISTRY_COMPLETE": f"{shell}_source"}
    clicks = subprocess.run(REGISTRY, env=request, capture_output=True, encoding="utf-8", check=True).stdout
    assert printed.out == clicks
    assert f"_REGISTRY_COMPLETE={shell}_complete" in printed.out


def test_an_unknown_shell_is_refused(tmp_path: Path) -> None:
    done = verb(tmp_path, "completion", "tcsh")
    assert done.exit_code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in done.err
