"""`gh api` against a repository in a JSON file: records every call, and answers in the shapes of GitHub's REST API."""

import base64
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

STATE, CALLS = Path(os.environ["FORGE_STATE"]), Path(os.environ["FORGE_CALLS"])
BOT = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
HERE = "repos/{owner}/{repo}"


def main() -> None:
    words = sys.argv[1:]
    if words == ["auth", "status"]:
        sys.exit(0 if os.environ.get("GH_TOKEN") or os.environ.get("FORGE_LOGIN") else 1)
    if words[:1] != ["api"]:
        fail(f"unknown command {words[0]!r} for gh")
    method = words[words.index("--method") + 1]
    url = urlsplit(words[-1])
    body = json.loads(sys.stdin.read()) if "--input" in words else None
    with CALLS.open("a") as calls:
        calls.write(json.dumps({"method": method, "path": words[-1], "body": body}) + "\n")
    if not url.path.startswith(HERE):
        fail("Not Found", 404)
    state = json.loads(STATE.read_text())
    answer = reply(state, method, url.path.removeprefix(HERE).strip("/"), body, parse_qs(url.query))
    STATE.write_text(json.dumps(state))
    # Two pages, one after another, as --paginate prints them.
    pages = [answer[:1], answer[1:]] if "--paginate" in words and len(answer) > 1 else [answer]
    print("".join(map(json.dumps, pages)))


def reply(state: dict[str, Any], method: str, path: str, body: Any, query: dict[str, list[str]]) -> Any:
    match method, path.split("/"):
        case "GET", [""]:
            return {"id": 1, "full_name": "OWNER/registry", "owner": {"login": "OWNER", "type": state["owner_type"]},
                    **state.get("repository", {"allow_merge_commit": True, "allow_squash_merge": True,
                                               "allow_rebase_merge": True, "delete_branch_on_merge": False})}  # fmt: skip
        case "PATCH", [""]:
            state["repository"] = body
            return body
        case "GET", ["rulesets"]:
            return [{key: row[key] for key in ("id", "name", "target", "enforcement")} for row in rulesets(state)]
        case "GET", ["rulesets", number]:
            return next((row for row in rulesets(state) if row["id"] == int(number)), None) or fail("Not Found", 404)
        case "POST", ["rulesets"]:
            if state["owner_type"] == "User" and any(rule["type"] == "merge_queue" for rule in body["rules"]):
                fail("Validation Failed: Invalid rule 'merge_queue'", 422)
            state["rulesets"] = [*rulesets(state), stored(body, 42 + len(rulesets(state)))]
            return state["rulesets"][-1]
        case "PUT", ["rulesets", number]:
            state["rulesets"] = [row for row in rulesets(state) if row["id"] != int(number)] + [stored(body, int(number))]
            return state["rulesets"][-1]
        case ("GET" | "PUT"), ["actions", "permissions", "workflow"]:
            if method == "PUT":
                state["token"] = body
                return None
            return state.get("token", {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True})
        case "GET", ["contents", *parts]:
            text = state.get("files", {}).get("/".join(parts))
            if text is None:
                fail("Not Found", 404)
            return {"type": "file", "encoding": "base64", "content": base64.encodebytes(text.encode()).decode()}
        case "GET", ["codeowners", "errors"]:
            return {"errors": state.get("owner_errors", [])}
        case "GET", ["pulls"]:
            assert query["state"] == ["open"]
            return state["pulls"]
        case _:
            return words(state, method, path, body)


def words(state: dict[str, Any], method: str, path: str, body: Any) -> Any:
    """Issues, and the comments on them."""
    if found := re.fullmatch(r"issues/(\d+)/comments", path):
        listed = state["comments"].setdefault(found[1], [])
        if method == "POST":
            listed.append({"id": 900 + sum(map(len, state["comments"].values())), "user": BOT, **body})
            return listed[-1]
        return listed
    if found := re.fullmatch(r"issues/comments/(\d+)", path):
        row = next(row for rows in state["comments"].values() for row in rows if row["id"] == int(found[1]))
        row.update(body)
        return row
    if path == "issues" and method == "POST":
        state["issues"].append({"number": 500 + len(state["issues"]), "user": BOT, "state": "open", **body})
        return state["issues"][-1]
    if path == "issues":
        return [row for row in state["issues"] if row["state"] == "open"]
    if found := re.fullmatch(r"issues/(\d+)", path):
        row = next(row for row in state["issues"] if row["number"] == int(found[1]))
        row.update(body)
        return row
    fail("Not Found", 404)


def rulesets(state: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = state.get("rulesets", [])
    return found


def stored(ruleset: dict[str, Any], number: int) -> dict[str, Any]:
    """A ruleset as GitHub gives it back: with ids, times, links, and parameters that nobody has set."""
    for rule in ruleset["rules"]:
        if rule["type"] == "pull_request":
            rule["parameters"]["required_reviewers"] = []
    return {"id": number, "node_id": "RRS_0", "source_type": "Repository", "source": "OWNER/registry", **ruleset,
            "created_at": "2026-11-20T09:00:00Z", "updated_at": "2026-11-20T09:00:00Z", "_links": {}}  # fmt: skip


def fail(message: str, status: int = 1) -> NoReturn:
    print(json.dumps({"message": message, "status": str(status)}))
    print(f"gh: {message} (HTTP {status})", file=sys.stderr)
    sys.exit(1)


main()
