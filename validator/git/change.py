"""What a change did, before anybody asks what it means."""

from typing import NamedTuple

from validator.git.objects import Entry


class Intent(NamedTuple):
    """What a change itself did to a file since it left the base's line, whatever merging makes of it."""

    before: Entry | None
    after: Entry | None
