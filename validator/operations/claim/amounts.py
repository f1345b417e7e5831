"""Amounts and periods as written targets state them: `$120k`, `95%`, `per day`."""

import re
from decimal import Decimal

from validator.model.bounds import ADVERBS, PERIODS
from validator.model.numbers import SCALES
from validator.model.shapes import Op, Period, Target
from validator.registry.yaml.scalars import SAFE_INTEGER

LONGEST = 400  # characters of a clause or a target; a longer one is asked about

_DIGITS = r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?P<fraction>\.[0-9]{1,6})?"
AMOUNT = rf"(?P<dollar>\$?){_DIGITS}(?P<scale>{'|'.join(SCALES)})?"


def spaced(clause: str) -> str:
    """The clause with a space between what stands apart (`>= 5`, `calls /week`), and none within a figure."""
    text = re.sub(r"(?<=[0-9]) +(?=%|\+|(?:thousand|million|billion)\b)", "", clause, flags=re.IGNORECASE)
    text = re.sub(r"(?<=[0-9+]) */ *100\b", "/100", text)
    text = re.sub(rf" */ *(?=(?:{'|'.join(PERIODS)})\b)", " /", text, flags=re.IGNORECASE)
    return re.sub(r"(>=|<=|==|[<>=≥≤])", r" \1 ", text)


def split_off_period(words: list[str]) -> tuple[list[str], Period | None]:
    """Words without the period that they end in, and that period."""
    last, before = ("", "", *map(str.casefold, words))[-1], ("", "", *map(str.casefold, words))[-2]
    if last in ADVERBS:
        return words[:-1], ADVERBS[last]
    if last.startswith("/") and last[1:] in PERIODS:
        return words[:-1], PERIODS[last[1:]]
    if last in PERIODS and before in ("per", "a", "an", "each", "every"):
        return words[:-2], PERIODS[last]
    return words, None


def value_of(found: re.Match[str]) -> int | float | None:
    """The number that digits, fraction and scale spell; None where JSON cannot carry it, and for 5m, maybe minutes."""
    scale = (found["scale"] or "").lower()
    number = Decimal(found["digits"].replace(",", "") + (found["fraction"] or "")) * SCALES.get(scale, 1)
    if number > SAFE_INTEGER or (scale == "m" and not found["dollar"]):
        return None
    return int(number) if number == int(number) else float(number)


def target_of(metric: str, op: Op, value: float, unit: str, per: Period | None = None) -> Target:
    """A target from its parts."""
    return Target(metric=metric, op=op, value=value, unit=unit, per=per)
