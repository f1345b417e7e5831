"""A stand-in of the messages API, on loopback: it keeps every request, and does what the last prompt says.

A prompt `run: COMMAND` is answered by a call of the tool Bash for each line, `task: PROMPT` by a subagent with that
prompt, `call: NAME ARGUMENTS` by a call of the tool whose name ends so; when the results are there, or for any other
prompt, by a word.
"""

import json
import uuid
from collections.abc import Iterator

from tests.hosts.agents.loopback import Body as Block
from tests.hosts.agents.loopback import Handler, StandIn, event


class Messages(StandIn):
    """The stand-in; its requests are those of the messages API."""

    def __init__(self) -> None:
        super().__init__(_Handler)


def texts(request: Block) -> Iterator[str]:
    """What stands in the messages of a request: prompts, what hooks added to them, results of tools."""
    for message in request["messages"]:
        yield from _texts(message["content"])


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for block in content if isinstance(content, list) else ():
        yield block["text"] if block["type"] == "text" else ""
        if block["type"] == "tool_result":
            yield from _texts(block["content"])


class _Handler(Handler):
    def reply(self, body: Block) -> None:
        if not self.path.startswith("/v1/messages") or "count_tokens" in self.path:
            self.answer(b'{"input_tokens": 1}')
            return
        self.kept.append(body)
        block = _reply(body)
        message = {
            "id": f"msg_{uuid.uuid4().hex}", "type": "message", "role": "assistant", "model": body["model"],
            "content": [block],
            "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn", "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }  # fmt: skip
        if body.get("stream"):
            self.answer("".join(_events(message, block)).encode(), "text/event-stream")
        else:
            self.answer(json.dumps(message).encode())


def _events(message: Block, block: Block) -> Iterator[str]:
    """The reply as server-sent events."""
    empty = {**block, "input": {}} if block["type"] == "tool_use" else {**block, "text": ""}
    delta = (
        {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        if block["type"] == "tool_use"
        else {"type": "text_delta", "text": block["text"]}
    )
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    for kind, fields in (
        ("message_start", {"message": {**message, "content": [], "stop_reason": None}}),
        ("content_block_start", {"index": 0, "content_block": empty}),
        ("content_block_delta", {"index": 0, "delta": delta}),
        ("content_block_stop", {"index": 0}),
        ("message_delta", {"delta": end, "usage": {"output_tokens": 1}}),
        ("message_stop", {}),
    ):
        yield event(kind, fields)


def _reply(body: Block) -> Block:
    """The next call of a tool that the last prompt asks for, or a word."""
    commands, done = list[tuple[str, str]](), 0
    for message in body["messages"] if body.get("tools") else ():
        content = message["content"]
        done += sum(block["type"] == "tool_result" for block in content) if isinstance(content, list) else 0
        for text in _texts(content) if message["role"] == "user" else ():
            kind, colon, rest = text.partition(": ")
            if colon and kind in ("run", "task", "call"):
                commands, done = [(kind, line) for line in rest.splitlines() if line], 0
    if done >= len(commands):
        return {"type": "text", "text": "Done."}
    kind, line = commands[done]
    names = {tool["name"] for tool in body["tools"]}
    given: Block
    if kind == "run":
        name, given = "Bash", {"command": line, "description": "a command"}
    elif kind == "call":
        end, _, arguments = line.partition(" ")
        name, given = next((each for each in sorted(names) if each.endswith(end)), end), json.loads(arguments)
    else:
        name = "Task" if "Task" in names else "Agent"
        given = {"prompt": line, "description": "a task", "subagent_type": "general-purpose"}
    return {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex}", "name": name, "input": given}
