"""The ruleset of main as GitHub takes it, written or checked to be fresh."""

from pathlib import Path

from validator.hosts.github.settings import RULESET_FILE, ruleset_text
from validator.operations import Answer
from validator.operations.generate import settle, top_of


def rulesets(*, repo: Path, check: bool) -> Answer:
    """Write `.github/rulesets/main.json`, the ruleset of main as GitHub takes it, or say that it is stale."""
    return settle(top_of(repo), {RULESET_FILE: ruleset_text()}, "registry github ruleset", check=check)
