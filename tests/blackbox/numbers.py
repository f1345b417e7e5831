"""The number, in every way in which YAML can write one."""

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.world import claim, path


def numbered(text: str, number: int = 6) -> Build:
    """A claim of number 6 (or another) that says `number: <text>`."""
    return change({path(number): claim(number).replace(f"number: {number}\n".encode(), f"number: {text}\n".encode())})


CASES = (
    accepted("a comment beside it", numbered("6 # the last of the outreach team")),
    refused("another number", numbered("7"), "REG101"),
    refused("the number of somebody else", numbered("2"), "REG101"),
    refused("leading zero", numbered("06"), "REG003"),
    refused("octal to YAML 1.1, decimal to 1.2", numbered("010", 10), "REG003"),
    refused("hexadecimal", numbered("0x6"), "REG003"),
    refused("with a sign", numbered("+6"), "REG003"),
    refused("underscored", numbered("1_0", 10), "REG003"),
    refused("a float that is whole", numbered("6.0"), "REG003"),
    refused("exponent", numbered("6e0"), "REG003"),
    refused("sexagesimal", numbered("1:06"), "REG003"),
    refused("a date", numbered("2026-01-06"), "REG003"),
    refused("not a number", numbered(".nan"), "REG003"),
    refused("yes", numbered("yes"), "REG003"),
    refused("fraction", numbered("6.5"), "REG006"),
    refused("text", numbered('"6"'), "REG006"),
    refused("fullwidth", numbered("\uff16"), "REG006"),
    refused("nothing", numbered(""), "REG006"),
    refused("a mapping", numbered("{6: 6}"), "REG003 REG006"),
    refused("zero", numbered("0"), "REG101"),
    refused("beyond what JSON carries", numbered("9007199254740993"), "REG003"),
    refused("15,000 digits", numbered("9" * 15_000), "REG003"),
    refused("tagged", numbered("!!int 6"), "REG003"),
    refused("twice", change({path(6): b"number: 7\n" + claim(6)}), "REG003"),
    refused("missing", change({path(6): claim(6).replace(b"number: 6\n", b"")}), "REG006"),
)
