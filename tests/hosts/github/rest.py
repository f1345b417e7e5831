"""What GitHub's REST API answers, for a repository described by a JSON object and by a bare repository's refs.

A token does what it was given, lists come in pages of 30 or of `per_page`, the query filters, an update changes what it
names and leaves the rest, and files are those of the repository at the revision that is asked for.
https://docs.github.com/en/rest, and permissions by .../rest/authentication/permissions-required-for-github-apps
"""

import base64
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

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
MOST_CHARACTERS = 65_536  # of a text

State = dict[str, Any]


class Asked(NamedTuple):
    """A request: what the path names, the query, the body (None: none), and the repository with the refs."""

    names: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    origin: Path
    user: Any

    @property
    def number(self) -> int:
        """The number that the path ends with, or has before its last word."""
        return int(next(value for name, value in self.names.items() if name not in ("owner", "repo")))


class Route(NamedTuple):
    """What answers a method on a path (as GitHub's description writes it); what a token needs; the status when done."""

    method: str
    path: str
    needed: str
    run: Callable[[State, Asked], Any]
    status: int = 200

    def names(self, path: str) -> Mapping[str, str] | None:
        """What a path names in the place of each `{word}`; None for another path. Only a file's has slashes."""
        pattern = self.path.replace("{path}", "(?P<path>.+)").replace("{", "(?P<").replace("}", ">[^/]+)")
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None


class Answer(NamedTuple):
    """Its status, its document (None: none), the number of the next page, and the route, where there is one."""

    status: int
    document: Any
    following: int | None = None
    route: Route | None = None


class RefusedError(Exception):
    """GitHub does not do what it is asked to do."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message, self.status = message, status


def fail(message: str, status: int) -> NoReturn:
    raise RefusedError(message, status)


def answer(
    state: State, token: str, method: str, path: str, query: Mapping[str, str], body: Any, origin: Path
) -> Answer:
    """The answer to a request, which may change the state."""
    there = ((route, route.names(path)) for route in ROUTES if route.method == method)
    route, names = next(((route, names) for route, names in there if names is not None), (None, {}))
    try:
        rights = state["tokens"].get(token) or fail("Bad credentials" if token else "Requires authentication", 401)
        if route is None:
            fail("Not Found", 404)
        if isinstance(body, dict) and len(str(body.get("body") or "")) > MOST_CHARACTERS:
            fail("Validation Failed: body is too long (maximum is 65536 characters)", 422)
        asked = Asked(names, query, body, origin, state.get("users", {}).get(token, USER))
        if not allowed(state, rights, route.needed, asked):
            fail("Resource not accessible by integration", 403)
        return paged(route, route.run(state, asked), query)
    except RefusedError as refused:
        status, message = refused.status, refused.message
    except (TypeError, KeyError, AttributeError):  # a test's state is not that of any repository
        status, message = 500, "Server Error"
    return Answer(status, {"message": message, "status": str(status)}, route=route)


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
    number = asked.number
    return next((int(at) for at, rows in state["comments"].items() for row in rows if row["id"] == number), number)


def paged(route: Route, document: Any, query: Mapping[str, str]) -> Answer:
    """An answer; of a list the page that was asked for."""
    if not isinstance(document, list):
        return Answer(route.status, document, route=route)
    size, page = min(100, int(query.get("per_page", "30"))), int(query.get("page", "1"))
    part = document[(page - 1) * size : page * size]
    return Answer(route.status, part, page + 1 if page * size < len(document) else None, route)


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
    number = asked.number
    return rows.get(number) or fail("Not Found", 404)


def put_ruleset(state: State, asked: Asked) -> Any:
    number = asked.number
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


def token(state: State, _: Asked) -> Any:
    return state.get("token", TOKEN)


def put_token(state: State, asked: Asked) -> None:
    state["token"] = {**state.get("token", TOKEN), **asked.body}


def viewer(_: State, asked: Asked) -> Any:
    """`gh auth status` asks who it is by GraphQL."""
    if "viewer" not in asked.body["query"]:
        fail("the stand-in knows no other question in GraphQL", 400)
    return {"data": {"viewer": {"login": USER["login"]}}}


def content(_: State, asked: Asked) -> Any:
    """A file of the repository at `ref`, or of main; one that is larger than a megabyte without its content."""
    revision = asked.query.get("ref", "main")
    done = subprocess.run(
        ["git", f"--git-dir={asked.origin}", "cat-file", "blob", f"{revision}:{asked.names['path']}"],
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
    number = 1 + max([state.get("last_pull", 0), *(row["number"] for row in state["pulls"])])
    body = asked.body
    branch = body["head"].rpartition(":")[2]
    head = {"label": body["head"], "ref": branch, "sha": head_of(asked.origin, number, branch)}
    row = {"number": number, "state": "open", "head": head, "base": {"ref": body["base"]}, "user": asked.user}
    address = {"html_url": f"https://github.com/example/fleet/pull/{number}"}
    state["pulls"].append({**row, **address, "title": body["title"], "body": body["body"]})
    return state["pulls"][-1]


def head_of(origin: Path, number: int, branch: str) -> str:
    """The commit of a branch, which `refs/pull/N/head` follows."""
    git = ["git", f"--git-dir={origin}"]
    words = [*git, "rev-parse", f"refs/heads/{branch}"]
    found = subprocess.run(words, capture_output=True, encoding="utf-8", check=True)
    commit = found.stdout.strip()
    subprocess.run([*git, "update-ref", f"refs/pull/{number}/head", commit], check=True)
    return commit


def pull(state: State, asked: Asked) -> Any:
    return changed(state["pulls"], "number", asked)


def one_pull(state: State, asked: Asked) -> Any:
    return next((row for row in state["pulls"] if row["number"] == asked.number), None) or fail("Not Found", 404)


def runs(state: State, asked: Asked) -> Any:
    rows = [row for row in state.get("runs", []) if row["path"].endswith(f"/{asked.names['workflow_id']}")]
    return {"total_count": len(rows), "workflow_runs": rows[: int(asked.query["per_page"])]}


def rerun(state: State, asked: Asked) -> Any:
    if asked.number in state.get("busy", []):
        fail("The workflow run is already running", 403)
    if not any(row["id"] == asked.number for row in state["runs"]):
        fail("Not Found", 404)
    return {}


def user(_: State, asked: Asked) -> Any:
    return asked.user


def comments(state: State, asked: Asked) -> Any:
    return state["comments"].get(str(asked.number), [])


def new_comment(state: State, asked: Asked) -> Any:
    rows = state["comments"].setdefault(str(asked.number), [])
    rows.append({"id": 9000 + sum(map(len, state["comments"].values())), "user": BOT, **asked.body})
    return rows[-1]


def comment(state: State, asked: Asked) -> Any:
    rows = (row for rows in state["comments"].values() for row in rows)
    return changed(rows, "id", asked)


def issues(state: State, asked: Asked) -> Any:
    """Every pull request is an issue as well, and has a word that says so."""
    asking = [
        {**row, "pull_request": {"url": f"https://api.github.com/repos/OWNER/registry/pulls/{row['number']}"}}
        for row in state["pulls"]
    ]
    return newest(in_state([*state["issues"], *asking], asked))


def new_issue(state: State, asked: Asked) -> Any:
    state["issues"].append({"number": 5000 + len(state["issues"]), "user": BOT, "state": "open", **asked.body})
    return state["issues"][-1]


def issue(state: State, asked: Asked) -> Any:
    return changed([*state["issues"], *state["pulls"]], "number", asked)


def changed(rows: Any, key: str, asked: Asked) -> Any:
    row = next((row for row in rows if row[key] == asked.number), None)
    if row is None:
        fail("Not Found", 404)
    row.update(asked.body)
    return row


def in_state(rows: list[Any], asked: Asked) -> list[Any]:
    wanted = asked.query.get("state", "open")
    return [row for row in rows if wanted in ("all", row["state"])]


def newest(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: -row["number"])


REPO = "/repos/{owner}/{repo}"
WORKFLOW = f"{REPO}/actions/permissions/workflow"
ROUTES = (
    Route("GET", "/", "metadata: read", lambda _, __: {}),
    Route("POST", "/graphql", "metadata: read", viewer),
    Route("GET", "/user", "metadata: read", user),
    Route("GET", REPO, "metadata: read", about),
    Route("PATCH", REPO, f"{ADMIN}: write", about),
    Route("GET", f"{REPO}/rulesets", "metadata: read", list_rulesets),
    Route("POST", f"{REPO}/rulesets", f"{ADMIN}: write", new_ruleset, 201),
    Route("GET", f"{REPO}/rulesets/{{ruleset_id}}", "metadata: read", ruleset),
    Route("PUT", f"{REPO}/rulesets/{{ruleset_id}}", f"{ADMIN}: write", put_ruleset),
    Route("GET", WORKFLOW, f"{ADMIN}: read", token),
    Route("PUT", WORKFLOW, f"{ADMIN}: write", put_token, 204),
    Route("GET", f"{REPO}/contents/{{path}}", "contents: read", content),
    Route("GET", f"{REPO}/codeowners/errors", "contents: read", owner_errors),
    Route("GET", f"{REPO}/pulls", "pull-requests: read", pulls),
    Route("POST", f"{REPO}/pulls", "pull-requests: write", new_pull, 201),
    Route("GET", f"{REPO}/pulls/{{pull_number}}", "pull-requests: read", one_pull),
    Route("PATCH", f"{REPO}/pulls/{{pull_number}}", "pull-requests: write", pull),
    Route("GET", f"{REPO}/actions/workflows/{{workflow_id}}/runs", "actions: read", runs),
    Route("POST", f"{REPO}/actions/runs/{{run_id}}/rerun", "actions: write", rerun, 201),
    Route("GET", f"{REPO}/issues/{{issue_number}}/comments", "conversation: read", comments),
    Route("POST", f"{REPO}/issues/{{issue_number}}/comments", "conversation: write", new_comment, 201),
    Route("PATCH", f"{REPO}/issues/comments/{{comment_id}}", "conversation: write", comment),
    Route("GET", f"{REPO}/issues", "issues: read", issues),
    Route("POST", f"{REPO}/issues", "issues: write", new_issue, 201),
    Route("PATCH", f"{REPO}/issues/{{issue_number}}", "issues: write", issue),
)
