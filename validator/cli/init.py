"""`registry init`: a repository with charter, empty folders, schemas and CODEOWNERS on main, for another fleet."""

import json
import secrets
import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from validator.cli.codeowners import owners
from validator.cli.console import Console
from validator.cli.schema import schemas
from validator.git.repo import Repo
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, MAIN
from validator.operations.files import write
from validator.registry.parsing import parse
from validator.registry.schedule import zone_of
from validator.registry.yaml.reader import read
from validator.rules.file_name import PLACEHOLDERS


@click.command(epilog="""Example: registry init fleet --capacity 12 --mission "Generate $120k MRR" --approver @OWNER""")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--capacity", type=int, required=True, help="How many sessions the fleet has.")
@click.option("--mission", required=True, help="What the fleet is for, in a sentence.")
@click.option("--orchestrator", type=int, default=1, show_default=True, help="The number that confirms and broadcasts.")
@click.option(
    "--approver", "approvers", multiple=True, required=True, metavar='"@OWNER [KEY]"',
    help="A human, with the SSH public key that signs approvals on a plain Git server; repeatable.",
)  # fmt: skip
@click.option("--time-zone", default="UTC", show_default=True, help="The zone of every schedule.")
@click.pass_obj
def command(
    console: Console, folder: Path, capacity: int, mission: str, orchestrator: int, approvers: tuple[str, ...],
    time_zone: str,
) -> int:  # fmt: skip
    """Start a registry for another fleet."""
    text = _charter(capacity, mission, orchestrator, approvers, time_zone)
    commit = start(folder, text, secrets.token_hex(16))
    console.say(
        f"a registry for {capacity} sessions in {folder} (commit {commit[:12]})\n"
        f"next: describe the slots in {CHARTER}, publish main, guard it: registry install-hook, or a forge's rules\n"
    )
    return 0


def start(folder: Path, text: str, identity: str) -> str:
    """Write the registry of a charter and commit it; one that was begun and not committed is completed.

    `identity` is this registry's alone. It makes the commit differ from every other registry's first one, so that no
    signed step of another registry can follow it.
    Returns the commit. Raises FatalError for a folder that has a registry, or text that makes no charter.
    """
    charter = _checked(text)
    if (folder / "registry").exists() and _content(folder / CHARTER) != text:
        raise FatalError(f"{folder} has a registry already")
    repo = Repo.found_or_made(folder)
    if repo.top is None or repo.top != folder.resolve():
        raise FatalError(f"{folder} lies inside another repository; start the registry at its top, {repo.top}")
    (head,) = repo.resolve("HEAD")
    if head and CHARTER in repo.tree(head):
        raise FatalError(f"{folder} has a registry already")
    _stand_on_main(repo, folder, born=head is not None)
    for path in sorted(PLACEHOLDERS):
        _put(folder / path, "")
    _put(folder / CHARTER, text)
    for path, made in {**schemas(), **owners(folder)}.items():
        _put(folder / path, made)
    return repo.commit_all(
        f"Start a session registry for {charter.capacity} sessions\n\nRegistry-Id: {identity}\n",
        ["registry", "schema", "CODEOWNERS"],
    )


def _stand_on_main(repo: Repo, folder: Path, *, born: bool) -> None:
    """Let a repository without a commit begin on main. Raises FatalError for one that is on another branch."""
    branch = repo.branch()
    if branch != MAIN and not born:
        repo.read("symbolic-ref", "HEAD", MAIN, environment=repo.real)
    elif branch != MAIN:
        here = f"git -C {shlex.quote(str(folder))}"
        way_out = f"{here} branch -m main" if branch else f"{here} switch -c main"
        raise FatalError(f"a registry lives on main, and {folder} is on {branch or 'no branch'}; run: {way_out}")


def _checked(text: str) -> shapes.Charter:
    document = read(CHARTER, text.encode("utf-8", "surrogatepass"))
    parsed = parse(document, shapes.Charter)
    charter = parsed.value
    if charter is None:
        wrong = [fault.message for fault in document.faults] + [".".join(map(str, f.route)) for f in parsed.faults]
        raise FatalError(f"this makes no charter: {', '.join(wrong)}")
    if not 1 <= charter.orchestrator <= charter.capacity:
        raise FatalError(f"this makes no charter: orchestrator {charter.orchestrator} of {charter.capacity}")
    zone_of(charter)
    return charter


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
