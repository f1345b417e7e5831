"""`registry site`: the pages for humans as static files, which any web server serves."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator.cli.console import Console
from validator.cli.fetching import fetch_first
from validator.cli.options import REMOTE, at_commit
from validator.cli.progress import each_second
from validator.git.repo import Repo
from validator.model.definition import Digest
from validator.model.errors import FatalError
from validator.model.phrases import counted
from validator.report.documents import Oid, PrintedDocument, as_json

if TYPE_CHECKING:
    from validator.hosts.github.pulls import Pull
    from validator.hosts.site.output import Made, Written


PAGES_A_TIME = 250


class SiteDocument(PrintedDocument):
    """`site`: the commit and registry that the pages show, and how many files were written, kept and removed."""

    commit: Oid
    digest: Digest
    written: int
    unchanged: int
    removed: int


DOCUMENTS = {"output-site": SiteDocument}


@click.command(epilog="Example: registry site --output public")
@click.option(
    "--output", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Write the files here: an empty folder, or one of an earlier run.",
)  # fmt: skip
@click.option("--fetch", is_flag=True, help="Ask the remote for main and its proposals first.")
@click.option(
    "--pulls", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="On GitHub: the open pull requests, as `gh api --paginate` prints them; shows those from forks too.",
)  # fmt: skip
@REMOTE
@at_commit
@click.pass_obj
def command(
    console: Console, output: Path, fetch: bool, pulls: Path | None, remote: str, repo: Path, ref: str | None,
    format: str,
) -> int:  # fmt: skip
    """The registry as web pages in a folder, with every document as JSON."""
    from validator.cli.gather import basis_of, state_of
    from validator.hosts.site.output import locked, standing

    store = Repo(repo)
    with locked(output):
        if fetch:
            fetch_first(console, repo, remote)
        # A pull request's commit may come without any branch having moved: then no site stands as it is.
        known = standing(output, basis_of(store, state_of(store, ref))) if pulls is None else None
        made, done = known or _made(console, store, output, ref, pulls)
    document = SiteDocument(commit=made.commit, digest=made.digest, **done._asdict())
    text = f"{counted(done.written, 'file')} written, {done.unchanged} unchanged, {done.removed} removed: {output}\n"
    console.say(as_json(document) if format == "json" else text)
    return 0


def _made(console: Console, store: Repo, output: Path, ref: str | None, pulls: Path | None) -> "tuple[Made, Written]":
    """Make the site, as far as it is not there yet."""
    from validator.cli.gather import basis_of, documents_now
    from validator.hosts.site.files import site_of
    from validator.hosts.site.output import Made, put

    state, documents = documents_now(store, ref, _read(pulls) if pulls else None, console.hint)
    basis = basis_of(store, state) if pulls is None else ""
    made = Made(basis, documents.commit, documents.digest)
    return made, put(output, site_of(documents).files(), _tidied(each_second(console.hint, what="files")), made)


def _tidied(progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """The same, tidying up now and then: each page that is made leaves 27 kB that only a garbage collector finds."""
    gc.freeze()  # what is there now is no garbage, and takes long to look at

    def told(done: int, of: int) -> None:
        if done % PAGES_A_TIME == 0:
            gc.collect(0)  # what is left from before stays
        progress(done, of)

    return told


def _read(pulls: Path) -> "Sequence[Pull]":
    from validator.hosts.github.pulls import pulls_in

    try:
        return pulls_in(pulls.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FatalError(f"{pulls} cannot be read: {error}") from error
