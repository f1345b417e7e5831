"""Record files: written text is read back equal, and has the expected form."""

from typing import get_args

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.model import shapes
from validator.model.layout import ACTIVATION, APPROVAL, CHARTER, CONFIRMATION, acknowledgement_path, branch_of
from validator.registry.records import KINDS, record_of, why_foreign
from validator.registry.yaml.writer import write_record

WHEN = "2026-11-20T10:00:00Z"
DIGEST = f"sha256:{'1' * 64}"


def test_text_of_a_record() -> None:
    """A handle begins with a sign that YAML reserves; all else is plain."""
    fields = {"registry": DIGEST, "approved_by": "@OWNER", "ready": True, "delivered": [1, 2], "timestamp": WHEN}
    assert write_record(fields) == (
        f'registry: {DIGEST}\napproved_by: "@OWNER"\nready: true\ndelivered: [1, 2]\ntimestamp: {WHEN}\n'
    )


@pytest.mark.parametrize("session_id", ["outreach-1", "true", "null", "0x1f", "1e3", "012"])
def test_what_is_written_is_read_back(session_id: str) -> None:
    text = write_record({"registry": DIGEST, "number": 1, "session_id": session_id, "timestamp": WHEN})
    whole = snapshot(registry(claim(1)) | {CONFIRMATION: text})
    assert whole.charter
    record = record_of(whole.records[CONFIRMATION], whole.charter)
    assert record is not None
    assert (record.kind, record.number, record.by, record.value.registry) == ("confirmation", 1, session_id, DIGEST)


def test_a_number_beyond_the_capacity_says_nothing() -> None:
    """Such as one that is left after the charter has become smaller."""
    fields = {"registry": DIGEST, "number": 2, "session_id": "outreach-2", "ready": True, "timestamp": WHEN}
    files = registry(claim(1), claim(2)) | {acknowledgement_path(2): write_record(fields)}
    for capacity, why in ((2, None), (1, "number 2 is held by nobody")):
        whole = snapshot(files | {CHARTER: charter(capacity=capacity)})
        assert whole.charter
        record = record_of(whole.records[acknowledgement_path(2)], whole.charter)
        assert record
        assert why_foreign(record, whole, whole.charter) == why


def test_every_form_of_a_record_has_a_kind() -> None:
    assert KINDS.keys() == {*get_args(shapes.Record)}


def test_places_and_branches() -> None:
    assert acknowledgement_path(2) == "registry/consensus/acknowledgements/02.yaml"
    assert acknowledgement_path(100) == "registry/consensus/acknowledgements/100.yaml"
    assert branch_of(acknowledgement_path(2)) == "record/acknowledgements/02"
    assert [branch_of(path) for path in (APPROVAL, ACTIVATION)] == ["record/approval", "record/activation"]
