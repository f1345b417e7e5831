"""Make a page's HTML of a template: every text is escaped, and what a browser would obey or hide is made visible."""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

from validator import __version__
from validator.hosts.site.places import proposal_file, session_file
from validator.model.escape import visible
from validator.model.shapes import Target
from validator.model.targets import format_target

TEMPLATES = Path(__file__).parent / "templates"
_SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "=": "exactly"}
_TARGET = re.compile(
    r"(.+?) (>=|>|<=|<|=) (-?[0-9][0-9.e+-]*) (.+?)(?:/(hour|day|week|month|quarter|year))?", re.DOTALL
)
_KINDS = {
    **dict.fromkeys(("accepted", "registered", "acknowledged", "good"), "good"),
    **dict.fromkeys(("rejected", "error", "unreadable", "taken-over", "released", "bad"), "bad"),
    **dict.fromkeys(("proposed", "pending", "warning", "amended", "wait"), "wait"),
}


class Page(NamedTuple):
    """A page that is not rendered yet: its file below the top, its template, and what it shows.

    `drawn` works out more to show, of nothing but what is shown and what `drawn_of` says.
    """

    path: str
    template: str
    shown: Mapping[str, Any]
    drawn: Callable[[], Mapping[str, Any]] = dict
    drawn_of: str = ""

    @property
    def key(self) -> str:
        """What the page depends on, in short: the same key makes the same page."""
        said = json.dumps([self.path, self.template, self.shown, self.drawn_of], default=list)
        return hashlib.sha256(f"{fingerprint()} {said}".encode()).hexdigest()[:32]


class Paragraph(NamedTuple):
    """Lines of a rule's documentation that stand together; `indented` are those of an example."""

    lines: tuple[str, ...]
    indented: bool


@functools.cache
def fingerprint() -> str:
    """A hash of this program's version and templates."""
    files = sorted(TEMPLATES.iterdir())
    content = b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in files if file.is_file())
    return hashlib.sha256(__version__.encode() + content).hexdigest()[:16]


def renderer(pages: frozenset[int]) -> jinja2.Environment:
    """The templates' environment; `pages` are the numbers that have a page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_finalized, auto_reload=False,
    )  # fmt: skip
    environment.filters |= {
        "anchor": str.lower,
        "coded": lambda text: [(bool(at % 2), part) for at, part in enumerate(text.split("`"))],
        "has_page": lambda number: number in pages,
        "kind": lambda word: _KINDS.get(word, "plain"),
        "moment": _moment,
        "paragraphs": lambda text: list(_paragraphs(text)),
        "proposal_file": proposal_file,
        "row_kind": _row_kind,
        "rows": lambda text: text.removesuffix("\n").split("\n"),
        "session_file": session_file,
        "short": lambda oid: (oid or "")[:12],
        "in_words": target_in_words,
        "target": lambda fields: target_in_words(format_target(Target.model_validate(fields))),
        "words": lambda name: name.replace("-", " "),
    }
    return environment


def rendered(environment: jinja2.Environment, page: Page, live: str = "") -> bytes:
    """The page; `live` is the stamp that a served page compares with the server's, empty for a file."""
    said = {"root": "../" * page.path.count("/"), "live": live, "version": __version__, "stamp": None}
    said |= {**page.shown, **page.drawn()}
    text = environment.get_template(page.template).render(said)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def target_in_words(target: str) -> str:
    """`emails sent >= 17 emails/day` as `emails sent: at least 17 emails a day`."""
    if not (found := _TARGET.fullmatch(target)):
        return target
    metric, sign, value, unit, per = found.groups()
    unit = unit.removesuffix("s") if value == "1" and not unit.endswith("ss") else unit
    period = f" {'an' if per == 'hour' else 'a'} {per}" if per else ""
    return f"{metric}: {_SIGNS[sign]} {value} {unit}{period}"


def _finalized(value: Any) -> Any:
    """What stands in a page for a value: markup of a macro as it is, all else as text without hidden characters."""
    if isinstance(value, Markup):
        return value
    return visible(value) if isinstance(value, str) else "" if value is None else value


def _moment(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC" if time[10:11] == "T" and time.endswith("Z") else time


def _row_kind(line: str) -> str:
    if line.startswith(("+++", "---", "diff ", "index ", "new file", "deleted file", "@@")):
        return "place"
    return {"+": "added", "-": "removed"}.get(line[:1], "kept")


def _paragraphs(text: str) -> Iterator[Paragraph]:
    for block in text.split("\n\n"):
        lines = tuple(line.rstrip() for line in block.split("\n"))
        indented = all(line.startswith("    ") for line in lines)
        yield Paragraph(tuple(line[4:] for line in lines) if indented else lines, indented)
