"""The commands in an answer as calls of the tools of `registry mcp`: an agent without a shell can run nothing else."""

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from validator.model.escape import visible

# The keys of a document whose text says what to do next.
NEXT_STEPS = {"next_action", "command", "again", "help", "note", "advice", "missing", "documentation"}
_WORD = r"(?:'[^']*'|\"[^\"]*\"|[^\s;`'\"])+"
_COMMAND = re.compile(
    r'(?P<quote>"(?:\\.|[^"\\])*")'  # what a session wrote: it stays as it is
    rf"|(?<![\w-])(?<!the )(?<!a )(?P<run>run: )?(?P<words>registry(?: {_WORD})+)"
)
_OPTION = re.compile(r'(\badds? |: )--(goal|role|target|scope|schedule|release)(?: ("[^"]*"))?')
_ENDS = ".,:)"  # of a sentence, not of a word
_LISTS = {"targets", "responsibilities", "scope", "schedule"}
_FLAGS = {"--push", "--yes", "--fetch", "--any"}


class _Tool(NamedTuple):
    """What a verb is called as; the form of its one word without an option, and the arguments of both.

    None: the tool does that by itself.
    """

    name: str
    options: Mapping[str, str | None]
    form: str = ""
    argument: str | None = None


_SAME: dict[str, str | None] = {"--session-id": None, "--push": None, "--fetch": None}
_CLAIM: dict[str, str | None] = {
    **_SAME, "--session-id": "name", "--any": None, "--yes": None, "--role": "role", "--goal": "goal",
    "--status": "status", "--key": "key",
    "--target": "targets", "--responsibility": "responsibilities", "--scope": "scope", "--schedule": "schedule",
}  # fmt: skip
_TOOLS = {
    ("whoami",): _Tool("whoami", _SAME),
    ("status",): _Tool("status", _SAME),
    ("conflicts",): _Tool("conflicts", _SAME),
    ("explain",): _Tool("explain", {}, "REG[0-9]{3}|CODE", "rule"),
    ("claim",): _Tool("claim", _CLAIM, "[0-9]+|NUMBER", "number"),
    ("withdraw",): _Tool("withdraw", _SAME, r"[a-z]+/[\w/-]+|[0-9]+", "proposal"),
    ("release",): _Tool("release", {**_SAME, "--reason": "reason"}, "[0-9]+|NUMBER"),
    ("consensus", "acknowledge"): _Tool("acknowledge", _SAME),
}
_NO_TOOL = {
    *("approve", "audit", "bind", "charter", "claim", "consensus", "export", "history", "init", "proposals"),
    *("reject", "release", "schedule", "show"),
}


def in_calls(value: Any, key: str = "") -> Any:
    """A document, as read from JSON, whose next steps are calls of tools.

    A command in words is null where a tool does it: `next_action` names the call.
    """
    if isinstance(value, str):
        return as_calls(value) if key in NEXT_STEPS else value
    if isinstance(value, dict):
        return {name: in_calls(each, name) for name, each in value.items()}
    if key == "command" and value and _call(value):
        return None
    return [in_calls(each, key) for each in value] if isinstance(value, list) and key != "command" else value


def as_calls(text: str) -> str:
    """A text in which each command is a call of a tool; of one that no tool does it says that it is for a shell."""
    text = text.replace("ask again with --fetch", f"ask again: {call_text('whoami', {})}")
    return _OPTION.sub(_argument, _COMMAND.sub(_replaced, text))


def call_text(tool: str, arguments: Mapping[str, object]) -> str:
    """A call as it is shown: `call claim {"number": 4}`."""
    return f"call {tool} {visible(json.dumps(arguments, ensure_ascii=False))}"


def _argument(found: re.Match[str]) -> str:
    name = "targets" if found[2] == "target" else found[2]
    value = f"[{found[3]}]" if found[3] and name in _LISTS else found[3]
    return f"{found[1]}{name}{f' {value}' if value else ''}"


def _replaced(found: re.Match[str]) -> str:
    if found["quote"]:
        return found["quote"]
    words = re.findall(_WORD, found["words"])
    called = _call([_plain(word) for word in words])
    if called:
        text, used = called
        last = words[used - 1]
        rest = "".join(f" {word}" for word in words[used:])
        return f"{text}{last[len(last.rstrip(_ENDS)) :]}{as_calls(rest)}"
    if words[1].rstrip(_ENDS) in _NO_TOOL:
        return f"{'run ' if found['run'] else ''}in a shell: {found['words']}"
    return found[0]


def _plain(word: str) -> str:
    """A word without its quotes, and without what ends the sentence."""
    return "".join(shlex.split(word)) if word[0] in "'\"" else word.rstrip(_ENDS)


def _call(words: list[str]) -> tuple[str, int] | None:
    """The call for a command, and how many of its words it takes; None where no tool does it."""
    length = 3 if tuple(words[1:3]) in _TOOLS else 2
    tool = _TOOLS.get(tuple(words[1:length]))
    arguments = dict[str, Any]()
    at, is_placed = length, False
    while tool and at < len(words):
        word = words[at]
        if word.startswith("--"):
            if word not in tool.options:
                return None
            at += 1
            if word not in _FLAGS:
                _set(arguments, tool.options[word], words[at] if at < len(words) else "")
                at += 1
        elif tool.form and not is_placed and re.fullmatch(tool.form, word):
            _set(arguments, tool.argument, word)
            at, is_placed = at + 1, True
        else:
            break
    return (call_text(tool.name, arguments), min(at, len(words))) if tool else None


def _set(arguments: dict[str, Any], name: str | None, word: str) -> None:
    if name in _LISTS:
        arguments.setdefault(name, []).append(word)
    elif name == "name":  # a session that has one is known; another one fills it in
        arguments.update({name: "NAME"} if word == "ID" else {})
    elif name:
        arguments[name] = int(word) if name == "number" and word.isdecimal() else word
