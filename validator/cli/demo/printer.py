"""Print the demo: headings, and a line for each step that succeeded or failed."""

from collections.abc import Callable

import click

Say = Callable[[str], None]


class Printer:
    """Prints the demo to a terminal, in colour or without."""

    def __init__(self, say: Say, colour: bool) -> None:
        self.say, self.colour = say, colour

    def heading(self, text: str) -> None:
        """Print the heading of a part."""
        self.say(f"\n{self._in(text, bold=True)}\n\n")

    def line(self, good: bool, text: str, details: str = "") -> None:
        """Print one result, good or not, and its details on lines of their own."""
        self.say(f"{self._in('✓', fg='green') if good else self._in('✗', fg='red')} {text}\n")
        self.say("".join(f"    {line}\n" for line in details.splitlines()))

    def _in(self, text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
        return click.style(text, fg=fg, bold=bold) if self.colour else text
