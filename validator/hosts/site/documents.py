"""What the pages show: the documents that the verbs print as JSON, at one commit of main. Pages compute nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Json = Mapping[str, Any]


class Documents(NamedTuple):
    """All documents of one commit, as their JSON says; `proposals_in_full` in the order of `proposals`.

    `export` is without its claims: `claims` has the text of each by its number. `texts` makes the documents' JSON.
    """

    status: Json
    export: Json
    claims: Mapping[int, str]
    consensus: Json
    proposals: Json
    proposals_in_full: Sequence[Json]
    conflicts: Json
    history: Json
    schedule: Json
    rules: Json
    texts: Mapping[str, Callable[[], str]]
    calendar: Callable[[], bytes]
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
