"""Judge what a GitHub event is about: a pull request as it would land, or what moves main, step by step.

The commits come by plain `git fetch` and stay data: nothing is checked out. The base is the remote's main as fetched
now: the payload's may be a minute old, or years where a run is repeated.
"""

from pathlib import Path

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.hosts.github.event import QUEUE, Moved, PullRequest, read_event
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.operations.judge import judge
from validator.operations.steps import in_steps
from validator.registry.effect import effect_of, effect_of_group
from validator.registry.reader import Reader

MAIN_REFSPEC = "+refs/heads/main:refs/remotes/{remote}/main"
QUEUED = QUEUE.removeprefix("refs/heads/")
QUEUE_MERGES = "The merge queue does it now; nobody has to click."
QUEUE_DROPS = "The merge queue takes it out; main stays as it is."
QUEUE_REFSPEC = f"+{QUEUE}*:refs/remotes/{{remote}}/{QUEUED}*"


def validate_event(*, repo: Path, remote: str, data: bytes) -> Verdict:
    """The verdict that the JSON of an event's payload asks for. Raises FatalError where it asks for none."""
    event = read_event(data)
    server = Remote(Repo(repo), remote)
    return judge_pull(server, event) if isinstance(event, PullRequest) else _judge_move(server, event)


def fetch_pulls(server: Remote, *numbers: int) -> None:
    """Fetch main and the heads of pull requests, which are below `refs/pull/` on a forge."""
    server.fetch((MAIN_REFSPEC, *(f"+refs/pull/{n}/head:refs/remotes/{{remote}}/pull/{n}" for n in numbers)))


def judge_pull(server: Remote, event: PullRequest) -> Verdict:
    """The verdict on a pull request at the very commit of its event: the one that the check is shown beside."""
    fetch_pulls(server, event.number)
    (head,) = server.repo.resolve(event.head)
    if head is None:
        raise FatalError(f"pull request {event.number} has a newer commit than {event.head}; that one decides")
    landed, base = Reader(server.repo).change(server.repo.commit(server.main), head)
    landed = landed._replace(author=event.author)
    return judge(landed, base)._replace(effect=effect_of(landed, base))


def _judge_move(server: Remote, event: Moved) -> Verdict:
    """The verdict on every step. Signatures are a plain server's approval; on a forge it is a review."""
    server.fetch((MAIN_REFSPEC, *((QUEUE_REFSPEC,) if event.queued else ())))
    base, head = server.repo.commit(event.base), server.repo.commit(event.head)
    if event.queued and not _is_judged(server, base, head):
        raise FatalError(f"this merge group starts from {base}, which is neither on main nor another group's")
    reader = Reader(server.repo)
    verdict = in_steps(reader, base, head, guards=(), unnamed=True)
    return _of_the_queue(reader, verdict, base, head) if event.queued else verdict


def _of_the_queue(reader: Reader, verdict: Verdict, base: str, head: str) -> Verdict:
    """The verdict on a merge queue's group, with what it does to main, without a click."""
    line = reader.repo.line(base, head)
    if not line:
        return verdict
    effect = effect_of_group([reader.step(parent, commit) for parent, commit in line])
    then = QUEUE_MERGES if verdict.accepted else QUEUE_DROPS
    return verdict._replace(effect=effect._replace(sentence=f"{effect.sentence} {then}", notes=()))


def _is_judged(server: Remote, base: str, head: str) -> bool:
    """Whether a group starts from a judged commit: on main, or the group before it in the queue."""
    groups = {oid for _, oid in server.repo.refs(f"refs/remotes/{server.name}/{QUEUED}")}
    on_main = server.repo.merge_base(server.repo.commit(server.main), base) == base
    return base != head and (on_main or base in groups)
