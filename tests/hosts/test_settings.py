"""GitHub's required settings, and their comparison with GitHub's answer."""

import json

import pytest

from validator.hosts.github.settings import CHECK, GITHUB_ACTIONS, project_onto, ruleset, ruleset_text


def test_the_ruleset_blocks_every_bypass() -> None:
    rules = {rule["type"]: rule.get("parameters", {}) for rule in ruleset()["rules"]}
    assert list(rules) == ["deletion", "non_fast_forward", "pull_request", "required_status_checks", "merge_queue"]
    assert ruleset()["bypass_actors"] == []
    assert rules["pull_request"]["require_code_owner_review"]
    assert rules["pull_request"]["dismiss_stale_reviews_on_push"]
    assert rules["pull_request"]["require_last_push_approval"]
    assert rules["pull_request"]["required_approving_review_count"] == 1
    assert rules["pull_request"]["allowed_merge_methods"] == ["merge"]
    assert rules["required_status_checks"]["strict_required_status_checks_policy"]
    checks = rules["required_status_checks"]["required_status_checks"]
    assert checks == [{"context": CHECK, "integration_id": GITHUB_ACTIONS}]
    assert (rules["merge_queue"]["grouping_strategy"], rules["merge_queue"]["max_entries_to_merge"]) == ("ALLGREEN", 1)


def test_an_account_without_a_queue_has_all_the_rest() -> None:
    assert ruleset()["rules"][:-1] == ruleset(queue=False)["rules"]
    assert json.loads(ruleset_text()) == ruleset()


@pytest.mark.parametrize(
    ("actual", "wanted", "left"),
    [
        ({"a": 1, "more": 2}, {"a": 1}, {"a": 1}),
        ({}, {"a": 1}, {"a": None}),
        ([{"type": "b"}, {"type": "a", "id": 1}], [{"type": "a"}, {"type": "b"}], [{"type": "a"}, {"type": "b"}]),
        ([{"type": "c", "id": 1}], [{"type": "a"}], [{"type": "c", "id": 1}]),
        (None, {"a": 1}, None),
        (["x", "y"], ["x"], ["x", "y"]),
    ],
)
def test_unmanaged_settings_are_not_compared(actual: object, wanted: object, left: object) -> None:
    assert project_onto(actual, wanted) == left
