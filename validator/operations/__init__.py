"""What can be done to a registry, without a terminal."""

from typing import NamedTuple


class Answer(NamedTuple):
    """What a verb has to say, and whether that is yes (0) or no (1)."""

    text: str
    exit_code: int = 0
