"""What stand-ins of a model's API share: a server on loopback that keeps each request."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Body = dict[str, Any]


class Handler(BaseHTTPRequestHandler):
    """Answers one request: a question by `reply`, anything else by `empty`."""

    kept: list[Body]
    empty = b"{}"

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        self.reply(json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}"))

    def do_GET(self) -> None:
        self.answer(self.empty)

    do_HEAD = do_GET

    def reply(self, body: Body) -> None:
        """Answer a question: the JSON object of a request."""
        raise NotImplementedError

    def answer(self, content: bytes, kind: str = "application/json") -> None:
        """Answer with 200."""
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class StandIn:
    """A server of a kind of handler, and what it was asked, the oldest first. `fields` are set in the handler."""

    def __init__(self, handler: type[Handler], **fields: object) -> None:
        self.requests: list[Body] = []
        bound = type("Bound", (handler,), {"kept": self.requests, **fields})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def event(kind: str, fields: Body) -> str:
    """A server-sent event."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"
