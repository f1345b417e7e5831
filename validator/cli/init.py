"""Start a registry for another fleet: a repository with charter, empty folders, schemas and CODEOWNERS on main."""

import json
from collections.abc import Sequence
from pathlib import Path

from validator.cli.codeowners import codeowners
from validator.cli.schema import schema
from validator.git.repo import Repo
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.layout import CHARTER
from validator.operations.files import write
from validator.registry.parsing import parse
from validator.registry.schedule import zone_of
from validator.registry.yaml.reader import read
from validator.rules.file_name import PLACEHOLDERS


def init(
    *, folder: Path, capacity: int, mission: str, orchestrator: int, approvers: Sequence[str], time_zone: str
) -> str:
    """Write the registry and commit it; one that was begun and not committed is completed.

    An approver is a handle, or a handle and an SSH public key with a space between. Raises FatalError for a folder that
    has a registry, or words that make no charter.
    """
    text = _charter(capacity, mission, orchestrator, approvers, time_zone)
    document = read(CHARTER, text.encode("utf-8", "surrogatepass"))
    charter = parse(document, shapes.Charter)
    if charter.value is None or not 1 <= orchestrator <= capacity:
        wrong = [fault.message for fault in document.faults] + [".".join(map(str, f.route)) for f in charter.faults]
        raise FatalError(f"this makes no charter: {', '.join(wrong) or f'orchestrator {orchestrator} of {capacity}'}")
    zone_of(charter.value)
    if (folder / "registry").exists() and _content(folder / CHARTER) != text:
        raise FatalError(f"{folder} has a registry already")
    repo = Repo.found_or_made(folder)
    if repo.top is None or repo.top != folder.resolve():
        raise FatalError(f"{folder} lies inside another repository; start the registry at its top, {repo.top}")
    (head,) = repo.resolve("HEAD")
    if head and CHARTER in repo.tree(head):
        raise FatalError(f"{folder} has a registry already")
    for path in sorted(PLACEHOLDERS):
        _put(folder / path, "")
    _put(folder / CHARTER, text)
    schema(repo=folder, check=False)
    codeowners(repo=folder, check=False)
    commit = repo.commit_all(
        f"Start a session registry for {capacity} sessions\n", ["registry", "schema", "CODEOWNERS"]
    )
    return (
        f"a registry for {capacity} sessions in {folder} (commit {commit[:12]})\n"
        f"next: describe the slots in {CHARTER}, publish main, guard it: registry install-hook, or a forge's rules\n"
    )


def _charter(capacity: int, mission: str, orchestrator: int, approvers: Sequence[str], time_zone: str) -> str:
    handles = "".join(f"  - {{{_approver(*words.partition(' '))}}}\n" for words in approvers)
    return (
        "# What this fleet is for. Only humans change this file.\n"
        f"mission:\n  statement: {json.dumps(mission, ensure_ascii=False)}\n"
        f"capacity: {capacity}  # the numbers are 1 to {capacity}, all of them must be registered\n"
        f"orchestrator: {orchestrator}  # the number whose holder confirms and broadcasts\n"
        f"time_zone: {json.dumps(time_zone)}\n"
        f"approvers:  # on a plain Git server each also has a key: the SSH public key that signs approvals\n{handles}"
    )


def _approver(handle: str, _: str, key: str) -> str:
    return f"handle: {json.dumps(handle)}" + (f", key: {json.dumps(key.strip())}" if key.strip() else "")


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _put(path: Path, text: str) -> None:
    try:
        write(path, text.encode())
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error
