"""The pages for everybody who takes part: every command in them is run, and they show what it prints.

A `console` block holds commands after `$ ` (continued after `> `), each followed by its output: what is shown has to be
printed, and `…` alone on a line stands for any lines. Every command has to succeed, but for one that ends in a comment:
`# exit 1`. An `sh` block is a script that has to succeed. The pages are one story, in one folder, in PAGES' order.
`pytest --bless` writes new output into the pages; it leaves alone what fits.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, ROOT
from tests.repository import tracked
from tests.shell import program, quoted

DOCS, README = ROOT / "docs", ROOT / "README.md"
PAGES = ("server.md", "sessions.md", "approver.md", "consensus.md")
HOME = "/srv/git"  # where the pages say that they are
MARK = "\x1e"
BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r" # exit ([0-9]+)\n\Z")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)")


class Command(NamedTuple):
    """A command of a page, the output that the page shows after it, and both as they stand there."""

    text: str
    shown: str
    written: str

    @property
    def exit_code(self) -> int:
        """What the page says that the command ends with."""
        found = EXIT.search(self.text)
        return int(found[1]) if found else 0


def commands(kind: str, body: str) -> list[Command]:
    if kind == "sh":
        return [Command(f"(set -e\n{body})", "", body)]
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    found = []
    for part in parts:
        lines = part.splitlines(keepends=True)
        until = next((at for at, line in enumerate(lines) if at and not line.startswith("> ")), len(lines))
        text = "".join(line.removeprefix("> ") for line in lines[:until])
        found.append(Command(text, "".join(lines[until:]), f"$ {part}"))
    return found


def run(page: str, folder: Path) -> Iterator[tuple[Command, str, int]]:
    """Run a page's commands in one shell; what each printed, and its exit code."""
    said = [command for block in BLOCK.finditer(page) for command in commands(block[1], block[2])]
    script = "".join(f"printf '{MARK}'\n{command.text}\nprintf '{MARK}%s' $?\n" for command in said)
    environment = ENVIRONMENT | {"PATH": f"{folder / 'bin'}{os.pathsep}{ENVIRONMENT['PATH']}", "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    pieces = done.stdout.split(MARK)[1:]
    assert len(pieces) == 2 * len(said), f"the page ends before its end: {pieces[-1]}"
    for command, printed, code in zip(said, pieces[::2], pieces[1::2], strict=True):
        yield command, printed.replace(str(folder.resolve()), HOME), int(code)


def plain(text: str) -> str:
    """Text with what differs from run to run replaced: object ids, keys, times, ages."""
    text = re.sub(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{7}\.\.[0-9a-f]{7})\b", "<id>", text)
    text = re.sub(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:]{5,8}Z?)?", "<time>", text)
    text = re.sub(r"\b20[0-9]{2}-W[0-9]{2}\b", "<week>", text)
    text = re.sub(r" *(?:just now|[0-9]+ (?:min|h|d) ago)", " <age>", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def fits(shown: str, printed: str) -> bool:
    """Whether the page shows what was printed; `…` is any number of lines."""
    pattern = "".join(
        "(?:.*\n)*?" if line == "…\n" else re.escape(line) for line in plain(shown).splitlines(keepends=True)
    )
    return re.fullmatch(pattern, plain(printed)) is not None


@pytest.mark.takes_long
def test_the_first_commands_of_the_readme_do_what_it_says(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "registry", f'exec {quoted(*REGISTRY)} "$@"')
    found = list(run(README.read_text(encoding="utf-8"), tmp_path))
    assert [(command.text, code) for command, _, code in found if code] == []
    assert [printed for command, printed, _ in found if command.shown and not fits(command.shown, printed)] == []
    assert len(found) == 8, "seven commands, and a question"
    # From Python, in the approver's clone, whose own main never moves.
    (program_text,) = re.findall(
        r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    words = [*REGISTRY[:-2], "-c", program_text]
    read = subprocess.run(words, cwd=tmp_path / "fleet", env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert read.stdout.endswith(" ['Letter Desk']\n")


@pytest.mark.takes_long
def test_every_command_of_the_pages_does_what_they_say(tmp_path: Path, bless: bool) -> None:
    program(tmp_path / "bin" / "registry", f'exec {quoted(*REGISTRY)} "$@"')
    wrong, ended = list[str](), list[str]()
    for name in PAGES:
        page = (DOCS / name).read_text(encoding="utf-8")
        for command, printed, code in run(page, tmp_path):
            if command.shown and not fits(command.shown, printed):
                wrong.append(f"{name}: $ {command.text}prints\n{printed}and not\n{command.shown}")
                if bless:
                    said = command.written.removesuffix(command.shown)
                    page = page.replace(command.written, said + re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE))
            if code != command.exit_code:
                ended.append(f"{name}: $ {command.text}exits {code}, not {command.exit_code}:\n{printed}")
        if bless:
            (DOCS / name).write_text(page, encoding="utf-8", newline="\n")
    assert not ended, "\n".join(ended)
    assert bless or not wrong, "\n".join(wrong)


def test_quoted_messages_match_the_program() -> None:
    """A number, an X, a name or a `…` in a quotation stands for anything."""
    source = "".join(path.read_text(encoding="utf-8") for path in tracked(ROOT / "validator") if path.suffix == ".py")
    for name in PAGES:
        for words in re.findall(r"^\| `([^`]+)` \|", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE):
            parts = [re.escape(part) for part in re.split(r"[0-9]+|\bX\b|\"?…\"?", words.strip("… "))]
            assert re.search(r"[^\"\n]*".join(parts), source), f"{name}: {words}"


def test_links_between_the_pages_lead_somewhere() -> None:
    for name in PAGES:
        page = (DOCS / name).read_text(encoding="utf-8")
        for path, anchor in LINK.findall(page):
            target = Path(os.path.normpath(DOCS / path))
            assert tracked(target), f"{name}: {path}"
            assert not anchor or anchor in anchors(target), f"{name}: {path}#{anchor}"


def anchors(page: Path) -> set[str]:
    """What a link can name in a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_block_is_of_a_kind_that_is_known() -> None:
    """A `sh ` or `Console` by mistake would not be run."""
    for name in PAGES:
        kinds = re.findall(r"^```(.+)$", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert set(kinds) <= {"console", "sh", "yaml", "json", "text", "apache", "ini"}, name
