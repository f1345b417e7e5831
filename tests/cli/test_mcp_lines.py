"""What `registry mcp` reads: a message that is too long is refused by its id, and not kept."""

import asyncio
import io

import pytest

LONG = b"x" * 600_000


@pytest.mark.parametrize(
    ("message", "id"),
    [
        (b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"x":"' + LONG + b'"}}', 7),
        (b' { "id" : "seven" , "params" : {"id": 8, "x": "' + LONG + b'"}}', "seven"),
        (b'{"method":"tools/call","params":{"id":8,"x":"' + LONG + b'"},"jsonrpc":"2.0","id":7}', 7),
        (b'{"method":"x","params":"' + LONG + b'", "id": "seven", "jsonrpc": "2.0" }\r', "seven"),
        (b'{"method":"x","params":{"id":8,"x":"' + LONG + b'"}}', None),
        (b'{"method":"x","params":{"x":"' + LONG + b'","id":8}}', None),
        (b'{"method":"x","id":null,"x":"' + LONG + b'"}', None),
        (b'{"id":1764000000000000001,"x":"' + LONG + b'"}', None),
        (b'{"id":1.5,"x":"' + LONG + b'"}', None),
        (b'{"x":"' + LONG + b'","id":1e3}', None),
        (LONG + b'{"id":7', None),
        (LONG, None),
    ],
    ids=[
        "first",
        "first-text",
        "last",
        "last-text",
        "inner",
        "inner-last",
        "null",
        "long-number",
        "fraction",
        "exponent",
        "not-closed",
        "no-json",
    ],
)
def test_a_message_that_is_too_long_is_refused_by_its_id(message: bytes, id: str | int | None) -> None:
    assert _read(b'{"id":1}\n' + message + b"\n" + b'{"id":2}') == (['{"id":1}\n', '{"id":2}'], [id])


def test_a_message_of_the_longest_length_is_read() -> None:
    from validator.cli.mcp_lines import MOST

    assert _read(b"x" * (MOST - 1) + b"\n") == (["x" * (MOST - 1) + "\n"], [])
    assert _read(b"x" * MOST + b"\n") == ([], [None])


def test_what_is_not_utf8_is_no_error() -> None:
    assert _read(b"\xff\n") == (["\ufffd\n"], [])


def _read(content: bytes) -> tuple[list[str], list[str | int | None]]:
    """The lines that are read, and the ids of those that are refused."""
    from validator.cli.mcp_lines import Lines

    refused = list[str | int | None]()

    async def run() -> list[str]:
        lines = Lines(io.BytesIO(content))

        async def refuse(request: str | int | None) -> None:
            refused.append(request)

        lines.refuse = refuse
        return [line async for line in lines]

    return asyncio.run(run()), refused
