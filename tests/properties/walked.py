"""A fleet whose people and sessions do what the program tells them, and whatever else it prints is tried.

A command that only reads is run where it was printed. One that changes something, and a form with its capitals filled
in, is run in a copy of the server and of its reader's clone, so that the fleet stays as it was.
"""

import itertools
import json
import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.cli.printed import forms, printed
from tests.cli.stage import Done, Stage, git, verb

CHANGING = {"claim", "approve", "reject", "withdraw", "release", "charter"}
STEPS = {("consensus", step) for step in ("confirm", "approve", "broadcast", "acknowledge", "activate")}
ASKING = {("claim",), ("approve",), ("consensus", "approve"), ("consensus", "activate")}
BY_HUMAN = {("approve",), ("reject",), ("charter", "propose"), ("consensus", "approve"), ("consensus", "activate")}
ANSWERS = {"whoami", "status", "consensus", "conflicts", "doctor", "audit", "validate", "schema", "codeowners"} | {
    "roll-call"
}
FORM = re.compile(r"fill in: (registry .*)$")
WEEK = ("--schedule", "Answer, mon-fri 10:00-11:00")
VALUES = {"GOAL": "Answer 20 letters daily", "REASON": "Other hours", "TEXT": "Not what was agreed"}


class Plan(NamedTuple):
    """What is drawn of a fleet."""

    capacity: int
    orchestrator: int
    zone: str
    mission: str
    slots: bool
    signed: bool
    keys: bool

    def charter(self, **other: Any) -> str:
        numbers = range(1, self.capacity + 1)
        slots = [{"number": n, "title": f"Desk {n}", "role": f"Desk {n} - Answer letters"} for n in numbers]
        whole: dict[str, Any] = {
            "mission": {"statement": self.mission},
            "capacity": self.capacity,
            "orchestrator": self.orchestrator,
            "time_zone": self.zone,
            "approvers": [{"handle": "@OWNER"}],
            **({"slots": slots} if self.slots else {}),
            **({"session_keys": "required"} if self.keys else {}),
        }
        return json.dumps(whole | other).replace('{"handle": "@OWNER"}', '{handle: "@OWNER"}')  # as Stage looks for it


class Fleet:
    """A fleet on a guarded server; `ran` are the commands that were printed and run, `tried` those run in a copy."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.stage = Stage(folder, charter=plan.charter(), guarded=True, signed=plan.signed)
        self.sessions = dict[str, Path]()
        self.roles = dict[str, str]()
        for number in range(1, plan.capacity + 1):
            self.joins(f"desk-{number}", f"Desk {number} - Answer letters")
        self.ran, self.tried = set[str](), set[tuple[str, ...]]()
        self.changed, self.figures = dict[str, Any](), itertools.count(21)

    def joins(self, name: str, role: str) -> None:
        """A session that has a clone and a name of its own."""
        self.sessions[name], self.roles[name] = self.stage.clone(name), role
        assert verb(self.sessions[name], "bind", name).exit_code == 0

    def charter(self, **other: Any) -> str:
        """The charter with these fields, and those that were changed before."""
        self.changed |= other
        text = self.plan.charter(**self.changed)
        key = git(self.stage.human, "config", "--default", "", "--get", "user.signingkey").strip()
        public = Path(f"{key}.pub").read_text("utf-8").strip() if key else ""
        return text.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{public}"}}') if key else text

    def whoami(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = verb(self.sessions[name], "whoami", "--fetch", "--format", "json").document
        return found

    def human_reads(self, *words: str) -> Any:
        return verb(self.stage.human, *words, "--format", "json").document

    @property
    def phase(self) -> str:
        phase: str = self.human_reads("status", "--fetch")["phase"]
        return phase

    def run(self, clone: Path, words: Sequence[str]) -> None:
        """Run a command that has to succeed, and try all that it prints."""
        done = verb(clone, *_complete(words))
        assert done.exit_code == 0, (words, done)
        self.ran.add(" ".join(words[1:3]))
        self.tries(clone, done)

    def asks(self, clone: Path, line: str) -> Done:
        """Run what may be refused, and try all that it prints."""
        done = verb(clone, *shlex.split(line))
        self.tries(clone, done)
        return done

    def tries(self, clone: Path, done: Done) -> None:
        """Run each command and form that was printed and not tried before: as its reader, in the state of now."""
        text = done.out + done.err
        for words in printed(text):
            if not _changes(words) and words not in self.tried:
                self.tried.add(words)
                again = verb(clone, *words[1:])
                assert again.exit_code == 0 or (again.exit_code == 1 and words[1] in ANSWERS), (words, again)
                self.tries(clone, again)
            elif _changes(words):
                self._in_copy(clone, words, done, forms=False)
        for words in forms(text):
            self._in_copy(clone, words, done, forms=True)

    def _in_copy(self, clone: Path, words: tuple[str, ...], said: Done, *, forms: bool) -> None:
        if (once := (self.plan_of_now(), *words)) in self.tried or words[1] not in {*CHANGING, "consensus"}:
            return
        if "NUMBER" in words and not self.free():
            return
        self.tried.add(once)
        of_several = forms and "ID" in words and (words[2] == "acknowledge" or "--status" in words)
        if of_several and (slot := self._of_state("pending" if "--status" in words else "registered")):
            named = {"ID": slot["session_id"], "NUMBER": str(slot["number"])}  # a form for several: one of them
            words = tuple(named.get(word, word) for word in words)
        reader = self._reader(clone, words)
        with self.copied(reader) as copy:
            done = verb(copy, *_complete(self.filled(reader.name, words) if forms else words))
        several = (said.out + said.err).count("error[") > 1  # a way out is one of one error
        assert done.exit_code == 0 or (done.exit_code == 1 and several), (words, done, said)

    def plan_of_now(self) -> str:
        """What main and the proposals are: what is printed is tried again in each state."""
        return git(self.stage.bare, "for-each-ref", "--format=%(objectname)", "refs/heads/main").strip()

    def _reader(self, clone: Path, words: tuple[str, ...]) -> Path:
        """Who a command is for: the session that it names, a human, or who reads it."""
        named = words[words.index("--session-id") + 1] if "--session-id" in words else ""
        if named in self.sessions:
            return self.sessions[named]
        return self.stage.human if _kind(words) & BY_HUMAN else clone

    def filled(self, name: str, words: Sequence[str]) -> list[str]:
        """A form with what only its reader knows."""
        newcomer = "late-1" if name not in self.sessions or "ID" in words else name
        role = self.roles.get(newcomer, "Late Desk - Answer letters")
        values = VALUES | {"ROLE": role, "ID": newcomer, "NUMBER": str((self.free() or {"number": 1})["number"])}
        named = newcomer == name or "--session-id" in words or words[1] != "claim"
        return [*(values.get(word, word) for word in words), *(() if named else ("--session-id", newcomer))]

    def free(self) -> Any:
        """The first number that is neither held nor proposed."""
        return self._of_state("open")

    def _of_state(self, state: str) -> Any:
        return next((slot for slot in self.human_reads("status", "--fetch")["slots"] if slot["state"] == state), None)

    @contextmanager
    def copied(self, reader: Path) -> Iterator[Path]:
        """The server and one clone again, in another folder."""
        with TemporaryDirectory() as name:
            root = Path(name)
            for folder in (self.stage.bare, reader):
                shutil.copytree(folder, root / folder.name, symlinks=True)
            git(root / reader.name, "remote", "set-url", "origin", f"file://{root / self.stage.bare.name}")
            yield root / reader.name

    def refs_beside(self, copy: Path) -> str:
        """What the server beside a copied clone has, and that clone."""
        return "".join(git(folder, "for-each-ref") for folder in (copy.parent / self.stage.bare.name, copy))


def _kind(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {(words[1],), tuple(words[1:3])}


def _changes(words: Sequence[str]) -> bool:
    return words[1] in CHANGING or tuple(words[1:3]) in STEPS


def _complete(words: Sequence[str]) -> list[str]:
    """The words after the program's name, with the yes of its reader."""
    assert words[0] == "registry"
    return [*words[1:], *(["--yes"] if _kind(words) & ASKING and "--yes" not in words else [])]
