"""`registry status --watch`: what changes on main, event by event, each once; what was told is kept in Git's folder."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from validator.git.objects import OID
from validator.git.remote import Proposal, Remote
from validator.git.repo import Repo
from validator.git.retry import exclusive
from validator.git.upstream import remotes
from validator.model.errors import FatalError
from validator.model.escape import visible, well_formed, well_formed_or_none
from validator.model.phrases import rfc3339
from validator.operations.files import write
from validator.operations.proposals import KINDS, Judged, judge_proposal
from validator.registry.events import News, news
from validator.registry.proposals import proposals_on
from validator.registry.reader import Reader, main_of
from validator.registry.snapshot import Snapshot
from validator.report.documents import WatchDocument, as_json_line

NOTHING = Snapshot(None, None, {}, None, {}, {})  # before the first commit

Say = Callable[[str], None]


class Seen(NamedTuple):
    """How far the telling is: all of `main`, `told` events of the step after it, and these proposals by name."""

    main: str | None = None
    told: int = 0
    proposals: dict[str, str] = {}  # noqa: RUF012 - never changed


class _Gone(Exception):  # noqa: N818 - says how a look ended
    """Main is not what it was: somebody has rewritten it."""


class _UnkeptError(FatalError):
    """What was told last cannot be read or written: looking again would not help."""


def watch(
    *, repo: Path, remote: str | None, since: str | None, once: bool, interval: float, format: str, say: Say, tell: Say
) -> int:
    """Tell events until somebody stops it, or look `once`. 1 where main was rewritten: that is never followed.

    `since` is the last commit that needs no telling, in place of the one that is kept. `interval` is in seconds;
    `remote` None watches origin, and where there is none, the main of this repository.
    """
    store = Repo(repo)
    server = Remote(store, remote or "") if remote or remotes(store) else None
    file = store.folder / "registry" / f"watch-{server.name if server else 'here'}.json"
    if since is not None:
        _write(file, Seen(store.commit(since)))
    while True:
        try:
            with exclusive(file.with_suffix(".lock")):  # two watchers share one state file
                _look(store, server, file, format, say)
        except _Gone as gone:
            say(str(gone))
            return 1
        except FatalError as error:
            if once or server is None or isinstance(error, _UnkeptError):
                raise
            tell(f"{visible(str(error))}; looking again in {interval:g} s\n")
        if once:
            return 0
        time.sleep(interval)


def _look(store: Repo, server: Remote | None, file: Path, format: str, say: Say) -> None:
    """Tell everything new, and keep after each event that it has been told."""
    if server:
        server.fetch()
    main = store.commit(server.main) if server else main_of(store, None)
    seen, reader = _read(file), Reader(store)
    for parent, commit in _steps(store, seen.main, main, format):
        after, before = reader.step(parent, commit) if parent else (reader.at(commit), NOTHING)
        for at, one in enumerate(news(before, after)):
            if at >= seen.told:
                say(_told(one, commit, after.committed_at or 0, format))
                seen = seen._replace(told=at + 1)
                _write(file, seen)
        seen = seen._replace(main=commit, told=0)
        _write(file, seen)
    open_now = dict(proposals_on(server.name if server else None, store))
    for name, oid in open_now.items():
        if seen.proposals.get(name) != oid:
            judged = judge_proposal(reader, main, Proposal(name, oid))
            when = 0 if judged.unjudged else judged.landed.committed_at or 0
            for one in _proposed(judged):
                say(_told(one, oid, when, format))
            seen = seen._replace(proposals={**seen.proposals, name: oid})
            _write(file, seen)
    _write(file, seen._replace(proposals=open_now))


def _steps(store: Repo, seen: str | None, main: str, format: str) -> list[tuple[str, str]]:
    """(parent, commit) for each first-parent commit that is new; without a seen one, for all, the first without one."""
    if seen is None:
        return store.whole_line(main)
    known = store.resolve(seen)[0]
    line = store.line(seen, main) if known else None
    if line is None:
        message = (
            f"main was rewritten: {seen[:12]}, which was told last, is no ancestor of {main[:12]}; find out who did "
            f"that, then go on from a commit that you trust: registry status --watch --since {main[:12]}"
        )
        raise _Gone(_told(News("rewritten", seen, None, None, message), main, 0, format))
    return line


def _proposed(one: Judged) -> Iterator[News]:
    proposal = one.proposal
    number, session = (one.claim.number, one.claim.draft.session_id) if one.claim else (None, None)
    by = f" by {session}" if session else ""
    verdict = "accepted" if one.verdict.accepted else "rejected"
    verdict += f": {one.verdict.findings[0].message}" if one.unjudged else ""
    yield News("proposed", proposal.name, number, session, f"{proposal.name} is proposed{by}; the gate says {verdict}")
    for finding in one.verdict.findings:
        if finding.code in KINDS and finding.origin == "introduced":
            subject, message = f"{proposal.name} {finding.code}", f"{finding.message}; {finding.help}"
            yield News("conflict", subject, number, session, message)


def _told(one: News, commit: str, seconds: int, format: str) -> str:
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


def _read(file: Path) -> Seen:
    """What was told last; nothing where nothing was. Raises FatalError for a file that somebody has edited."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        main, told, proposals = kept["main"], kept["told"], dict(kept["proposals"])
    except FileNotFoundError:
        return Seen()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _UnkeptError(f"{file} cannot be read; delete it to be told everything again") from error
    if not (main is None or (isinstance(main, str) and OID.fullmatch(main))) or type(told) is not int:
        raise _UnkeptError(f"{file} cannot be read; delete it to be told everything again")
    return Seen(main, told, proposals)


def _write(file: Path, seen: Seen) -> None:
    """Keep what has been told, as a whole: a watcher that is killed has kept the old state or the new one."""
    try:
        write(file, json.dumps(seen._asdict()).encode(), mode=0o600)
    except OSError as error:
        raise _UnkeptError(f"what has been told cannot be kept: {error.strerror}") from error
