"""The parser of `registry VERB`, and the only owner of stdout, stderr, the environment and the exit code.

Longer than other modules because every verb's options stand here, in one place. Verbs are imported when they run: what
a verb does not need, it does not pay for.
"""

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from validator import __version__
from validator.door import enter, told
from validator.finding import FatalError, Verdict

if TYPE_CHECKING:
    from validator.commands.recording import Ended, View, Word

STOPPED = 130  # how shells tell of an interrupt (128 + SIGINT): for who watches that is no answer

Command = TypeVar("Command", bound=Callable[..., Any])

REPO = click.option(
    "--repo", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", show_default="this folder",
    help="A folder of the repository.",
)  # fmt: skip
REF = click.option("--ref", metavar="REV", help="The commit to read.  [default: origin/main, else main]")
REMOTE = click.option("--remote", default="origin", show_default=True)
FORMAT = click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
REPORT = click.option(
    "--format", type=click.Choice(["text", "github", "json", "sarif"]), default="text", show_default=True
)
SESSION = click.option("--session-id", required=True, help="The stable name of the session that speaks.")
PUSH = click.option("--push", is_flag=True, help="Bring it to the remote; else it stays here.")
OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file."
)
THE_RUNNERS = ""  # --event without a file: the one of the environment
EVENT = click.option(
    "--event", metavar="[FILE]", is_flag=False, flag_value=THE_RUNNERS,
    help="A GitHub event's payload says what is judged.  [without FILE: GITHUB_EVENT_PATH]",
)  # fmt: skip
CHECK = click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is stale.")


class _Seconds(click.FloatRange):
    """How long to wait: a tenth of a second to a day. `nan` is in every range, and no time."""

    def __init__(self) -> None:
        super().__init__(0.1, 24 * 60 * 60)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds: float = super().convert(value, param, ctx)
        return seconds if seconds == seconds else self.fail(f"{value!r} is no time", param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="registry")
def registry() -> None:
    """Who is who in a fleet of AI coding sessions: numbers, roles and measurable goals, kept in Git.

    Exit codes: 0 yes, 1 no (findings; not reached), 2 usage or environment.
    """


@registry.command()
@REPO
@click.option("--base", metavar="REV", help="Where it would land.  [default: origin/main, else main]")
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change.")
@click.option("--steps", is_flag=True, help="Judge what moves main: every first-parent commit against its parent.")
@click.option("--worktree", is_flag=True, help="Judge the files on disk instead of a commit.")
@EVENT
@REMOTE
@REPORT
@OUTPUT
@click.pass_context
def validate(
    context: click.Context, repo: Path, base: str | None, head: str, steps: bool, worktree: bool, event: str | None,
    remote: str, format: str, output: Path | None,
) -> NoReturn:  # fmt: skip
    """Judge a change as it would land."""
    from validator.commands.validate import validate

    if event is not None:
        from validator.commands.event import validate_event

        given = [name for name in ("base", "head", "steps", "worktree") if _is_given(context, name)]
        if given:
            raise click.UsageError(f"--event says what is judged; leave out --{given[0]}")
        _report(validate_event(repo=repo, remote=remote, data=_event(event)), format, output)
    _report(validate(repo=repo, base=base, head=head, steps=steps, worktree=worktree), format, output)


@registry.command()
@REPO
@REF
@click.option("--issue", is_flag=True, help="Keep one issue on GitHub up to date with what is found (through gh).")
@REPORT
@OUTPUT
def audit(repo: Path, ref: str | None, issue: bool, format: str, output: Path | None) -> NoReturn:
    """Judge the whole registry and its history."""
    from validator.commands.audit import audit

    verdict = audit(repo=repo, ref=ref)
    if issue:
        from validator.commands.issue import issue as keep

        _hint(keep(repo=repo, verdict=verdict))
    _report(verdict, format, output)


@registry.command()
@click.argument("rule", required=False)
@click.option("--page", is_flag=True, help="Write docs/rules.md instead.")
@CHECK
@FORMAT
@REPO
def explain(rule: str | None, page: bool, check: bool, format: str, repo: Path) -> NoReturn:
    """A rule in full, by code or name; without one, the list."""
    if check and not page:
        raise click.UsageError("--check goes with --page")
    if page:
        from validator.commands.generated import rules_page

        _answer(*rules_page(repo=repo, check=check))
    from validator.commands.explain import explain

    _answer(*explain(name=rule, format=format))


@registry.command()
@CHECK
@REPO
def schema(check: bool, repo: Path) -> NoReturn:
    """Write schema/*.schema.json from the models."""
    from validator.commands.generated import schema

    _answer(*schema(repo=repo, check=check))


@registry.command()
@CHECK
@REPO
def codeowners(check: bool, repo: Path) -> NoReturn:
    """Write CODEOWNERS from the charter's approvers."""
    from validator.commands.generated import codeowners

    _answer(*codeowners(repo=repo, check=check))


@registry.command()
@REPO
@REF
@FORMAT
@click.option("--watch", is_flag=True, help="Tell what changes on main, event by event; exit 1 if main is rewritten.")
@click.option("--once", is_flag=True, help="With --watch: tell what is new, and leave.")
@click.option("--since", metavar="REV", help="With --watch: begin after this commit.  [default: what was told last]")
@click.option("--interval", type=_Seconds(), default=5, show_default=True, help="With --watch: seconds.")
@click.option("--remote", help="With --watch: fetch from this remote.  [default: origin, else the main that is here]")
def status(
    repo: Path, ref: str | None, format: str, watch: bool, once: bool, since: str | None, interval: float,
    remote: str | None,
) -> NoReturn:  # fmt: skip
    """How far the fleet is: numbers, criteria, next action."""
    if watch:
        from validator.commands.watch import watch as follow

        try:
            ended = follow(
                repo=repo, remote=remote, since=since, once=once, interval=interval, format=format, say=_say, tell=_hint
            )
        except KeyboardInterrupt:
            ended = STOPPED
        sys.exit(ended)
    if once or since or remote:
        raise click.UsageError("--once, --since and --remote go with --watch")
    from validator.commands.status import status

    _answer(*status(repo=repo, ref=ref, format=format, colour=_colour(), width=_width()))


@registry.command()
@click.option("--session-id", required=True, help="The stable name of the session.")
@click.option("--fetch", is_flag=True, help="Ask the remote (origin) first.")
@REPO
@REF
@FORMAT
def whoami(session_id: str, fetch: bool, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What main says about one session; exit 1 if it is not registered."""
    from validator.commands.whoami import whoami

    _answer(*whoami(repo=repo, ref=ref, session_id=session_id, format=format, fetch=fetch))


@registry.command()
@click.argument("number", type=int, required=False)
@REPO
@REF
@FORMAT
def history(number: int | None, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What happened to the numbers, in the order of main."""
    from validator.commands.history import history

    _answer(*history(repo=repo, ref=ref, number=number, format=format))


@registry.command()
@REPO
@REF
def export(repo: Path, ref: str | None) -> NoReturn:
    """Charter, slots, claims and digest as one JSON document."""
    from validator.commands.export import export

    _answer(*export(repo=repo, ref=ref))


@registry.command()
@click.argument("number", type=int, required=False)
@click.option("--any", "any_number", is_flag=True, help="Take any free number; after a lost race, another.")
@click.option("--session-id", help="The stable name of the session.")
@click.option("--role", help="The role.  [default: the one that the charter plans for the number]")
@click.option("--goal", help="The goal, in a sentence with numbers.")
@click.option(
    "--target", "targets", multiple=True, metavar="T", help='As in "emails sent >= 17 emails/day"; repeatable.'
)
@click.option(
    "--responsibility", "responsibilities", multiple=True, metavar="R", help="Repeatable.  [default: the goal]"
)
@click.option(
    "--from", "source", type=click.File(encoding="utf-8", errors="surrogateescape"), metavar="FILE|-",
    help="A claim, or a message.",
)  # fmt: skip
@click.option("--message", metavar="TEXT", help="A registration message, in one line or as a block.")
@click.option("--yes", is_flag=True, help="Accept the targets that are drawn from the goal.")
@click.option("--push", is_flag=True, help="Create the branch on the remote, if nobody was faster.")
@click.option("--pr", is_flag=True, help="Open a pull request as well (GitHub, through gh).")
@REMOTE
@REPO
@FORMAT
def claim(
    number: int | None, any_number: bool, session_id: str | None, role: str | None, goal: str | None,
    targets: tuple[str, ...], responsibilities: tuple[str, ...], source: IO[str] | None, message: str | None,
    yes: bool, push: bool, pr: bool, remote: str, repo: Path, format: str,
) -> NoReturn:  # fmt: skip
    """Propose a claim: writes branch claim/NN; with --push also on the remote, if nobody was faster."""
    from validator.commands.claim import claim, render
    from validator.wish import Words, wish_from

    if source and message:
        raise click.UsageError("--from and --message are two ways to say the same; use one")
    text = source.read(1 << 20) if source else message
    words = Words(number, session_id, role, goal, targets, responsibilities, text)
    wish, drawn = wish_from(words, any_number=any_number, now=_now())
    if drawn and not yes:
        _hint("".join(f"target: {target}\n" for target in drawn))
        if not _asked("These targets are read from the goal. Right?"):
            _hint('nothing is proposed; say the targets: --target "emails sent >= 17 emails/day"\n')
            sys.exit(1)
    ended = claim(repo=repo, wish=wish, push=push or pr, remote=remote, tell=_hint)
    _say(render(ended, format, colour=_colour()))
    if pr and ended.won:
        from validator.commands.pull_request import open_pull_request

        _hint(open_pull_request(repo=repo, remote=remote, branch=ended.branch))
    sys.exit(0 if ended.won else 1)


@registry.command()
@click.option("--all", "everything", is_flag=True, help="Those that were turned down as well.")
@REMOTE
@REPO
@FORMAT
def proposals(everything: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """Every open proposal with its verdict and its competitors."""
    from validator.commands.proposals import proposals

    _answer(*proposals(repo=repo, remote=remote, everything=everything, format=format, now=time.time()))


@registry.command()
@click.argument("names", metavar="PROPOSAL...", nargs=-1)
@click.option("--all-accepted", is_flag=True, help="Every open proposal that the gate accepts, in turn.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
def approve(names: tuple[str, ...], all_accepted: bool, yes: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """Merge proposals in your name; a proposal is a number or a branch."""
    from validator.commands.approve import approve

    if not names and not all_accepted:
        raise click.UsageError("name a proposal, or say --all-accepted")
    ask, show = _yes if yes else _asked, _say if format == "text" else _hint
    sys.exit(
        approve(
            repo=repo, remote=remote, names=names, all_accepted=all_accepted,
            ask=ask, show=show, say=_say, format=format,
        )
    )  # fmt: skip


@registry.command()
@click.argument("name", metavar="PROPOSAL")
@click.option("--reason", required=True, help="What the session should know.")
@REMOTE
@REPO
def reject(name: str, reason: str, remote: str, repo: Path) -> NoReturn:
    """Turn a proposal down, with a reason."""
    from validator.commands.reject import reject

    _answer(reject(repo=repo, remote=remote, name=name, reason=reason), 0)


@registry.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="What history should tell.")
@REMOTE
@REPO
def release(number: int, reason: str, remote: str, repo: Path) -> NoReturn:
    """Propose that a number be given back."""
    from validator.commands.release import release

    _answer(*release(repo=repo, remote=remote, number=number, reason=reason))


@registry.command()
@click.option("--propose-split", metavar="WORK", help="Divide this work evenly among its sessions, as edits to review.")
@REPO
@REF
@FORMAT
def conflicts(propose_split: str | None, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What stands against each other, who was first, and the way out; exit 1 if anything does."""
    if propose_split is not None:
        from validator.commands.split import propose_split as split

        _answer(*split(repo=repo, ref=ref, work=propose_split, format=format))
    from validator.commands.conflicts import mediate

    _answer(*mediate(repo=repo, ref=ref, format=format))


@registry.command()
@click.option("--week", required=True, metavar="2026-W48", help="The ISO week.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F.ics",
    help="Write an iCalendar file as well.",
)
@REPO
@REF
@FORMAT
def schedule(week: str, output: Path | None, repo: Path, ref: str | None, format: str) -> NoReturn:
    """The week of the fleet, in the charter's time zone."""
    from validator.commands.schedule import schedule

    _answer(*schedule(repo=repo, ref=ref, week=week, output=output, format=format))


@registry.group()
def consensus() -> None:
    """From registered to active: who says what, and when."""


@consensus.command("status")
@REPO
@REF
@FORMAT
def consensus_status(repo: Path, ref: str | None, format: str) -> NoReturn:
    """Phase, criteria, what blocks and whose move it is; exit 1 before there is consensus."""
    from validator.commands.consensus import status

    _answer(*status(repo=repo, ref=ref, format=format))


@consensus.command()
@SESSION
@PUSH
@REMOTE
@REPO
@FORMAT
def confirm(session_id: str, push: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """The orchestrator says that nothing conflicts."""
    from validator.commands.confirm import confirm

    view, word, ended = confirm(repo=repo, remote=remote if push else None, session_id=session_id, now=_now())
    _recorded(view, word, ended, format)


@consensus.command("approve")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
def consensus_approve(yes: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """A human accepts the registry: merged at once, in your name."""
    from validator.commands.ratify import approve

    say = _say if format == "text" else _hint
    view, word, ended = approve(repo=repo, remote=remote, now=_now(), ask=_yes if yes else _asked, say=say)
    _recorded(view, word, ended, format)


@consensus.command()
@SESSION
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Deliver as files in this folder.")
@click.option("--branch", is_flag=True, help="Deliver on branch broadcast of the remote.")
@click.option("--timeout", type=_Seconds(), default=30, show_default=True, help="Seconds for each run of COMMAND.")
@PUSH
@REMOTE
@REPO
@FORMAT
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def broadcast(
    session_id: str, folder: Path | None, branch: bool, timeout: float, push: bool, remote: str, repo: Path,
    format: str, command: tuple[str, ...],
) -> NoReturn:  # fmt: skip
    """The orchestrator sends the registry to every session; COMMAND, after --, is run once for each.

    It gets the message on its standard input; {session_id}, {runtime_id} and {number} in it are the session's.
    """
    from validator.commands.broadcast import Way, broadcast, render
    from validator.report.text import render as report

    if bool(command) + branch + bool(folder) > 1:
        raise click.UsageError("one carrier: --folder, --branch, or a command after --")
    view, word, ended, rows = broadcast(
        repo=repo, remote=remote if push else None, session_id=session_id,
        way=Way(command, branch, folder, timeout), now=_now(), tell=_hint,
    )  # fmt: skip
    text = render(view, word, ended, rows, format, lambda verdict: report(verdict, colour=_colour()))
    _answer(text, 0 if ended.won else 1)


@consensus.command()
@SESSION
@PUSH
@REMOTE
@REPO
@FORMAT
def acknowledge(session_id: str, push: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """A session takes its number, role and goal upon itself; with --push, straight onto main."""
    from validator.commands.acknowledge import acknowledge, render_acknowledged
    from validator.report.text import render as report

    view, word, ended = acknowledge(
        repo=repo, remote=remote if push else None, session_id=session_id, now=_now(), tell=_hint
    )
    text = render_acknowledged(view, word, ended, format, lambda verdict: report(verdict, colour=_colour()))
    _answer(text, 0 if ended.won else 1)


@consensus.command()
@click.option("--week", required=True, metavar="2026-W48", help="The ISO week that the fleet starts in.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
def activate(week: str, yes: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """A human starts the fleet: merged at once, in your name."""
    from validator.commands.ratify import activate

    say = _say if format == "text" else _hint
    ask = _yes if yes else _asked
    view, word, ended = activate(repo=repo, remote=remote, week=week, now=_now(), ask=ask, say=say)
    _recorded(view, word, ended, format)


@registry.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--capacity", type=int, required=True, help="How many sessions the fleet has.")
@click.option("--mission", required=True, help="What the fleet is for, in a sentence.")
@click.option("--orchestrator", type=int, default=1, show_default=True, help="The number that confirms and broadcasts.")
@click.option(
    "--approver", "approvers", multiple=True, required=True, metavar='"@OWNER [KEY]"',
    help="A human, with the SSH public key that signs approvals on a plain Git server; repeatable.",
)  # fmt: skip
@click.option("--time-zone", default="UTC", show_default=True, help="The zone of every schedule.")
def init(
    folder: Path, capacity: int, mission: str, orchestrator: int, approvers: tuple[str, ...], time_zone: str
) -> NoReturn:
    """Start a registry for another fleet."""
    from validator.commands.init import init

    text = init(
        folder=folder, capacity=capacity, mission=mission, orchestrator=orchestrator, approvers=approvers,
        time_zone=time_zone,
    )  # fmt: skip
    _answer(text, 0)


@registry.command("install-hook")
@click.argument("bare", metavar="BARE_REPO", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--unsigned", is_flag=True, help="Do without signatures: whoever can push can approve.")
@click.option("--trial", is_flag=True, help="The repository will not outlive this program: take any interpreter.")
def install_hook(bare: Path, unsigned: bool, trial: bool) -> NoReturn:
    """Guard a plain Git server's main with this validator."""
    from validator.commands.hook import install

    text = install(bare=bare, python=sys.executable, environment=os.environ, unsigned=unsigned, trial=trial)
    _answer(text, 0)


@registry.command()
def demo() -> NoReturn:
    """The whole story in a minute, on a Git server in a temporary folder."""
    from validator.commands.demo import demo

    sys.exit(demo(say=_say, now=_now(), colour=_colour()))


@registry.command()
@click.option("--local", is_flag=True, help="Ask nobody outside this machine.")
@REPO
@REF
@REMOTE
@FORMAT
def doctor(local: bool, repo: Path, ref: str | None, remote: str, format: str) -> NoReturn:
    """Is the gate in force here? Exit 1 if something says that it is not."""
    from validator.commands.doctor import doctor

    _answer(*doctor(repo=repo, ref=ref, remote=remote, local=local, format=format))


@registry.group()
def github() -> None:
    """GitHub around a registry: settings, and what is said on pull requests."""


@github.command()
@REPO
@REF
@FORMAT
def plan(repo: Path, ref: str | None, format: str) -> NoReturn:
    """GitHub's settings as they are beside what they should be; exit 1 if they differ."""
    from validator.commands.github import plan

    _answer(*plan(repo=repo, ref=ref, format=format))


@github.command()
@REPO
@REF
@FORMAT
def apply(repo: Path, ref: str | None, format: str) -> NoReturn:
    """Make GitHub's settings what they should be."""
    from validator.commands.github import apply

    _answer(*apply(repo=repo, ref=ref, format=format))


@github.command()
@CHECK
@REPO
def ruleset(check: bool, repo: Path) -> NoReturn:
    """Write .github/rulesets/main.json."""
    from validator.commands.generated import rulesets

    _answer(*rulesets(repo=repo, check=check))


@github.command()
@EVENT
@REMOTE
@REPO
def remark(event: str | None, remote: str, repo: Path) -> NoReturn:
    """What there is to say on an event's pull request, as JSON; on a runner also its step's output `remark`."""
    from validator.commands.remark import remark

    text = remark(repo=repo, remote=remote, data=_event(event or THE_RUNNERS))
    output = os.environ.get("GITHUB_OUTPUT")
    if output:
        _append(Path(output), f"remark={text}\n", "output")
    _answer(f"{text}\n", 0)


@github.command()
@EVENT
@click.option("--remark", envvar="REGISTRY_REMARK", required=True, metavar="JSON", help="What `remark` has printed.")
@REPO
def comment(event: str | None, remark: str, repo: Path) -> NoReturn:
    """Put a remark on an event's pull request, in place of an earlier one."""
    from validator.commands.remark import comment

    _answer(comment(repo=repo, data=_event(event or THE_RUNNERS), remark=remark), 0)


def main() -> NoReturn:
    """Run the command line. A FatalError ends in one line on stderr and exit 2."""
    enter()
    try:
        registry(prog_name="registry")
    except (FatalError, OSError) as error:
        from validator.escaping import visible

        _hint(f"registry: {visible(told(error) if isinstance(error, OSError) else str(error))}\n")
    finally:
        gc.freeze()  # nor does the interpreter look for any when it ends
    sys.exit(2)


def _report(verdict: Verdict, format: str, output: Path | None) -> NoReturn:
    """Print or write a report, and leave with what the verdict comes to."""
    from validator.report import FORMATS, Setting
    from validator.rules import RULES

    text = FORMATS[format](verdict, Setting(colour=_colour() and output is None, rules=RULES))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format == "github" and summary:
        from validator.report.github import summary as as_markdown

        _append(Path(summary), as_markdown(verdict), "summary")
    if output is None:
        _say(text)
    else:
        _write(output, text)
    sys.exit(0 if verdict.accepted else 1)


def _recorded(view: "View", word: "Word", ended: "Ended", format: str) -> NoReturn:
    """Print what became of a record, and leave with whether it was taken."""
    from validator.commands.recording import render
    from validator.report.text import render as report

    _answer(render(view, word, ended, format, lambda verdict: report(verdict, colour=_colour())), 0 if ended.won else 1)


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


def _event(file: str) -> bytes:
    """The payload of an event, as far as one can be long."""
    from validator.events import MAX_BYTES

    path = file or os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise FatalError("which event? give its file, or run where GITHUB_EVENT_PATH names one")
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FatalError(f"the event payload {path} cannot be read: {error.strerror}") from error


def _answer(text: str, exit_code: int) -> NoReturn:
    _say(text)
    sys.exit(exit_code)


def _say(text: str) -> None:
    try:
        click.echo(text, nl=False, color=True)
    except BrokenPipeError:  # who reads has read enough; click knows what to do
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter tries again as it ends
        raise FatalError(f"the answer cannot be printed: {error.strerror}") from error


def _hint(text: str) -> None:
    click.echo(text, nl=False, err=True)


def _yes(_: str) -> bool:
    return True


def _asked(question: str) -> bool:
    """Ask a human; where nobody can answer, say which option does."""
    if not sys.stdin.isatty():
        raise FatalError(f"{question} Nobody is here to answer; accept with --yes")
    return click.confirm(question, err=True)


def _append(path: Path, text: str, what: str) -> None:
    """Write to one of the files that a runner gives to a step."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FatalError(f"the step {what} cannot be written: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error


def _colour() -> bool:
    """Colour for a terminal only, and not where NO_COLOR (no-color.org) asks for none."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and bool(sys.stdout) and sys.stdout.isatty()


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((120, 24)).columns
