"""The messages that `registry mcp` reads, a line each: one that is too long is refused before it is parsed."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from io import TextIOWrapper
from typing import Any, BinaryIO

from anyio import AsyncFile, to_thread
from mcp.server.mcpserver import MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import INVALID_REQUEST, ErrorData, JSONRPCError

MOST = 1 << 18  # bytes of a message; what it proposes is a file of 16 KiB at most
_ENDS = 200  # bytes of its begin and of its end in which its id is looked for
_ID, _VERSION = rb'"id"\s*:\s*(?:([0-9]{1,15})(?![0-9.eE])|"([^"\\\x00-\x1f]{1,100})")', rb'"jsonrpc"\s*:\s*"2\.0"'
_ID_FIRST = re.compile(rb"\s*\{\s*(?:" + _VERSION + rb"\s*,\s*)?" + _ID)
_ID_LAST = re.compile(_ID + rb"\s*(?:,\s*" + _VERSION + rb"\s*)?\}\s*\Z")

Refuse = Callable[[str | int | None], Awaitable[None]]


class StdioServer(MCPServer[Any]):
    """A server on standard input and output, which holds no more than MOST bytes of a message."""

    async def run_stdio_async(self) -> None:
        """As the SDK's, with its own reader of lines. Raises OSError where there is no standard input."""
        lines = Lines(_stdin())
        async with stdio_server(stdin=lines) as (messages, answers):

            async def refuse(request: str | int | None) -> None:
                fault = ErrorData(code=INVALID_REQUEST, message=f"a message has {MOST:,} bytes at most")
                await answers.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=request, error=fault)))

            lines.refuse = refuse
            await self._lowlevel_server.run(messages, answers, self._lowlevel_server.create_initialization_options())


class Lines(AsyncFile[str]):
    """Lines of bytes as text. `refuse` is called with the id of a message that is too long, or None without one."""

    refuse: Refuse

    def __init__(self, wire: BinaryIO) -> None:
        super().__init__(TextIOWrapper(wire))
        self.wire = wire

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await to_thread.run_sync(self.wire.readline, MOST + 1):
            if len(line) <= MOST:
                yield line.decode("utf-8", "replace")
            else:
                end = await to_thread.run_sync(self._skip, line)
                await self.refuse(request_id(line[:_ENDS], end))

    def _skip(self, line: bytes) -> bytes:
        """Read to the end of a line, and return the last bytes of it."""
        end = line[-_ENDS:]
        while not line.endswith(b"\n") and (line := self.wire.readline(MOST)):
            end = (end + line)[-_ENDS:]
        return end


def request_id(begin: bytes, end: bytes) -> str | int | None:
    """The id of a message by its first and last bytes; None where it is a member of neither the begin nor the end."""
    found = _ID_FIRST.match(begin) or _ID_LAST.search(end)
    if not found:
        return None
    number, text = found.groups()
    return int(number) if number else text.decode("utf-8", "replace")


def _stdin() -> BinaryIO:
    """Standard input by a descriptor of its own: a program that a tool starts reads nothing of it."""
    wire = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return os.fdopen(wire, "rb")
