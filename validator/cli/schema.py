"""The schemas of registry files and of documents, written from the models or checked to be fresh."""

import json
from collections.abc import Mapping
from pathlib import Path

from validator.hosts.github.remark import RemarkDocument
from validator.model import shapes
from validator.operations import Answer
from validator.operations.generate import settle, top_of
from validator.report import documents

SHAPES: Mapping[str, type[shapes.Shape]] = {
    "charter": shapes.Charter,
    "session": shapes.Claim,
    "confirmation": shapes.Confirmation,
    "approval": shapes.Approval,
    "broadcast": shapes.Broadcast,
    "acknowledgement": shapes.Acknowledgement,
    "activation": shapes.Activation,
    "output-validate": documents.ValidateDocument,
    "output-status": documents.StatusDocument,
    "output-export": documents.ExportDocument,
    "output-history": documents.HistoryDocument,
    "output-whoami": documents.WhoamiDocument,
    "output-claim": documents.ClaimDocument,
    "output-proposals": documents.ProposalsDocument,
    "output-approve": documents.ApprovalsDocument,
    "output-consensus-status": documents.ConsensusDocument,
    "output-consensus-record": documents.RecordDocument,
    "output-consensus-broadcast": documents.BroadcastDocument,
    "output-conflicts": documents.ConflictsDocument,
    "output-split": documents.SplitDocument,
    "output-schedule": documents.ScheduleDocument,
    "output-watch": documents.WatchDocument,
    "output-rules": documents.RulesDocument,
    "output-github-plan": documents.GithubPlanDocument,
    "output-github-remark": RemarkDocument,
    "output-doctor": documents.DoctorDocument,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(*, repo: Path, check: bool) -> Answer:
    """Write `schema/*.schema.json` from the models, or say which of them is stale."""
    files = {f"schema/{name}.schema.json": _schema(name, shape) for name, shape in SHAPES.items()}
    return settle(top_of(repo), files, "registry schema", check=check)


def _schema(name: str, shape: type[shapes.Shape]) -> str:
    mode = "serialization" if name.startswith("output-") else "validation"
    made = shape.model_json_schema(mode=mode)  # type: ignore[arg-type]  # a Literal, chosen above
    return json.dumps({"$schema": DIALECT, "$id": f"{name}.schema.json", **made}, indent=2, ensure_ascii=False) + "\n"
