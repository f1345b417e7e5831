"""Units and periods by meaning: `90 minutes` is `1.5 hours`, `$` is `USD`, `kUSD` a month twelve a year.

pint converts, and iso4217 knows the currencies. Both are loaded only where two units or periods differ: equal spellings
are compared as text, and whether a word is a unit at all is looked up in the definitions below.
"""

import functools
import re
import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from validator.model.nouns import noun
from validator.model.shapes import Period

if TYPE_CHECKING:
    import pint

# Only what goals are measured in: pint's own list takes half a second to load, and has `a` for a year.
_DEFINITIONS = """
kilo- = 1000 = k- = K-
mega- = 1000000 = M-
giga- = 1000000000 = G-
tera- = 1000000000000 = T-
milli- = 1/1000 = m-
micro- = 1/1000000 = µ- = u-
kibi- = 1024 = Ki-
mebi- = 1048576 = Mi-
gibi- = 1073741824 = Gi-
second = [time] = s = sec
minute = 60 * second = min
hour = 3600 * second = h = hr
day = 24 * hour = d
week = 7 * day = wk
fortnight = 14 * day
year = 1461/4 * day = yr
month = year / 12 = mo
quarter = year / 4
ratio = [share] = _ = share = fraction
percent = ratio / 100 = _ = pct = percentage
permille = ratio / 1000 = _ = per_mille
basis_point = ratio / 10000 = _ = bp = bps
byte = [information] = B
bit = byte / 8 = _
gram = [mass] = g
tonne = 1000000 * gram = t
meter = [length] = m = metre
watt_hour = [energy] = Wh
celsius = [temperature] = °C = degC
"""
_NAMES = frozenset(
    word
    for line in _DEFINITIONS.strip().splitlines()
    for word in re.findall(r"[^\W\d]+|°C", line.partition("=")[0] + "=".join(line.split("=")[2:]))
    if not line.partition("=")[0].strip().endswith("-") and word != "_"
).union(("point", "points", "x"))
_PREFIXED = re.compile("(?:[kKMGTmµu]|[KMG]i)(?:s|B|Wh|g|m)")
_SIGNS = {"%": "percent", "‰": "permille", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN"} | {
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "R$": "BRL",
    "S$": "SGD",
    "MX$": "MXN",
}
# Money of one of several countries: it counts no work, and is compared with nothing else.
_SOME_MONEY = frozenset("kr krona kronor krone kroner peso franc cent dinar lira shilling rand ruble rs fr sfr".split())
# What people call the money that they mean where no country is named.
_MONEY = {"dollar": "USD", "us dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "sterling": "GBP"} | {
    "pound sterling": "GBP",
    "yen": "JPY",
    "swiss franc": "CHF",
    "rupee": "INR",
    "yuan": "CNY",
}
# Known without iso4217, which reads an XML file for 20 ms: what most goals in money are in.
COMMON = frozenset("AUD BRL CAD CHF CNY CZK DKK EUR GBP INR JPY MXN NOK NZD PLN SEK SGD USD".split())
_PHRASES = {"per cent": "percent", "per mille": "permille", "basis point": "basis_point", "percentage point": "percent"}
_SCALES = {"k": 1000, "thousand": 1000, "m": 10**6, "mn": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
# How many times longer a period is than the work in it: 40 hours in a week of 168.
_IDLE = {"hour": Fraction(1), "day": Fraction(24, 8), "week": Fraction(168, 40)}
_PERIOD = re.compile(r"\s*(?:/|\bper\b)\s*(hour|day|week|month|quarter|year)\s*$", re.IGNORECASE)
LONGEST = 40  # characters of a unit that is looked up


class Unit(NamedTuple):
    """A unit as it is measured: its name, how many of it, and in what period."""

    name: str
    scale: int
    per: str | None


@functools.lru_cache(maxsize=1024)
def is_measure(unit: str) -> bool:
    """Whether a unit is one of quality, time, size or money, and so counts no pieces of work."""
    name = _unit_of(unit, None).name
    words = {name, name.lower()} | ({name.lower().removesuffix("s")} if len(name) > 3 else set())
    if _money(name) is not None or any(unicodedata.category(character) == "Sc" for character in name):
        return True
    return not words.isdisjoint(_NAMES | _SOME_MONEY) or bool(_PREFIXED.fullmatch(name))


def is_share(unit: str) -> bool:
    """Whether a unit is percent, in any spelling."""
    return _unit_of(unit, None).name.lower().removesuffix("s") in ("percent", "pct", "percentage")


def thousands(unit: str) -> int:
    """How many of its money a unit is: 1000 for `kUSD` and `k€`, a million for `million USD`, else 1."""
    one = _unit_of(unit, None)
    prefix = one.name[:-3].lower() if len(one.name) == 4 and _money(one.name) else ""
    return one.scale * _SCALES.get(prefix, 1)


def factor(
    unit: str, per: Period | None, other: str, other_per: Period | None, *, working: bool = False
) -> Fraction | None:
    """How many `other` per `other_per` one `unit` per `per` is, exactly; None where they cannot be converted.

    With `working` a day has 8 hours and a week 5 days, as people mean them who plan work.
    """
    if per == other_per and fold_unit(unit) == fold_unit(other):
        return Fraction(1)
    (kind, size), (other_kind, other_size) = basic(unit, per, working), basic(other, other_per, working)
    return size / other_size if kind == other_kind else None


@functools.lru_cache(maxsize=1024)
def fold_unit(unit: str) -> str:
    """A unit for comparison as text: in one spelling, in the singular; signs such as % stay."""
    return noun(unit) or unit.strip()


@functools.lru_cache(maxsize=1024)
def basic(unit: str, per: Period | None, working: bool = False) -> tuple[str, Fraction]:
    """What a unit per period measures, for comparison, and its size in the basic unit of that."""
    one = _unit_of(unit, per)
    kind, size = _size(one.name) or (fold_unit(one.name), Fraction(1))
    if not one.per:
        return kind, size * one.scale
    _, seconds = _size(one.per) or ("", Fraction(1))
    return f"{kind}/[time]", size * one.scale / seconds * (_IDLE.get(one.per, _IDLE["week"]) if working else 1)


@functools.lru_cache(maxsize=1024)
def _unit_of(unit: str, per: str | None) -> Unit:
    """A unit's parts: `million USD/month` is a million of USD in a month."""
    text = unicodedata.normalize("NFKC", unit).strip()
    if len(text) > LONGEST:
        return Unit(text, 1, per)
    if found := _PERIOD.search(text):
        text, per = text[: found.start()].strip(), per or found[1].lower()
    scale, first, rest = 1, *text.partition(" ")[::2]
    if rest and first.lower() in _SCALES and (_money(rest) or rest in _SIGNS):
        scale, text = _SCALES[first.lower()], rest
    elif len(text) > 1 and text[-1] in _SIGNS and text[:-1].lower() in _SCALES:
        scale, text = _SCALES[text[:-1].lower()], text[-1]
    lowered = text.lower().removesuffix("s")
    return Unit(_SIGNS.get(text) or _MONEY.get(lowered) or _PHRASES.get(lowered) or text, scale, per)


@functools.lru_cache(maxsize=1024)
def _money(name: str) -> str | None:
    """The ISO 4217 code that a word is, or that it is thousands or millions of: `USD`, `usd`, `kUSD`."""
    name = _MONEY.get(name.lower().removesuffix("s"), name)
    code = name[-3:].upper()
    if name == code.lower() and code not in _MONEY.values():
        return None  # `all`, `top` and `try` are codes too
    return (
        code if re.fullmatch(r"[kKM]?[A-Z]{3}|[a-z]{3}", name) and (code in COMMON or code in _currencies()) else None
    )


@functools.lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    from iso4217 import Currency

    return frozenset(currency.code for currency in Currency)


@functools.lru_cache(maxsize=1024)
def _size(name: str) -> tuple[str, Fraction] | None:
    """(dimension, size in its basic unit); None for a word that is no unit."""
    if code := _money(name):
        prefix = name[:-3] if len(name) == 4 else ""
        return code, Fraction(_SCALES.get(prefix.lower(), 1))
    registry = _registry()
    for spelling in dict.fromkeys((name, name.lower())):
        found = registry.parse_unit_name(spelling) if re.fullmatch(r"[^\W\d]+|°C", spelling) else ()
        # In small letters only whole words: MS is no millisecond for sure, HOURS are hours.
        if found and (spelling == name or not found[0][0]):
            basic = registry.Quantity(Fraction(1), "".join(found[0][:2])).to_base_units()
            return str(basic.dimensionality), Fraction(basic.magnitude)
    return None


@functools.lru_cache(maxsize=1)
def _registry() -> "pint.UnitRegistry[Fraction]":
    import pint

    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    registry.load_definitions(_DEFINITIONS.strip().splitlines())
    return registry
