"""`make client-check`: the plugin in the real Claude Code, against a stand-in of the messages API on loopback.

The client validates, installs and runs the plugin as it does for its users; only the model is a stand-in, which runs
the commands that the prompt names. What a session hears is read from the client's own requests. Codex (codex.py) and
the inspector (inspector.py) run beside it.

It needs programs from npm in `.ci`, so it is no part of the suite.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.cli.stage import ENVIRONMENT, Stage, git
from tests.hosts.agents.messages import Messages, texts
from tests.hosts.agents.parts import run_part
from tests.repository import ROOT

PLUGIN = ROOT / "plugins/session-registry"
MCP = "mcp__plugin_session-registry_session-registry"  # how the client calls the plugin's server
ME, ROLE = "marketing-outreach-1", "Outreach AI - Personalize and send emails (Morning Batch 1)"
GOAL = "Send 17 perfectly personalized emails daily, 95%+ delivery rate"
WHO = f"Session registry: you are {ME}, number 4 (registered)."
NAME = "echo NAME=$REGISTRY_SESSION ID=$CLAUDE_CODE_SESSION_ID"


def program() -> Path:
    """The client's program for this machine."""
    processor = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = ROOT / f".ci/claude/node_modules/@anthropic-ai/claude-code-{sys.platform}-{processor}/claude"
    assert found.exists(), "there is no client; run: make client-check"
    return found


class Client:
    """Claude Code with a home of its own, in which the plugin is installed."""

    def __init__(self, home: Path, api: Messages) -> None:
        self.home, self.api = home, api
        self.environment = {
            **ENVIRONMENT, "HOME": str(home), "ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": "made-up",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", "REGISTRY_HOOK_LIMIT": "60",
        }  # fmt: skip

    def run(self, folder: Path, *words: str) -> str:
        """A command of the client, which has to succeed."""
        done = subprocess.run(
            [program(), *words], cwd=folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"claude {words}: {done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, folder: Path, prompt: str, *words: str) -> str:
        """A session with one prompt; its id."""
        tools = ("--allowedTools", f"Bash,Task,Agent,{MCP}")
        return str(json.loads(self.run(folder, "-p", prompt, "--output-format", "json", *tools, *words))["session_id"])

    @contextmanager
    def session(self, folder: Path) -> "Iterator[Session]":
        """A session that goes on from prompt to prompt."""
        words = ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"]
        with subprocess.Popen(
            [program(), *words, "--allowedTools", f"Bash,Task,Agent,{MCP}"], cwd=folder, env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        ) as process:  # fmt: skip
            assert process.stdin
            assert process.stdout
            try:
                yield Session(process.stdin, process.stdout)
                process.stdin.close()
                assert process.wait(timeout=60) == 0
            finally:
                process.kill()

    def heard(self, since: int = 0) -> str:
        """All that was said in the last request after the first `since` ones."""
        assert len(self.api.requests) > since, "the client has asked nothing"
        return "\n".join(texts(self.api.requests[-1]))


class Session:
    """The two ends of a session's streams."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def say(self, prompt: str) -> str:
        """Give a prompt, and wait until it is answered; the session's id."""
        message = {"type": "user", "message": {"role": "user", "content": prompt}}
        self._stdin.write(json.dumps(message) + "\n")
        self._stdin.flush()
        for line in self._stdout:
            row: Any = json.loads(line)
            if row["type"] == "result":
                return str(row["session_id"])
        raise AssertionError("the session has ended")


def skill_commands(**values: str) -> str:
    """The commands in the skill's own blocks, with the words in capitals filled in."""
    blocks = re.findall(
        r"^ *```sh\n(.*?)^ *```$", (PLUGIN / "skills/register/SKILL.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    for name, value in values.items():
        lines = [re.sub(rf"\b{name}\b", value, line) for line in lines]
    return "run: " + "\n".join(lines)


def a_minute_ago(clone: Path) -> None:
    for file in (clone / ".git/registry/reported").iterdir():
        file.write_text(json.dumps(json.loads(file.read_text()) | {"asked": int(time.time()) - 61}))


def main() -> None:
    """Play the story; a traceback and exit 1 at the first thing that is not as the page says."""
    beside = {
        name: subprocess.Popen([sys.executable, "-m", f"tests.hosts.agents.{name}"], cwd=ROOT)
        for name in ("codex", "inspector")
    }
    try:
        play()
        for name, process in beside.items():
            assert process.wait(timeout=180) == 0, f"{name} has failed"
    finally:
        for process in beside.values():
            process.kill()


def play() -> None:
    """The parts in Claude Code."""
    with tempfile.TemporaryDirectory(prefix="client's ") as folder, Messages() as api:
        home, stage = Path(folder, "home"), Path(folder, "stage")
        home.mkdir()
        stage.mkdir()
        client, server = Client(home, api), Stage(stage)
        server.registered(4)
        for what in (install, known, unknown, news, clear, resume, subagent, mcp, roll_call, no_registry):
            run_part(what, client, server)


def install(client: Client, stage: Stage) -> None:
    """The marketplace and the plugin are valid, and install."""
    for path in (ROOT, PLUGIN):
        assert "Validation passed" in client.run(stage.folder, "plugin", "validate", "--strict", str(path))
    client.run(stage.folder, "plugin", "marketplace", "add", str(ROOT))
    client.run(stage.folder, "plugin", "install", "session-registry@session-registry")


def known(client: Client, stage: Stage) -> None:
    """The first request of a session has its number, role, goal and next command."""
    clone = stage.clone("known")
    git(clone, "config", "registry.session", ME)
    client.ask(clone, f"run: {NAME}\nregistry whoami")
    first, last = "\n".join(texts(client.api.requests[0])), client.heard()
    for text in (WHO, f'role: "{ROLE}"', f'goal: "{GOAL}"', "next: "):
        assert text in first, first
    assert f"NAME={ME} ID=" in last, last
    assert f"name:    {ME} (REGISTRY_SESSION)" in last, last


def unknown(client: Client, stage: Stage) -> None:
    """A session without a number registers by the skill's commands alone."""
    clone, since = stage.clone("unknown"), len(client.api.requests)
    client.ask(clone, skill_commands(NAME="desk-5", NUMBER="5", GOAL="Send 17 emails daily"))
    first = client.api.requests[since]
    assert "you have no name and no number; free: 1-3, 5-12." in "\n".join(texts(first))
    assert "session-registry:register" in json.dumps(first)
    assert "proposed number 5 on branch claim/05; a human has to approve it" in client.heard(), client.heard()
    assert stage.at("claim/05", "registry/sessions/05.yaml")["session_id"] == "desk-5"


def news(client: Client, stage: Stage) -> None:
    """Main moves, and the next prompt hears it once."""
    clone = stage.clone("news")
    with client.session(clone) as session:
        session.say("hello")
        stage.registered(6)
        a_minute_ago(clone)
        session.say("what is new?")
        assert client.heard().count("number 6 is registered by marketing-outreach-3") == 1, client.heard()
        a_minute_ago(clone)
        session.say("and now?")
        assert client.heard().count("number 6 is registered by marketing-outreach-3") == 1, client.heard()


def clear(client: Client, stage: Stage) -> None:
    """After /clear the session is another runtime of the same name."""
    clone = stage.clone("clear")
    with client.session(clone) as session:
        before = session.say(f"run: registry bind {ME}")
        session.say("/clear")
        since = len(client.api.requests)
        after = session.say(f"run: {NAME}\nregistry whoami")
        assert before != after
        assert WHO in "\n".join(texts(client.api.requests[since]))
        assert f"NAME={ME} ID={after}" in client.heard(), client.heard()


def resume(client: Client, stage: Stage) -> None:
    """A resumed session keeps its name; a forked one has none."""
    clone = stage.clone("resume")
    first = client.ask(clone, f"run: registry bind {ME}")
    assert client.ask(clone, f"run: {NAME}", "--resume", first) == first
    assert WHO in client.heard()
    assert f"NAME={ME} ID={first}" in client.heard(), client.heard()
    fork = client.ask(clone, f"run: {NAME}\nregistry bind", "--resume", first, "--fork-session")
    assert fork != first
    assert f"NAME= ID={fork}" in client.heard(), client.heard()
    assert "no name; say it once; fill in: registry bind NAME" in client.heard()


def subagent(client: Client, stage: Stage) -> None:
    """A subagent speaks in its session's name."""
    clone, since = stage.clone("subagent"), len(client.api.requests)
    git(clone, "config", "registry.session", ME)
    session = client.ask(clone, f"task: run: {NAME}")
    said = ["\n".join(texts(request)) for request in client.api.requests[since:]]
    assert any(f"NAME={ME} ID={session}" in text for text in said), said


def mcp(client: Client, stage: Stage) -> None:
    """The plugin's server answers in the session's name, with the call of a tool as the next step."""
    clone = stage.clone("mcp")
    with client.session(clone) as session:
        session.say(f"run: registry bind {ME}")
        session.say("call: __whoami {}")
        assert f'"session_id":"{ME}"' in client.heard().replace('": ', '":'), client.heard()
        assert "ask again: call whoami {}" in client.heard(), client.heard()


def roll_call(client: Client, stage: Stage) -> None:
    """What `claude agents --json` lists is joined: a session without a name, and one that has ended."""
    clone = stage.clone("roll")
    environment = client.environment | {"PATH": f"{program().parent}:{client.environment['PATH']}"}
    registry = str(PLUGIN / "bin/registry")
    words = [registry, "roll-call", "--fetch", "--format", "json"]
    with client.session(clone) as session:
        unnamed = session.say("hello")
        ended = {"CLAUDE_CODE_SESSION_ID": "10000000-aaaa-4bbb-8ccc-000000000001"}
        subprocess.run([registry, "bind", ME], cwd=clone, env=environment | ended, check=True, capture_output=True)
        done = subprocess.run(words, cwd=clone, env=environment, capture_output=True, encoding="utf-8", check=False)
    found = json.loads(done.stdout)
    assert found["unnamed"] == [f"Claude Code {unnamed[:8]}"], found
    (mine,) = [one for one in found["sessions"] if one["session_id"] == ME]
    assert mine["presence"] == "absent", mine
    assert mine["runtimes"][0].endswith("not listed by claude agents any more"), mine


def no_registry(client: Client, stage: Stage) -> None:
    """In a repository without a registry nothing is said."""
    git(stage.folder, "init", "--quiet", "other")
    since = len(client.api.requests)
    client.ask(stage.folder / "other", "hello")
    assert "Session registry" not in "\n".join(text for one in client.api.requests[since:] for text in texts(one))
    assert not os.path.lexists(stage.folder / "other/.git/registry")


if __name__ == "__main__":
    main()
