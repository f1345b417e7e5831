"""All files of a site: pages, documents, calendar and style; each with the key of what it depends on."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import jinja2

from validator.hosts.site.approving import as_of
from validator.hosts.site.documents import Documents, Json
from validator.hosts.site.pages import numbers_with_page, pages
from validator.hosts.site.places import proposal_file
from validator.hosts.site.render import TEMPLATES, Page, fingerprint, rendered, renderer
from validator.model.escape import json_text

API = "api/v1"
_ASSETS = ("style.css", "icon.svg")


class File(NamedTuple):
    """A file of a site; `key` says what its content depends on, so that an unchanged one is not made again.

    Without a key it is made each time, and written where it is another one.
    """

    path: str
    key: str | None
    content: Callable[[], bytes]


class Site(NamedTuple):
    """The pages that are rendered when they are asked for, and the files that are made already."""

    documents: Documents
    environment: jinja2.Environment
    pages: tuple[Page, ...]

    def files(self) -> Iterator[File]:
        """Every file, the index last."""
        yield File("week.ics", f"{fingerprint()}-{self.documents.commit}", self.documents.calendar)
        for path, content in self.others():
            yield File(path, None, content)
        for page in self.pages:
            yield File(page.path, page.key, lambda page=page: self.page(page))  # type: ignore[misc]

    def page(self, page: Page, live: str = "") -> bytes:
        """A page's HTML."""
        return rendered(self.environment, page, live)

    def others(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """The files that are no pages, but for the calendar: each is made when it is asked for."""
        for name in _ASSETS:
            yield name, (TEMPLATES / name).read_bytes
        yield "REGISTRY.md", self.documents.markdown.encode
        rows = list(_documents(self.documents))
        for _, path, text in rows:
            yield path, partial(_encoded, text)
        index = _index(self.documents, [(name, path) for name, path, _ in rows])
        yield f"{API}/index.json", partial(_encoded, partial(json_text, index))


def site_of(documents: Documents) -> Site:
    """The site of one commit's documents."""
    return Site(documents, renderer(numbers_with_page(documents)), tuple(pages(documents)))


def _documents(documents: Documents) -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Every document as (name, path, what makes its text)."""
    for name, text in documents.texts.items():
        yield name, f"{API}/{name}.json", text
    for document in documents.proposals_in_full:
        name = document["proposal"]["name"]
        yield name, f"{API}/proposals/{proposal_file(name)}.json", partial(json_text, document)


def _encoded(text: Callable[[], str]) -> bytes:
    return text().encode()


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
