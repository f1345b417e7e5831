"""Serve a site on this machine: read-only, only what the site has, and only to whoever asks for this machine by name.

Another site's script cannot read an answer (no CORS header), and a name that is made to point here (DNS rebinding) is
not one of the host names that are answered. No request touches Git or the file system: pages come from documents that
one other thread has read, and replaces as a whole.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from validator.hosts.site.documents import Documents
from validator.hosts.site.files import Site, site_of, stamp_of
from validator.hosts.site.render import TEMPLATES, Page
from validator.model.errors import FatalError

ADDRESS = "127.0.0.1"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Shown(NamedTuple):
    """One commit's site as it is served; `rendered` keeps the pages that were asked for."""

    site: Site
    stamp: str
    pages: Mapping[str, Page]
    others: Mapping[str, Callable[[], bytes]]
    rendered: dict[str, bytes]

    def answer(self, path: str) -> bytes | None:
        """The content of a file of the site, None where it has none of this name."""
        if path in self.pages and path not in self.rendered:
            self.rendered[path] = self.site.page(self.pages[path], self.stamp)
        if path in self.others and path not in self.rendered:
            self.rendered[path] = self.others[path]()
        return self.rendered.get(path)


def shown(documents: Documents) -> Shown:
    """The site of one commit's documents."""
    site = site_of(documents)
    others = dict(site.others()) | {"week.ics": documents.calendar, "live.js": (TEMPLATES / "live.js").read_bytes}
    return Shown(site, stamp_of(documents), {page.path: page for page in site.pages}, others, {})


class Server(ThreadingHTTPServer):
    """The server; `shown` is replaced as a whole, and `trouble` says why what is shown may be old."""

    daemon_threads = True
    request_queue_size = 512  # readers that connect at the same moment

    def __init__(self, port: int, first: Shown) -> None:
        self.shown, self.trouble = first, ""
        try:
            super().__init__((ADDRESS, port), Handler)
        except OSError as error:
            raise FatalError(f"port {port} cannot be served: {error.strerror}; another one: --port N") from error

    @property
    def port(self) -> int:
        """The port that is served, also where any was asked for."""
        return int(self.server_address[1])

    def names(self) -> frozenset[str]:
        """What a request may call this server."""
        return frozenset(f"{name}:{self.port}" for name in (ADDRESS, "localhost"))

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that went away is no error of ours."""


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the files of the site; any other method is answered with 501."""

    server: Server
    server_version, sys_version = "registry", ""
    timeout = 10  # seconds that a reader may take to ask

    def do_GET(self) -> None:
        """Send a file."""
        self._send(*self._answer(), body=True)

    def do_HEAD(self) -> None:
        """Send what is known of a file."""
        self._send(*self._answer(), body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""

    def _answer(self) -> tuple[HTTPStatus, str, bytes]:
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in self.server.names():
            return HTTPStatus.MISDIRECTED_REQUEST, "md", b"this is not the server of that name\n"
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{name}" for name in self.server.names()}:
            return HTTPStatus.FORBIDDEN, "md", b"another site's script gets no answer\n"
        path = _path(self.path)
        if path == "live.json":
            now = {"stamp": self.server.shown.stamp, "trouble": self.server.trouble}
            return HTTPStatus.OK, "json", json.dumps(now).encode()
        content = self.server.shown.answer(path)
        if content is None:
            return HTTPStatus.NOT_FOUND, "md", b"there is no such page; begin at /\n"
        return HTTPStatus.OK, path.rpartition(".")[2], content

    def _send(self, status: HTTPStatus, ending: str, content: bytes, *, body: bool) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", _TYPES[ending])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)


def _path(target: str) -> str:
    """The file that a request's target names: a key to look up, never a path to open."""
    try:
        path = unquote(urlsplit(target).path, errors="strict").removeprefix("/")
    except ValueError:
        return "?"
    return f"{path}index.html" if path == "" or path.endswith("/") else path
