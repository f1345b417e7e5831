"""The files that are made from others: schemas, CODEOWNERS, the rules page. Each is written, or checked to be fresh."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from validator import model, output
from validator.commands import Answer
from validator.document import MAX_BYTES, read
from validator.finding import FatalError
from validator.repo import Repo
from validator.snapshot import ACKNOWLEDGEMENTS, CHARTER, parse

SHAPES: Mapping[str, type[model.Shape]] = {
    "charter": model.Charter,
    "session": model.Claim,
    "confirmation": model.Confirmation,
    "approval": model.Approval,
    "broadcast": model.Broadcast,
    "acknowledgement": model.Acknowledgement,
    "activation": model.Activation,
    "output-validate": output.ValidateDocument,
    "output-status": output.StatusDocument,
    "output-export": output.ExportDocument,
    "output-history": output.HistoryDocument,
    "output-whoami": output.WhoamiDocument,
    "output-claim": output.ClaimDocument,
    "output-proposals": output.ProposalsDocument,
    "output-approve": output.ApprovalsDocument,
    "output-consensus-status": output.ConsensusDocument,
    "output-consensus-record": output.RecordDocument,
    "output-consensus-broadcast": output.BroadcastDocument,
    "output-conflicts": output.ConflictsDocument,
    "output-split": output.SplitDocument,
    "output-schedule": output.ScheduleDocument,
    "output-watch": output.WatchDocument,
    "output-rules": output.RulesDocument,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(*, repo: Path, check: bool) -> Answer:
    """Write `schema/*.schema.json` from the models, or say which of them is stale."""
    files = {f"schema/{name}.schema.json": _schema(name, shape) for name, shape in SHAPES.items()}
    return _settle(_top(repo), files, "registry schema", check=check)


def codeowners(*, repo: Path, check: bool) -> Answer:
    """Write CODEOWNERS from the approvers of the charter on disk, or say that it is stale."""
    top = _top(repo)
    handles = " ".join(approver.handle for approver in _charter(top).approvers)
    text = (
        f"# Made by `registry codeowners` from the approvers in {CHARTER}. Do not edit.\n"
        "# The last line that matches a path decides. One line for everything leaves no gap but the one meant:\n"
        "# an acknowledgement is each session's own word, and nobody else has to approve it.\n"
        f"* {handles}\n"
        f"/{ACKNOWLEDGEMENTS}/\n"
    )
    return _settle(top, {"CODEOWNERS": text}, "registry codeowners", check=check)


def rules_page(*, repo: Path, check: bool) -> Answer:
    """Write `docs/rules.md` from the docstrings of the rules, or say that it is stale."""
    from validator.commands.explain import PAGE, page

    return _settle(_top(repo), {PAGE: page()}, "registry explain --page", check=check)


def _schema(name: str, shape: type[model.Shape]) -> str:
    mode = "serialization" if name.startswith("output-") else "validation"
    made = shape.model_json_schema(mode=mode)  # type: ignore[arg-type]  # a Literal, chosen above
    return json.dumps({"$schema": DIALECT, "$id": f"{name}.schema.json", **made}, indent=2, ensure_ascii=False) + "\n"


def _charter(top: Path) -> model.Charter:
    path = top / CHARTER
    try:
        with path.open("rb") as file:
            charter = parse(read(CHARTER, file.read(MAX_BYTES + 1)), model.Charter).value
    except OSError as error:
        raise FatalError(f"{CHARTER} cannot be read: {error.strerror}") from error
    if charter is None:
        raise FatalError(f"{CHARTER} is broken; run: registry validate --worktree")
    return charter


def _top(repo: Path) -> Path:
    top = Repo(repo).top
    if top is None:
        raise FatalError("a bare repository has no folder to write to")
    return top


def _settle(top: Path, files: Mapping[str, str], command: str, *, check: bool) -> Answer:
    stale = [name for name, text in files.items() if _content(top / name) != text]
    if check:
        lines = [f"{name} is stale; run: {command}\n" for name in stale]
        return Answer("".join(lines) or f"fresh: {', '.join(files)}\n", 1 if stale else 0)
    for name in stale:
        _write(top / name, files[name])
    return Answer("".join(f"wrote {name}\n" for name in stale) or "nothing to do: all fresh\n")


def _content(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole: a reader sees the old one or the new one, and a full disk leaves the old one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            file.write(text.encode())
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except OSError as error:
        raise FatalError(f"{path.name} cannot be written: {error.strerror}") from error
