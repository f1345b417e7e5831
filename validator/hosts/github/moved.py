"""After main has moved: which open pull requests it touches, and their last runs run again.

Two jobs, as for the comment: one reads strangers' files and can write nothing, the other gets numbers alone.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from validator.git.remote import Proposal, Remote
from validator.git.repo import Repo
from validator.hosts.github.api import HERE, Gh, number
from validator.hosts.github.event import Moved, Number, read_event
from validator.hosts.github.pulls import MOST_RIVALS, Pull, fetch_all, open_pulls
from validator.model.errors import FatalError, Unreadable, attempted
from validator.operations.competitors import Competitors
from validator.operations.proposals import Judged, judge_proposal
from validator.registry.effect import effect_of
from validator.registry.reader import Reader

WORKFLOWS = ("validate.yml", "comment.yml")  # what is run again, in this order
MOST_RUNS = 100  # of a workflow that are looked through for a pull request's last one
MOST_PULLS = 50  # pull requests whose runs are run again after one move
BUSY = ("already running", "already in progress")
Numbers = TypeAdapter(Annotated[list[Number], Field(max_length=MOST_PULLS)])


def touched(*, repo: Path, remote: str, data: bytes) -> list[int]:
    """The open pull requests that mean something else since the push of an event, the oldest first."""
    event = read_event(data)
    if not isinstance(event, Moved) or event.queued:
        raise FatalError("this event is no push to main; there is nothing to judge again")
    server = Remote(Repo(repo), remote)
    pulls = open_pulls(Gh(repo), HERE)[:MOST_RIVALS]
    fetch_all(server, [pull.number for pull in pulls])
    reader = Reader(server.repo)
    here = [pull for pull in pulls if reader.repo.resolve(pull.head) != [None]]
    before, after = (meanings(reader, server.repo.commit(main), here) for main in (event.base, server.main))
    return [pull.number for pull in here if before[pull.number] != after[pull.number]][:MOST_PULLS]


def meanings(reader: Reader, main: str, pulls: list[Pull]) -> dict[int, object]:
    """What the comment on each pull request says at a commit of main: its verdict, its effect, and who competes."""
    found = {pull.number: _judged(reader, main, pull) for pull in pulls}
    rivals = Competitors(one for one in found.values() if not isinstance(one, Unreadable))
    return {
        number: one.why if isinstance(one, Unreadable) else (*_words(one), rivals.of(one))
        for number, one in found.items()
    }


def _judged(reader: Reader, main: str, pull: Pull) -> Judged | Unreadable:
    return attempted(lambda: judge_proposal(reader, main, Proposal(f"#{pull.number}", pull.head), pull.author))


def _words(one: Judged) -> tuple[object, object]:
    """The findings, and what merging would do."""
    texts = [(finding.code, finding.location, finding.message, finding.help) for finding in one.verdict.findings]
    return texts, None if one.unjudged else effect_of(one.landed, one.base).sentence


def run_again(*, repo: Path, pulls: str) -> str:
    """Run the gate's and the comment's last run on pull requests again; a line for each. `pulls` is a JSON list."""
    try:
        numbers = Numbers.validate_json(pulls, strict=True)
    except ValidationError as error:
        raise FatalError(f"the list of pull requests is malformed: {error.errors()[0]['msg']}") from error
    if not numbers:
        return ""
    gh = Gh(repo)
    to_main = {pull.number for pull in open_pulls(gh, HERE)}
    left = "".join(f"pull request {at} is closed, or goes to another branch\n" for at in numbers if at not in to_main)
    still = [at for at in numbers if at in to_main]
    return left + "".join(_run_again(gh, workflow, still) for workflow in WORKFLOWS if still)


def _run_again(gh: Gh, workflow: str, numbers: list[int]) -> str:
    """The newest run of each pull request, found by its title, which the workflow of main makes (run-name)."""
    path = f"{HERE}/actions/workflows/{workflow}/runs?event=pull_request_target&per_page={MOST_RUNS}"
    rows = gh.get(path).get("workflow_runs")
    newest = dict[str, int]()
    for row in rows if isinstance(rows, list) else ():
        newest.setdefault(str(row.get("display_title")), number(row, "id"))
    return "".join(f"{workflow}: {_rerun(gh, at, newest.get(title_of(at)))}\n" for at in numbers)


def title_of(pull: int) -> str:
    """The title of every run on a pull request (`run-name` of the workflows)."""
    return f"pull request {pull}"


def _rerun(gh: Gh, pull: int, run: int | None) -> str:
    if run is None:
        return f"there is no run on pull request {pull} among the last {MOST_RUNS}"
    try:
        gh.send("POST", f"{HERE}/actions/runs/{run}/rerun", {})
    except FatalError as error:
        if any(word in str(error) for word in BUSY):
            return f"the run on pull request {pull} is under way"
        return f"the run on pull request {pull} cannot be run again: {error}"
    return f"ran again on pull request {pull}"
