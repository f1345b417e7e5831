"""The errors of libyaml as faults, in words that say what stands at a place and what should."""

import re
from typing import Any

from validator.model.normalize import SURROGATE
from validator.registry.yaml.faults import Fault, named
from validator.registry.yaml.source import Source

_EXPECTED = re.compile(r"did not find (?:the )?expected (.*)")
_WORDS = {
    "key": "a key",
    "node content": "a value",
    "'-' indicator": "'- '",
    "hexdecimal number": "a hexadecimal digit",
    "<document start>": "the end of the file",
    "alphabetic or numeric character": "a letter or digit",
    "comment or line break": "a comment or the end of the line",
}


def syntax_fault(error: Any, source: Source) -> Fault:
    """The fault for an error that libyaml raises (yaml.error.MarkedYAMLError)."""
    mark, problem = error.problem_mark or error.context_mark, str(error.problem)
    if problem == "found invalid Unicode character escape code":
        return _no_character(error, source)
    if "directive" in f"{problem} {error.context}" or problem == "found incompatible YAML document":
        return Fault("subset", source.place(mark)[0], 1, "a % directive changes how the file is read", "delete it")
    if _lacks_key(problem, source.text, mark.index):
        return Fault("subset", *source.place(mark), "the key (empty) is not text", "put it in quotes")
    message = f"not YAML: {_problem(problem, source.text[mark.index :])}{_context(error)}"
    help = 'mend it here; text goes in quotes if it contains ": " or " #" or begins with a sign'
    return Fault("syntax", *source.place(mark, problem == "found unknown escape character"), message, help)


def _no_character(error: Any, source: Source) -> Fault:
    """An escape of a surrogate, or of what is beyond Unicode; the mark is at its first digit."""
    start = error.problem_mark.index
    digits = source.text[start : start + (8 if source.text[start - 1] == "U" else 4)]
    code = int(digits, 16)
    if code < 0x110000 and SURROGATE.match(chr(code)):
        message = f"an escape makes {named(chr(code))}, which is not allowed"
        return Fault("unreadable", *source.place(error.context_mark), message, "delete the escape")
    place = source.place(error.problem_mark, -2)
    return Fault("syntax", *place, f"not YAML: \\U{digits} is no character", "mend it here")


def _lacks_key(problem: str, text: str, at: int) -> bool:
    """Whether a colon stands where a key should, as in `{: a}`: an empty key, which libyaml does not read."""
    wanted = problem in ("did not find expected key", "did not find expected node content")
    return wanted and text[at : at + 1] == ":" and not text[:at].rstrip().endswith(":")


def _problem(problem: str, rest: str) -> str:
    if expected := _EXPECTED.fullmatch(problem):
        there = f"'{rest[0]}'" if rest.strip() else "the end of the file"
        there = "the end of the line" if there == "'\n'" else there
        return f"expected {_WORDS.get(expected[1], expected[1])}, but found {there}"
    if problem == "found unknown escape character":
        return f"{problem} '{rest[1]}'" if len(rest) > 1 else "a backslash at the end of the file"
    if problem == "found character that cannot start any token":
        return f"found character '{rest[0]}' that cannot start any token"
    return problem.replace("block sequence", "sequence").replace("in this context", "here")


def _context(error: Any) -> str:
    if not error.context:
        return ""
    started = error.context_mark and error.context != "while scanning for the next token"
    return f" ({error.context}{f' that begins in line {error.context_mark.line + 1}' if started else ''})"
