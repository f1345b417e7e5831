"""A rule looks at what it says that it looks at: narrow verdicts and an audit in parts rely on it."""

from hypothesis import given

from tests.properties.muddled import muddled_fleet
from tests.properties.registry import snapshot
from tests.properties.strategies import tries
from validator.model.findings import Input, in_order
from validator.operations.audit import ALONE
from validator.operations.judge import run
from validator.rules import RULES

OF_A_CHANGE = [rule for rule in RULES if Input.FILE not in rule.LOOKS_AT and Input.CHANGE in rule.LOOKS_AT]


@tries(0.5)
@given(muddled_fleet())
def test_rules_find_in_each_claim_what_they_find_in_all(files: dict[str, bytes]) -> None:
    whole = snapshot(files)
    found = tuple(finding for finding in run(whole, whole, ALONE) if finding.location.path in whole.claims)
    each = (
        (path, whole._replace(claims={path: claim}, files={path: whole.files[path]}))
        for path, claim in whole.claims.items()
    )
    one_by_one = [one for path, part in each for one in run(part, part, ALONE) if one.location.path == path]
    assert found == in_order(one_by_one)
    assert run(whole, whole, OF_A_CHANGE) == ()


def test_each_rule_says_what_it_looks_at() -> None:
    assert [rule.NAME for rule in RULES if not rule.LOOKS_AT] == []
    assert len(ALONE) > 15
