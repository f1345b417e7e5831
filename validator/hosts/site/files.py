"""All files of a site: pages, documents, calendar and style; each with the key of what it depends on."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jinja2

from validator.hosts.site.approving import as_of
from validator.hosts.site.documents import Documents, Json
from validator.hosts.site.pages import numbers_with_page, pages
from validator.hosts.site.places import proposal_file
from validator.hosts.site.render import TEMPLATES, Page, fingerprint, rendered, renderer
from validator.model.escape import json_text, long_json_text

API = "api/v1"
_ASSETS = ("style.css", "icon.svg")
_LONG = frozenset(("status", "history", "schedule"))  # documents without fractions


class File(NamedTuple):
    """A file of a site; `key` says what its content depends on, so that an unchanged one is not made again."""

    path: str
    key: str
    content: Callable[[], bytes]


class Site(NamedTuple):
    """The pages that are rendered when they are asked for, and the files that are made already."""

    documents: Documents
    environment: jinja2.Environment
    pages: tuple[Page, ...]

    def files(self) -> Iterator[File]:
        """Every file, the index last."""
        said = json.dumps([self.documents.schedule, self.documents.calendar_of], default=list)
        yield File("week.ics", f"{fingerprint()}-{_hash(said.encode())}", self.documents.calendar)
        for path, content in self.others():
            yield File(path, _hash(content), lambda content=content: content)  # type: ignore[misc]  # bound at once
        for page in self.pages:
            yield File(page.path, page.key, lambda page=page: self.page(page))  # type: ignore[misc]

    def page(self, page: Page, live: str = "") -> bytes:
        """A page's HTML."""
        return rendered(self.environment, page, live)

    def others(self) -> Iterator[tuple[str, bytes]]:
        """The files that are no pages, but for the calendar, which takes long to make."""
        for name in _ASSETS:
            yield name, (TEMPLATES / name).read_bytes()
        yield "REGISTRY.md", self.documents.markdown.encode()
        rows = list(_documents(self.documents))
        for name, path, document in rows:
            yield path, (long_json_text if name in _LONG else json_text)(document).encode()
        yield f"{API}/index.json", json_text(_index(self.documents, [(name, path) for name, path, _ in rows])).encode()


def site_of(documents: Documents) -> Site:
    """The site of one commit's documents."""
    return Site(documents, renderer(numbers_with_page(documents)), tuple(pages(documents)))


def _documents(documents: Documents) -> Iterator[tuple[str, str, Json]]:
    """Every document as (name, path, content)."""
    for name, document in documents.by_name().items():
        yield name, f"{API}/{name}.json", document
    for document in documents.proposals_in_full:
        name = document["proposal"]["name"]
        yield name, f"{API}/proposals/{proposal_file(name)}.json", document


def _index(documents: Documents, rows: list[tuple[str, str]]) -> Json:
    prefix = f"{API}/"
    listed = [{"name": name, "path": path.removeprefix(prefix)} for name, path in rows]
    stamps = {"commit": documents.commit, "digest": documents.digest, "as_of": as_of(documents)}
    return {"schema_version": 1, **stamps, "documents": listed}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def stamp_of(documents: Documents) -> str:
    """What a page in a browser compares with the server: it changes with main and with every proposal."""
    said = [documents.commit, [[row["name"], row["commit"]] for row in documents.proposals["proposals"]]]
    return _hash(json.dumps(said).encode())
