"""`registry status --watch`: print each change of main once, as an event; a state file is kept in Git's folder."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from validator.cli.progress import patient
from validator.git.objects import OID
from validator.git.remote import Proposal, Remote
from validator.git.repo import Repo
from validator.git.retry import exclusive
from validator.git.upstream import remotes
from validator.model.errors import FatalError
from validator.model.escape import visible, well_formed, well_formed_or_none
from validator.model.findings import decides
from validator.model.phrases import rfc3339
from validator.operations.files import write
from validator.operations.narrow import Narrow
from validator.operations.proposals import KINDS, Judged, judge_proposal
from validator.registry.events import News, news
from validator.registry.proposals import proposals_on
from validator.registry.reader import Reader, main_of
from validator.registry.snapshot import Snapshot
from validator.report.documents import WatchDocument, as_json_line

FEW = 20  # steps; of more, each is read from the one before it
NOTHING = Snapshot(None, None, {}, None, {}, {})  # before the first commit

Say = Callable[[str], None]


class WatchState(NamedTuple):
    """What has been printed: all of `main`, `told` events of the commit after it, and these proposals by name."""

    main: str | None = None
    told: int = 0
    proposals: dict[str, str] = {}  # noqa: RUF012 - never changed


class _MainRewrittenError(Exception):
    """Main was rewritten; the text is the event to print."""


class _StateFileError(FatalError):
    """The state file cannot be read or written: another attempt would not help."""


def watch(
    *, repo: Path, remote: str | None, since: str | None, once: bool, interval: float, format: str, say: Say, hint: Say
) -> int:
    """Print events until interrupted, or `once`. Returns 1 where main was rewritten, and stops there.

    `since` is the last commit that is not printed, instead of the one in the state file. `interval` is in seconds;
    `remote` None watches origin, and where there is none, the main of this repository.
    """
    store = Repo(repo)
    server = Remote(store, remote or "") if remote or remotes(store) else None
    file = store.folder / "registry" / f"watch-{server.name if server else 'here'}.json"
    if since is not None:
        _write(file, WatchState(store.commit(since)))
    while True:
        try:
            with exclusive(file.with_suffix(".lock")):  # two watchers share one state file
                _poll(store, server, file, format, say, hint)
        except _MainRewrittenError as rewritten:
            say(str(rewritten))
            return 1
        except FatalError as error:
            if once or server is None or isinstance(error, _StateFileError):
                raise
            hint(f"{visible(str(error))}; trying again in {interval:g} s\n")
        if once:
            return 0
        time.sleep(interval)


def _poll(store: Repo, server: Remote | None, file: Path, format: str, say: Say, hint: Say) -> None:
    """Print everything new, and update the state file after each event."""
    if server:
        server.fetch()
    main = store.commit(server.main) if server else main_of(store, None)
    state, reader = _read(file), patient(Reader(store), hint)
    narrow, steps = Narrow(reader), _steps(store, state.main, main, format)
    step = narrow.step if len(steps) <= FEW else reader.step
    for parent, commit in steps:
        after, before = step(parent, commit) if parent else (reader.at(commit), NOTHING)
        for at, one in enumerate(news(before, after)):
            if at >= state.told:
                say(_event_text(one, commit, after.committed_at or 0, format))
                state = state._replace(told=at + 1)
                _write(file, state)
        state = state._replace(main=commit, told=0)
        _write(file, state)
    open_now = dict(proposals_on(server.name if server else None, store))
    for name, oid in open_now.items():
        if state.proposals.get(name) != oid:
            judged = judge_proposal(reader, main, Proposal(name, oid), narrow=narrow)
            when = 0 if judged.unjudged else judged.landed.committed_at or 0
            for one in _proposed(judged):
                say(_event_text(one, oid, when, format))
            state = state._replace(proposals={**state.proposals, name: oid})
            _write(file, state)
    _write(file, state._replace(proposals=open_now))


def _steps(store: Repo, last: str | None, main: str, format: str) -> list[tuple[str, str]]:
    """(parent, commit) for each new first-parent commit; all if none has been printed, the first with parent ""."""
    if last is None:
        return store.whole_line(main)
    known = store.resolve(last)[0]
    line = store.line(last, main) if known else None
    if line is None:
        message = (
            f"main was rewritten: {last[:12]}, the last one printed, is no ancestor of {main[:12]}; find out who did "
            f"that, then go on from a commit that you trust: registry status --watch --since {main[:12]}"
        )
        raise _MainRewrittenError(_event_text(News("rewritten", last, None, None, message), main, 0, format))
    return line


def _proposed(one: Judged) -> Iterator[News]:
    proposal = one.proposal
    number, session = (one.claim.number, one.claim.draft.session_id) if one.claim else (None, None)
    by = f" by {session}" if session else ""
    verdict = "accepted" if one.verdict.accepted else "rejected"
    verdict += f": {one.verdict.findings[0].message}" if one.unjudged else ""
    yield News("proposed", proposal.name, number, session, f"{proposal.name} is proposed{by}; the gate says {verdict}")
    for finding in one.verdict.findings:
        if finding.code in KINDS and decides(finding):
            subject, message = f"{proposal.name} {finding.code}", f"{finding.message}; {finding.help}"
            yield News("conflict", subject, number, session, message)


def _event_text(one: News, commit: str, seconds: int, format: str) -> str:
    subject = f" {one.subject}" if one.subject else ""
    if format == "text":
        number = "" if one.number is None else f"{one.number:>5}"
        return f"{commit[:12]}  {one.event:<12} {number:>5}  {visible(one.message)}\n"
    return as_json_line(
        WatchDocument(
            id=f"{commit} {one.event}{subject}",
            event=one.event,
            commit=commit,
            committed_at=rfc3339(seconds),
            number=one.number,
            session_id=well_formed_or_none(one.session_id),
            message=well_formed(one.message),
        )
    )


def _read(file: Path) -> WatchState:
    """The state file; empty where there is none. Raises FatalError for one that is not as this program wrote it."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        main, told, proposals = kept["main"], kept["told"], dict(kept["proposals"])
    except FileNotFoundError:
        return WatchState()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _StateFileError(f"{file} cannot be read; delete it to print all events again") from error
    if not (main is None or (isinstance(main, str) and OID.fullmatch(main))) or type(told) is not int:
        raise _StateFileError(f"{file} cannot be read; delete it to print all events again")
    return WatchState(main, told, proposals)


def _write(file: Path, state: WatchState) -> None:
    """Replace the state file as a whole: after a kill it has the old state or the new one."""
    try:
        write(file, json.dumps(state._asdict()).encode(), mode=0o600)
    except OSError as error:
        raise _StateFileError(f"the state file cannot be written: {error.strerror}") from error
