"""Snapshots: readable data, faults, and differences from another snapshot."""

from typing import Any

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.git.change import Intent
from validator.git.trees import Entry
from validator.model import shapes
from validator.model.layout import CHARTER, RECORDS, claim_path, form_of, governed
from validator.registry.parsing import MAX_FAULTS, Draft, Parsed, claim_file, parse
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import read

P1, P2 = "registry/sessions/01.yaml", "registry/sessions/02.yaml"
TARGET = {"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails"}


def parsed(text: str) -> Parsed[shapes.Claim]:
    return parse(read(P1, text.encode()), shapes.Claim)


def faults(text: str) -> list[tuple[tuple[str | int, ...], str]]:
    return [(fault.route, fault.kind) for fault in parsed(text).faults]


@pytest.mark.parametrize("capacity", [3, None])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("registry/charter.yaml", (shapes.Charter, None)),
        ("registry/sessions/04.yaml", (shapes.Claim, 4)),
        ("registry/sessions/00.yaml", (shapes.Claim, 0)),
        ("registry/consensus/acknowledgements/12.yaml", (shapes.Acknowledgement, 12)),
        ("registry/consensus/confirmation.yaml", (shapes.Confirmation, None)),
        ("registry/consensus/approval.yaml", (shapes.Approval, None)),
        ("registry/consensus/broadcast.yaml", (shapes.Broadcast, None)),
        ("registry/consensus/activation.yaml", (shapes.Activation, None)),
        ("registry/sessions/4.yaml", None),
        ("registry/sessions/000004.yaml", None),
        ("registry/sessions/04.yml", None),
        ("registry/sessions/04.yaml\n", None),
        ("registry/sessions/04ayaml", None),
        ("registry/sessions/\u0660\u0661.yaml", None),
        ("registry/sessions/a/04.yaml", None),
        ("registry/consensus/04.yaml", None),
        ("x/registry/sessions/04.yaml", None),
        ("Registry/sessions/04.yaml", None),
    ],
)
def test_form_of_a_path(path: str, form: object, capacity: int | None) -> None:
    assert form_of(path) == form


@pytest.mark.parametrize(
    ("number", "name"), [(1, "01"), (99, "99"), (100, "100"), (101, "101"), (12_345, "12345"), (99_999, "99999")]
)
def test_names_have_two_digits_and_no_other_padding(number: int, name: str) -> None:
    """A fleet that grows from 99 to 100 renames no file."""
    assert claim_path(number) == f"registry/sessions/{name}.yaml"
    forms = [n for n in range(1, 7) if form_of(f"registry/sessions/{number:0{n}}.yaml") == (shapes.Claim, number)]
    assert forms == [n for n in range(1, 7) if f"{number:0{n}}" == name]


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("registry/sessions/04.yaml", True),
        ("registry", True),
        ("registry/README.md", True),
        ("Registry/charter.yaml", True),
        ("REGISTRY", True),
        ("ｒegistry/charter.yaml", True),
        ("reg\u200bistry/charter.yaml", True),
        ("registry. ./charter.yaml", True),
        (" .registry/charter.yaml", False),
        ("registryX/charter.yaml", False),
        ("registry.md", False),
        ("docs/registry/charter.yaml", False),
        ("", False),
    ],
)
def test_governed(path: str, inside: bool) -> None:
    assert governed(path) is inside


def test_valid_claim_is_read_completely() -> None:
    text = claim(1, runtime_id="run-1", scope=[{"work": "mails", "first": 1, "last": 17}])
    file = claim_file(read(P1, text.encode()), 1)
    assert file.claim is not None
    assert file.parsed.faults == ()
    assert file.draft == Draft(*(getattr(file.claim, name) for name in Draft._fields))
    assert (file.draft.runtime_id, file.draft.scope) == ("run-1", (shapes.RangePart(work="mails", first=1, last=17),))
    assert file.document is file.parsed.document


def test_draft_holds_every_field_that_can_be_read() -> None:
    text = claim(
        1,
        number="1",
        goal=None,
        runtime_id="run-1",
        targets=[{**TARGET, "value": "17"}],
        scope=[{"work": "mails", "segments": ["late"]}],
        schedule=[{"activity": "Report", "days": ["fri"], "end": "18:00"}],
        salary=1,
    )
    file = claim_file(read(P1, text.encode()), 1)
    assert file.claim is None
    assert file.draft == Draft(
        role="Outreach AI (Batch 1)",
        session_id="outreach-1",
        runtime_id="run-1",
        scope=(shapes.SegmentPart(work="mails", segments=("late",)),),
        schedule=(shapes.Appointment(activity="Report", days=("fri",), end="18:00"),),
        status="REGISTERED",
        timestamp="2026-11-20T08:00:00Z",
    )


def test_draft_reads_numbers_strictly() -> None:
    assert claim_file(read(P1, b"number: 1.5\nrole: true\nstatus: 3\n"), 1).draft == Draft()
    assert claim_file(read(P1, b"number: 1\n"), 1).draft == Draft(number=1)


@pytest.mark.parametrize("text", ["- 1\n", "number: [\n", "", "just text\n"])
def test_draft_of_what_is_no_mapping_is_empty(text: str) -> None:
    assert claim_file(read(P1, text.encode()), 1).draft == Draft()


def test_draft_leaves_out_damaged_values() -> None:
    file = claim_file(read(P1, b"number: 1\nnumber: 2\nrole: &a Coordinator\ngoal: !x Send\nstatus: *a\n"), 1)
    assert file.draft == Draft(role="Coordinator")


def test_faulty_document_has_no_value_even_in_the_right_form() -> None:
    result = parsed(claim(1)[:-1] + ", labels: {x: &a text}}")
    assert (result.value, result.faults) == (None, ())
    assert len(result.document.faults) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (claim(1), []),
        (claim(1, role=None), [(("role",), "missing")]),
        (claim(1, rol="x"), [(("rol",), "extra_forbidden")]),
        (claim(1, targets=[]), [(("targets",), "too_short")]),
        (claim(1, targets=[{**TARGET, "value": "x"}]), [(("targets", 0, "value"), "float_type")]),
        (claim(1, targets=[{**TARGET, "op": "x"}]), [(("targets", 0, "op"), "literal_error")]),
        (claim(1, responsibilities=["", "x"]), [(("responsibilities", 0), "string_pattern_mismatch")]),
        (claim(1, scope=[{"work": "x", "first": 1}]), [(("scope", 0, "last"), "missing")]),
        (claim(1, scope=[{"work": "x"}]), [(("scope", 0, "segments"), "missing")]),
        (claim(1, scope=["x"]), [(("scope", 0), "model_type")]),
        (claim(1, scope="x"), [(("scope",), "tuple_type")]),
        (claim(1, labels={"value": 1}), [(("labels", "value"), "string_type")]),
        (claim(1, role=None)[:-1] + ', "number": 010}', [(("role",), "missing")]),
        ("[\n", []),
        ("- 1\n", [((), "model_type")]),
    ],
)
def test_faults_have_the_places_of_the_file(text: str, found: list[object]) -> None:
    assert faults(text) == found


def test_faults_of_one_file_are_limited() -> None:
    assert len(faults(claim(1, **{f"field-{n}": n for n in range(MAX_FAULTS + 9)}))) == MAX_FAULTS


def test_fault_below_a_damaged_value_is_not_reported_again() -> None:
    text = claim(1, targets=None, scope=None)[:-1] + ", targets: [{<<: {}, op: 1}], scope: [{work: 010, last: 5}]}"
    assert faults(text) == [(("scope", 0, "segments"), "missing")] or faults(text) == [
        (("scope", 0, "first"), "missing")
    ]


def test_fault_has_the_value_and_its_bounds() -> None:
    (fault,) = parse(read(CHARTER, charter(capacity=0).encode()), shapes.Charter).faults
    assert (fault.route, fault.kind, fault.value, fault.context) == (("capacity",), "greater_than_equal", 0, {"ge": 1})
    (missing,) = parsed(claim(1, role=None)).faults
    assert missing.context == {}


def test_route_of_a_fault_leaves_out_the_kind_of_work() -> None:
    text = charter(work=[{"name": "mails", "first": 1}, {"name": "replies", "segments": [1]}])
    found = [(fault.route, fault.kind) for fault in parse(read(CHARTER, text.encode()), shapes.Charter).faults]
    assert found == [(("work", 0, "last"), "missing"), (("work", 1, "segments", 0), "string_type")]


@pytest.mark.parametrize(
    ("fields", "unmeasurable"),
    [
        ({"targets": None}, True),
        ({"targets": []}, True),
        ({"targets": "many"}, False),
        ({"targets": [{**TARGET, "metric": None}]}, True),
        ({"targets": [{key: TARGET[key] for key in ("metric", "op", "value")}]}, True),
        ({"targets": [{**TARGET, "value": "many"}]}, False),
        ({"targets": [{**TARGET, "per": 5}]}, False),
        ({"targets": [{**TARGET, "measured_by": 5}]}, False),
        ({"targets": [{**TARGET, "colour": None}]}, False),
        ({"targets": [None]}, False),
        ({"role": None}, False),
        ({"schedule": [{"days": ["fri"], "end": "18:00", "value": 1}]}, False),
    ],
)
def test_faults_that_make_a_goal_unmeasurable(fields: dict[str, Any], unmeasurable: bool) -> None:
    found = parsed(claim(1, **fields)).faults
    assert found
    assert all(fault.unmeasurable is unmeasurable for fault in found)


def test_null_targets_are_no_targets() -> None:
    (fault,) = parsed(claim(1, targets=None)[:-1] + ', "targets": null}').faults
    assert fault.unmeasurable


def test_charter_is_there_where_it_can_be_read() -> None:
    assert snapshot({}).charter is None
    assert snapshot({CHARTER: "capacity: x\n"}).charter is None
    found = snapshot(registry()).charter
    assert found is not None
    assert found.capacity == 3


def test_every_file_with_a_form_is_parsed() -> None:
    record = next(iter(RECORDS))
    whole = snapshot({**registry(claim(1), claim(2, role=None)), record: "x\n", "README.md": "x\n"})
    assert [file.path for file in whole.parsed] == [CHARTER, P1, P2, record]
    assert dict(whole.parsed_at([P2, "README.md", record, CHARTER])) == {
        file.path: file for file in whole.parsed if file.path != P1
    }
    assert [file.path for file in snapshot({P1: claim(1)}).parsed] == [P1]
    assert not [*snapshot({P1: claim(1)}).parsed_at([CHARTER])]


def test_numbers_that_are_held_and_free() -> None:
    whole = snapshot(registry(claim(2), claim(3, role=None)))
    assert list(whole.by_number) == [2, 3]
    assert whole.by_number[3].path == "registry/sessions/03.yaml"
    assert whole.free_numbers() == (1,)
    assert snapshot({P2: claim(2)}).free_numbers() == ()


@pytest.mark.parametrize(
    ("now", "before", "differs"),
    [
        (None, None, False),
        (Entry("100644", "a", 1), None, True),
        (None, Entry("100644", "a", 1), True),
        (Entry("100644", "a", 1), Entry("100644", "a", None), False),
        (Entry("100644", "a", 1), Entry("100644", "b", 1), True),
        (Entry("100755", "a", 1), Entry("100644", "a", 1), True),
    ],
)
def test_a_path_differs_by_mode_and_content(now: Entry | None, before: Entry | None, differs: bool) -> None:
    head = snapshot({})._replace(files={P1: now} if now else {})
    base = snapshot({})._replace(files={P1: before} if before else {})
    assert head.differs(P1, base) is differs
    assert head.touched(base) == ({P1} if differs else set())


def test_paths_of_the_intent_are_touched() -> None:
    base = snapshot(registry(claim(1)))
    head = snapshot(registry(claim(1), claim(2)))._replace(intent={P1: Intent(None, base.files[P1])})
    assert head.touched(base) == {P1, P2}
    assert base.touched(base) == set()
    assert base.touched(head) == {P2}


def test_claim_is_new_where_base_has_another_or_none() -> None:
    base = snapshot(registry(claim(1)))
    head = snapshot(registry(claim(1), claim(2)))
    assert [head.is_new(file, base) for file in head.claims.values()] == [False, True]


def test_there_are_no_registrations_by_default() -> None:
    assert Snapshot("1", "2", {}, None, {}, {}).past([P1]) == {}


def test_two_snapshots_are_never_equal() -> None:
    one, other = (Snapshot("1", "2", {}, None, {}, {}) for _ in range(2))
    assert one == one
    assert one != other
    assert not one != one  # noqa: SIM202
    assert len({one, other}) == 2
