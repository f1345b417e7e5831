"""Locations, problems, findings, and the verdict made of them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from validator.model.effect import Effect


class Level(StrEnum):
    """An error rejects the change; a warning is shown to the human who approves."""

    ERROR = "error"
    WARNING = "warning"


class Origin(StrEnum):
    """Whether the change introduced a finding (it decides), or the base had it already (it is only shown)."""

    INTRODUCED = "introduced"
    INHERITED = "inherited"


class Input(StrEnum):
    """What a rule looks at. By that a verdict costs what the change touches: see operations/indexed.py."""

    FILE = "each file by itself, and the charter"
    PAIRS = "claims that share something, or have names that are easily confused"
    CHANGE = "what the change does; it finds nothing in a registry as it is"
    REGISTRY = "the whole registry"


class Location(NamedTuple):
    """A place in a file of the judged tree; line and column count from 1, columns in Unicode code points."""

    path: str
    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """What a rule yields: where, what is wrong (with the values), and what to do now."""

    location: Location
    message: str
    help: str
    level: Level | None = None  # None: the level of its rule


class Finding(NamedTuple):
    """A problem with its rule's code, name and level, and the source line that it points at."""

    code: str
    name: str
    level: Level
    location: Location
    message: str
    help: str
    origin: Origin = Origin.INTRODUCED
    excerpt: str | None = None
    step: str | None = None  # with --steps: the commit that was judged


class Verdict(NamedTuple):
    """The answer to "may this change land?". Object ids are full hex; `tree` is None where the merge conflicts.

    `effect` says what merging would do, where a human decides on a forge's page. `proposed` are the numbers that open
    proposals ask for, where they are known; no document has them, since the same change has the same document.
    """

    base: str | None
    head: str
    tree: str | None
    findings: tuple[Finding, ...]
    healed: tuple[Finding, ...] = ()
    free_numbers: tuple[int, ...] = ()
    effect: Effect | None = None
    proposed: frozenset[int] | None = None

    @property
    def accepted(self) -> bool:
        """True when the change introduces no error; inherited findings never decide."""
        return not any(decides(finding) for finding in self.findings)


def without_others(verdict: Verdict, path: str) -> Verdict:
    """A verdict as the session of a file is shown it: without the warnings that main has about other files.

    They are for those who hold these files, and for who judges.
    """
    seen = [one for one in verdict.findings if not _is_of_others(one, path)]
    return verdict._replace(findings=tuple(seen))


def _is_of_others(finding: Finding, path: str) -> bool:
    inherited_warning = finding.origin is Origin.INHERITED and finding.level is Level.WARNING
    return inherited_warning and finding.location.path != path


def decides(finding: Finding) -> bool:
    """Whether this finding alone would reject the change."""
    return finding.level is Level.ERROR and finding.origin is Origin.INTRODUCED


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Sort findings by file, place and code: every report shows the same order, whatever rule ran first."""
    return tuple(sorted(findings, key=lambda f: (f.location, f.code, f.message)))
