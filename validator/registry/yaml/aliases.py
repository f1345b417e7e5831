"""YAML with aliases, which no file of the registry has: for the files of other programs that stand beside them."""

from typing import Any

import yaml

MOST_VALUES = 20_000  # with what each alias stands for written out; a workflow of 64 KiB without any has fewer
DEEPEST = 60


def without_aliases(data: bytes) -> Any:
    """What YAML says, with each alias as what it stands for and every scalar as text.

    None where that is endless or too much, or no YAML. Keys that stand twice and merge keys are not looked for.
    """
    try:
        value = yaml.load(data, Loader=yaml.CBaseLoader)  # noqa: S506 - makes text, lists and mappings only
        return value if _measured(value, 0, {})[0] <= MOST_VALUES else None
    except (yaml.YAMLError, RecursionError, UnicodeError, ValueError, TypeError):
        return None


def _measured(value: Any, depth: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values there are, and how deep. Each list or mapping is measured once, however often it stands there."""
    if not isinstance(value, (list, dict)):
        return 1, 0
    if id(value) not in known:
        if depth > DEEPEST:
            raise ValueError("nested too deep, or without an end")
        parts = value if isinstance(value, list) else [*value, *value.values()]
        sizes = [_measured(part, depth + 1, known) for part in parts]
        known[id(value)] = 1 + sum(size for size, _ in sizes), 1 + max((height for _, height in sizes), default=0)
    size, height = known[id(value)]
    if depth + height > DEEPEST:
        raise ValueError("nested too deep")
    return size, height
