"""GitHub's REST API through the `gh` program, which knows the repository, the host and the login.

https://cli.github.com/manual/gh_api
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Literal

from validator.model.errors import FatalError

SECONDS = 60  # how long one call may take
HERE = "repos/{owner}/{repo}"  # gh fills in the braces from the folder's remote, or from GH_REPO


def part(answer: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under a key of an answer; an empty one where there is none."""
    found = answer.get(key)
    return found if isinstance(found, dict) else {}


def number(answer: dict[str, Any], key: str) -> int:
    """The number under a key of an answer. Raises FatalError where there is none."""
    found = answer.get(key)
    if not isinstance(found, int):
        raise FatalError(f"GitHub gives no number as {key}; is it GitHub? gh auth status")
    return found


class Gh:
    """GitHub with the user's login. Raises FatalError where there is no `gh`, and where GitHub refuses a request."""

    def __init__(self, folder: Path, host: str | None = None) -> None:
        program = shutil.which("gh")
        if program is None:
            raise FatalError("the gh program is not on the PATH; install it from cli.github.com, then: gh auth login")
        self._program, self._folder = program, folder
        self._host = ("--hostname", host) if host else ()
        # `gh api` takes no host with a port, but takes a whole address.
        self._port = host if host and ":" in host else None

    def logged_in(self) -> bool:
        """Whether `gh` is logged in."""
        return self._run("auth", "status")[0] == 0

    def has_login(self) -> bool:
        """Whether `gh` has a login for its host, which is then a GitHub. Asks no server."""
        return self._run("auth", "token", *self._host)[0] == 0

    def get(self, path: str) -> dict[str, Any]:
        """The object at a path of the API. Raises FatalError where there is none, or none that this login may read."""
        return _one(path, self._call("GET", path, None))

    def find(self, path: str) -> dict[str, Any] | None:
        """The object at a path of the API; None where GitHub has nothing there (404)."""
        status, out, error = self._api("--method", "GET", path)
        if status and "HTTP 404" in error:
            return None
        return _one(path, self._settled("GET", path, status, out, error))

    def every(self, path: str) -> list[dict[str, Any]]:
        """All objects of a list, from all of its pages."""
        pages = documents_in(self._call("GET", path, None, "--paginate"))
        rows = [row for page in pages for row in (page if isinstance(page, list) else [page])]
        return [_object(path, row) for row in rows]

    def send(self, method: Literal["POST", "PUT", "PATCH"], path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request that changes something; the answer, empty where GitHub sends none."""
        text = self._call(method, path, body)
        return _one(path, text) if text.strip() else {}

    def _call(self, method: str, path: str, body: dict[str, Any] | None, *options: str) -> str:
        words = ("--input", "-") if body is not None else ()
        done = self._api("--method", method, *options, *words, path, body=body)
        return self._settled(method, path, *done)

    def _settled(self, method: str, path: str, status: int, out: str, error: str) -> str:
        if status:
            said = " ".join(error.split())[-300:] or "failed without an error message"
            raise FatalError(f"gh api {method} {path}: {said}; see who is logged in: gh auth status")
        return out

    def _api(self, *words: str, body: dict[str, Any] | None = None) -> tuple[int, str, str]:
        *options, path = words
        if self._port:
            return self._run("api", *options, f"https://{self._port}/api/v3/{path}", body=body)
        return self._run("api", *self._host, *words, body=body)

    def _run(self, *words: str, body: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """An argument vector, no shell; paths are of our own making, and others' text goes through standard input."""
        text = "" if body is None else json.dumps(body)
        try:
            done = subprocess.run(  # noqa: S603
                [self._program, *words], cwd=self._folder, input=text, capture_output=True, text=True,
                encoding="utf-8", errors="replace", timeout=SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FatalError(f"gh {' '.join(words[:3])} failed: {error}") from error
        return done.returncode, done.stdout, done.stderr


def _one(path: str, text: str) -> dict[str, Any]:
    return _object(path, next(iter(documents_in(text)), None))


def _object(path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FatalError(f"GitHub answers {path} in another form than documented; is it GitHub? gh auth status")
    return value


def documents_in(text: str) -> list[Any]:
    """The JSON documents in a text, one after another: gh prints a page at a time."""
    decoder, at, found = json.JSONDecoder(), 0, list[Any]()
    text = text.strip()
    try:
        while at < len(text):
            document, at = decoder.raw_decode(text, at)
            found.append(document)
            at += len(text[at:]) - len(text[at:].lstrip())
    except (ValueError, RecursionError) as error:
        raise FatalError("gh answered with something that is not JSON; is it the GitHub CLI? gh --version") from error
    return found
