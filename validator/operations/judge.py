"""Judge a change against its base: only findings that the change introduces decide."""

from collections import Counter
from collections.abc import Sequence

from validator.model.findings import Finding, Origin, Verdict, decides, in_order
from validator.registry.snapshot import Snapshot
from validator.rules import RULES, Rule, merge_conflict


def judge(head: Snapshot, base: Snapshot, rules: Sequence[Rule] = RULES, *, free: bool = True) -> Verdict:
    """Judge a change as it would land. A finding of base and head is inherited; one of base alone is healed.

    `free`: with the numbers that are free.
    """
    old, new = run(base, base, rules), run(head, base, rules)
    known = Counter(map(_identity, old))
    findings = list[Finding]()
    for finding in new:
        if known[_identity(finding)]:
            known[_identity(finding)] -= 1
            findings.append(finding._replace(origin=Origin.INHERITED))
        else:
            findings.append(finding)
    # A file that is wrong in another way now is not healed.
    worse = {finding.location.path for finding in findings if finding.origin is Origin.INTRODUCED}
    healed = tuple(f for f in _left(old, known) if f.location.path not in worse)
    assert head.commit is not None, "only a commit is judged"
    return Verdict(base.commit, head.commit, head.tree, tuple(findings), healed, base.free_numbers() if free else ())


def audit(snapshot: Snapshot) -> Verdict:
    """Judge a whole registry and its history; every finding counts."""
    assert snapshot.commit is not None, "only a commit is audited"
    return Verdict(None, snapshot.commit, snapshot.tree, run(snapshot, snapshot), (), snapshot.free_numbers())


def _identity(finding: Finding) -> tuple[str, str, str]:
    """What makes two findings the same one: not the line, which moves with every edit above it."""
    return finding.code, finding.location.path, finding.message


def _left(old: tuple[Finding, ...], unmatched: Counter[tuple[str, str, str]]) -> list[Finding]:
    left = Counter(unmatched)
    gone = list[Finding]()
    for finding in old:
        if left[_identity(finding)] > 0:
            left[_identity(finding)] -= 1
            gone.append(finding)
    return gone


def run(head: Snapshot, base: Snapshot, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """What these rules find in head, in the order of files and places. The same snapshots give the same findings."""
    problems = [(rule, problem) for rule in rules for problem in rule.check(head, base)]
    documents = {path: parsed.document for path, parsed in head.parsed_at({at.location.path for _, at in problems})}
    findings = [
        Finding(
            rule.CODE,
            rule.NAME,
            problem.level or rule.LEVEL,
            problem.location,
            problem.message,
            problem.help,
            excerpt=documents[path].excerpt(problem.location.line)
            if (path := problem.location.path) in documents
            else None,
        )
        for rule, problem in problems
    ]
    return in_order(findings)


def has_to_be_made_again(verdict: Verdict) -> bool:
    """Whether a proposal is rejected since it does not merge into main as main is now."""
    return any(finding.code == merge_conflict.CODE and decides(finding) for finding in verdict.findings)
