"""GitHub on loopback, for the real `gh` and the real Git: `https://api.github.com` and `https://github.com`.

The programs are told of a proxy (HTTPS_PROXY), as behind a company's firewall, and of a certificate authority; nothing
else about them is changed. The proxy connects to nobody: it answers for every host itself.
"""

import json
import shutil
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import trustme

from tests.hosts.github.rest import Answer, answer
from tests.repository import environment
from tests.server import Http, Server

WEB, ENTERPRISE = "github.com", "/api/v3"
HOSTS = (f"api.{WEB}", WEB, "git.example.org")

Watcher = Callable[[str, str, Mapping[str, str], Any, Answer], None]  # method, path, query, body, answer


@cache
def authority() -> trustme.CA:
    """A certificate authority of this process."""
    return trustme.CA()


class Front(Http):
    """One client: first of a proxy, then of the host that it wants to be connected to."""

    server: "GitHub"
    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.partition(":")[0]
        if self.host not in HOSTS:
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # that of the host, inside the proxy's, which socketserver does not know

    def do_GET(self) -> None:
        if self.host == WEB:
            super().do_GET()
        else:
            self.rest()

    def do_POST(self) -> None:
        if self.host == WEB:
            super().do_POST()
        else:
            self.rest()

    def do_PUT(self) -> None:
        self.rest()

    def do_PATCH(self) -> None:
        self.rest()

    def environment(self) -> dict[str, str]:
        """Whatever the repository is called, it is the one in the folder."""
        given = super().environment()
        _, _, _, rest = given["PATH_INFO"].split("/", 3)
        return given | {"PATH_INFO": f"/{self.server.origin.name}/{rest}"}

    def rest(self) -> None:
        """Answer a request to the REST API."""
        url, text = urlsplit(self.path), b"".join(self.body())
        secret = self.headers.get("Authorization", "").rpartition(" ")[2]
        path = url.path.removeprefix(ENTERPRISE)
        done = self.server.ask(secret, self.command, path, url.query, json.loads(text) if text else None)
        document = b"" if done.document is None else json.dumps(done.document).encode()
        self.send_response(done.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(document)))
        if done.following:
            query = "&".join(f"{k}={v}" for k, v in {**dict(parse_qsl(url.query)), "page": done.following}.items())
            self.send_header("Link", f'<https://{self.host}{url.path}?{query}>; rel="next"')
        self.end_headers()
        self.wfile.write(document)


class GitHub(Server):
    """The API of a repository `origin`, its state in a JSON file; each request is a line of `calls`."""

    def __init__(self, folder: Path, origin: Path, state: Path, calls: Path) -> None:
        if shutil.which("gh") is None:
            pytest.skip("needs GitHub's gh: apt-get install gh, or https://cli.github.com; .ci/run installs it")
        super().__init__("http", Front, origin.parent, environment())
        self.folder, self.origin, self.state, self.calls = folder, origin, state, calls
        self.watcher: Watcher | None = None
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority().issue_cert(*HOSTS).configure_cert(self.tls)
        authority().cert_pem.write_to_path(str(folder / "ca.pem"))
        (folder / "no-certificates").mkdir(exist_ok=True)
        self._asking = Lock()
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def variables(self) -> dict[str, str]:
        """What `gh` and Git are told."""
        authority_file = str(self.folder / "ca.pem")
        return {
            "HTTPS_PROXY": self.url, "NO_PROXY": "", "SSL_CERT_FILE": authority_file, "GIT_SSL_CAINFO": authority_file,
            "SSL_CERT_DIR": str(self.folder / "no-certificates"), "GH_CONFIG_DIR": str(self.folder / "gh"),
            "GH_NO_UPDATE_NOTIFIER": "1",
        }  # fmt: skip

    def ask(self, secret: str, method: str, path: str, query: str, body: Any) -> Answer:
        """The answer to a request, which is recorded."""
        with self._asking:
            state = json.loads(self.state.read_text())
            if method != "POST" or path != "/graphql":
                words = {"method": method, "path": f"{path[1:]}{f'?{query}' if query else ''}", "body": body}
                with self.calls.open("a") as calls:
                    calls.write(json.dumps(words) + "\n")
            given = dict(parse_qsl(query, strict_parsing=bool(query)))
            done = answer(state, secret, method, path, given, body, self.origin)
            self.state.write_text(json.dumps(state))
            if self.watcher:
                self.watcher(method, path, given, body, done)
            return done

    def stop(self) -> None:
        """Answer nobody any more."""
        self.shutdown()
        self.kill()
        self.server_close()
