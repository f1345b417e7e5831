"""Roles that look the same are the same."""

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.world import claim, path

ROLE = "Channel AI 4 - Keep channel 4"  # that of number 4


def role(text: str) -> Build:
    return change({path(6): claim(6, role=f'"{text}"')})


CASES = (
    refused("the same", role(ROLE), "REG105", says="number 4, session-4 since 2026-01-05"),
    refused("in capitals", role(ROLE.upper()), "REG105"),
    refused("with more room", role(ROLE.replace(" ", "   ")), "REG105"),
    refused("without room", role(ROLE.replace(" ", "")), "REG105"),
    refused("with room that does not break", role(ROLE.replace(" ", "\xa0")), "REG105"),
    refused("with an Ogham space", role(ROLE.replace(" ", "\u1680")), "REG105"),
    refused("with a Braille blank", role(ROLE.replace(" ", "\u2800")), "REG105 REG108"),
    refused("with other dashes", role(ROLE.replace("-", "\u2014")), "REG105"),
    refused("without the dash", role(ROLE.replace(" - ", " ")), "REG105"),
    refused("with an exclamation mark", role(ROLE + "!"), "REG105"),
    refused("with a bullet", role("\u2022 " + ROLE), "REG105"),
    refused("with stars", role(f"**{ROLE}**"), "REG105"),
    refused("with a middle dot", role(ROLE.replace(" - ", " \xb7 ")), "REG105"),
    refused("fullwidth", role("".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in ROLE)), "REG105"),
    refused("mathematical bold", role(ROLE.replace("Keep", "\U0001d40a\U0001d41e\U0001d41e\U0001d429")), "REG105"),
    refused("small capitals of another kind", role(ROLE.replace("K", "\u212a")), "REG105 REG108"),
    refused("one Cyrillic letter", role(ROLE.replace("K", "\u041a", 1)), "REG105 REG108", says="U+041A"),
    refused("a Cyrillic word", role("Channel \u0410I 4 - Keep channel 4"), "REG105 REG108"),
    refused("a Greek letter", role(ROLE.replace("K", "\u039a", 1)), "REG105 REG108"),
    refused("a zero-width space", role(ROLE.replace("Keep", "Ke\u200bep")), "REG105 REG108"),
    refused("a soft hyphen", role(ROLE.replace("Keep", "Ke\xadep")), "REG105 REG108"),
    refused("a grapheme joiner", role(ROLE.replace("Keep", "Ke\u034fep")), "REG105 REG108"),
    refused("an annotation anchor", role(ROLE.replace("Keep", "Ke\ufff9ep")), "REG105 REG108"),
    refused("a shorthand overlap", role(ROLE.replace("Keep", "Ke\U0001bca0ep")), "REG105 REG108"),
    accepted("another role", role("Channel AI 6 - Keep channel 6")),
)
