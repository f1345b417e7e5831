"""The carriers of a broadcast: files in a folder, a program run once for each session, or a branch of the remote.

A carrier takes letters and yields for each, as soon as it is known, None (delivered) or why it failed. Delivering a
letter twice does no harm: its text is the same.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Outcome, Remote, Update
from validator.model.errors import FatalError, attempted
from validator.model.layout import HEADS, REMOTES
from validator.operations.consensus.letters import DATA, PAGE, Letter, Mail
from validator.operations.consensus.program import run
from validator.operations.files import write
from validator.registry.consensus.forms import BROADCAST

AT_ONCE = 8  # programs that run at the same time
BRANCH = "broadcast"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KNOWN = ("session_id", "runtime_id", "number", "message", "file")
LONGEST = 128 * 1024  # bytes: what Linux allows one argument of a program (MAX_ARG_STRLEN)

Delivered = tuple[int, str | None]  # the session's number, and why the letter was not delivered


class Carrier(NamedTuple):
    """A way to deliver letters; its deliveries are recorded under its `name`."""

    name: str
    carry: Callable[[Mail, Sequence[Letter]], Iterator[Delivered]]


def to_folder(folder: Path) -> Carrier:
    """Each letter as a file, beside the page and the JSON. Each file is written atomically."""

    def carry(mail: Mail, wanted: Sequence[Letter]) -> Iterator[Delivered]:
        files = mail.files()
        for path in (PAGE, DATA):
            if why := _write(folder / path, files[path]):
                raise FatalError(why)
        for letter in wanted:
            yield letter.number, _write(folder / letter.file, files[letter.file])

    return Carrier(f"folder {os.path.realpath(folder)}", carry)


def through_command(words: Sequence[str], limit: float) -> Carrier:
    """A program for each letter, with the letter on standard input and `limit` seconds to take it.

    In its arguments `{session_id}`, `{runtime_id}` and `{number}` stand for the session's, `{message}` for the letter,
    and `{file}` for a file that has it and is gone afterwards. There is no shell. Raises FatalError for other
    placeholders.
    """
    unknown = sorted({name for word in words for name in PLACEHOLDER.findall(word)} - {*KNOWN})
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in KNOWN)
        raise FatalError(f"unknown placeholder {{{unknown[0]}}}; known are {known}")

    def carry(mail: Mail, wanted: Sequence[Letter]) -> Iterator[Delivered]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = {pool.submit(_run, words, letter, mail.whole(letter), limit): letter for letter in wanted}
            for ended in as_completed(running):
                yield running[ended].number, ended.result()

    return Carrier("\0".join(("command", *words)), carry)


def on_branch(server: Remote) -> Carrier:
    """All letters as one commit on branch `broadcast` of the remote, on top of the previous broadcast."""

    def carry(mail: Mail, wanted: Sequence[Letter]) -> Iterator[Delivered]:
        why = _push_branch(server, mail)
        for letter in wanted:
            yield letter.number, why

    return Carrier(f"branch {server.address}", carry)


def _write(path: Path, content: bytes) -> str | None:
    """None where the file is written, else why not."""
    try:
        write(path, content)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return None


def _run(words: Sequence[str], letter: Letter, text: str, limit: float) -> str | None:
    """Run the program for one letter; None, or why it failed."""
    uses = {name for word in words for name in PLACEHOLDER.findall(word)}
    if "message" in uses and len(text.encode()) >= LONGEST:
        return f"the message is too long for an argument ({len(text.encode()):,} bytes); use {{file}}"
    if "file" not in uses:
        return run(_filled(words, letter, text, ""), text, limit)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{letter.session_id}.txt")
        file.write_text(text, encoding="utf-8", newline="")
        return run(_filled(words, letter, text, str(file)), text, limit)


def _filled(words: Sequence[str], letter: Letter, text: str, file: str) -> list[str]:
    values = {
        "message": text,
        "file": file,
        "session_id": letter.session_id,
        "runtime_id": letter.runtime_id or letter.session_id,
        "number": str(letter.number),
    }
    return [PLACEHOLDER.sub(lambda found: values[found[1]], word) for word in words]


def _push_branch(server: Remote, mail: Mail) -> str | None:
    repo, tracking = server.repo, f"{REMOTES}{server.name}/{BRANCH}"
    # The pattern makes a missing branch no error: there is none before the first broadcast, or it was deleted.
    status, _, error = repo.as_user(
        "fetch", "--quiet", "--prune", "--no-tags", "--", server.name, f"+{HEADS}{BRANCH}*:{tracking}*"
    )
    if status:
        return " ".join(error.split())[-300:]
    before = repo.tip(tracking)
    tree = repo.write_tree(mail.files())
    if before and attempted(lambda: repo.tree_of(before)) == tree:
        return None
    commit = repo.commit_as_user(tree, [before] if before else [], BROADCAST)
    pushed = server.push([Update(f"{HEADS}{BRANCH}", before, commit)])
    return None if pushed.outcome is Outcome.PUSHED else " / ".join(pushed.said) or "the branch has moved"
