"""`registry mcp` as the inspector's command line sees it, a part of `make client-check`."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage, git
from tests.cli.test_mcp import TOOLS
from tests.hosts.agents.parts import run_part
from tests.repository import ROOT

INSPECTOR = ROOT / ".ci/inspector/node_modules/.bin/mcp-inspector-cli"
ME = "marketing-outreach-1"


def inspector() -> None:
    """The inspector lists the tools, calls one, is refused, reads a resource and gets the prompt."""
    with tempfile.TemporaryDirectory(prefix="inspector's ") as folder:
        stage = Stage(Path(folder))
        stage.registered(4)
        clone = stage.clone("session")
        git(clone, "config", "registry.session", ME)
        assert {each["name"] for each in ask(clone, "tools/list")["tools"]} == TOOLS
        answer = ask(clone, "tools/call", "--tool-name", "explain", "--tool-arg", "rule=REG103")
        assert answer["structuredContent"]["rules"][0]["name"] == "number-taken", answer
        answer = ask(clone, "tools/call", "--tool-name", "explain", "--tool-arg", "rule=none")
        assert answer["isError"], answer
        (content,) = ask(clone, "resources/read", "--uri", "registry://sessions/4")["contents"]
        assert json.loads(content["text"])["session_id"] == ME, content
        (message,) = ask(clone, "prompts/get", "--prompt-name", "claim")["messages"]
        assert "make the call that it names" in message["content"]["text"], message


def ask(clone: Path, method: str, *words: str) -> Any:
    """What the inspector prints for one request."""
    done = subprocess.run(
        [INSPECTOR, "--cli", *REGISTRY, "mcp", "--method", method, *words], cwd=clone, env=ENVIRONMENT,
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{method} {words}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


if __name__ == "__main__":
    run_part(inspector)
