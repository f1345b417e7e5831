"""The report formats: pure functions from a verdict to text. Adding one is a module here and a line in FORMATS."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from validator.finding import Verdict
from validator.report import github, json, sarif, text


class Setting(NamedTuple):
    """What some formats need besides the verdict: `colour` where a terminal reads, `rules` for their descriptions."""

    colour: bool = False
    rules: Sequence[sarif.Rule] = ()


FORMATS: Mapping[str, Callable[[Verdict, Setting], str]] = {
    "text": lambda verdict, setting: text.render(verdict, colour=setting.colour),
    "github": lambda verdict, _: github.render(verdict),
    "json": lambda verdict, _: json.render(verdict),
    "sarif": lambda verdict, setting: sarif.render(verdict, setting.rules),
}
