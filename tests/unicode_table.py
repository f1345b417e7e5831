"""Write validator/model/unicode_table.py from files that Unicode publishes: python -m tests.unicode_table FOLDER.

The folder holds, all of one version, confusables.txt and IdentifierStatus.txt (unicode.org/Public/security/VERSION)
and DerivedGeneralCategory.txt (unicode.org/Public/VERSION/ucd/extracted). Run it with the oldest Python that is
supported: which characters that one does not know yet is a line of the table.
"""

import base64
import re
import sys
import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from tests.repository import ROOT

TARGET = ROOT / "validator" / "model" / "unicode_table.py"
FILES = ("confusables.txt", "IdentifierStatus.txt", "DerivedGeneralCategory.txt")
WIDTH = 112
PICTURES = range(0x1F000, 0x1FB00)
HEADER = '''"""What Unicode says of names (UTS #39), written by python -m tests.unicode_table.

DATA, unpacked, is five lines: characters; what each of them looks like; and, as first character and first one
beyond, the ranges that names may use, those without a character, and those that are newer than OLDEST. All but the
second are distances from one code point to the next, each as the character with that number and 32 more.
"""

VERSION = "{version}"
OLDEST = "{oldest}"  # what the oldest supported Python knows
DATA = """
{data}
"""
'''


def rows(folder: Path, name: str) -> Iterator[list[str]]:
    """The fields of each line, without comments."""
    for line in folder.joinpath(name).read_text("utf-8-sig").splitlines():
        if fields := line.partition("#")[0].strip():
            yield [field.strip() for field in fields.split(";")]


def bounds(folder: Path, name: str, value: str) -> str:
    """Where a range of this value begins and where it is over, in turn, as characters; neighbours are one range."""
    found: set[int] = set()
    for characters, is_ in (fields[:2] for fields in rows(folder, name)):
        if is_ == value:
            first, _, last = characters.partition("..")
            found ^= {int(first, 16)}
            found ^= {int(last or first, 16) + 1}
    return "".join(chr(bound) for bound in sorted(found) if bound <= sys.maxunicode)


def newer(unassigned: str) -> str:
    """The bounds of what this Python does not know, pictures aside: these are the same for every Python."""
    without = [ord(bound) for bound in unassigned]
    news = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) == "Cn" and code not in PICTURES and bisect_right(without, code) % 2 == 0
    ]
    ends = set(news) ^ {code + 1 for code in news}
    return "".join(chr(end) for end in sorted(ends))


def table(folder: Path) -> str:
    """The module's text."""
    texts = (folder.joinpath(name).read_text("utf-8") for name in FILES)
    (version,) = {re.findall(r"\d+\.\d+\.\d+", text)[0] for text in texts}
    twins = sorted((chr(int(source, 16)), _text(parts)) for source, parts, *_ in rows(folder, FILES[0]))
    unassigned = bounds(folder, FILES[2], "Cn")
    lines = (
        distances("".join(source for source, _ in twins)),
        "\0".join(parts for _, parts in twins),
        *map(distances, (bounds(folder, FILES[1], "Allowed"), unassigned, newer(unassigned))),
    )
    return module(lines, version, unicodedata.unidata_version)


def distances(characters: str) -> str:
    """Ascending characters as the distance of each from the one before; it takes half the space when it is packed."""
    codes = [0, *map(ord, characters)]
    return "".join(chr(after - before + 32) for before, after in pairwise(codes))


def module(lines: Iterable[str], version: str, oldest: str) -> str:
    """The module with these lines packed."""
    packed = base64.b64encode(zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass"), 9)).decode()
    data = "\n".join(packed[start : start + WIDTH] for start in range(0, len(packed), WIDTH))
    return HEADER.format(version=version, oldest=oldest, data=data)


def _text(parts: str) -> str:
    return "".join(chr(int(part, 16)) for part in parts.split())


if __name__ == "__main__":
    TARGET.write_text(table(Path(sys.argv[1])), encoding="utf-8")
