"""How a broadcast travels: as files in a folder, through a command run once for each session, or on a branch.

A carrier takes letters and says of each, as soon as it knows, whether it was carried (None) or why not. Carrying a
letter twice does no harm: it says the same.
"""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO, NamedTuple

from validator.git.remote import Outcome, Remote, Update
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.operations.consensus.letters import DATA, PAGE, Letter, letters, page
from validator.operations.export import document_at
from validator.registry.consensus.digest import registry_digest
from validator.registry.reader import Reader, charter_of
from validator.report.documents import as_json

AT_ONCE = 8  # commands that run at the same time
HEARD = 4096  # bytes of a command's complaint that are kept; the rest is read and forgotten
BRANCH = "broadcast"
PLACE = re.compile(r"\{(session_id|runtime_id|number)\}")

Carried = tuple[int, str | None]


class Mail(NamedTuple):
    """What is broadcast: the registry as a page and as JSON, and the letters."""

    page: str
    data: str
    letters: tuple[Letter, ...]

    def files(self) -> Mapping[str, bytes]:
        """All of it as files by path."""
        letters = {letter.file: letter.text for letter in self.letters}
        return {path: text.encode() for path, text in {PAGE: self.page, DATA: self.data, **letters}.items()}


def mail_at(reader: Reader, main: str) -> Mail:
    """What there is to broadcast at a commit of main: the same commit always makes the same."""
    snapshot = reader.at(main)
    digest = registry_digest(snapshot)
    data = as_json(document_at(reader, main))
    return Mail(page(snapshot, charter_of(snapshot), digest), data, letters(snapshot, digest))


class Carrier(NamedTuple):
    """A way to carry letters; `name` is the same for the same way, so that what it has delivered is remembered."""

    name: str
    carry: Callable[[Mail, Sequence[Letter]], Iterator[Carried]]


def to_folder(folder: Path) -> Carrier:
    """Each letter as a file, besides the page and the data. A file appears as a whole or not at all."""

    def carry(mail: Mail, wanted: Sequence[Letter]) -> Iterator[Carried]:
        files = mail.files()
        for path in (PAGE, DATA):
            _put(folder / path, files[path])
        for letter in wanted:
            try:
                _put(folder / letter.file, files[letter.file])
            except FatalError as error:
                yield letter.number, str(error)
            else:
                yield letter.number, None

    return Carrier(f"folder {os.path.realpath(folder)}", carry)


def through_command(words: Sequence[str], limit: float) -> Carrier:
    """A program for each letter, with the letter on its standard input and `limit` seconds to take it.

    In its arguments `{session_id}`, `{runtime_id}` and `{number}` stand for the session's. There is no shell.
    """

    def carry(mail: Mail, wanted: Sequence[Letter]) -> Iterator[Carried]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = {pool.submit(_run, _filled(words, letter), letter.text, limit): letter for letter in wanted}
            for ended in as_completed(running):
                yield running[ended].number, ended.result()

    return Carrier("\0".join(("command", *words)), carry)


def on_branch(server: Remote) -> Carrier:
    """All of it as one commit on branch `broadcast` of the remote, on top of the broadcast before."""

    def carry(mail: Mail, wanted: Sequence[Letter]) -> Iterator[Carried]:
        why = _push_branch(server, mail)
        for letter in wanted:
            yield letter.number, why

    return Carrier(f"branch {server.url}", carry)


def _push_branch(server: Remote, mail: Mail) -> str | None:
    repo, seen = server.repo, f"refs/remotes/{server.name}/{BRANCH}"
    # With a star there may be no such branch yet, or none any more.
    status, _, error = repo.as_user(
        "fetch", "--quiet", "--prune", "--no-tags", "--", server.name, f"+refs/heads/{BRANCH}*:{seen}*"
    )
    if status:
        return " ".join(error.split())[-300:]
    (before,) = repo.resolve(seen)
    tree = repo.write_tree(mail.files())
    if before and repo.tree_of(before) == tree:
        return None
    commit = repo.commit_as_user(tree, [before] if before else [], "Broadcast the registry\n")
    pushed = server.push([Update(f"refs/heads/{BRANCH}", before, commit)])
    return None if pushed.outcome is Outcome.PUSHED else " / ".join(pushed.said) or "the branch moved meanwhile"


def _filled(words: Sequence[str], letter: Letter) -> list[str]:
    values = {
        "session_id": letter.session_id,
        "runtime_id": letter.runtime_id or letter.session_id,
        "number": str(letter.number),
    }
    return [PLACE.sub(lambda found: values[found[1]], word) for word in words]


def _run(command: list[str], text: str, limit: float) -> str | None:
    """None where the program took the letter, else why not. What it starts ends with it."""
    heard = bytearray()
    with tempfile.TemporaryFile() as letter:
        letter.write(text.encode())
        letter.seek(0)
        try:
            # An argument vector, no shell; the fleet's own program, named by whoever broadcasts.
            program = subprocess.Popen(  # noqa: S603
                command, stdin=letter, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            return f"{command[0]}: {error.strerror}"
        assert program.stderr
        listener = threading.Thread(target=_listen, args=(program.stderr, heard), daemon=True)
        listener.start()
        try:
            status = program.wait(limit)
        except subprocess.TimeoutExpired:
            return f"took longer than {limit:g} s"
        finally:
            _end(program)
            listener.join(1)
    said = logged(" ".join(bytes(heard).decode("utf-8", "replace").split()))[-200:]
    return None if status == 0 else f"exit {status}{f': {said}' if said else ''}"


def _listen(stream: IO[bytes], heard: bytearray) -> None:
    """Read what a program complains of to the end, so that it never waits for a reader, and keep its beginning."""
    with contextlib.suppress(OSError, ValueError), stream:
        while part := stream.read(HEARD):
            heard += part[: HEARD - len(heard)]


def _end(program: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of a program and of all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _put(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
            fresh = Path(folder, path.name)
            fresh.write_bytes(content)
            fresh.chmod(0o644)
            fresh.replace(path)
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error
