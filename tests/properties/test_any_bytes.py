"""Whatever stands in a claim's file, the judge has an answer: findings or an accepted claim, and never an exception."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.registry import fleet_files, snapshot
from tests.properties.strategies import any_bytes, mutated, tries, yamlish
from tests.repository import claim_path, with_charter
from validator.model.findings import Level, Location, Verdict
from validator.operations.judge import judge
from validator.operations.steps import validate
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.faults import MAX_FAULTS
from validator.registry.yaml.reader import MAX_BYTES, Document, read
from validator.report import FORMATS, Setting, github
from validator.rules import RULES

PATH = claim_path(4)
FLEET = fleet_files()
BASE: Snapshot = snapshot({path: data for path, data in FLEET.items() if path != PATH})

route = st.lists(st.sampled_from(("number", "targets", "value", "scope", "")) | st.integers(0, 3), max_size=4).map(
    tuple
)


@given(any_bytes, route)
@example(b"", ())
@example(b"\n", ())
@example(b"a: &a [*a]", ("a", 0))
@example(b"a: " + b"9" * 5_000, ("a",))
@example(b'"\\U00110000"', ())
@example(b"%YAML " + b"9" * 5_000 + b".1\n---\n", ())
@example(b"? [a]\n: b\n", ("a",))
@example(b"*a : b\n", ())
@example(b"!!set {a, b}\n", ("a",))
@example(b"[" * MAX_BYTES, ())
@example(b"<<: {a: b}\n", ("a",))
@example(b"a: 1\n---\nb: 2\n", ("a",))
@example(b"\xef\xbb\xbfnumber: 3\n", ("number",))
def test_reader_takes_any_bytes(data: bytes, route: tuple[str | int, ...]) -> None:
    document = read(PATH, data)
    assert well_placed(document, data, route)
    assert max(Counter(fault.kind for fault in document.faults).values(), default=0) <= MAX_FAULTS


@given(any_bytes)
@example(b"number: 4\n")
@example(b"targets: [" + b"01, " * 500 + b"0]\n")
def test_judge_takes_any_bytes(data: bytes) -> None:
    head = snapshot({**FLEET, PATH: data})
    verdict = judge(head, BASE)
    assert verdict.accepted == (not any(finding.level is Level.ERROR for finding in verdict.findings))
    if verdict.accepted:
        claim = head.claims[PATH].claim
        assert claim is not None
        assert claim.number == 4
    for finding in verdict.findings:
        line = head.claims[PATH].document.excerpt(finding.location.line)
        assert finding.excerpt == (line if finding.location.path == PATH else finding.excerpt)
    for report in FORMATS.values():
        assert report(verdict, Setting(rules=RULES)).endswith("\n")
    assert github.summary(verdict)


@given(mutated(yamlish).map(lambda words: words.encode("utf-8", "surrogatepass")), st.sampled_from(sorted(FLEET)))
def test_any_file_of_a_registry_may_be_broken(data: bytes, path: str) -> None:
    broken = snapshot({**FLEET, path: data})
    assert judge(broken, snapshot(FLEET)).findings
    assert judge(broken, broken).accepted
    assert judge(snapshot(FLEET), broken).head


@tries(0.2)
@given(any_bytes)
@example(b"")
@example(b"\xff" * (MAX_BYTES + 1))
def test_git_carries_any_bytes_to_the_judge(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        repository = with_charter(Path(folder, "registry.git"), [1])
        repository.commit("claim/04", {PATH: data}, "refs/heads/main^0")
        verdict = validate(repo=repository.path, base="main", head="claim/04")
    base = snapshot({path: FLEET[path] for path in ("registry/charter.yaml", claim_path(1))})
    in_memory = judge(snapshot({**{path: FLEET[path] for path in base.files}, PATH: data}), base)
    assert told(verdict) == told(in_memory)


def told(verdict: Verdict) -> list[tuple[str, Location]]:
    """All that does not need a commit: not who was first, and not what is later than it."""
    return [(finding.code, finding.location) for finding in verdict.findings if finding.code != "REG303"]


def well_placed(document: Document, data: bytes, route: tuple[str | int, ...]) -> bool:
    """Whether all places lie in the text: a line that there is, a column that is at most one beyond its end."""
    lines = data.decode("utf-8", "replace").split("\n")
    places = [(fault.line, fault.column) for fault in document.faults]
    places += [document.at(*route)[1:], document.at_key(*route)[1:]]
    return all(1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in places)
