"""Bytes: a registry file is UTF-8 without byte order mark, its lines end with LF, and it is short."""

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.world import claim, path


def written(content: bytes) -> Build:
    return change({path(6): content})


def saying(role: str) -> Build:
    """A good claim with this in its role, as it stands in the file."""
    return change({path(6): claim(6, role=role)})


TEXT = claim(6).decode()
FULL = claim(6) + b"#" * (16 * 1024 - len(claim(6)) - 1) + b"\n"

CASES = (
    refused("byte order mark", written(b"\xef\xbb\xbf" + claim(6)), "REG001"),
    refused("byte order mark within", saying("Channel\ufeff AI"), "REG001"),
    refused("UTF-16", written(TEXT.encode("utf-16")), "REG001"),
    refused("Latin-1", written(claim(6, role="Caf\xe9 AI").decode().encode("latin-1")), "REG001"),
    refused("a surrogate", written(claim(6) + b"# \xed\xa0\x80\n"), "REG001"),
    refused("NUL", written(claim(6) + b"\0"), "REG001"),
    refused("CRLF", written(claim(6).replace(b"\n", b"\r\n")), "REG001"),
    refused("CR", written(claim(6).replace(b"\n", b"\r")), "REG001 REG002", says="carriage return"),
    refused("one CR, which a terminal takes for the start of a line", saying('"Channel AI 6\rAdmin"'), "REG001"),
    refused("NEL", saying('"Channel\x85AI 6"'), "REG001"),
    refused("line separator", saying('"Channel\u2028AI 6"'), "REG001"),
    refused("tab", saying('"Channel\tAI 6"'), "REG001"),
    refused("terminal escape", saying('"Channel\x1b[31mAI 6"'), "REG001"),
    refused("C1 control", saying('"Channel\x9b31mAI 6"'), "REG001"),
    refused("no character", saying('"Channel\ufffeAI 6"'), "REG001 REG108"),
    refused("escaped NUL", saying('"Channel\\0AI 6"'), "REG001"),
    refused("escaped terminal escape", saying('"Channel\\e[31mAI 6"'), "REG001"),
    refused("escaped NEL", saying('"Channel\\NAI 6"'), "REG001"),
    refused("escaped surrogate", saying('"Channel\\uD800AI 6"'), "REG001"),
    refused("escaped line feed", saying('"Channel\\nAI 6"'), "REG006"),
    refused("escape beyond Unicode", saying('"Channel\\UFFFFFFFFAI 6"'), "REG002"),
    accepted("16 KiB", written(FULL)),
    refused("16 KiB and a byte", written(FULL + b"#"), "REG001", says="16,384"),
    refused("20,000 brackets", written(b"[" * 20_000), "REG001"),
    refused("5 MB", written(b"number: 6\n" * 500_000), "REG001", says="5,000,000"),
)
