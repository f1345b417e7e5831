"""`gh api` against a repository in a JSON file: records every call, and answers in the shapes of GitHub's REST API."""

import base64
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

STATE, CALLS = Path(os.environ["FORGE_STATE"]), Path(os.environ["FORGE_CALLS"])
HERE = "repos/{owner}/{repo}"
BOT = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
# What a repository begins with.
REPOSITORY = {
    "allow_merge_commit": True,
    "allow_squash_merge": True,
    "allow_rebase_merge": True,
    "delete_branch_on_merge": False,
}
TOKEN = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}

State = dict[str, Any]
Route = Callable[[State, tuple[str, ...], Any], Any]


def main() -> None:
    words = sys.argv[1:]
    if words == ["auth", "status"]:
        sys.exit(0 if os.environ.get("GH_TOKEN") else 1)
    method, url = words[words.index("--method") + 1], urlsplit(words[-1])
    body = json.loads(sys.stdin.read()) if "--input" in words else None
    with CALLS.open("a") as calls:
        calls.write(json.dumps({"method": method, "path": words[-1], "body": body}) + "\n")
    if body is not None and len(body.get("body", "")) > 65_536:
        fail("Validation Failed: body is too long (maximum is 65536 characters)", 422)
    state = json.loads(STATE.read_text())
    answer = reply(state, method, url.path, body)
    STATE.write_text(json.dumps(state))
    # Two pages, one after another, as --paginate prints them.
    pages = [answer[:1], answer[1:]] if "--paginate" in words and len(answer) > 1 else [answer]
    sys.stdout.write("".join(map(json.dumps, pages)))


def reply(state: State, method: str, path: str, body: Any) -> Any:
    for known, pattern, route in ROUTES:
        found = re.fullmatch(re.escape(HERE) + pattern, path)
        if known == method and found:
            return route(state, found.groups(), body)
    return fail("Not Found", 404)


def about(state: State, _: tuple[str, ...], body: Any) -> Any:
    if body is not None:
        state["repository"] = body
    owner = {"login": "OWNER", "type": state["owner_type"]}
    return {"id": 1, "full_name": "OWNER/registry", "owner": owner, **state.get("repository", REPOSITORY)}


def list_rulesets(state: State, _: tuple[str, ...], __: Any) -> Any:
    return [{key: row[key] for key in ("id", "name", "target", "enforcement")} for row in state.get("rulesets", [])]


def ruleset(state: State, groups: tuple[str, ...], body: Any) -> Any:
    rows = {row["id"]: row for row in state.get("rulesets", [])}
    number = int(groups[0])
    if body is not None:
        rows[number] = stored(state, body, number)
        state["rulesets"] = list(rows.values())
    return rows.get(number) or fail("Not Found", 404)


def new_ruleset(state: State, _: tuple[str, ...], body: Any) -> Any:
    return ruleset(state, (str(42 + len(state.get("rulesets", []))),), body)


def stored(state: State, body: Any, number: int) -> dict[str, Any]:
    """A ruleset as GitHub gives it back: with ids, times, links, and parameters that nobody has set."""
    if state["owner_type"] == "User" and any(rule["type"] == "merge_queue" for rule in body["rules"]):
        fail("Validation Failed: Invalid rule 'merge_queue'", 422)
    for rule in body["rules"]:
        if rule["type"] == "pull_request":
            rule["parameters"]["required_reviewers"] = []
    times = {"created_at": "2026-11-20T09:00:00Z", "updated_at": "2026-11-20T09:00:00Z", "_links": {}}
    return {"id": number, "node_id": "RRS_0", "source_type": "Repository", "source": "OWNER/registry", **body, **times}


def token(state: State, _: tuple[str, ...], body: Any) -> Any:
    if body is not None:
        state["token"] = body
    return state.get("token", TOKEN)


def content(state: State, groups: tuple[str, ...], _: Any) -> Any:
    text = state.get("files", {}).get(groups[0])
    if text is None:
        fail("Not Found", 404)
    return {"type": "file", "encoding": "base64", "content": base64.encodebytes(text.encode()).decode()}


def owner_errors(state: State, _: tuple[str, ...], __: Any) -> Any:
    return {"errors": state.get("owner_errors", [])}


def pulls(state: State, _: tuple[str, ...], __: Any) -> Any:
    return state["pulls"]


def comments(state: State, groups: tuple[str, ...], body: Any) -> Any:
    rows = state["comments"].setdefault(groups[0], [])
    if body is None:
        return rows
    rows.append({"id": 900 + sum(map(len, state["comments"].values())), "user": BOT, **body})
    return rows[-1]


def comment(state: State, groups: tuple[str, ...], body: Any) -> Any:
    row = next(row for rows in state["comments"].values() for row in rows if row["id"] == int(groups[0]))
    row.update(body)
    return row


def issues(state: State, _: tuple[str, ...], body: Any) -> Any:
    if body is None:
        return [row for row in state["issues"] if row["state"] == "open"]
    state["issues"].append({"number": 500 + len(state["issues"]), "user": BOT, "state": "open", **body})
    return state["issues"][-1]


def issue(state: State, groups: tuple[str, ...], body: Any) -> Any:
    row = next(row for row in state["issues"] if row["number"] == int(groups[0]))
    row.update(body)
    return row


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "", about),
    ("PATCH", "", about),
    ("GET", "/rulesets", list_rulesets),
    ("POST", "/rulesets", new_ruleset),
    ("GET", r"/rulesets/(\d+)", ruleset),
    ("PUT", r"/rulesets/(\d+)", ruleset),
    ("GET", "/actions/permissions/workflow", token),
    ("PUT", "/actions/permissions/workflow", token),
    ("GET", "/contents/(.+)", content),
    ("GET", "/codeowners/errors", owner_errors),
    ("GET", "/pulls", pulls),
    ("GET", r"/issues/(\d+)/comments", comments),
    ("POST", r"/issues/(\d+)/comments", comments),
    ("PATCH", r"/issues/comments/(\d+)", comment),
    ("GET", "/issues", issues),
    ("POST", "/issues", issues),
    ("PATCH", r"/issues/(\d+)", issue),
)


def fail(message: str, status: int) -> NoReturn:
    sys.stdout.write(json.dumps({"message": message, "status": str(status)}))
    sys.stderr.write(f"gh: {message} (HTTP {status})\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
