"""The plugin in the real Codex, against a stand-in of the responses API on loopback; a part of `make client-check`."""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.cli.stage import ENVIRONMENT, Stage, git
from tests.hosts.agents.parts import run_part
from tests.hosts.agents.responses import Responses
from tests.repository import ROOT

CODEX = ROOT / ".ci/codex/node_modules/.bin/codex"
ME, GOAL = "marketing-outreach-1", "Send 17 perfectly personalized emails daily, 95%+ delivery rate"


def codex() -> None:
    """Codex takes the plugin; its session has number, goal and next command, and calls a tool of the MCP server."""
    with tempfile.TemporaryDirectory(prefix="codex's ") as folder, Responses("mcp__session_registry", "whoami") as api:
        home = Path(folder, "home")
        (home / ".codex").mkdir(parents=True)
        Path(folder, "stage").mkdir()
        stage = Stage(Path(folder, "stage"))
        stage.registered(4)
        clone = stage.clone("session")
        git(clone, "config", "registry.session", ME)
        run(home, clone, "plugin", "marketplace", "add", str(ROOT))
        run(home, clone, "plugin", "add", "session-registry@session-registry")
        (server,) = json.loads(run(home, clone, "mcp", "list", "--json"))
        assert server["name"] == "session-registry", server
        provider = f'{{name="stand-in", base_url="{api.url}/v1", env_key="MADE_UP", wire_api="responses"}}'
        settings = ('model_provider="stand-in"', f"model_providers.stand-in={provider}", 'model="made-up"')
        run(home, clone, "exec", "--dangerously-bypass-hook-trust", "--dangerously-bypass-approvals-and-sandbox",
            *(word for each in settings for word in ("-c", each)), "hello")  # fmt: skip
        heard = json.dumps(api.requests[0], ensure_ascii=False)
        for text in (f"Session registry: you are {ME}, number 4 (registered).", GOAL, "next: "):
            assert text in heard, heard
        answer = [item["output"] for item in api.requests[-1]["input"] if item["type"] == "function_call_output"][-1]
        assert f'"session_id":"{ME}"' in str(answer).replace("\\", "").replace('": ', '":'), answer


def run(home: Path, folder: Path, *words: str) -> str:
    """A command of Codex, which has to succeed."""
    environment = {**ENVIRONMENT, "HOME": str(home), "MADE_UP": "made-up", "REGISTRY_HOOK_LIMIT": "60"}
    environment.pop("CODEX_HOME", None)
    done = subprocess.run(
        [CODEX, *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"codex {words}: {done.stdout}{done.stderr}"
    return done.stdout


if __name__ == "__main__":
    run_part(codex)
