"""The `next:` lines: the command that follows a verb, as it works where that verb was typed."""

from pathlib import Path

from validator.cli.identity import bound_name
from validator.model.phrases import command_line
from validator.operations.consensus.assessment import Assessment

HERE = Path()  # what --repo is without being given


def after_decision(repo: Path) -> str:
    """An approver's next command: it names what else waits."""
    return _next(repo, "consensus", "status")


def decide_on(name: str, repo: Path) -> str:
    """An approver's next command: to decide on one proposal."""
    there = () if repo == HERE else ("--repo", str(repo))
    return f"next: {command_line(('registry', 'approve', name, *there))}\n"


def ask_again(session_id: str, repo: Path) -> str:
    """A session's next command: the name is in it where nobody has said it in this clone."""
    me = () if bound_name(repo) == session_id else ("--session-id", session_id)
    return _next(repo, "whoami", *me)


def _next(repo: Path, *words: str) -> str:
    there = () if repo == HERE else ("--repo", str(repo))
    return f"next: {command_line(('registry', *words, *there, '--fetch'))}\n"


def in_folder(command: str, repo: Path) -> str:
    """A command of this program, or the form of one, as it works where --repo was typed."""
    if repo == HERE or not command.startswith("registry "):
        return command
    return f"{command} {command_line(('--repo', str(repo)))}"


def sentence_in_folder(sentence: str, repo: Path) -> str:
    """The same for a sentence that ends in a command: `what to do; run: registry …`."""
    for label in ("run: ", "fill in: "):
        text, found, command = sentence.rpartition(label)
        if found and command.startswith("registry "):
            return f"{text}{label}{in_folder(command, repo)}"
    return sentence


def moves_in_folder(found: Assessment, repo: Path) -> Assessment:
    """The same for the next moves of a fleet, and for what makes void records again."""
    now = found.consensus
    moves = tuple(
        move._replace(
            action=sentence_in_folder(move.action, repo), command=move.command and in_folder(move.command, repo)
        )
        for move in now.moves
    )
    records = tuple(record._replace(again=record.again and in_folder(record.again, repo)) for record in now.records)
    return found._replace(consensus=now._replace(moves=moves, records=records))
