"""Git servers on loopback, for tests and benchmarks: smart HTTP (git http-backend as a CGI program) and git daemon.

Nothing is left out of smart HTTP: bodies in chunks and in gzip, streamed answers, kept connections, protocol 2.
A server can be told to go away: at a chosen place of the next push, or with everything that runs on it.
"""

import os
import signal
import socket
import subprocess
import sys
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler
from itertools import takewhile
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from threading import Lock, Thread
from typing import IO, Any
from urllib.parse import unquote, urlsplit

SLICE = 1 << 16


class Cut(Enum):
    """Where the connection of a push is cut."""

    BEFORE = auto()  # Git hears nothing of the push
    IN_THE_PACK = auto()  # Git gets half of it
    BEFORE_THE_ANSWER = auto()  # the push is done, and the client never hears of it
    IN_THE_ANSWER = auto()


class Server(ThreadingMixIn, TCPServer):
    """A server of the repositories in a folder, on a free port. `cuts` are used up, one a push (smart HTTP only)."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(
        self, scheme: str, handler: type[BaseRequestHandler], root: Path, environment: Mapping[str, str]
    ) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.root, self.environment = root, environment
        self.url = f"{scheme}://127.0.0.1:{self.server_address[1]}"
        self.cuts = deque[Cut]()
        self.requests = 0
        self.lets_in: Callable[[str], bool] | None = None  # by password; None: everybody (smart HTTP only)
        self._programs = set[subprocess.Popen[bytes]]()
        self._away = False
        self._lock = Lock()

    @contextmanager
    def program(self, command: list[str], **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program that answers a client, as the head of a process group."""
        with self._lock:
            if self._away:
                raise ConnectionAbortedError
            self.requests += 1
            started = subprocess.Popen(command, start_new_session=True, **streams)
            self._programs.add(started)
        try:
            with started:
                yield started
        finally:
            self._programs.discard(started)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Kill everything that runs here, with all that it has started, and answer nobody for as long as this lasts."""
        with self._lock:
            self._away = True
            self.kill()
        try:
            yield
        finally:
            self._away = False

    def kill(self) -> None:
        """Kill every program that runs here, with all that it has started."""
        for program in list(self._programs):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)

    def next_cut(self) -> Cut | None:
        with self._lock:
            return self.cuts.popleft() if self.cuts else None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed leaves a broken connection behind; anything else is a defect of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Http(BaseHTTPRequestHandler):
    """One client of smart HTTP."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer in two parts would wait for the client's delayed acknowledgement
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.answer(None)

    def do_POST(self) -> None:
        # A POST of four bytes only asks who is there.
        push = self.path.endswith("/git-receive-pack") and self.headers.get("Content-Length") != "4"
        cut = self.server.next_cut() if push else None
        if cut is not Cut.BEFORE:
            self.answer(cut)
        if cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, cut: Cut | None) -> None:
        if self.server.lets_in and not self.server.lets_in(self.password()):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="private"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with self.server.program(["git", "http-backend"], env=self.environment(), **pipes) as backend:
            assert backend.stdin
            assert backend.stdout
            feeder = Thread(target=self.feed, args=(backend, backend.stdin, cut), daemon=True)
            feeder.start()
            if cut in (Cut.BEFORE_THE_ANSWER, Cut.IN_THE_PACK):
                backend.stdout.read()
            else:
                self.relay(backend.stdout, cut)
            feeder.join()

    def password(self) -> str:
        """What a client shows that it knows (RFC 7617)."""
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        return b64decode(given).decode().partition(":")[2] if scheme == "Basic" else ""

    def environment(self) -> dict[str, str]:
        """The variables of RFC 3875 that git-http-backend(1) reads. That there is a user is what lets it receive."""
        url, headers = urlsplit(self.path), self.headers
        given = {
            "PATH_INFO": unquote(url.path),
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "REMOTE_USER": "session",
            "REMOTE_ADDR": self.client_address[0],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
        }
        length = headers.get("Content-Length")
        return {**self.server.environment, **given, **({"CONTENT_LENGTH": length} if length else {})}

    def feed(self, backend: subprocess.Popen[bytes], sink: IO[bytes], cut: Cut | None) -> None:
        """Pass the body on. A program that ends before it has read all of it is not told the rest."""
        try:
            for part in self.body():
                with suppress(BrokenPipeError):
                    sink.write(part[: len(part) // 2] if cut is Cut.IN_THE_PACK else part)
                    sink.flush()
                if cut is Cut.IN_THE_PACK:
                    raise ConnectionAbortedError
        except ConnectionError:
            # As web servers do when a client has gone. Left alone, git http-backend would wait for the rest of the
            # body for ever, at full speed (pipe_fixed_length in http-backend.c, seen in Git 2.39).
            os.killpg(backend.pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            sink.close()

    def body(self) -> Iterator[bytes]:
        """The body in parts; raises ConnectionError where it ends too early."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline().split(b";")[0] or b"-1", 16):
                yield self.part(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            yield self.part(min(left, SLICE))
            left -= min(left, SLICE)

    def part(self, size: int) -> bytes:
        part = self.rfile.read(size) if size > 0 else b""
        if len(part) != size:
            raise ConnectionAbortedError
        return part

    def relay(self, source: Any, cut: Cut | None) -> None:
        """The answer of a CGI program: lines of header, of which `Status` is for us, then a body of unknown length."""
        lines = takewhile(bytes.strip, iter(source.readline, None))
        rows = [line.decode("latin-1").strip().partition(": ") for line in lines]
        if not rows:
            raise ConnectionAbortedError  # the program was killed
        self.send_response(next((int(value[:3]) for name, _, value in rows if name == "Status"), 200))
        for name, _, value in rows:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while part := source.read1(SLICE):
            self.wfile.write(b"%x\r\n" % len(part) + (part[: len(part) // 2] if cut else part + b"\r\n"))
            if cut:
                return
        self.wfile.write(b"0\r\n\r\n")


class Daemon(BaseRequestHandler):
    """One client of git daemon, which has the connection as its standard input and output, as from inetd."""

    server: Server

    def handle(self) -> None:
        command = ["git", "daemon", "--inetd", "--export-all", "--enable=receive-pack", "--informative-errors"]
        options = [f"--base-path={self.server.root}", str(self.server.root)]
        streams = {"stdin": self.request, "stdout": self.request, "stderr": subprocess.DEVNULL}
        with self.server.program([*command, *options], env=self.server.environment, **streams) as daemon:
            daemon.wait()


@contextmanager
def serving(scheme: str, root: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve the bare repositories in a folder by `http` or `git`, at `server.url`, as long as this lasts."""
    handler = {"http": Http, "git": Daemon}[scheme]
    with Server(scheme, handler, root, os.environ if environment is None else environment) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.kill()  # whoever still waits for a client that is gone
