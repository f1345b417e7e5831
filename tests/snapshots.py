"""Snapshots made of texts, for tests of the pure modules: what reading a repository gives, without the repository."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from validator.git.trees import Entry
from validator.model import shapes
from validator.model.layout import CHARTER, claim_path, form_of
from validator.registry.history import Registration
from validator.registry.parsing import ClaimFile, Parsed, claim_file, parse
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import read

ROOT = Path(__file__).parent.parent
COMMIT = "1" * 40
TREE = "2" * 40
CAPACITY = 3


def charter(**fields: Any) -> str:
    """The text of a charter for three sessions, some fields of it changed; None leaves a field out."""
    return _text(
        {
            "mission": {"statement": "Send 51 emails a day"},
            "capacity": CAPACITY,
            "orchestrator": 1,
            "time_zone": "America/Los_Angeles",
            "approvers": [{"handle": "@OWNER"}],
            **fields,
        }
    )


def claim(number: int, /, **fields: Any) -> str:
    """The text of a session's claim, unlike any other number's, some fields of it changed; None leaves a field out."""
    return _text(
        {
            "number": number,
            "role": f"Outreach AI (Batch {number})",
            "goal": "Send 17 emails daily",
            "targets": [{"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails", "per": "day"}],
            "session_id": f"outreach-{number}",
            "responsibilities": ["Send emails"],
            "status": "REGISTERED",
            "timestamp": "2026-11-20T08:00:00Z",
            **fields,
        }
    )


def registry(*claims: str, **others: str) -> dict[str, str]:
    """The files of a registry: a charter, claims by their numbers; `others` replaces the charter."""
    files = {CHARTER: others.get("charter", charter())}
    return files | {claim_path(json.loads(text)["number"]): text for text in claims}


def snapshot(files: Mapping[str, str], *order: str) -> Snapshot:
    """The snapshot of files by path. `order` are the paths that main has, in the order of their arrival."""
    charter_file = parse(read(CHARTER, files[CHARTER].encode()), shapes.Charter) if CHARTER in files else None
    claims, records = dict[str, ClaimFile](), dict[str, Parsed[Any]]()
    for path, text in sorted(files.items()):
        match form_of(path):
            case (shapes.Claim, int(number)):
                claims[path] = claim_file(read(path, text.encode()), number)
            case (shape, _) if shape is not shapes.Charter:
                records[path] = parse(read(path, text.encode()), shape)
    entries = {
        path: Entry("100644", hashlib.sha1(text.encode()).hexdigest(), len(text)) for path, text in files.items()
    }
    standing = {path: Registration(path, f"{at:040}", at, at) for at, path in enumerate(order)}
    return Snapshot(COMMIT, TREE, entries, charter_file, claims, records, past=lambda _: standing)


def _text(fields: Mapping[str, Any]) -> str:
    """JSON is YAML."""
    return json.dumps({name: value for name, value in fields.items() if value is not None})
