"""Where a repository is on a GitHub, read from the address of a remote."""

import re
import shutil
from typing import NamedTuple

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.upstream import remote_of
from validator.hosts.github.api import Gh
from validator.model.errors import FatalError

# https://host/owner/name, ssh://git@host:port/owner/name, git@host:owner/name; with or without `.git`.
_URL = re.compile(
    r"(?:(?:https|ssh)://(?:[^@/]+@)?(?P<host>[a-z0-9.-]+(?::[0-9]+)?)/|(?:[^@/:]+@)?(?P<scp>[a-z0-9.-]+):)"
    r"(?P<name>[A-Za-z0-9][\w.-]*/[\w.-]+?)(?:\.git)?/?",
    re.ASCII | re.IGNORECASE,
)
GITHUB = "github.com"


class Place(NamedTuple):
    """A repository: its host (with the port, where there is one), and `owner/name`."""

    host: str
    name: str

    @property
    def owner(self) -> str:
        """The account that has the repository."""
        return self.name.partition("/")[0]


def place_in(url: str) -> Place | None:
    """The place that an address names, on whatever host; None for an address of another form."""
    found = _URL.fullmatch(url)
    if not found:
        return None
    host = (found["host"] or found["scp"]).lower().removesuffix(":443")
    return Place(re.sub(r"^ssh\.(?=github\.com$)", "", host), found["name"])


def place_of(server: Remote) -> Place | None:
    """Where a remote is on a GitHub; None elsewhere. A host other than github.com is one if `gh` is logged in there."""
    place = place_in(server.url)
    if place is None or place.host == GITHUB:
        return place
    known = shutil.which("gh") is not None and Gh(server.repo.top or server.repo.folder, place.host).has_login()
    return place if known else None


def is_on_github(repo: Repo) -> bool:
    """Whether a repository's remote is on a GitHub; asks no server."""
    try:
        return place_of(Remote(repo, remote_of(repo))) is not None
    except FatalError:
        return False  # there is no remote
