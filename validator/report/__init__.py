"""The report formats: pure functions from a verdict to text. Adding one: a module, a function here, a line in FORMATS.

A format is imported when it is used: the one that most runs print needs neither pydantic's models nor JSON.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from validator.model.findings import Verdict

if TYPE_CHECKING:
    from validator.report.sarif import Rule


class Setting(NamedTuple):
    """What some formats need besides the verdict: `colour` for a terminal, `rules` for their descriptions."""

    colour: bool = False
    rules: Sequence["Rule"] = ()


def _text(verdict: Verdict, setting: Setting) -> str:
    from validator.report.text import render

    return render(verdict, colour=setting.colour)


def _github(verdict: Verdict, _: Setting) -> str:
    from validator.report.github import render

    return render(verdict)


def _json(verdict: Verdict, _: Setting) -> str:
    from validator.report.json import render

    return render(verdict)


def _sarif(verdict: Verdict, setting: Setting) -> str:
    from validator.report.sarif import render

    return render(verdict, setting.rules)


FORMATS: Mapping[str, Callable[[Verdict, Setting], str]] = {
    "text": _text,
    "github": _github,
    "json": _json,
    "sarif": _sarif,
}
