"""What the pages show: the documents that the verbs print as JSON, at one commit of main. Pages compute nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Json = Mapping[str, Any]


class Documents(NamedTuple):
    """All documents of one commit, as their JSON says; `proposals_in_full` in the order of `proposals`."""

    status: Json
    export: Json
    consensus: Json
    proposals: Json
    proposals_in_full: Sequence[Json]
    conflicts: Json
    history: Json
    schedule: Json
    rules: Json
    calendar: Callable[[], bytes]
    calendar_of: str  # with the schedule, what the calendar depends on
    markdown: str
    on_github: bool  # where one approves by a review
    pulls_shown: bool  # whether pull requests from forks are among the proposals

    @property
    def commit(self) -> str:
        """The commit of main."""
        return str(self.status["commit"])

    @property
    def digest(self) -> str:
        """The digest of the registry."""
        return str(self.status["digest"])

    def by_name(self) -> Mapping[str, Json]:
        """The documents of the static API, by name."""
        names = ("status", "export", "consensus", "proposals", "conflicts", "history", "schedule", "rules")
        return {name: getattr(self, name) for name in names}
