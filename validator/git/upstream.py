"""Which remote a registry is published on, and what its main branch is called there: as this clone is configured."""

import shlex
from collections.abc import Mapping, Sequence

from validator.git.refs import Refs
from validator.model.errors import FatalError
from validator.model.layout import HEADS, MAIN, ORIGIN, REMOTES

_ASKED = r"^(remote\..*\.(url|fetch)|branch\.main\.remote|init\.defaultbranch)$"


def remotes(repo: Refs) -> list[str]:
    """The names of the remotes that a repository follows.

    A server that was made by `git clone --bare` names where it came from, and follows nobody: its main is its own.
    """
    return _names(_settings(repo))


def is_server(repo: Refs) -> bool:
    """Whether a repository is a server: a bare one that follows nobody. What it once fetched counts for nothing."""
    return repo.top is None and not remotes(repo)


def remote_of(repo: Refs) -> str:
    """The remote that main follows, else `origin`, else the only one that there is; `origin` where there is none."""
    return _remote(_settings(repo))


def main_on(repo: Refs, remote: str) -> str:
    """What the main branch is called on a remote: `main`, or the branch that is the server's HEAD as last fetched."""
    prefix = f"{REMOTES}{remote}/"
    if any(repo.resolve(f"{prefix}main")):
        return "main"
    status, out, _ = repo.run("symbolic-ref", "--quiet", f"{prefix}HEAD", environment=repo.real)
    return out.decode("utf-8", "surrogateescape").strip().removeprefix(prefix) if status == 0 else "main"


def main_of_server(repo: Refs) -> str:
    """The ref of main in a bare repository: `main`, or the branch that its HEAD names where there is no `main`."""
    if any(repo.resolve(MAIN)):
        return MAIN
    status, out, _ = repo.run("symbolic-ref", "--quiet", "HEAD", environment=repo.real)
    named = out.decode("utf-8", "surrogateescape").strip() if status == 0 else MAIN
    return named if any(repo.resolve(named)) else MAIN


def follow_head(repo: Refs, remote: str, branch: str) -> None:
    """Remember which branch is a server's main, where it has none of that name (any more).

    `git fetch` does not: it would keep a main that the server has given another name, and show it for ever.
    """
    prefix = f"{REMOTES}{remote}/"
    repo.run("symbolic-ref", f"{prefix}HEAD", f"{prefix}{branch}", environment=repo.real)
    repo.run("update-ref", "--no-deref", "-d", f"{prefix}main", environment=repo.real)


def absent(remote: str, others: Sequence[str], *, given: bool) -> FatalError:
    """That there is no remote of a name, which the caller has `given`, or which was looked for."""
    choose = "--remote" if given else "git config branch.main.remote"
    way_out = f"the remotes are {', '.join(others)}; choose one: {choose} {shlex.quote(others[0])}" if others else ""
    return FatalError(f"there is no remote {remote!r} here; {way_out or f'fill in: git remote add {remote} URL'}")


def newest_main(repo: Refs) -> str | None:
    """The commit of main: as last fetched from its remote, else in this repository; None where there is none."""
    settings = _settings(repo)
    remote = _remote(settings)
    published, here = repo.resolve(f"{REMOTES}{remote}/main", MAIN)
    if repo.top is None and not _names(settings):  # a server
        return here or repo.resolve(main_of_server(repo))[0]
    if published:
        return published
    if (repo.folder / f"{REMOTES}{remote}/main").is_file():
        raise broken(repo, f"{REMOTES}{remote}/main")
    others = dict.fromkeys((settings.get("init.defaultbranch", "master"), "master", "trunk"))
    there = f"{REMOTES}{remote}/{main_on(repo, remote)}"
    found = repo.resolve(there, *(f"{HEADS}{name}" for name in others))
    if repo.top is None and not here:
        (here,) = repo.resolve(main_of_server(repo))
    return found[0] or here or next(filter(None, found[1:]), None)


def broken(repo: Refs, ref: str) -> FatalError:
    """That a ref here, as last fetched, names nothing: its file was cut off (a crash), or its object is lost."""
    way_out = f"rm {shlex.quote(str(repo.folder / ref))}, then git fetch"
    return FatalError(f"{ref} is broken in this clone; run: {way_out}")


def unfetched_remote(repo: Refs) -> str | None:
    """The remote of main, if its main was never fetched here; None if it was, or if there is no remote."""
    settings = _settings(repo)
    remote = _remote(settings)
    known = any(repo.resolve(f"{REMOTES}{remote}/{main_on(repo, remote)}"))
    return remote if _names(settings) and not known else None


def _settings(repo: Refs) -> dict[str, str]:
    """The settings of the caller, each with its last value; addresses with their credentials."""
    _, out, _ = repo.as_user("config", "-z", "--get-regexp", _ASKED)
    rows = (row.partition("\n") for row in out.split("\0")[:-1])
    settings = {name: value for name, _, value in rows}
    if repo.top is None:
        settings = {name: value for name, value in settings.items() if _is_followed(name, settings)}
    return settings


def _is_followed(name: str, settings: Mapping[str, str]) -> bool:
    """Whether a setting of a bare repository is none of a remote whose branches it does not keep beside its own."""
    remote, url, _ = name.rpartition(".url")
    return not (url and remote.startswith("remote.")) or REMOTES in settings.get(f"{remote}.fetch", "")


def _names(settings: dict[str, str]) -> list[str]:
    urls = [name for name in settings if name.startswith("remote.") and name.endswith(".url")]
    return [name.removeprefix("remote.").removesuffix(".url") for name in urls]


def _remote(settings: dict[str, str]) -> str:
    named, followed = _names(settings), settings.get("branch.main.remote")
    if followed in named:
        return followed
    return named[0] if len(named) == 1 else ORIGIN
