"""The form of a session's name, session_id."""

import re

SESSION_ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_NAME = 64


def is_name(text: str) -> bool:
    """Whether a text is a session's name: lower-case words joined by `-`."""
    return len(text) <= LONGEST_NAME and re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text, re.ASCII) is not None
