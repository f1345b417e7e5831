"""The published schemas say of a printed document what the contract says."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from validator.cli.explain import RuleEntry, RulesDocument
from validator.cli.history import EventEntry, HistoryDocument
from validator.cli.status import StatusDocument
from validator.cli.whoami import OwnProposalEntry, WhoamiDocument
from validator.model.definition import Approver, Charter, Claim, Mission, Target
from validator.model.findings import Level
from validator.report.documents import (
    CriterionEntry,
    ExportDocument,
    PrintedDocument,
    SlotEntry,
    ValidateDocument,
    as_json,
    as_json_line,
)

OID, DIGEST, TIME = "a" * 40, f"sha256:{'b' * 64}", "2026-11-20T08:00:00Z"
SLOT = SlotEntry(number=1, state="open", session_id=None, role="Coordinate", goal=None, registered_at=None, commit=None)
CLAIM = Claim(
    number=2,
    role="Research",
    goal="Find 25 prospects daily",
    targets=(Target(metric="prospects", op="gte", value=25, unit="prospects", per="day"),),
    session_id="marketing-research-1",
    responsibilities=("Find 25 prospects",),
    status="REGISTERED",
    timestamp=TIME,
)
CHARTER = Charter(
    mission=Mission(statement="Generate $120k MRR"),
    capacity=2,
    orchestrator=1,
    time_zone="America/Los_Angeles",
    approvers=(Approver(handle="@OWNER"),),
)
# Every key of the contract (design, section 6) and every key that this version adds.
DOCUMENTS: dict[str, tuple[PrintedDocument, str]] = {
    "validate": (
        ValidateDocument(verdict="accepted", base=None, head=OID, tree=None, findings=(), healed=(), free_numbers=(3,)),
        "schema_version verdict base head tree findings healed free_numbers",
    ),
    "status": (
        StatusDocument(
            commit=OID,
            phase="registering",
            week=None,
            capacity=2,
            digest=DIGEST,
            registered=0,
            next_action="claim a number: registry claim --any",
            approvals_signed=False,
            slots=(SLOT,),
            criteria=(CriterionEntry(name="all-registered", met=False, evidence="0 of 2"),),
        ),
        (
            "schema_version commit phase week capacity digest registered next_action approvals_signed slots criteria "
            "records missing mission"
        ),
    ),
    "export": (
        ExportDocument(commit=OID, week=None, digest=DIGEST, charter=CHARTER, slots=(SLOT,), claims=(CLAIM,)),
        "schema_version commit week digest charter slots claims",
    ),
    "history": (
        HistoryDocument(
            commit=OID,
            events=(
                EventEntry(
                    number=2,
                    event="registered",
                    session_id="marketing-research-1",
                    commit=OID,
                    committed_at=TIME,
                    path="registry/sessions/02.yaml",
                ),
            ),
        ),
        "schema_version commit events steps",
    ),
    "whoami": (
        WhoamiDocument(
            session_id="marketing-research-1",
            commit=OID,
            state="unregistered",
            number=None,
            role=None,
            goal=None,
            registered_at=None,
            next_action="claim a number: registry claim --any",
            command=None,
            phase="registering",
            week=None,
            proposals=(OwnProposalEntry(branch="claim/02", verdict="turned-down", reason="Not now."),),
            identity="REGISTRY_SESSION",
            runtimes=(),
        ),
        (
            "schema_version session_id commit state number role goal registered_at next_action command phase week "
            "proposals identity runtimes fingerprint key_state"
        ),
    ),
    "rules": (
        RulesDocument(
            rules=(RuleEntry(code="REG001", name="a", level=Level.ERROR, summary="A.", documentation="A.\n\nB."),)
        ),
        "schema_version rules",
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_has_the_keys_of_the_contract_and_fits_its_schema(name: str) -> None:
    document, keys = DOCUMENTS[name]
    printed = as_json(document)
    assert list(json.loads(printed)) == keys.split()
    assert type(document).model_validate_json(printed) == document
    line = as_json_line(document)
    assert line.isascii()
    assert line.index("\n") == len(line) - 1
    assert json.loads(line) == json.loads(printed)
    schema = type(document).model_json_schema(mode="serialization")
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema)
    judge.validate(json.loads(printed))
    assert sorted(schema["required"]) == sorted(keys.split())


def test_reader_passes_over_a_key_of_a_later_version() -> None:
    document, _ = DOCUMENTS["status"]
    later: dict[str, Any] = {**json.loads(as_json(document)), "brand_new": 1}
    assert StatusDocument.model_validate_json(json.dumps(later)) == document
    Draft202012Validator(StatusDocument.model_json_schema(mode="serialization")).validate(later)


@pytest.mark.parametrize("oid", ["HEAD", "a" * 39, "a" * 40 + "\n", "A" * 40])
def test_commit_is_a_full_object_id(oid: str) -> None:
    with pytest.raises(ValidationError):
        HistoryDocument(commit=oid, events=())
