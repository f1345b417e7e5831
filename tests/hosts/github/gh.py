"""`gh` against a repository in a JSON file: records every call, and answers as GitHub's REST API is documented to.

That is: a token does what it was given, lists come in pages of 30 or of `per_page`, the query filters, an update
changes what it names and leaves the rest, and files are those of the repository at the revision that is asked for.
https://docs.github.com/en/rest, and permissions by .../rest/authentication/permissions-required-for-github-apps
"""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import parse_qsl, urlsplit

STATE, CALLS, ORIGIN = (Path(os.environ[f"FORGE_{name}"]) for name in ("STATE", "CALLS", "ORIGIN"))
HERE = "repos/{owner}/{repo}"
USER = {"login": "session", "id": 583231, "type": "User"}
BOT = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
# What a repository begins with.
REPOSITORY = {
    "allow_merge_commit": True,
    "allow_squash_merge": True,
    "allow_rebase_merge": True,
    "delete_branch_on_merge": False,
}
TOKEN = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
ADMIN = "administration"  # of a human who owns the repository; no workflow's token has it
LEVELS = {"none": 0, "read": 1, "write": 2}

State = dict[str, Any]


class Asked(NamedTuple):
    """A request: what the path names, the query, the body (None: none)."""

    groups: tuple[str, ...]
    query: Mapping[str, str]
    body: Any


Route = Callable[[State, Asked], Any]


def main() -> None:
    words = sys.argv[1:]
    state = json.loads(STATE.read_text())
    token = os.environ.get("GH_TOKEN", "")
    if words[:2] == ["auth", "token"]:
        sys.exit(0 if words[3:] in ([], ["github.com"], [os.environ.get("FORGE_HOST", "github.com")]) else 1)
    if words == ["auth", "status"]:
        sys.exit(0 if token in state["tokens"] else 1)
    if words == ["auth", "git-credential", "get"]:
        sys.stdout.write(f"username=x-access-token\npassword={token}\n" if token else "")
        sys.exit(0 if token else 1)
    if words[:2] == ["auth", "git-credential"]:
        sys.exit(0)  # it keeps nothing
    if not token:
        sys.stderr.write("gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable.\n")
        sys.exit(4)
    api(state, state["tokens"].get(token), words)


def api(state: State, rights: Mapping[str, str] | None, words: list[str]) -> None:
    method, url = words[words.index("--method") + 1], urlsplit(words[-1])
    body = json.loads(sys.stdin.read()) if "--input" in words else None
    with CALLS.open("a") as calls:
        calls.write(json.dumps({"method": method, "path": words[-1], "body": body}) + "\n")
    if rights is None:
        fail("Bad credentials", 401)
    if body is not None and len(body.get("body", "")) > 65_536:
        fail("Validation Failed: body is too long (maximum is 65536 characters)", 422)
    answer = reply(state, rights, method, url.path, dict(parse_qsl(url.query, strict_parsing=bool(url.query))), body)
    STATE.write_text(json.dumps(state))
    sys.stdout.write("".join(map(json.dumps, pages(answer, url.query, everything="--paginate" in words))))


def reply(state: State, rights: Mapping[str, str], method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
    named = re.sub(r"^repos/[^/]+/[^/]+", lambda _: HERE, path)
    for known, pattern, needed, route in ROUTES:
        found = re.fullmatch((re.escape(HERE) if pattern != "user" else "") + pattern, named)
        if known == method and found:
            asked = Asked(found.groups(), query, body)
            if not allowed(state, rights, needed, asked):
                fail("Resource not accessible by integration", 403)
            return route(state, asked)
    return fail("Not Found", 404)


def allowed(state: State, rights: Mapping[str, str], needed: str, asked: Asked) -> bool:
    """Whether a token may. `conversation` is that of an issue, or of a pull request where the number is one's."""
    name, _, level = needed.partition(": ")
    names = [name]
    if name == "conversation":
        numbers = {row["number"] for row in state["pulls"]}
        names = ["issues", "pull-requests"] if conversation(state, asked) in numbers else ["issues"]
    return name == "metadata" or any(LEVELS[rights.get(one, "none")] >= LEVELS[level] for one in names)


def conversation(state: State, asked: Asked) -> int:
    """The number of the issue or pull request that a comment, or a call about comments, belongs to."""
    number = int(asked.groups[0])
    return next((int(at) for at, rows in state["comments"].items() for row in rows if row["id"] == number), number)


def pages(answer: Any, query: str, *, everything: bool) -> list[Any]:
    """The pages of a list that gh prints, one after another: the one that was asked for, or all."""
    if not isinstance(answer, list):
        return [answer]
    given = dict(parse_qsl(query))
    size, first = min(100, int(given.get("per_page", "30"))), int(given.get("page", "1")) - 1
    parts = [answer[at : at + size] for at in range(first * size, max(len(answer), 1), size)]
    return parts if everything else parts[:1] or [[]]


def about(state: State, asked: Asked) -> Any:
    if asked.body is not None:
        state["repository"] = {**state.get("repository", REPOSITORY), **asked.body}
    owner = {"login": "OWNER", "type": state["owner_type"]}
    return {
        "id": 1,
        "full_name": "OWNER/registry",
        "owner": owner,
        **state.get("fork", {}),
        **state.get("repository", REPOSITORY),
    }


def list_rulesets(state: State, asked: Asked) -> Any:
    """Those of the repository, and of the organisation above it unless they are declined."""
    rows = state.get("rulesets", [])
    if asked.query.get("includes_parents", "true") == "true":
        rows = [*state.get("parents_rulesets", []), *rows]
    return [{key: row[key] for key in ("id", "name", "target", "enforcement")} for row in rows]


def ruleset(state: State, asked: Asked) -> Any:
    rows = {row["id"]: row for row in [*state.get("parents_rulesets", []), *state.get("rulesets", [])]}
    number = int(asked.groups[0])
    return rows.get(number) or fail("Not Found", 404)


def put_ruleset(state: State, asked: Asked) -> Any:
    number = int(asked.groups[0])
    rows = {row["id"]: row for row in state.get("rulesets", [])}
    before = rows.get(number) or fail("Not Found", 404)
    rows[number] = stored(state, {**before, **asked.body}, number)
    state["rulesets"] = list(rows.values())
    return rows[number]


def new_ruleset(state: State, asked: Asked) -> Any:
    rows = state.setdefault("rulesets", [])
    if any(row["name"] == asked.body["name"] for row in rows):
        fail("Validation Failed: Name must be unique", 422)
    rows.append(stored(state, asked.body, 42 + len(rows)))
    return rows[-1]


def stored(state: State, body: Any, number: int) -> dict[str, Any]:
    """A ruleset as GitHub gives it back: with ids, times, links, and parameters that nobody has set."""
    if state["owner_type"] == "User" and any(rule["type"] == "merge_queue" for rule in body["rules"]):
        fail("Validation Failed: Invalid rule 'merge_queue'", 422)
    for rule in body["rules"]:
        if rule["type"] == "pull_request":
            rule["parameters"]["required_reviewers"] = []
    times = {"created_at": "2026-11-20T09:00:00Z", "updated_at": "2026-11-20T09:00:00Z", "_links": {}}
    mine = {"id": number, "node_id": "RRS_0", "source_type": "Repository", "source": "OWNER/registry"}
    return {**mine, **body, **times}


def token(state: State, asked: Asked) -> Any:
    if asked.body is not None:
        state["token"] = {**state.get("token", TOKEN), **asked.body}
    return state.get("token", TOKEN)


def content(_: State, asked: Asked) -> Any:
    """A file of the repository at `ref`, or of main; one that is larger than a megabyte without its content."""
    revision = asked.query.get("ref", "main")
    done = subprocess.run(
        ["git", f"--git-dir={ORIGIN}", "cat-file", "blob", f"{revision}:{asked.groups[0]}"],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        fail("Not Found", 404)
    if len(done.stdout) > 1024 * 1024:
        return {"type": "file", "encoding": "none", "content": ""}
    return {"type": "file", "encoding": "base64", "content": base64.encodebytes(done.stdout).decode()}


def owner_errors(state: State, _: Asked) -> Any:
    return {"errors": state.get("owner_errors", [])}


def pulls(state: State, asked: Asked) -> Any:
    base, head = asked.query.get("base"), asked.query.get("head")
    rows = [row for row in state["pulls"] if base in (None, row["base"]["ref"])]
    return newest(in_state([row for row in rows if head in (None, row["head"].get("label"))], asked))


def new_pull(state: State, asked: Asked) -> Any:
    """A pull request from a branch, of this repository or (OWNER:BRANCH) of a fork."""
    number = 1 + max((row["number"] for row in state["pulls"]), default=0)
    body = asked.body
    address = {"html_url": f"https://github.com/example/fleet/pull/{number}"}
    head = {"label": body["head"], "sha": "0" * 40}
    row = {"number": number, "state": "open", "head": head, "base": {"ref": body["base"]}, "user": USER}
    state["pulls"].append({**row, **address, "title": body["title"], "body": body["body"]})
    return state["pulls"][-1]


def pull(state: State, asked: Asked) -> Any:
    return changed(state["pulls"], "number", asked)


def runs(state: State, asked: Asked) -> Any:
    rows = [row for row in state.get("runs", []) if row["workflow"] == asked.groups[0]]
    return {"total_count": len(rows), "workflow_runs": rows[: int(asked.query["per_page"])]}


def rerun(state: State, asked: Asked) -> Any:
    if int(asked.groups[0]) in state.get("busy", []):
        fail("The workflow run is already running", 403)
    if not any(row["id"] == int(asked.groups[0]) for row in state["runs"]):
        fail("Not Found", 404)
    return {}


def user(_: State, __: Asked) -> Any:
    return USER


def comments(state: State, asked: Asked) -> Any:
    return state["comments"].get(asked.groups[0], [])


def new_comment(state: State, asked: Asked) -> Any:
    rows = state["comments"].setdefault(asked.groups[0], [])
    rows.append({"id": 9000 + sum(map(len, state["comments"].values())), "user": BOT, **asked.body})
    return rows[-1]


def comment(state: State, asked: Asked) -> Any:
    rows = (row for rows in state["comments"].values() for row in rows)
    return changed(rows, "id", asked)


def issues(state: State, asked: Asked) -> Any:
    """Every pull request is an issue as well, and has a word that says so."""
    asking = [{**row, "pull_request": {"url": f"{HERE}/pulls/{row['number']}"}} for row in state["pulls"]]
    return newest(in_state([*state["issues"], *asking], asked))


def new_issue(state: State, asked: Asked) -> Any:
    state["issues"].append({"number": 5000 + len(state["issues"]), "user": BOT, "state": "open", **asked.body})
    return state["issues"][-1]


def issue(state: State, asked: Asked) -> Any:
    return changed([*state["issues"], *state["pulls"]], "number", asked)


def changed(rows: Any, key: str, asked: Asked) -> Any:
    row = next((row for row in rows if row[key] == int(asked.groups[0])), None)
    if row is None:
        fail("Not Found", 404)
    row.update(asked.body)
    return row


def in_state(rows: list[Any], asked: Asked) -> list[Any]:
    wanted = asked.query.get("state", "open")
    return [row for row in rows if wanted in ("all", row["state"])]


def newest(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: -row["number"])


# Method, path, what a token needs, and what answers.
ROUTES: tuple[tuple[str, str, str, Route], ...] = (
    ("GET", "", "metadata: read", about),
    ("PATCH", "", f"{ADMIN}: write", about),
    ("GET", "/rulesets", "metadata: read", list_rulesets),
    ("POST", "/rulesets", f"{ADMIN}: write", new_ruleset),
    ("GET", r"/rulesets/(\d+)", "metadata: read", ruleset),
    ("PUT", r"/rulesets/(\d+)", f"{ADMIN}: write", put_ruleset),
    ("GET", "/actions/permissions/workflow", f"{ADMIN}: read", token),
    ("PUT", "/actions/permissions/workflow", f"{ADMIN}: write", token),
    ("GET", "/contents/(.+)", "contents: read", content),
    ("GET", "/codeowners/errors", "contents: read", owner_errors),
    ("GET", "user", "metadata: read", user),
    ("GET", "/pulls", "pull-requests: read", pulls),
    ("POST", "/pulls", "pull-requests: write", new_pull),
    ("GET", r"/actions/workflows/([a-z]+\.yml)/runs", "actions: read", runs),
    ("POST", r"/actions/runs/(\d+)/rerun", "actions: write", rerun),
    ("PATCH", r"/pulls/(\d+)", "pull-requests: write", pull),
    ("GET", r"/issues/(\d+)/comments", "conversation: read", comments),
    ("POST", r"/issues/(\d+)/comments", "conversation: write", new_comment),
    ("PATCH", r"/issues/comments/(\d+)", "conversation: write", comment),
    ("GET", "/issues", "issues: read", issues),
    ("POST", "/issues", "issues: write", new_issue),
    ("PATCH", r"/issues/(\d+)", "issues: write", issue),
)


def fail(message: str, status: int) -> NoReturn:
    sys.stdout.write(json.dumps({"message": message, "status": str(status)}))
    sys.stderr.write(f"gh: {message} (HTTP {status})\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
