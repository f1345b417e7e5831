"""`make mutation` changes one rule at a time: that rule's own cases must notice."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under mutmut, leave out the cases of other rules: they would take the most time and prove the least."""
    module = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".x")[0].rpartition(".")[2]
    own = f"[{module.replace('_', '-')}/"
    if any(own in item.name for item in items):
        items[:] = [item for item in items if own in item.name or "/" not in item.name]
