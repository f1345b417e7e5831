"""A stand-in of the responses API, on loopback: it waits for a server's tools, calls one of them, and ends."""

import json

from tests.hosts.agents.loopback import Body, Handler, StandIn, event

WAITS = 60  # requests at most until the tools are there


class Responses(StandIn):
    """A model that calls `tool` of the MCP server `server` with no arguments."""

    def __init__(self, server: str, tool: str) -> None:
        super().__init__(_Handler, server_name=server, tool=tool)


class _Handler(Handler):
    empty = b'{"models": [], "data": []}'
    server_name: str
    tool: str

    def reply(self, body: Body) -> None:
        self.kept.append(body)
        response = {"id": "response"}
        used = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        events = (
            event("response.created", {"response": response}),
            event("response.output_item.done", {"item": self._next(body)}),
            event("response.completed", {"response": {**response, "usage": used}}),
        )
        self.answer("".join(events).encode(), "text/event-stream")

    def _next(self, body: Body) -> Body:
        """The next item of the model: a call, or the last word."""
        call: Body = {"type": "function_call", "id": f"item-{len(self.kept)}"}
        if any(item.get("call_id") == "tool" for item in body["input"]) or len(self.kept) > WAITS:
            text = {"type": "output_text", "text": "Done."}
            return {"type": "message", "role": "assistant", "id": "last", "content": [text]}
        if any(tool.get("name") == self.server_name for tool in body["tools"]):
            return {**call, "call_id": "tool", "namespace": self.server_name, "name": self.tool, "arguments": "{}"}
        wait = json.dumps({"cmd": "sleep 0.5"})
        return {**call, "call_id": f"wait-{len(self.kept)}", "name": "exec_command", "arguments": wait}
