"""What must not get through: plain pushes to the guarded server, each with the reason that it must be refused for."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from validator.cli.demo.printer import Printer
from validator.cli.demo.stage import Stage, claim_text, commit, new_session, push, put
from validator.model.layout import claim_path

Edit = Callable[[Path], None]


class Attack(NamedTuple):
    """A plain `git push` that the server must refuse, and words of the refusal."""

    title: str
    ref: str
    edit: Edit
    because: str
    stale: bool = False  # branched before anything was registered


def attacks(stage: Stage, now: str, printer: Printer) -> Iterator[str]:
    """What must not get through: plain pushes by whoever can reach the server."""
    printer.heading("What must not get through: plain git push to the same server")
    for attack in attempts(now):
        session = new_session(stage, stage.beginning if attack.stale else "origin/main")
        attack.edit(session)
        commit(session, attack.title)
        done = push(session, attack.ref)
        said = "".join(
            f"{line.removeprefix('remote: ').rstrip()}\n" for line in done.stderr.splitlines() if "remote:" in line
        )
        printer.line(done.returncode == 0, f"{attack.ref:<9} {attack.title}", _findings(said))
        if done.returncode == 0 or attack.because not in said:
            yield f"the server refuses: {attack.title} ({attack.because})"


def _findings(said: str) -> str:
    """What the server said about this push: its findings, without the lines around them."""
    lines = [line for line in said.splitlines() if not re.match(r"refs/heads/|rejected|free numbers|inherited|$", line)]
    return "\n".join(lines)


def attempts(now: str) -> Iterator[Attack]:
    """Every attack, in order; the claims in them are of `now`."""
    late = claim_text(4, now, session_id="marketing-latecomer", runtime_id="session-late")
    yield Attack("a latecomer wants number 4", "claim/04", _writes(4, late), "REG103", stale=True)
    yield Attack(
        "the same claim of number 5, byte for byte", "claim/05", _writes(5, claim_text(5, now)), "REG103", stale=True
    )
    yield Attack(
        "marketing-outreach-1, who has number 4, wants number 7 as well",
        "claim/07",
        _writes(7, claim_text(7, now, session_id="marketing-outreach-1")),
        "REG301",
    )
    yield Attack("a goal that nobody can measure", "claim/08", _writes(8, _vague(8, now)), "REG201")
    yield Attack(
        "somebody puts a name of his own on number 2",
        "claim/02",
        _writes(2, claim_text(2, now, session_id="marketing-impostor")),
        "REG301",
    )
    yield Attack("a claim that brings its own validator", "claim/10", _with_validator(10, now), "REG302")
    yield Attack("a claim that is a link to somebody else's", "claim/08", _links(8, 1), "REG004")
    yield Attack("a session merges for itself", "main", _writes(10, _amended(10, now)), "REG304")


def _vague(number: int, now: str) -> str:
    text = claim_text(number, now, goal="Do my best with the replies, as soon as possible")
    return re.sub(r"^targets:\n(?: .*\n)+", "targets: []\n", text, flags=re.MULTILINE)


def _amended(number: int, now: str) -> str:
    return claim_text(number, now).replace("- Track human feedback", "- Track human feedback and approve myself")


def _writes(number: int, text: str) -> Edit:
    return lambda clone: put(clone, claim_path(number), text)


def _with_validator(number: int, now: str) -> Edit:
    def edit(clone: Path) -> None:
        put(clone, claim_path(number), _amended(number, now))
        put(clone, "validator/__init__.py", "raise SystemExit(0)  # everything is fine\n")

    return edit


def _links(number: int, to: int) -> Edit:
    def edit(clone: Path) -> None:
        (clone / claim_path(number)).unlink()
        (clone / claim_path(number)).symlink_to(Path(claim_path(to)).name)

    return edit
