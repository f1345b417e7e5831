"""The verbs with their options.

They are imported when they run: what a verb does not need, it does not pay for.
"""

import os
import sys
import time
from pathlib import Path
from typing import IO, NoReturn

import click

from validator import __version__
from validator.cli import console
from validator.cli.console import STOPPED
from validator.cli.options import (
    CHECK,
    EVENT,
    FORMAT,
    OUTPUT,
    PUSH,
    REF,
    REMOTE,
    REPO,
    REPORT,
    SESSION,
    THE_RUNNERS,
    Seconds,
)


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
    from validator.operations.steps import validate

    if event is not None:
        from validator.hosts.github.judge import validate_event

        given = [name for name in ("base", "head", "steps", "worktree") if console.is_given(context, name)]
        if given:
            raise click.UsageError(f"--event says what is judged; leave out --{given[0]}")
        console.report_on(validate_event(repo=repo, remote=remote, data=console.event(event)), format, output)
    console.report_on(validate(repo=repo, base=base, head=head, steps=steps, worktree=worktree), format, output)


@registry.command()
@REPO
@REF
@click.option("--issue", is_flag=True, help="Keep one issue on GitHub up to date with what is found (through gh).")
@REPORT
@OUTPUT
def audit(repo: Path, ref: str | None, issue: bool, format: str, output: Path | None) -> NoReturn:
    """Judge the whole registry and its history."""
    from validator.cli.audit import audit

    verdict = audit(repo=repo, ref=ref)
    if issue:
        from validator.hosts.github.posts import issue as keep

        console.hint(keep(repo=repo, verdict=verdict))
    console.report_on(verdict, format, output)


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
        from validator.cli.explain import rules_page

        console.answer(*rules_page(repo=repo, check=check))
    from validator.cli.explain import explain

    console.answer(*explain(name=rule, format=format))


@registry.command()
@CHECK
@REPO
def schema(check: bool, repo: Path) -> NoReturn:
    """Write schema/*.schema.json from the models."""
    from validator.cli.schema import schema

    console.answer(*schema(repo=repo, check=check))


@registry.command()
@CHECK
@REPO
def codeowners(check: bool, repo: Path) -> NoReturn:
    """Write CODEOWNERS from the charter's approvers."""
    from validator.cli.codeowners import codeowners

    console.answer(*codeowners(repo=repo, check=check))


@registry.command()
@REPO
@REF
@FORMAT
@click.option("--watch", is_flag=True, help="Tell what changes on main, event by event; exit 1 if main is rewritten.")
@click.option("--once", is_flag=True, help="With --watch: tell what is new, and leave.")
@click.option("--since", metavar="REV", help="With --watch: begin after this commit.  [default: what was told last]")
@click.option("--interval", type=Seconds(), default=5, show_default=True, help="With --watch: seconds.")
@click.option("--remote", help="With --watch: fetch from this remote.  [default: origin, else the main that is here]")
def status(
    repo: Path, ref: str | None, format: str, watch: bool, once: bool, since: str | None, interval: float,
    remote: str | None,
) -> NoReturn:  # fmt: skip
    """How far the fleet is: numbers, criteria, next action."""
    if watch:
        from validator.cli.watch import watch as follow

        try:
            ended = follow(
                repo=repo,
                remote=remote,
                since=since,
                once=once,
                interval=interval,
                format=format,
                say=console.say,
                tell=console.hint,
            )
        except KeyboardInterrupt:
            ended = STOPPED
        sys.exit(ended)
    if once or since or remote:
        raise click.UsageError("--once, --since and --remote go with --watch")
    from validator.cli.status import status

    console.answer(*status(repo=repo, ref=ref, format=format, colour=console.colour(), width=console.width()))


@registry.command()
@click.option("--session-id", required=True, help="The stable name of the session.")
@click.option("--fetch", is_flag=True, help="Ask the remote (origin) first.")
@REPO
@REF
@FORMAT
def whoami(session_id: str, fetch: bool, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What main says about one session; exit 1 if it is not registered."""
    from validator.cli.whoami import whoami

    console.answer(*whoami(repo=repo, ref=ref, session_id=session_id, format=format, fetch=fetch))


@registry.command()
@click.argument("number", type=int, required=False)
@REPO
@REF
@FORMAT
def history(number: int | None, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What happened to the numbers, in the order of main."""
    from validator.cli.history import history

    console.answer(*history(repo=repo, ref=ref, number=number, format=format))


@registry.command()
@REPO
@REF
def export(repo: Path, ref: str | None) -> NoReturn:
    """Charter, slots, claims and digest as one JSON document."""
    from validator.cli.export import export

    console.answer(*export(repo=repo, ref=ref))


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
    from validator.operations.claim.race import claim, render
    from validator.operations.claim.request import Words, wish_from

    if source and message:
        raise click.UsageError("--from and --message are two ways to say the same; use one")
    text = source.read(1 << 20) if source else message
    words = Words(number, session_id, role, goal, targets, responsibilities, text)
    wish, drawn = wish_from(words, any_number=any_number, now=console.now())
    if drawn and not yes:
        console.hint("".join(f"target: {target}\n" for target in drawn))
        if not console.asked("These targets are read from the goal. Right?"):
            console.hint('nothing is proposed; say the targets: --target "emails sent >= 17 emails/day"\n')
            sys.exit(1)
    ended = claim(repo=repo, wish=wish, push=push or pr, remote=remote, tell=console.hint)
    console.say(render(ended, format, colour=console.colour()))
    if pr and ended.won:
        from validator.hosts.github.pull_request import open_pull_request

        console.hint(open_pull_request(repo=repo, remote=remote, branch=ended.branch))
    sys.exit(0 if ended.won else 1)


@registry.command()
@click.option("--all", "everything", is_flag=True, help="Those that were turned down as well.")
@REMOTE
@REPO
@FORMAT
def proposals(everything: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """Every open proposal with its verdict and its competitors."""
    from validator.cli.proposals import proposals

    console.answer(*proposals(repo=repo, remote=remote, everything=everything, format=format, now=time.time()))


@registry.command()
@click.argument("names", metavar="PROPOSAL...", nargs=-1)
@click.option("--all-accepted", is_flag=True, help="Every open proposal that the gate accepts, in turn.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
def approve(names: tuple[str, ...], all_accepted: bool, yes: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """Merge proposals in your name; a proposal is a number or a branch."""
    from validator.operations.approve import approve

    if not names and not all_accepted:
        raise click.UsageError("name a proposal, or say --all-accepted")
    ask, show = console.yes if yes else console.asked, console.say if format == "text" else console.hint
    sys.exit(
        approve(
            repo=repo, remote=remote, names=names, all_accepted=all_accepted,
            ask=ask, show=show, say=console.say, format=format,
        )
    )  # fmt: skip


@registry.command()
@click.argument("name", metavar="PROPOSAL")
@click.option("--reason", required=True, help="What the session should know.")
@REMOTE
@REPO
def reject(name: str, reason: str, remote: str, repo: Path) -> NoReturn:
    """Turn a proposal down, with a reason."""
    from validator.operations.reject import reject

    console.answer(reject(repo=repo, remote=remote, name=name, reason=reason), 0)


@registry.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="What history should tell.")
@REMOTE
@REPO
def release(number: int, reason: str, remote: str, repo: Path) -> NoReturn:
    """Propose that a number be given back."""
    from validator.operations.release import release

    console.answer(*release(repo=repo, remote=remote, number=number, reason=reason))


@registry.command()
@click.option("--propose-split", metavar="WORK", help="Divide this work evenly among its sessions, as edits to review.")
@REPO
@REF
@FORMAT
def conflicts(propose_split: str | None, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What stands against each other, who was first, and the way out; exit 1 if anything does."""
    if propose_split is not None:
        from validator.cli.split import propose_split as split

        console.answer(*split(repo=repo, ref=ref, work=propose_split, format=format))
    from validator.cli.conflicts import mediate

    console.answer(*mediate(repo=repo, ref=ref, format=format))


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
    from validator.cli.schedule import schedule

    console.answer(*schedule(repo=repo, ref=ref, week=week, output=output, format=format))


@registry.group()
def consensus() -> None:
    """From registered to active: who says what, and when."""


@consensus.command("status")
@REPO
@REF
@FORMAT
def consensus_status(repo: Path, ref: str | None, format: str) -> NoReturn:
    """Phase, criteria, what blocks and whose move it is; exit 1 before there is consensus."""
    from validator.cli.consensus.status import status

    console.answer(*status(repo=repo, ref=ref, format=format))


@consensus.command()
@SESSION
@PUSH
@REMOTE
@REPO
@FORMAT
def confirm(session_id: str, push: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """The orchestrator says that nothing conflicts."""
    from validator.operations.consensus.confirm import confirm

    view, word, ended = confirm(repo=repo, remote=remote if push else None, session_id=session_id, now=console.now())
    console.recorded(view, word, ended, format)


@consensus.command("approve")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
def consensus_approve(yes: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """A human accepts the registry: merged at once, in your name."""
    from validator.operations.consensus.ratify import approve

    say = console.say if format == "text" else console.hint
    view, word, ended = approve(
        repo=repo, remote=remote, now=console.now(), ask=console.yes if yes else console.asked, say=say
    )
    console.recorded(view, word, ended, format)


@consensus.command()
@SESSION
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Deliver as files in this folder.")
@click.option("--branch", is_flag=True, help="Deliver on branch broadcast of the remote.")
@click.option("--timeout", type=Seconds(), default=30, show_default=True, help="Seconds for each run of COMMAND.")
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
    from validator.cli.consensus.broadcast import render
    from validator.operations.consensus.broadcast import Way, broadcast
    from validator.report.text import render as report

    if bool(command) + branch + bool(folder) > 1:
        raise click.UsageError("one carrier: --folder, --branch, or a command after --")
    view, word, ended, rows = broadcast(
        repo=repo, remote=remote if push else None, session_id=session_id,
        way=Way(command, branch, folder, timeout), now=console.now(), tell=console.hint,
    )  # fmt: skip
    text = render(view, word, ended, rows, format, lambda verdict: report(verdict, colour=console.colour()))
    console.answer(text, 0 if ended.won else 1)


@consensus.command()
@SESSION
@PUSH
@REMOTE
@REPO
@FORMAT
def acknowledge(session_id: str, push: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """A session takes its number, role and goal upon itself; with --push, straight onto main."""
    from validator.cli.consensus.acknowledge import render_acknowledged
    from validator.operations.consensus.acknowledge import acknowledge
    from validator.report.text import render as report

    view, word, ended = acknowledge(
        repo=repo, remote=remote if push else None, session_id=session_id, now=console.now(), tell=console.hint
    )
    text = render_acknowledged(view, word, ended, format, lambda verdict: report(verdict, colour=console.colour()))
    console.answer(text, 0 if ended.won else 1)


@consensus.command()
@click.option("--week", required=True, metavar="2026-W48", help="The ISO week that the fleet starts in.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
def activate(week: str, yes: bool, remote: str, repo: Path, format: str) -> NoReturn:
    """A human starts the fleet: merged at once, in your name."""
    from validator.operations.consensus.ratify import activate

    say = console.say if format == "text" else console.hint
    ask = console.yes if yes else console.asked
    view, word, ended = activate(repo=repo, remote=remote, week=week, now=console.now(), ask=ask, say=say)
    console.recorded(view, word, ended, format)


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
    from validator.cli.init import init

    text = init(
        folder=folder, capacity=capacity, mission=mission, orchestrator=orchestrator, approvers=approvers,
        time_zone=time_zone,
    )  # fmt: skip
    console.answer(text, 0)


@registry.command("install-hook")
@click.argument("bare", metavar="BARE_REPO", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--unsigned", is_flag=True, help="Do without signatures: whoever can push can approve.")
@click.option("--trial", is_flag=True, help="The repository will not outlive this program: take any interpreter.")
def install_hook(bare: Path, unsigned: bool, trial: bool) -> NoReturn:
    """Guard a plain Git server's main with this validator."""
    from validator.hosts.plain.install import install

    text = install(bare=bare, python=sys.executable, environment=os.environ, unsigned=unsigned, trial=trial)
    console.answer(text, 0)


@registry.command()
def demo() -> NoReturn:
    """The whole story in a minute, on a Git server in a temporary folder."""
    from validator.cli.demo.story import demo

    sys.exit(demo(say=console.say, now=console.now(), colour=console.colour()))


@registry.command()
@click.option("--local", is_flag=True, help="Ask nobody outside this machine.")
@REPO
@REF
@REMOTE
@FORMAT
def doctor(local: bool, repo: Path, ref: str | None, remote: str, format: str) -> NoReturn:
    """Is the gate in force here? Exit 1 if something says that it is not."""
    from validator.cli.doctor import doctor

    console.answer(*doctor(repo=repo, ref=ref, remote=remote, local=local, format=format))


@registry.group()
def github() -> None:
    """GitHub around a registry: settings, and what is said on pull requests."""


@github.command()
@REPO
@REF
@FORMAT
def plan(repo: Path, ref: str | None, format: str) -> NoReturn:
    """GitHub's settings as they are beside what they should be; exit 1 if they differ."""
    from validator.cli.github.plan import plan

    console.answer(*plan(repo=repo, ref=ref, format=format))


@github.command()
@REPO
@REF
@FORMAT
def apply(repo: Path, ref: str | None, format: str) -> NoReturn:
    """Make GitHub's settings what they should be."""
    from validator.cli.github.plan import apply

    console.answer(*apply(repo=repo, ref=ref, format=format))


@github.command()
@CHECK
@REPO
def ruleset(check: bool, repo: Path) -> NoReturn:
    """Write .github/rulesets/main.json."""
    from validator.cli.github.ruleset import rulesets

    console.answer(*rulesets(repo=repo, check=check))


@github.command()
@EVENT
@REMOTE
@REPO
def remark(event: str | None, remote: str, repo: Path) -> NoReturn:
    """What there is to say on an event's pull request, as JSON; on a runner also its step's output `remark`."""
    from validator.hosts.github.pulls import remark

    text = remark(repo=repo, remote=remote, data=console.event(event or THE_RUNNERS))
    output = os.environ.get("GITHUB_OUTPUT")
    if output:
        console.append(Path(output), f"remark={text}\n", "output")
    console.answer(f"{text}\n", 0)


@github.command()
@EVENT
@click.option("--remark", envvar="REGISTRY_REMARK", required=True, metavar="JSON", help="What `remark` has printed.")
@REPO
def comment(event: str | None, remark: str, repo: Path) -> NoReturn:
    """Put a remark on an event's pull request, in place of an earlier one."""
    from validator.hosts.github.pulls import comment

    console.answer(comment(repo=repo, data=console.event(event or THE_RUNNERS), remark=remark), 0)
