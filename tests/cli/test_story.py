"""A web shop's fleet with keys from `init` to its second week: each command is one that the program has printed.

A charter change, a lost race, a rejected amendment, a release and the growth by one number lie on the way. What is not
printed is what its actor knows: the files of the charter, the goals, the hours, the reasons.
"""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.printed import forms, printed
from tests.cli.stage import Done, git, new_key, verb, write

CHARTER = "registry/charter.yaml"
DESKS = ("Shop Head", "Packing Desk", "Mail Desk", "Returns Desk", "Buying Desk", "Window Desk", "Night Desk")
ASKS = (("claim",), ("approve",), ("consensus", "approve"), ("consensus", "activate"))


class Shop:
    """The people of the story, each in a clone; `said` is all that the program has printed to each of them."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.said = folder, dict[Path, str]()
        self.human = folder / "shop"
        new_key(folder / "owner")
        owner = f"@OWNER {(folder / 'owner.pub').read_text('utf-8').strip()}"
        words = ("init", "shop", "--capacity", str(size), "--mission", "Sell 40 books daily", "--approver", owner)
        self.heard(self.human, verb(folder, *words, "--time-zone", "Europe/Lisbon"))
        self.publishes()
        git(self.human, "config", "user.signingkey", str(folder / "owner"))
        self.sessions = dict[str, Path]()
        for desk in DESKS[:size]:
            self.joins(desk)

    def publishes(self) -> None:
        """The human puts main on a server of this machine, with the commands that `init` prints."""
        clone, remote = self.said[self.human].partition("for instance: ")[2].splitlines()[0].split(" && ")
        git(self.folder, *shlex.split(clone)[1:])
        git(self.folder, *shlex.split(remote.replace('"$PWD"', shlex.quote(str(self.folder))))[1:])
        (guard,) = [words for words in printed(self.said[self.human]) if words[1] == "install-hook"]
        self.heard(self.human, verb(self.folder, *guard[1:]))

    def joins(self, desk: str) -> Path:
        """A session comes: it says its name, and nothing else that nobody has told it."""
        name = desk.lower().replace(" ", "-")
        git(self.folder, "clone", "--quiet", str(self.folder / "shop.git"), name)
        clone = self.sessions[desk] = self.folder / name
        self.heard(clone, verb(clone, "bind", name))
        return clone

    def heard(self, clone: Path, done: Done, *, exit_code: int = 0) -> Done:
        assert done.exit_code == exit_code, done
        self.said[clone] = self.said.get(clone, "") + done.out + done.err
        return done

    def run(self, clone: Path, command: str, *, exit_code: int = 0) -> Done:
        """Run the last printed command that begins like this."""
        known = [words for words in printed(self.said[clone]) if shlex.join(words).startswith(command)]
        assert known, f"nobody has printed {command!r}: {self.said[clone]}"
        asks = known[-1][1:2] in ASKS or known[-1][1:3] in ASKS
        return self.heard(clone, verb(clone, *known[-1][1:], *(["--yes"] if asks else [])), exit_code=exit_code)

    def form(self, clone: Path, command: str, *more: str, exit_code: int = 0, **values: str) -> Done:
        """Fill in the last printed form that begins like this."""
        known = [words for words in forms(self.said[clone]) if shlex.join(words).startswith(command)]
        assert known, f"nobody has printed {command!r}: {self.said[clone]}"
        words = [values.get(word, word) for word in known[-1][1:]]
        done = verb(clone, *words, *more, *(["--yes"] if words[0] == "claim" else []))
        return self.heard(clone, done, exit_code=exit_code)

    def whoami(self, clone: Path) -> str:
        """What a session is told is next; before it is registered the exit code is 1."""
        done = verb(clone, "whoami", "--fetch")
        self.said[clone] = self.said.get(clone, "") + done.out
        return re.sub(r"\s+", " ", done.out.partition("next:")[2]).strip()

    def claims(self, desk: str, goal: str, **options: Any) -> Done:
        """A session fills in what `whoami` shows; the hours as `claim` asks for them."""
        clone = self.sessions[desk]
        assert "fill in: registry claim" in self.whoami(clone)
        more = ("--schedule", "Work, mon-fri 09:00-17:00")
        return self.form(clone, "registry claim", *more, ROLE=f"{desk} - Sell books", GOAL=goal, **options)

    def decides(self) -> None:
        """The human runs what waits for a human, as it is printed, until nothing does."""
        for _ in range(9):
            status = verb(self.human, "consensus", "status", "--fetch").out
            waiting = verb(self.human, "proposals", "--waiting", "--format", "json").document["proposals"]
            commands = [one["approve"] for one in waiting] + re.findall(r"@OWNER .*: (registry .*)", status)
            if not commands:
                return
            self.said[self.human] += f"next: {commands[0]}\n"
            self.run(self.human, commands[0])

    def goes_on(self) -> str:
        """Everybody does what they are told until the phase no longer changes; the week."""
        for _ in range(9):
            before = verb(self.human, "status", "--fetch", "--format", "json").document
            if before["phase"] == "active":
                return str(before["week"])
            for clone in self.sessions.values():
                if "run: registry" in self.whoami(clone):
                    self.run(clone, "registry")
            self.decides()
        raise AssertionError(before)


def changed_charter(shop: Shop, old: str, new: str, name: str) -> None:
    """The road of the charter: the page of `charter propose` shows the command, its answer the approver's."""
    git(shop.human, "pull", "--quiet", "--rebase", "origin", "main")
    write(shop.human, CHARTER, (shop.human / CHARTER).read_text("utf-8").replace(old, new, 1))
    shop.heard(shop.human, verb(shop.human, "charter", "propose", "--name", name, "--push"))
    shop.run(shop.human, f"registry approve charter/{name}")
    git(shop.human, "checkout", "--quiet", "--force", "-B", "main", "origin/main")


@pytest.mark.takes_long
def test_from_init_to_the_second_week(tmp_path: Path, long: bool) -> None:
    """Two sessions take the road of six, in a third of the time: twelve seconds of processor for eighty verbs."""
    size = 6 if long else 2
    shop = Shop(tmp_path, size)
    head, *others = DESKS[:size]
    loser, last = others[0], shop.sessions[others[-1]]
    changed_charter(shop, "time_zone:", "session_keys: required\ntime_zone:", "keys")
    for clone in shop.sessions.values():
        shop.whoami(clone)

    shop.claims(head, "Sell 20 books daily")
    lost = shop.form(shop.sessions[loser], "registry claim 1", GOAL="Pack 20 books daily", ROLE="Packer", exit_code=1)
    assert "number 1 was proposed first by shop-head" in lost.out
    for desk in others:
        shop.claims(desk, f"Sell {DESKS.index(desk) + 4} books daily")
    shop.decides()

    amended = ("--label", "floor=2")
    guide = verb(last, "guide", "--fetch")
    shop.heard(last, guide)
    number = re.search(r"^number: +(\d+)", guide.out, re.MULTILINE)
    assert number
    shop.heard(last, verb(last, "claim", number[1], *amended, "--push"))
    proposal = verb(shop.human, "proposals", "--format", "json").document["proposals"][0]
    shop.said[shop.human] += f"next: {proposal['reject']}\n"
    shop.form(shop.human, "registry reject", TEXT="There is one floor")
    assert 'was turned down: "There is one floor"' in shop.whoami(last)

    shop.form(last, f"registry release {number[1]}", REASON="The desk moves")
    assert "wait: a human (@OWNER) has to approve release/" in shop.whoami(last)
    shop.decides()
    assert f"you held number {number[1]}, which is released; claim it again as it was" in shop.whoami(last)
    shop.run(last, f"registry claim {number[1]}")
    shop.decides()
    first = shop.goes_on()

    changed_charter(shop, f"capacity: {size}", f"capacity: {size + 1}", "growth")
    shop.joins(DESKS[6])
    shop.claims(DESKS[6], "Sell 5 books daily")
    shop.decides()
    grown = shop.goes_on()
    assert grown >= first
    shop.heard(shop.human, verb(shop.human, "consensus", "activate", "--yes"))  # not begun: it names the one after it
    shop.run(shop.human, "registry consensus activate --week")
    second = shop.whoami(shop.sessions[DESKS[6]])
    assert shop.goes_on() > grown
    assert re.search(rf"is active from Monday [-\d]+ \(week {shop.goes_on()}\)", second)
    assert verb(shop.human, "audit").exit_code == 0
