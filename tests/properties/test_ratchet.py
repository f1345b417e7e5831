"""A change answers for what it introduces, and for nothing that main had wrong already."""

from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.muddled import BROKEN, CLAIMS, muddled_fleet
from tests.properties.registry import fleet_files, snapshot
from tests.properties.strategies import tries
from validator.model.findings import Finding, Level, Location, Origin
from validator.operations.judge import audit, judge, run

FLEET = fleet_files()
files = muddled_fleet()


@tries(2)
@given(files)
def test_an_unchanged_tree_introduces_no_findings(base: dict[str, bytes]) -> None:
    verdict = judge(snapshot(base), snapshot(base))
    assert verdict.accepted
    assert verdict.healed == ()
    assert {finding.origin for finding in verdict.findings} <= {Origin.INHERITED}
    assert keys(verdict.findings) == keys(audit(snapshot(base)).findings)


@tries(2)
@given(files, files)
def test_every_finding_is_accounted_for(head: dict[str, bytes], base: dict[str, bytes]) -> None:
    verdict = judge(snapshot(head), snapshot(base))
    before, after = run(snapshot(base), snapshot(base)), run(snapshot(head), snapshot(base))
    inherited = [finding for finding in verdict.findings if finding.origin is Origin.INHERITED]
    introduced = [finding for finding in verdict.findings if finding.origin is Origin.INTRODUCED]
    assert keys(verdict.findings) == keys(after)
    assert keys([*inherited, *verdict.healed]) <= keys(before)
    assert not keys(introduced) & (keys(before) - keys(inherited))
    assert not {finding.location.path for finding in introduced} & {finding.location.path for finding in verdict.healed}
    assert verdict.accepted == all(finding.level is Level.WARNING for finding in introduced)


@given(files)
def test_on_a_sound_base_every_error_decides(head: dict[str, bytes]) -> None:
    verdict = judge(snapshot(head), snapshot(FLEET))
    errors = [finding for finding in run(snapshot(head), snapshot(FLEET)) if finding.level is Level.ERROR]
    assert verdict.accepted == (not errors)


@given(files, st.sampled_from(("README.md", "docs/page.md", "validator/cli.py")))
def test_a_change_elsewhere_passes_on_a_broken_base(base: dict[str, bytes], path: str) -> None:
    assume(path not in base)
    verdict = judge(snapshot({**base, path: b"words"}), snapshot(base))
    assert verdict.accepted
    assert verdict.healed == ()


@given(st.sampled_from(CLAIMS), st.sampled_from(BROKEN))
def test_taking_out_a_broken_claim_passes_and_heals(path: str, text: str) -> None:
    base = {**FLEET, path: text.encode()}
    verdict = judge(snapshot({name: data for name, data in base.items() if name != path}), snapshot(base))
    assert verdict.accepted
    assert path in {finding.location.path for finding in verdict.healed}


def keys(findings: tuple[Finding, ...] | list[Finding]) -> Counter[tuple[str, Location | str, str]]:
    return Counter((finding.code, finding.location.path, finding.message) for finding in findings)
