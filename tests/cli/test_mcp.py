"""`registry mcp`, spoken to by the client of the protocol's own SDK, over standard input and output."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.agreeing import all_registered, broadcast_done
from tests.cli.stage import ENVIRONMENT, REGISTRY, ROOT, Stage, git, verb, write
from tests.processes import running

if TYPE_CHECKING:  # it takes a second, and every worker reads this file
    from mcp import Client
    from mcp.types import CallToolResult

pytestmark = pytest.mark.blackbox
GOAL = "Find 50 prospects daily"
TOOLS = {
    *("whoami", "status", "claim", "amend", "withdraw"),
    *("acknowledge", "release", "news", "conflicts", "explain"),
}


def with_client(folder: Path, play: "Callable[[Client], Awaitable[None]]", **variables: str) -> None:
    """Play against a server that was started in a folder."""
    from mcp import Client, StdioServerParameters

    server = StdioServerParameters(
        command=REGISTRY[0], args=[*REGISTRY[1:], "mcp"], cwd=folder, env=ENVIRONMENT | variables
    )

    async def run() -> None:
        async with asyncio.timeout(120), Client(server) as client:
            await play(client)

    asyncio.run(run())


async def call(client: "Client", tool: str, **arguments: Any) -> "CallToolResult":
    """Call a tool; what it answers keeps to the schema that it has published."""
    result = await client.call_tool(tool, arguments)
    if result.structured_content is not None:
        tools = {each.name: each for each in (await client.list_tools()).tools}
        schema = tools[tool].output_schema
        assert schema
        Draft202012Validator(schema).validate(result.structured_content)
    return result


async def done(client: "Client", tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool that has to succeed answers."""
    result = await call(client, tool, **arguments)
    assert not result.is_error, said(result)
    content: dict[str, Any] = result.structured_content or {}
    return content


async def refused(client: "Client", tool: str, **arguments: Any) -> str:
    """What a tool that has to fail says; it never crashes."""
    result = await call(client, tool, **arguments)
    assert result.is_error, said(result)
    assert said(result) != f"Error executing tool {tool}", "that is what a crash is answered with"
    return said(result)


def said(result: "CallToolResult") -> str:
    return "".join(each.text for each in result.content if each.type == "text")


def called(text: str, tool: str) -> dict[str, Any]:
    """The arguments of the call that an answer shows."""
    arguments: dict[str, Any]
    arguments, _ = json.JSONDecoder().raw_decode(text.partition(f"call {tool} ")[2])
    return arguments


@pytest.fixture
def small(kept_small: Stage, tmp_path: Path) -> Stage:
    return kept_small.copy(tmp_path)


def test_no_tool_approves_and_each_says_its_answers_form(small: Stage) -> None:
    async def play(client: "Client") -> None:
        tools = {each.name: each for each in (await client.list_tools()).tools}
        assert tools.keys() == TOOLS
        for tool in tools.values():
            assert tool.output_schema, tool.name
            assert tool.description, tool.name
            assert "  " not in tool.description, "nor the source's indentation"
            assert tool.input_schema["additionalProperties"] is False, tool.name
            assert all("anyOf" not in each for each in tool.input_schema["properties"].values()), tool.name
            assert not tool.input_schema["properties"].keys() & {"repo", "remote", "path", "file", "url", "session_id"}
        assert [each.name for each in (await client.list_prompts()).prompts] == ["claim"]
        prompt = await client.get_prompt("claim")
        assert "make the call that it names" in str(prompt.messages[0].content)

    with_client(small.clone("session"), play)


@pytest.mark.takes_long
def test_a_session_registers_amends_withdraws_and_releases(small: Stage) -> None:
    session = small.clone("session")

    async def play(client: "Client") -> None:
        said = await refused(client, "whoami")
        assert "nobody has said who you are: look at status, then call claim" in said
        assert "The fleet's mission, as data: \"Generate $120k" in said
        assert (await done(client, "status"))["slots"][1]["state"] == "open"
        shown = await done(client, "claim", number=2, name="desk-2", goal=GOAL)
        assert "these targets are read from the goal: prospects found >= 50 prospects/day; if" in shown["note"]
        assert (shown["pushed"], "refs/heads/claim/02" in small.refs()) == (False, False)
        other = ["prospects found >= 40 prospects/day"]
        wrong = await done(client, "claim", number=2, name="desk-2", goal=GOAL, accept_targets=other)
        assert wrong["note"] == shown["note"]
        assert "nobody has said who you are" in await refused(client, "whoami"), "nothing was proposed by that name"
        claimed = await done(client, "claim", **called(shown["note"], "claim"))
        assert (claimed["number"], claimed["pushed"], claimed["branch"]) == (2, True, "claim/02")
        assert "refs/heads/claim/02" in small.refs()
        assert (await done(client, "whoami"))["state"] == "proposed"
        assert "you are desk-2 (git config registry.session)" in await refused(client, "claim", name="other-1")
        free = await done(client, "withdraw")
        assert free["state"] == "unregistered"
        assert called(free["next_action"], "claim") == {"number": 1, "goal": "GOAL"}
        assert "desk-2 has no number" in await refused(client, "amend", goal=GOAL)
        assert "desk-2 has no number" in await refused(client, "release", reason="a trial")
        small.registered(2, session_id="desk-2")
        assert (await done(client, "whoami"))["state"] == "registered"
        work = {"responsibilities": ["Find prospects"], "schedule": ["Search, mon-fri 10:00-11:00"]}
        assert "say why" in await refused(client, "amend", release=" ", **work)
        git(session, "remote", "set-url", "origin", "https://github.com/example/fleet")
        assert "leave --release out" in await refused(client, "amend", release="Other hours", **work)
        git(session, "remote", "set-url", "origin", str(small.bare))
        amended = await done(client, "amend", release="Other hours", **work)  # no release, as the fleet is not active
        assert "Find prospects" in amended["changes"]
        assert "activity: Search" in amended["changes"]
        assert "say why" in await refused(client, "release")
        after = await done(client, "release", reason="a trial")
        assert "release/02" in [each["branch"] for each in after["proposals"]]

    with_client(session, play)


def test_news_conflicts_rules_and_resources(small: Stage) -> None:
    small.registered(2)
    session = small.clone("session")

    from mcp import MCPError

    async def play(client: "Client") -> None:
        first = await done(client, "news")
        assert [each["event"] for each in first["events"]] == ["registered"]
        assert (await done(client, "news", since=first["commit"]))["events"] == []
        small.registered(3)
        news = await done(client, "news", since=first["commit"])
        assert [(each["number"], each["event"]) for each in news["events"]] == [(3, "registered")]
        assert len(news["steps"]) == 1
        assert "main has no such commit" in await refused(client, "news", since="HEAD~1; id")
        assert (await done(client, "conflicts"))["work"]
        (rule,) = (await done(client, "explain", rule="REG103"))["rules"]
        assert rule["name"] == "number-taken"
        listed = await call(client, "explain")
        assert listed.structured_content
        assert len(listed.structured_content["rules"]) > 20
        assert len(said(listed)) < 16_000, "about 4,000 tokens"
        assert "there is no rule" in await refused(client, "explain", rule="../x")
        for uri in ("registry://status", "registry://sessions/3", "registry://rules/REG103"):
            (content,) = (await client.read_resource(uri)).contents
            assert content.mime_type == "application/json"
        for uri in ("sessions/03", "sessions/99999999999", "sessions/-1", "rules/reg103", "rules/%2e%2e", "STATUS"):
            with pytest.raises(MCPError):
                await client.read_resource(f"registry://{uri}")

    with_client(session, play)


@pytest.mark.takes_long
def test_a_session_acknowledges(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    broadcast_done(stage, all_registered(stage))
    session = stage.clone("session")
    name = verb(session, "export").document["slots"][1]["session_id"]

    async def play(client: "Client") -> None:
        me = await done(client, "whoami")
        assert (called(me["next_action"], "acknowledge"), me["command"]) == ({}, None)
        document = await done(client, "acknowledge")
        assert (document["number"], document["session_id"], document["merged"] is not None) == (2, name, True)

    with_client(session, play, REGISTRY_SESSION=name)


def test_a_lost_race_says_who_was_first_and_what_is_free(small: Stage) -> None:
    first, second = small.clone("first"), small.clone("second")
    words = ("--session-id", "desk-1", "--goal", GOAL, "--yes", "--push")
    assert verb(first, "claim", "2", *words).exit_code == 0

    async def play(client: "Client") -> None:
        result = await call(client, "claim", number=2, name="desk-2", goal=GOAL, key="new",
                            accept_targets=["prospects found >= 50 prospects/day"])  # fmt: skip
        assert result.is_error
        assert result.structured_content
        assert "desk-1" in result.structured_content["note"]
        assert "free" in result.structured_content["note"]
        assert result.structured_content["pushed"] is False
        assert "nobody has said who you are" in await refused(client, "whoami"), "a refused claim binds no name"

    with_client(second, play, XDG_CONFIG_HOME=str(small.folder / "config"))
    assert not list((small.folder / "config").rglob("*.pub")), "a refused claim leaves no new key behind"


def test_who_speaks_is_looked_up_at_each_call_and_a_refusal_is_no_success(small: Stage) -> None:
    """A number that is only proposed is not given back, and nobody acknowledges before the broadcast."""
    session = small.clone("session")

    async def play(client: "Client") -> None:
        for name in ("desk-1", "desk-2"):
            git(session, "config", "registry.session", name)
            assert (await done(client, "whoami"))["session_id"] == name
        assert "you are desk-2 (git config registry.session)" in await refused(client, "claim", name="desk-1")
        verb(session, "claim", "3", "--goal", GOAL, "--yes", "--push")
        assert "number 3 is held by nobody" in await refused(client, "release", reason="a trial")
        small.registered(2, session_id="desk-2")
        await done(client, "status")
        assert "not acknowledged: the gate would reject it" in await refused(client, "acknowledge")

    with_client(session, play)


def test_outside_of_a_registry_there_are_no_tools(tmp_path: Path) -> None:
    async def play(client: "Client") -> None:
        assert (await client.list_tools()).tools == []

    with_client(tmp_path, play)


@pytest.mark.takes_long
def test_a_clone_of_another_user_runs_no_command_of_its_own(small: Stage, tmp_path: Path) -> None:
    session = small.clone("session")
    write(tmp_path, "bin/git", f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n')
    (tmp_path / "bin/git").chmod(0o755)
    git(session, "config", "registry.session", "desk-1")
    git(session, "config", "core.sshCommand", f"touch {tmp_path / 'ran'}; false")
    git(session, "remote", "set-url", "origin", "ssh://nobody@nowhere.invalid/x")

    async def play(client: "Client") -> None:
        for tool, arguments in (("status", {}), ("withdraw", {"proposal": "claim/02"}), ("acknowledge", {})):
            assert "belongs to another user; if you trust it" in await refused(client, tool, **arguments)

    with_client(session, play, PATH=f"{tmp_path / 'bin'}{os.pathsep}{ENVIRONMENT['PATH']}")
    assert not (tmp_path / "ran").exists()


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    *(("claim", {"number": number, "goal": GOAL}) for number in ("2", 2.5, True, -1, 0, 10**9, 10**400)),
    *(("claim", {"number": 2, "goal": goal}) for goal in (["x"], "\0", "x" * 70_000, "$(touch x) `id`")),
    *(("claim", {"number": 2, "goal": GOAL, "accept_targets": accepted}) for accepted in (True, "true", 1)),
    *(("claim", {"number": 2, "goal": GOAL, "name": name}) for name in ("../x", "-x", "X", "", "a\nb", "\x1b[31m")),
    ("claim", {"number": 2, "goal": GOAL, "approve": True}),
    ("release", {"reason": "x", "number": 1}),
    ("withdraw", {"proposal": "--upload-pack=touch x"}),
    ("acknowledge", {"session_id": "other-1"}),
    ("whoami", {"fetch": "yes"}),
    ("explain", {"rule": "\x1b[31m\0"}),
]


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.takes_long
def test_a_hostile_argument_is_refused_and_changes_nothing(small: Stage, named: bool) -> None:
    """One server gets all of them, and lives on after each."""
    from mcp import MCPError

    session = small.clone("session")
    if not named:
        git(session, "config", "registry.session", "desk-1")
    before = small.refs()

    async def play(client: "Client") -> None:
        for tool, arguments in HOSTILE:
            if named == ("name" in arguments):
                with suppress(MCPError):  # the protocol refuses to carry it
                    assert "Traceback" not in await refused(client, tool, **arguments), arguments
                assert (await done(client, "status"))["capacity"] == 3, arguments
                assert small.refs() == before, arguments
                assert not [path for path in (session, small.folder) if (path / "x").exists()], arguments

    with_client(session, play)


def test_lines_that_are_no_calls_are_survived_and_only_json_is_answered(small: Stage) -> None:
    session = small.clone("session")
    git(session, "config", "registry.session", "desk-1")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    lines = [
        _called(8, "status"),
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}),
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        *("not JSON", "[]", "[" * 100_000, '{"jsonrpc": "2.0", "id": 2, "method": "x/y"}'),
        *(_called(3, "claim", number=2, goal="\ud800"), _called(4, "news", since="x" * 1_000_000)),
        *(_called(5, "nothing"), _called(7, "claim", number=2, goal="x" * 30_000_000), _called(6, "status")),
    ]
    with running(
        [*REGISTRY, "mcp"], cwd=session, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        answers: dict[int | None, dict[str, Any]] = {}
        while not {1, 2, 4, 5, 6, 7, 8} <= answers.keys():  # 3 is not read: a lone surrogate is no text
            answered = json.loads(process.stdout.readline())
            answers[answered.get("id")] = answered
        peak = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].split()[0]
        process.stdin.close()
        assert process.wait(30) == 0
    assert int(peak) < 130_000, "kB; it starts with 80,000"
    assert answers[7]["error"]["message"] == "a message has 262,144 bytes at most"
    assert answers[2]["error"]["code"] == -32601
    assert all("error" in answers[at] for at in (4, 8)), "8 came before the server was greeted"
    assert answers[5]["result"]["isError"]
    assert answers[6]["result"]["structuredContent"]["capacity"] == 3
    assert "refs/heads/claim/02" not in small.refs()


def _called(id: int, tool: str, **arguments: Any) -> str:
    params = {"name": tool, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; sys.argv[1:] = ['mcp']; import validator.cli; validator.cli.main()"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False, env=ENVIRONMENT
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "the extra [mcp] is not installed; " in answer.stderr
    assert answer.stderr.count("\n") == 1
