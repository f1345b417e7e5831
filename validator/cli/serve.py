"""`registry serve`: the pages of `site` on this machine, live."""

import gc
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from validator.cli.console import INTERRUPTED, Console
from validator.cli.gather import State, documents_now, state_of
from validator.cli.options import REMOTE, REPO, Seconds
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.upstream import remotes
from validator.model.errors import FatalError
from validator.model.escape import visible

if TYPE_CHECKING:
    from validator.hosts.site.serving import Server, Shown


@click.command(epilog="Example: registry serve --port 8080")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any free one.")
@click.option("--interval", type=Seconds(), default=5, show_default=True, help="Seconds between two checks of main.")
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, port: int, interval: float, remote: str, repo: Path) -> int:
    """The registry's web pages on this machine, live: they follow main and the proposals."""
    from validator.hosts.site.serving import Server

    gc.enable()  # the program stays
    signal.signal(signal.SIGTERM, _interrupt)
    source = Registry(Repo(repo), remote)
    ended = threading.Event()
    with Server(port, source.shown()) as server:
        console.say(f"http://127.0.0.1:{server.port}/\n")
        follower = threading.Thread(target=_follow, args=(source, server, interval, ended), daemon=True)
        follower.start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            ended.set()
            follower.join(timeout=5)
            source.close()
    return 0


class Registry:
    """The registry that is served: asked for main and the proposals now and then, by one thread at a time."""

    def __init__(self, repo: Repo, remote: str) -> None:
        self.repo, self.asked = repo, Remote(repo, remote) if remotes(repo) else None
        self.state: State | None = None

    def look(self) -> State:
        """Main and the proposals as they are now, fetched where there is a remote."""
        if self.asked:
            self.asked.fetch()
        return state_of(self.repo, None)

    def shown(self) -> "Shown":
        """The site of main and the proposals as they are here."""
        from validator.hosts.site.serving import shown

        try:
            self.state, documents = documents_now(self.repo, None)
            return shown(documents)
        finally:
            self.close()

    def close(self) -> None:
        """End Git's processes; they start anew when something is asked."""
        self.repo.objects.close()
        self.repo.names.close()


def _follow(source: Registry, server: "Server", interval: float, ended: threading.Event) -> None:
    """Replace what is served whenever main or a proposal has moved; what cannot be read is said on the pages."""
    while not ended.wait(interval):
        try:
            if source.look() != source.state:
                server.shown = source.shown()
            server.trouble = ""
        except (FatalError, OSError) as error:
            server.trouble = f"This page may be old: {visible(str(error))}"
        finally:
            source.close()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
