"""The settings that a registry needs on GitHub, in one place: ruleset of main, merging, the workflows' token.

The forms are those of https://docs.github.com/en/rest: repos/rules, repos/repos and actions/permissions.
"""

from collections.abc import Mapping
from typing import Any

from validator.hosts.github.api import HERE
from validator.model.escape import json_text

RULESET_FILE = ".github/rulesets/main.json"
RULESET = "main"
CHECK = "registry gate"  # the name of the job whose success is required
GITHUB_ACTIONS = 15368  # the app whose checks count: anyone who can write can set a status of the same name

# First-parent order is the order of registration, so a proposal arrives as one merge commit, or not at all.
REPOSITORY: Mapping[str, Any] = {
    "allow_merge_commit": True,
    "allow_squash_merge": False,
    "allow_rebase_merge": False,
    "delete_branch_on_merge": True,
}
WORKFLOW_TOKEN: Mapping[str, Any] = {
    "default_workflow_permissions": "read",
    "can_approve_pull_request_reviews": False,
}

TOKEN_PATH = f"{HERE}/actions/permissions/workflow"


def ruleset(*, queue: bool = True) -> dict[str, Any]:
    """The ruleset of main as the REST API takes it; `queue`: with the merge queue, which only organisations have."""
    rules = [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {"type": "pull_request", "parameters": _review()},
        {"type": "required_status_checks", "parameters": _checks()},
        *([{"type": "merge_queue", "parameters": _queue()}] if queue else []),
    ]
    return {
        "name": RULESET,
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
        "rules": rules,
    }


def ruleset_text() -> str:
    """The content of `.github/rulesets/main.json`."""
    return json_text(ruleset())


def project_onto(actual: Any, wanted: Any) -> Any:
    """The part of GitHub's value that we set: keys that are not wanted are dropped, extra list elements are kept."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return {key: project_onto(actual.get(key), value) for key, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(actual, list):
        return _project_list(actual, wanted)
    return actual


def _project_list(actual: list[Any], wanted: list[Any]) -> list[Any]:
    """Rules and checks in our order, each projected onto its counterpart; others come last, unchanged."""
    rows, counterparts = list[Any](), {_name(want): want for want in wanted}
    order = {name: place for place, name in enumerate(counterparts)}
    for have in sorted(actual, key=lambda row: (order.get(_name(row), len(order)), _name(row))):
        rows.append(project_onto(have, counterparts[_name(have)]) if _name(have) in counterparts else have)
    return rows


def _name(row: Any) -> str:
    return str(row.get("type") or row.get("context")) if isinstance(row, dict) else str(row)


def _review() -> dict[str, Any]:
    return {
        "required_approving_review_count": 1,
        "require_code_owner_review": True,
        "dismiss_stale_reviews_on_push": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": False,
        "allowed_merge_methods": ["merge"],
    }


def _checks() -> dict[str, Any]:
    return {
        "strict_required_status_checks_policy": True,
        "do_not_enforce_on_create": False,
        "required_status_checks": [{"context": CHECK, "integration_id": GITHUB_ACTIONS}],
    }


def _queue() -> dict[str, Any]:
    return {
        "merge_method": "MERGE",
        "grouping_strategy": "ALLGREEN",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 0,
        "max_entries_to_build": 5,
        "max_entries_to_merge": 1,
        "check_response_timeout_minutes": 15,
    }
