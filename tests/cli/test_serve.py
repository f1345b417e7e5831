"""`registry serve`: the same pages, live; against other sites' scripts, many readers, and a main that moves."""

import http.client
import json
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, commit, git, hear_nobody, verb, write
from tests.cli.test_proposals import claims
from tests.cli.test_site import content
from tests.processes import interruptible, running
from tests.repository import Repository
from validator.cli.serve import Registry, _follow
from validator.git.repo import Repo
from validator.hosts.site.serving import Server

PATIENCE = 30  # seconds until a move of main is surely served
READERS = 200


class Served:
    """A server of a clone, and what it answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stdout
        self.port = int(re.fullmatch(r"http://127\.0\.0\.1:([0-9]+)/\n", process.stdout.readline())[1])  # type: ignore[index]

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def get(self, path: str) -> str:
        status, text, _ = self.ask(path)
        assert status == 200, path
        return text.decode()

    def raw(self, request: str) -> int:
        """The status of an answer to a request as it is written here."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        connection.sock.sendall(request.encode())
        line = connection.sock.makefile("rb").readline()
        connection.close()
        return int(line.split()[1])

    def state(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.get("/live.json"))
        return found

    def wait(self, reached: Callable[[], bool]) -> None:
        late = time.monotonic() + PATIENCE
        while not reached() and time.monotonic() < late:
            time.sleep(0.1)
        assert reached()

    def children(self) -> list[str]:
        """The processes that it has started and that still run."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return [child for task in tasks.iterdir() for child in (task / "children").read_text().split()]


@contextmanager
def serving(stage: Stage) -> Iterator[Served]:
    """A server of a registry with a session and a proposal; it ends when it is told to."""
    stage.registered(1)
    claims(stage, 4)
    words = [*REGISTRY, "serve", "--port", "0", "--interval", "0.3"]
    with running(words, cwd=stage.human, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield Served(process)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (130, "", "")


@pytest.fixture
def served(stage: Stage) -> Iterator[Served]:
    with serving(stage) as served:
        yield served


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests that change nothing."""
    with pytest.MonkeyPatch.context() as patch:
        hear_nobody(patch)
        with serving(Stage(tmp_path_factory.mktemp("standing"))) as served:
            yield served


@pytest.mark.takes_long
def test_every_page_of_the_site_is_served(served: Served, stage: Stage, tmp_path: Path) -> None:
    assert verb(stage.human, "site", "--output", str(tmp_path / "site")).exit_code == 0
    files = content(tmp_path / "site")
    for name, file in files.items():
        status, text, headers = served.ask(f"/{name}")
        assert status == 200, name
        assert (headers["Cross-Origin-Resource-Policy"], headers["X-Frame-Options"]) == ("same-origin", "DENY")
        assert "Access-Control-Allow-Origin" not in headers
        if name.endswith(".html"):  # but for the script that tells of a newer page
            text = re.sub(rb'<script src="[./]*live\.js" data-stamp="[0-9a-f]{32}" defer></script>\n', b"", text)
            text = text.replace(b"script-src 'self'; connect-src 'self'; ", b"")
            text = text.replace(b'<p id="old" role="status"></p>\n', b"")
        assert text == file, name
    assert served.get("/") == served.get("/index.html")
    assert served.get("/sessions/") == served.get("/sessions/index.html")
    assert served.ask("/", "HEAD")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd", "/style.css/"),
        *(
            "/.registry-site.json",
            "/base.html",
            "/parts.html",
            "/sessions/1.html",
            "/%00",
            "/%ff",
            "/index.html%0a",
            "/?",
        ),
    ],
)
def test_only_files_of_the_site_are_served(path: str, standing: Served) -> None:
    status, text, _ = standing.ask(path)
    assert (status, b"root:" in text) == (200 if path == "/?" else 404, False)


def test_another_name_gets_no_answer(standing: Served) -> None:
    """DNS rebinding: a name that somebody points at this machine is not one of its names."""
    own = (f"127.0.0.1:{standing.port}", f"localhost:{standing.port}", f"LOCALHOST:{standing.port}")
    others = (
        "evil.example",
        f"evil.example:{standing.port}",
        "127.0.0.1",
        "localhost",
        f"127.0.0.1.:{standing.port}",
        "",
    )
    assert [standing.ask("/", Host=name)[0] for name in own] == [200] * len(own)
    assert [standing.ask("/", Host=name)[0] for name in others] == [421] * len(others)
    assert standing.raw("GET / HTTP/1.0\r\n\r\n") == 421
    twice = f"Host: {own[0]}\r\nHost: evil.example\r\n"
    assert standing.raw(f"GET / HTTP/1.1\r\n{twice}\r\n") == 421
    assert standing.raw(f"GET http://evil.example/index.html HTTP/1.1\r\nHost: {own[0]}\r\n\r\n") == 200  # by its path


def test_another_sites_script_gets_no_answer(standing: Served) -> None:
    for origin in (
        "http://evil.example",
        "null",
        f"http://127.0.0.1:{standing.port + 1}",
        f"https://127.0.0.1:{standing.port}",
    ):
        assert standing.ask("/live.json", Origin=origin)[0] == 403
    assert standing.ask("/live.json", Origin=f"http://127.0.0.1:{standing.port}")[0] == 200


def test_an_answer_to_head_ends_with_its_headers(standing: Served) -> None:
    """http.client would not read what follows them."""
    with socket.create_connection(("127.0.0.1", standing.port), PATIENCE) as line:
        line.sendall(f"HEAD / HTTP/1.1\r\nHost: 127.0.0.1:{standing.port}\r\nConnection: close\r\n\r\n".encode())
        with line.makefile("rb") as answer:
            head, end, body = answer.read().partition(b"\r\n\r\n")
    assert (head.split()[1], end, body) == (b"200", b"\r\n\r\n", b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X"])
def test_methods_that_write_are_refused(method: str, standing: Served) -> None:
    assert standing.ask("/", method)[0] == 501


@pytest.mark.takes_long
def test_a_page_is_old_when_main_or_a_proposal_has_moved(served: Served, stage: Stage) -> None:
    page, first = served.get("/"), served.state()
    assert f'data-stamp="{first["stamp"]}"' in page
    assert "Waiting for you (1)" in page
    claims(stage, 5)
    served.wait(lambda: served.state()["stamp"] != first["stamp"])
    assert "Waiting for you (2)" in served.get("/")
    second = served.state()
    landed = stage.registered(6)
    served.wait(lambda: served.state()["stamp"] != second["stamp"])
    assert landed[:12] in served.get("/")
    assert "marketing-outreach-3" in served.get("/sessions/06.html")


@pytest.mark.takes_long
def test_what_cannot_be_read_is_said_and_the_last_pages_stay(served: Served, stage: Stage) -> None:
    page = served.get("/")
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    write(stage.human, "registry/charter.yaml", "mission: [")
    commit(stage.human, "Break the charter")
    git(stage.human, "push", "--quiet", "origin", "main")
    served.wait(lambda: "charter" in served.state()["trouble"])
    assert served.get("/") == page
    git(stage.human, "revert", "--no-edit", "HEAD")
    git(stage.human, "push", "--quiet", "origin", "main")
    served.wait(lambda: served.state()["trouble"] == "" and served.get("/") != page)


@pytest.mark.takes_long
def test_many_readers_at_once_while_main_moves(served: Served, stage: Stage) -> None:
    """Each reader gets whole pages of one commit, and no process of Git is left running."""
    known, together = set[str](), threading.Barrier(READERS)

    def read(reader: int) -> str:
        together.wait()
        text = served.get(("/", "/history.html", "/proposals/claim-04.html")[reader % 3])
        assert text.endswith("</html>\n")
        found = re.search(r"(?:Main at|up to) commit <code>([0-9a-f]{12})</code>", text)
        assert found
        return found[1]

    with ThreadPoolExecutor(READERS) as pool:
        answers = pool.map(read, range(READERS))
        for number in (5, 6, 7):
            stage.registered(number)
        known.update(answers)
    line = {oid[:12] for oid in git(stage.bare, "rev-list", "--first-parent", "main").split()}
    assert known <= line
    served.wait(lambda: served.children() == [])


def test_a_port_that_is_taken_is_said(served: Served, stage: Stage) -> None:
    words = [*REGISTRY, "serve", "--port", str(served.port)]
    done = subprocess.run(words, cwd=stage.human, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "another one: --port N" in done.stderr


@pytest.mark.takes_long
def test_a_servers_own_repository_is_served_too(stage: Stage) -> None:
    claims(stage, 4)
    words = [*REGISTRY, "serve", "--port", "0", "--interval", "0.3"]
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with interruptible(), running(words, cwd=stage.bare, env=ENVIRONMENT, **told) as process:
        served = Served(process)
        first = served.state()
        claims(stage, 5)
        served.wait(lambda: served.state()["stamp"] != first["stamp"])
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 130


def test_what_was_in_the_way_is_not_said_any_more(halfway_there: Repository) -> None:
    source, ended = Registry(Repo(halfway_there.path), ""), threading.Event()
    with Server(0, source.shown()) as server:
        server.trouble = "This page may be old"
        follower = threading.Thread(target=_follow, args=(source, server, 0.01, ended))
        follower.start()
        late = time.monotonic() + 10
        while server.trouble and time.monotonic() < late:
            time.sleep(0.01)
        ended.set()
        follower.join()
        assert server.trouble == ""
