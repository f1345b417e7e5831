"""Open the pull request of a pushed proposal, or renew its text, through the `gh` program."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

from validator.git.remote import Proposal, Remote
from validator.git.repo import Repo
from validator.hosts.github.api import Gh, number, part
from validator.hosts.github.place import Place, place_of
from validator.operations.consensus.share import SHARED
from validator.operations.proposals import Judged, judge_proposal
from validator.registry.effect import effect_of
from validator.registry.reader import Reader
from validator.report.merging import merging

FOOT = "The gate judges this pull request again whenever main moves, and says in a comment how it stands then."
LONGEST_TITLE = 250  # characters; GitHub takes 256


class Account(NamedTuple):
    """The account that `gh` is logged in with, as a claim names it."""

    owner: str
    login: str


def account(*, repo: Path, remote: str) -> Account | None:
    """The user's account on the remote's GitHub; None where the remote is none, or there is no `gh`."""
    place = place_of(Remote(Repo(repo), remote))
    if place is None or shutil.which("gh") is None:
        return None
    user = Gh(repo, place.host).get("user")
    return Account(f"github:{number(user, 'id')}", str(user.get("login")))


def open_pull_request(*, repo: Path, remote: str, branch: str) -> str:
    """Open a pull request for a pushed branch, or renew its text; where that is not possible, say what to do."""
    server = Remote(Repo(repo), remote)
    place = place_of(server)
    if place is None:
        return f"{server.name} is no GitHub repository; ask an approver to run: registry approve {branch}\n"
    if shutil.which("gh") is None:
        page = f"https://{place.host}/{place.name}/compare/main...{branch}?expand=1"
        return f"the gh program is not on the PATH; open the pull request by hand: {page}\n"
    gh = Gh(repo, place.host)
    return f"{_opened(gh, place, branch, text_of(server, branch))}\n"


def text_of(server: Remote, branch: str) -> dict[str, str]:
    """Title and body: the subject of the proposal's commit, and what the gate's comment will say."""
    reader = Reader(server.repo)
    main, commit = server.repo.commit(server.main), server.repo.commit(f"refs/remotes/{server.name}/{branch}")
    one = judge_proposal(reader, main, Proposal(branch, commit))
    shared = branch == SHARED
    title = "Record: acknowledgements" if shared else one.subject(server.repo) or f"Proposal {branch}"
    return {"title": title[:LONGEST_TITLE], "body": _body(one)}


def _body(one: Judged) -> str:
    parts = [] if one.unjudged else merging(effect_of(one.landed, one.base), accepted=one.verdict.accepted)
    return "\n\n".join([*parts, FOOT]) + "\n"


def _opened(gh: Gh, place: Place, branch: str, text: dict[str, str]) -> str:
    """The address of the pull request: it goes to the parent of a fork."""
    about = gh.get(f"repos/{place.name}")
    parent = str(part(about, "parent").get("full_name") or place.name) if about.get("fork") else place.name
    head = f"{place.owner}:{branch}"
    there = gh.every(f"repos/{parent}/pulls?state=open&base=main&head={head}&per_page=100")
    if there:
        changed = _differs(there[0], text)
        if changed:
            gh.send("PATCH", f"repos/{parent}/pulls/{number(there[0], 'number')}", {"body": text["body"]})
        return f"{there[0].get('html_url')} is open already{', its text is renewed' if changed else ''}"
    return str(gh.send("POST", f"repos/{parent}/pulls", {**text, "head": head, "base": "main"}).get("html_url"))


def _differs(there: dict[str, Any], text: dict[str, str]) -> bool:
    """Whether an open pull request still has a text of ours, and it is another one by now."""
    body = str(there.get("body") or "").replace("\r\n", "\n")
    return body.strip() != text["body"].strip() and (FOOT in body or not body.strip())
