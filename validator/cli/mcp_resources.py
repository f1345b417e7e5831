"""The resources of `registry mcp`, and its prompt."""

import re
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError

from validator.cli.explain import find, rules_document
from validator.cli.mcp_tools import Tools, answering
from validator.cli.status import StatusDocument, status_at
from validator.hosts.agents.tool_calls import in_calls
from validator.model.escape import json_text
from validator.report.documents import as_json
from validator.rules import RULES

JSON = "application/json"
PROMPT = """\
Register this session in the fleet's registry.

1. Call `status`: it has the free numbers (state "open") and the role that is planned for each.
2. Choose a name that stays the same after a restart: lower-case words joined by -. If you were given one, take that.
3. Call `claim` with the number, the name and a goal: a sentence with numbers. Role and goal are what your human has
   given you, else a part of the fleet's mission that no other session promises. The answer shows the targets that are
   read from the goal; if they are right, make the call that it names.
4. If another session was first, claim a number that is still free. If the gate rejects it, do what the findings' help
   says.
5. A human approves. Call `whoami` later, and do what its `next_action` says.
"""


def add_resources(made: MCPServer[Any], tools: Tools) -> None:
    """Add the resources and the prompt to a server."""

    def status() -> str:
        """How far the fleet is, as last fetched."""
        return json_text(in_calls(_status(tools).model_dump(mode="json")))

    def session(number: str) -> str:
        """A number of the fleet: its state, session, role and goal."""
        slots = {str(slot.number): slot for slot in _status(tools).slots}
        if number not in slots:
            raise ResourceNotFoundError("there is no such number")
        return slots[number].model_dump_json()

    def rule(code: str) -> str:
        """A rule in full, by its code."""
        if not re.fullmatch(r"REG[0-9]{3}", code, re.ASCII) or code not in {each.CODE for each in RULES}:
            raise ResourceNotFoundError("there is no such rule")
        return as_json(rules_document((find(code),)))

    def claim() -> str:
        """How to register in this fleet."""
        return PROMPT

    made.resource("registry://status", mime_type=JSON)(status)
    made.resource("registry://sessions/{number}", mime_type=JSON)(session)
    made.resource("registry://rules/{code}", mime_type=JSON)(rule)
    made.prompt("claim")(claim)


def _status(tools: Tools) -> StatusDocument:
    try:
        with answering():
            return status_at(tools.repo, None, now=tools.console.now)
    except ToolError as error:
        raise ResourceError(str(error)) from error
