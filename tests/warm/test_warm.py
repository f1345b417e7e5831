"""A process that is handed over is the one that was started: what it is given, what it says, and how it ends."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage
from tests.warm.begin import COLD, SOCKET

pytestmark = pytest.mark.blackbox


def run(folder: Path, *words: str, stdin: str = "", **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*REGISTRY, *words], cwd=folder, env=ENVIRONMENT | variables, input=stdin, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "--version",
        "status --format json",
        "status --no",
        "nothing",
        "audit --ref nowhere",
        "claim --from - 4",
        "hook x",
    ],
)
def test_a_warm_verb_prints_and_exits_as_a_cold_one(tmp_path: Path, words: str) -> None:
    stage = Stage(tmp_path)
    warm, cold = (run(stage.human, *words.split(), stdin="number: 4\n", **more) for more in ({}, COLD))
    assert warm == cold


def test_folder_environment_and_umask_are_its_own(tmp_path: Path) -> None:
    command = ["sh", "-c", 'umask 077; cd "$1"; shift; exec "$@"', "sh", str(tmp_path), *REGISTRY]
    words = ["init", "new", "--capacity", "1", "--mission", "Answer letters", "--approver", "@OWNER"]
    subprocess.run([*command, *words], env=ENVIRONMENT, check=True, capture_output=True)
    assert (tmp_path / "new/registry/charter.yaml").stat().st_mode & 0o777 == 0o600
    code, out, _ = run(tmp_path / "new", "whoami", "--format", "json", REGISTRY_SESSION="ann-1")
    assert (code, '"session_id": "ann-1"' in out) == (1, True), out


@pytest.fixture
def another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A server that is this test."""
    monkeypatch.chdir(tmp_path)  # its path may be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("server")
        listener.listen()
        yield listener


@pytest.mark.parametrize(("answer", "code"), [(7, 7), (-signal.SIGTERM, -signal.SIGTERM), (None, 70)])
def test_a_warm_verb_exits_with_the_code_that_the_server_sends(
    another: socket.socket, tmp_path: Path, answer: int | None, code: int
) -> None:
    def serve() -> None:
        connection, _ = another.accept()
        with connection:
            asked = int.from_bytes(connection.recv(4), "big")
            assert len(connection.recv(asked, socket.MSG_WAITALL)) == asked
            if answer is not None:
                connection.sendall(answer.to_bytes(4, "big", signed=True))

    serving = Thread(target=serve)
    serving.start()
    assert run(tmp_path, "--version", **{SOCKET: "server"}) == (code, "", "")
    serving.join()


def test_without_a_server_it_goes_on_by_itself(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, "--version", **{SOCKET: str(tmp_path / "nothing")})
    assert (code, out.startswith("registry, version ")) == (0, True)


def test_killing_a_warm_verb_ends_its_output(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.registered(4)
    words = [*REGISTRY, "status", "--watch", "--interval", "60", "--format", "json"]
    alone = ENVIRONMENT | {"TMPDIR": str(tmp_path)}  # a killed process leaves its temporary folder behind
    with subprocess.Popen(words, cwd=stage.human, env=alone, stdout=subprocess.PIPE) as watcher:
        assert watcher.stdout
        assert watcher.stdout.readline()
        watcher.kill()
        assert watcher.stdout.read() == b"", "its output has an end"
