"""The whole table."""

from tests.blackbox import (
    bases,
    bulk,
    dates,
    encodings,
    goals,
    mixed,
    modes,
    moves,
    names,
    numbers,
    records,
    steps,
    text,
    twins,
    yaml,
)

THEMES = (names, numbers, modes, encodings, yaml, goals, moves, mixed, records, twins, text, bases, dates, steps, bulk)
CASES = {f"{theme.__name__.rsplit('.', 1)[1]}: {case.name}": case for theme in THEMES for case in theme.CASES}
