"""The remark on a pull request: made by a job that only reads, posted by a job that never gets the proposal."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from validator.git.remote import Proposal, Remote
from validator.git.repo import Repo
from validator.hosts.github.api import HERE, Gh, documents_in, part
from validator.hosts.github.event import Number, PullRequest, read_event
from validator.hosts.github.judge import fetch_pulls, judge_pull
from validator.hosts.github.place import place_of
from validator.hosts.github.posts import keep_comment
from validator.hosts.github.remark import MARK, as_comment, read_remark
from validator.hosts.github.remark import remark as remark_on
from validator.model.errors import FatalError
from validator.operations.competitors import Competitors
from validator.operations.proposals import Judged, judge_proposal
from validator.registry.reader import Reader
from validator.registry.snapshot import Author
from validator.report.documents import Oid

MOST_RIVALS = 100  # open pull requests that are compared with this one


class _Head(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    sha: Oid


class _User(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    id: int
    login: str


class _Open(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    number: Number
    head: _Head
    user: _User | None  # None: the account is gone


class Pull(NamedTuple):
    """An open pull request: its head's commit, and who opened it (None: the account is gone)."""

    number: int
    head: str
    author: Author | None


def remark(*, repo: Path, remote: str, data: bytes) -> str:
    """The remark on the pull request of an event's payload, as JSON on one line of ASCII."""
    event = _pull_request(data)
    server = Remote(Repo(repo), remote)
    verdict = judge_pull(server, event)
    others = _others(server, event, open_pulls(Gh(repo), HERE))
    verdict = verdict._replace(proposed=frozenset(one.claim.number for one in others if one.claim))
    reader, main, head = Reader(server.repo), server.repo.commit(server.main), Proposal(f"#{event.number}", event.head)
    mine = judge_proposal(reader, main, head, event.author)
    return remark_on(event.number, verdict, Competitors(others).of(mine))


def comment(*, repo: Path, data: bytes, remark: str) -> str:
    """Put a remark on the pull request of an event's payload, in place of an earlier one."""
    event = _pull_request(data)
    text, gh = as_comment(read_remark(remark, event)), Gh(repo)
    done = keep_comment(gh, event.number, MARK, text) if _goes_to_main(gh, event) else "none, it goes elsewhere by now"
    return f"comment on pull request {event.number}: {done}\n"


def _goes_to_main(gh: Gh, event: PullRequest) -> bool:
    """Whether a pull request still goes to main: the event of a run that is run again is as old as its first run."""
    return part(gh.get(f"{HERE}/pulls/{event.number}"), "base").get("ref") == "main"


def _pull_request(data: bytes) -> PullRequest:
    event = read_event(data)
    if not isinstance(event, PullRequest):
        raise FatalError("this event is not about a pull request; there is nothing to comment on")
    return event


def proposed_by_pull(server: Remote) -> tuple[Judged, ...]:
    """The open pull requests on the remote's GitHub that are no branch of it, as those from forks; none elsewhere.

    Raises FatalError where there is no `gh`, or it cannot list them.
    """
    place = place_of(server)
    if place is None:
        return ()
    if shutil.which("gh") is None:
        raise FatalError("the gh program is not on the PATH")
    known = server.proposals()
    gh = Gh(server.repo.top or server.repo.folder, place.host)
    pulls = _without_branch(open_pulls(gh, f"repos/{place.name}"), known)
    if not pulls:
        return ()
    fetch_all(server, [pull.number for pull in pulls])
    return judged_pulls(Reader(server.repo), server.repo.commit(server.main), pulls, known)


def judged_pulls(reader: Reader, main: str, pulls: Iterable[Pull], known: Iterable[Proposal]) -> tuple[Judged, ...]:
    """The verdict on each pull request that has been fetched and is none of the `known` branches."""
    some = _without_branch(pulls, known)
    return tuple(found for pull in some if (found := _judged(reader, main, pull)))


def _without_branch(pulls: Iterable[Pull], known: Iterable[Proposal]) -> list[Pull]:
    commits = {proposal.commit for proposal in known}
    return [pull for pull in pulls if pull.head not in commits][:MOST_RIVALS]


def pulls_in(text: str) -> list[Pull]:
    """The open pull requests in what `gh api --paginate` has printed of GitHub's list, the oldest first."""
    return _pulls([row for page in documents_in(text) for row in (page if isinstance(page, list) else [page])])


def open_pulls(gh: Gh, place: str) -> list[Pull]:
    """The open pull requests to main of a repository, `repos/OWNER/NAME`, the oldest first."""
    return _pulls(gh.every(f"{place}/pulls?state=open&base=main&per_page=100"))


def _pulls(rows: list[dict[str, Any]]) -> list[Pull]:
    try:
        found = TypeAdapter(list[_Open]).validate_python(rows)
    except ValidationError as error:
        raise FatalError("GitHub's list of open pull requests has another form than documented") from error
    return sorted((_pull(one) for one in found), key=lambda pull: pull.number)


def _pull(one: _Open) -> Pull:
    author = Author(f"github:{one.user.id}", f"@{one.user.login}") if one.user else None
    return Pull(one.number, one.head.sha, author)


def _others(server: Remote, event: PullRequest, pulls: list[Pull]) -> list[Judged]:
    """The other open pull requests, held against main. One that cannot be judged is left out."""
    others = [pull for pull in pulls if pull.number != event.number][:MOST_RIVALS]
    fetch_all(server, [event.number, *(pull.number for pull in others)])
    reader, main = Reader(server.repo), server.repo.commit(server.main)
    return [found for pull in others if (found := _judged(reader, main, pull))]


def fetch_all(server: Remote, numbers: list[int]) -> None:
    """Fetch the heads of pull requests all at once; where one of them cannot be had, each by itself."""
    try:
        fetch_pulls(server, *numbers)
    except FatalError:
        for number in numbers:
            with suppress(FatalError):
                fetch_pulls(server, number)


def _judged(reader: Reader, main: str, pull: Pull) -> Judged | None:
    """Somebody else's pull request held against main; None where it is too much to be judged, or gone."""
    with suppress(FatalError):
        if reader.repo.resolve(pull.head) != [None]:
            return judge_proposal(reader, main, Proposal(f"#{pull.number}", pull.head), pull.author)
    return None
