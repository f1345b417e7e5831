"""What the eye takes for each other, and what it does not: cases, 500 of each kind, and 1,000 names of the world."""

import hashlib
import random
import re
import unicodedata
from collections.abc import Iterator

import pytest

from tests.repository import ROOT
from validator.model import unicode
from validator.model.normalize import fold, looks, unfit, unusual

# What Python 3.11, 3.12 and 3.13 say of all characters that REG108 does not refuse.
EVERY_PYTHON = "963c9e6d647a01da37a2542ece3b69802821f27f462922f86fa312d761736982"
TITLES = (ROOT / "tests/corpus/titles.txt").read_text("utf-8").splitlines()
BATCH = "Outreach AI (Morning Batch {})"

REFUSED = {
    "Outreach AI": (
        *("Outreach \u0410\u0406", "Outreach Al", "Outreach A1", "0utreach AI", "Outreach ai", "OUTREACH AI"),
        *("Outreach  AI", "Outreach\u00a0AI", "Outreach A|", "Outreach A\u2223", "Outreach A\u01c0"),
        *("Outreach A\u04c0", "Outreach A\u05c0", "\uff2futreach\u3000AI", "\u24c4utreach AI", "Outreach \u0391l"),
        *("Outre\u0430ch AI", "\u041eutreach AI", "\U0001d40eutreach \U0001d400\U0001d408", "Outreach\u2800AI"),
        *("Outreach AI.", "Outreach-AI", "Outreach_AI", "OutreachAI", '"Outreach AI"'),
    ),
    BATCH.format(1): (
        "Outreach AI (Moming Batch 1)",
        *map(BATCH.format, ("l", "I", "|", "\u2160", "\u2170", "\u0661", "\u06f1", "\uff11", "\u2460", "\u00b9")),
        *map(BATCH.format, ("\U0001d7cf", "01", "001", "1.0")),
    ),
    "Batch II": ("Batch 11", "Batch ll", "Batch \u2171"),
    "Engineer I": ("Engineer 1",),
    "Batch O": ("Batch 0",),
    "Batch 10": ("Batch lO",),
    "outreach-1": ("outreach-l", "0utreach-1", "outreach1", "out-reach-1", "outreach-01", "outreach-001"),
    "outreach-one": ("outreach-0ne",),
    "outreach-11": ("outreach-1l", "outreach-ll"),
    "marketing-1": ("rnarketing-1",),
    "c1erk": ("clerk",),
    "Modem Team": ("Modern Team",),
    "Corner Desk": ("Comer Desk",),
    "O'Neil's Desk": ("O\u2019Neil\u2019s Desk",),
}
APART = {
    "Outreach AI": (
        *("Outreach A\u00cd", "Outr\u00e9ach AI", "AI Outreach", "Outreach AT", "Outreach", "AI", "Outreach ML"),
        *("Inreach AI", "Research AI", "Outreach AI - Batch 2"),
    ),
    BATCH.format(1): tuple(map(BATCH.format, ("2", "11", "10", "7", "1b", "1.1", "One"))),
    BATCH.format("1.1"): (BATCH.format("11"),),
    "outreach-1": (
        *("outreach-i", "outreach-11", "outreach-2", "outreach-10", "outreach-1a", "1-outreach", "outreach-one"),
        *("outreach", "outreach-eu", "outreach-1-eu", "pre-outreach-1"),
    ),
    "Engineer II": ("Engineer I", "Engineer III", "Engineer IV"),
    "cl0ud": ("doud",),
    "watch-1": ("vvatch-1",),
    "Batch 2": ("Batch Z",),
    "Pod A": ("Pod B",),
    "C++ Developer": ("C# Developer", "C Developer"),
    ".NET Architect": ("Net Architect",),
    "R&D Chemist": ("RD Chemist",),
    "Tier 1": ("Tier 2",),
    "L1": ("L2", "L10"),
    "P&L Lead": ("PR Lead",),
    "Sales": ("Scales",),
    "\u0130zmir": ("Izmir",),
    "\u00f8": ("o",),
    "24/7 Desk": ("247 Desk",),
}


def alike(one: str, other: str) -> bool:
    return fold(one) == fold(other) or looks(one) == looks(other)


@pytest.mark.parametrize(("name", "twin"), [(name, twin) for name, twins in REFUSED.items() for twin in twins])
def test_twins_look_the_same(name: str, twin: str) -> None:
    assert alike(name, twin)


@pytest.mark.parametrize(("name", "other"), [(name, other) for name, others in APART.items() for other in others])
def test_clearly_different_names_are_not_alike(name: str, other: str) -> None:
    assert not alike(name, other)


def test_no_two_of_a_thousand_names_look_the_same() -> None:
    assert len(TITLES) == len({fold(title) for title in TITLES}) == len({looks(title) for title in TITLES}) == 1000


def twins() -> Iterator[tuple[str, str]]:
    """Names with one character replaced by another one of the same row in Unicode's table; no NFKC form of it."""
    rows = dict[str, list[str]]()
    for source, sight in unicode.table().twins.items():
        if unicodedata.is_normalized("NFKC", chr(source)):
            rows.setdefault(sight, [sight]).append(chr(source))
    of = {character: row for row in rows.values() for character in row}
    chance = random.Random(39)
    for title in chance.sample([title for title in TITLES if title.isascii()], 125):
        places = [at for at, character in enumerate(title) if character.isalnum() and len(of.get(character, "")) > 1]
        for at in (chance.choice(places) for _ in range(5)) if places else ():
            yield title, title[:at] + chance.choice([c for c in of[title[at]] if c != title[at]]) + title[at + 1 :]


def test_five_hundred_generated_twins_are_found() -> None:
    pairs = list(dict.fromkeys(twins()))[:500]
    assert len(pairs) == 500
    assert [pair for pair in pairs if not alike(*pair)] == []


def near_misses() -> Iterator[tuple[str, str]]:
    """Names beside the same with another number, another word, a word more or a word less."""
    chance = random.Random(17)
    for title in TITLES:
        words = title.split()
        if digit := re.search(r"\d", title):
            other = chance.choice([figure for figure in "123456789" if figure != digit[0]])
            yield title, title[: digit.start()] + other + title[digit.end() :]
            yield title, title[: digit.end()] + "7" + title[digit.end() :]
        if len(words) > 1:
            at = chance.choice([at for at, word in enumerate(words) if word.isalnum()] or [0])
            yield title, " ".join([*words[:at], chance.choice(("Madrid", "Backup", "Partner")), *words[at + 1 :]])
            yield title, " ".join(words[:at] + words[at + 1 :])
        yield title, title + chance.choice((" II", " 2", " (EU)", " B"))


def test_five_hundred_near_misses_pass() -> None:
    pairs = random.Random(5).sample([pair for pair in near_misses() if pair[0] != pair[1]], 500)
    assert [pair for pair in pairs if alike(*pair)] == []


def test_plain_text_needs_no_table_and_gets_the_same_skeleton() -> None:
    everything = "".join(map(chr, range(32, 127)))
    assert unicode.skeleton(everything) == everything.translate(unicode.table().twins)


def test_the_table_is_one_version_for_every_python() -> None:
    from validator.model.unicode_table import VERSION

    assert VERSION == "17.0.0"
    assert unicode.skeleton("\u0430\u05c0\u2223\U0001cce3") == "allN"  # the last one is of Unicode 16
    assert unicode.is_unassigned("\u0378")
    assert not unicode.is_unassigned("\u0489")
    assert unicode.is_newer("\U0001e030")  # of Unicode 15: NFKC makes a Cyrillic letter of it, where it is known
    assert not unicode.is_newer("\u0430")
    assert not unicode.is_newer("\U0001fae8")  # a picture, of Unicode 15
    assert not unicode.is_newer("\u0378")  # no character in any version
    assert unicode.is_allowed("\u00e9")
    assert not unicode.is_allowed("\u0489")


def test_every_character_that_names_may_hold_is_the_same_to_every_python() -> None:
    """A newer Python knows no other compatibility form, case or kind of these; tests run with each of them."""
    digest = hashlib.sha256()
    for code in range(0x300, 0x32400):
        character = chr(code)
        if any(unfit(character)) or 0xD800 <= code < 0xE000 or code in range(0x1F000, 0x1FB00):
            continue
        forms = (unicodedata.normalize("NFKC", character), unicodedata.normalize("NFD", character))
        kind = unicodedata.category(character), unicodedata.name(character, "").partition(" ")[0]
        digest.update(repr((code, forms, character.casefold(), kind)).encode())
    assert digest.hexdigest() == EVERY_PYTHON


def test_no_title_has_unusual_letters() -> None:
    assert [title for title in TITLES if unusual(title)] == []


@pytest.mark.parametrize(
    ("name", "strange"),
    [
        ("Outreach AI", []),
        ("Équipe Отдел 日本語 हिन्दी العربية", []),
        ("Batch \ua781 \U0001f680", ["\ua781"]),
        ("\u16a8gent", ["\u16a8"]),
        ("Out\u034freach\u180b", []),  # REG108 refuses them
        ("\ufb01ne ª ①", []),  # NFKC makes ordinary letters of them
    ],
)
def test_unusual_letters(name: str, strange: list[str]) -> None:
    assert unusual(name) == strange
