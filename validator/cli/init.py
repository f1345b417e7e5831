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
from validator.hosts.agents.agents_md import AGENTS, update
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, MAIN
from validator.model.phrases import quoted
from validator.operations.claim.goal import draft_targets
from validator.operations.files import write
from validator.registry.parsing import parse
from validator.registry.schedule import zone_of
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import flow
from validator.rules.file_name import PLACEHOLDERS

# Of the charter's fields, the form of the argument.
FORMS = {
    "approvers": '--approver "@HANDLE", or "@HANDLE KEY" with an SSH public key',
    "capacity": "--capacity N, from 1 to 99999",
    "mission": "--mission SENTENCE, on one line",
    "orchestrator": "--orchestrator N, a number of the fleet",
    "time_zone": "--time-zone as in Europe/Berlin",
}


@click.command(epilog="""Example: registry init fleet --capacity 12 --mission "Generate $120k MRR" --approver @OWNER""")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--capacity", type=int, help="How many sessions the fleet has.")
@click.option("--mission", help="What the fleet is for, in a sentence.")
@click.option("--orchestrator", type=int, default=1, show_default=True, help="The number that confirms and broadcasts.")
@click.option(
    "--approver", "approvers", multiple=True, metavar='"@OWNER [KEY]"',
    help="A human, with the SSH public key that signs approvals on a plain Git server; repeatable.",
)  # fmt: skip
@click.option("--time-zone", default="UTC", show_default=True, help="The zone of every schedule.")
@click.option("--agents", is_flag=True, help="Write or update the block for agents in AGENTS.md.")
@click.pass_context
def command(
    context: click.Context, folder: Path | None, capacity: int | None, mission: str | None, orchestrator: int,
    approvers: tuple[str, ...], time_zone: str, agents: bool,
) -> int:  # fmt: skip
    """Start a registry for another fleet.

    A new registry needs DIR, --capacity, --mission and --approver. With --agents alone, the registry that is in DIR (or
    here) gets the block, and nothing else changes.
    """
    console: Console = context.obj
    if agents and capacity is None and mission is None and not approvers:
        return _agents(console, folder or Path())
    if folder is None or capacity is None or mission is None or not approvers:
        needed = ("folder", "capacity", "mission", "approvers")
        missing = next(each for each in context.command.params if each.name in needed and not context.params[each.name])
        form = FORMS.get(str(missing.name))
        raise click.MissingParameter(form and f"Write {form}", ctx=context, param=missing)
    text = _charter(capacity, mission, orchestrator, approvers, time_zone)
    commit = start(folder, text, secrets.token_hex(16), agents=agents)
    console.say(
        f"a registry for {capacity} sessions in {folder} (commit {commit[:12]})\n{_unread(mission)}"
        f"{_next(folder, signed=any(' ' in one.strip() for one in approvers))}"
    )
    return 0


def _next(folder: Path, *, signed: bool) -> str:
    """How a new registry comes to a server of its own: commands that work as they are, and another way on GitHub."""
    named = folder if folder.name not in ("", "..") else folder.resolve()
    here, server = shlex.quote(str(named)), shlex.quote(f"{named}.git")
    address = server if named.is_absolute() else f'"$PWD"/{server}'
    guard = f"registry install-hook {server}{'' if signed else ' --unsigned'}"
    return (
        f"next: describe the slots in {CHARTER} and commit that; then publish main, for instance: "
        f"git clone --bare {here} {server} && git -C {here} remote add origin {address}\n"
        f"then guard it: {guard} (GitHub: registry github apply)\n"
    )


def _agents(console: Console, folder: Path) -> int:
    """Write or update the block for agents alone."""
    if not (folder / CHARTER).is_file():
        raise FatalError(f"{folder} is no registry: it has no {CHARTER}")
    changed = update(folder)
    console.say(f"{'wrote' if changed else 'fresh:'} {folder / AGENTS}\n")
    if changed:
        console.say(f"next: git -C {shlex.quote(str(folder))} add {AGENTS}, commit it, and publish main\n")
    return 0


def start(folder: Path, text: str, identity: str, *, agents: bool = False) -> str:
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
    repo.require_identity()
    (head,) = repo.resolve("HEAD")
    if head and CHARTER in repo.tree(head):
        raise FatalError(f"{folder} has a registry already")
    _stand_on_main(repo, folder, born=head is not None)
    for path in sorted(PLACEHOLDERS):
        _put(folder / path, "")
    _put(folder / CHARTER, text)
    for path, made in {**schemas(), **owners(repo)}.items():
        _put(folder / path, made)
    if agents:
        update(folder)
    return repo.commit_all(
        f"Start a session registry for {charter.capacity} sessions\n\nRegistry-Id: {identity}\n",
        ["registry", "schema", "CODEOWNERS", *([AGENTS] if agents else [])],
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


def _forms(routes: list[str]) -> str:
    """The form of each argument that these places of the charter come from."""
    named = dict.fromkeys(route.partition(".")[0] for route in routes)
    return "".join(f"; write {FORMS[name]}" for name in named if name in FORMS)


def _checked(text: str) -> shapes.Charter:
    document = read(CHARTER, text.encode("utf-8", "surrogatepass"))
    parsed = parse(document, shapes.Charter)
    charter = parsed.value
    if charter is None:
        wrong = [fault.message for fault in document.faults] + [".".join(map(str, f.route)) for f in parsed.faults]
        forms = _forms([".".join(map(str, fault.route)) for fault in parsed.faults])
        raise FatalError(f"these arguments make no valid charter: {', '.join(wrong)}{forms}")
    if not 1 <= charter.orchestrator <= charter.capacity:
        raise FatalError(
            f"these arguments make no valid charter: orchestrator {charter.orchestrator} of {charter.capacity}"
        )
    zone_of(charter)
    return charter


# What a human adds by hand, in the form that the charter has for it.
PLAN = """\
# slots:  # the plan for each number; without one its session chooses a role
#   - {number: 1, title: Orchestrator, role: Orchestrator - Coordinate the fleet}
# work:  # what the sessions divide among them, in pieces with numbers or names
#   - {name: letters, first: 1, last: 90}
#   - {name: replies, segments: [standard, urgent]}
"""


def _charter(capacity: int, mission: str, orchestrator: int, approvers: Sequence[str], time_zone: str) -> str:
    handles = "".join(f"  - {{{_approver(*words.partition(' '))}}}\n" for words in approvers)
    return (
        "# What this fleet is for. Only humans change this file.\n"
        f"mission:\n  statement: {json.dumps(mission, ensure_ascii=False)}\n{_targets(mission)}"
        f"capacity: {capacity}  # the numbers are 1 to this one; all of them must be registered\n"
        f"orchestrator: {orchestrator}  # the number whose holder confirms and broadcasts\n"
        f"time_zone: {json.dumps(time_zone)}\n"
        f"approvers:  # on a plain Git server each also has a key: the SSH public key that signs approvals\n{handles}"
        + PLAN
    )


def _targets(mission: str) -> str:
    """The mission's targets, as those of a goal are drawn; nothing where the sentence states none."""
    drawn = draft_targets(mission).targets
    rows = (flow(target.model_dump(mode="json", exclude_none=True)) for target in drawn)
    return "  targets:\n" + "".join(f"    - {row}\n" for row in rows) if drawn else ""


def _unread(mission: str) -> str:
    """The figures of the mission that are in no target of it, and where they belong."""
    left = draft_targets(mission).unread
    into = f"write them under mission.targets in {CHARTER}"
    return f"not read as a target: {', '.join(map(quoted, left))}; {into}\n" if left else ""


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
