"""The key files of sessions: made by ssh-keygen outside of any repository, and remembered in the clone's settings."""

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path

from validator.git.process import Process
from validator.git.program import last_line
from validator.git.signatures import public_key
from validator.model.errors import FatalError
from validator.model.keys import normal_key
from validator.model.names import is_name

MOST = 99  # folders of one session that are tried


def remembered(repo: Process, session: str) -> tuple[tuple[str, str], ...]:
    """The keys that this clone knows of a session, as (path, public key in its normal form); the latest first."""
    status, out, _ = repo.as_user("config", "--get-all", setting(session)) if is_name(session) else (1, "", "")
    paths = [] if status else list(dict.fromkeys(reversed(out.splitlines())))
    return tuple(_readable(paths, repo.top or repo.folder))


def remember(repo: Process, session: str, path: str) -> None:
    """Keep a key's path for this session, in this clone."""
    if path not in [known for known, _ in remembered(repo, session)]:
        repo.read("config", "--local", "--add", setting(session), path, environment=repo.real)


def remove_made(repo: Process, session: str, path: str) -> None:
    """Undo `make_key` and `remember`: the key's own folder and its path in the settings are gone."""
    words = ("config", "--local", "--fixed-value", "--unset-all", setting(session), path)
    repo.read(*words, environment=repo.real)
    for file in (Path(path), Path(f"{path}.pub")):
        file.unlink(missing_ok=True)
    Path(path).parent.rmdir()


def setting(session: str) -> str:
    """The setting that holds the paths: `registry.marketing-outreach-1.key`."""
    return f"registry.{session}.key"


def make_key(folder: Path, session: str) -> Path:
    """Make an Ed25519 key in a new folder that nobody else can read; the path of its private half."""
    path = _new_folder(folder, session) / "key"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise FatalError("ssh-keygen is not on the PATH; install OpenSSH 8.2 or newer") from error
    if done.returncode:
        raise FatalError(f"ssh-keygen: {last_line(done.stderr)}")
    return path


def _readable(paths: list[str], folder: Path) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            yield path, normal_key(public_key(path, folder))
        except FatalError:
            continue  # it is gone, or was never there


def _new_folder(folder: Path, session: str) -> Path:
    """A folder that was not there before: no file of anybody's is overwritten, and no link followed."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o022:
            raise FatalError(f"others can write in {folder}; run: chmod go-w {folder}")
        for at in itertools.islice(itertools.count(1), MOST):
            try:
                path = folder / (session if at == 1 else f"{session}-{at}")
                path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise FatalError(f"no key can be made in {folder}: {error.strerror}") from error
    raise FatalError(f"{folder} holds {MOST} keys of {session}; name one: --key PATH")
