"""Check that the Python of a hook can import this program without help, and that both are installed permanently."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import validator
from validator.model.errors import FatalError

WAY_OUT = (
    "install the program where it stays (pip in an environment of its own, pipx install, uv tool install), "
    "and run registry install-hook from there"
)
_QUESTION = "import json, sys, validator; print(json.dumps([sys.prefix, sys.base_prefix, validator.__file__]))"
_CACHES = {".cache", "Caches", ".pex", ".shiv"}
_TAG = "CACHEDIR.TAG"  # https://bford.info/cachedir: what lies below may be deleted at any time; uv marks its cache so
_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - named, not written to


class Places(NamedTuple):
    """The folders that an interpreter reports: its environment, the Python that this was made from, the program."""

    prefix: Path
    base: Path
    package: Path


def require_lasting(python: str, bare: Path, environment: Mapping[str, str]) -> None:
    """Raise FatalError unless this interpreter has this very program, in places that last as long as the repository."""
    places = _places_of(python, environment)
    own = Path(validator.__file__).resolve().parent
    if places.package != own:
        raise FatalError(f"{python} by itself has the program of {places.package}, not this one, of {own}; {WAY_OUT}")
    why = next(_reasons(places, bare.resolve(), environment), None)
    if why is not None:
        raise FatalError(
            f"{python} is in a place that does not last, and without it the guard refuses every push: {why}; {WAY_OUT}"
        )


def _places_of(python: str, environment: Mapping[str, str]) -> Places:
    """What the interpreter answers. A zip file, a frozen program or PYTHONPATH is no help to the hook: it fails."""
    command = [python, "-P", "-c", _QUESTION]
    try:
        # No shell; the interpreter is the one that runs this.
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FatalError(f"{python} cannot be run ({error}); {WAY_OUT}") from error
    try:
        prefix, base, package = json.loads(done.stdout)
    except ValueError as error:
        why = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise FatalError(f"{python} by itself does not have this program ({why}); {WAY_OUT}") from error
    return Places(Path(prefix).resolve(), Path(base).resolve(), Path(package).resolve().parent)


def _reasons(places: Places, bare: Path, environment: Mapping[str, str]) -> Iterator[str]:
    for place in places:
        for folder in place.parents:
            # An environment may carry the tag itself, for the sake of backups.
            if folder != places.prefix and _is_cache(folder, environment):
                yield f"{place} is in a cache, {folder}"
        for folder in {Path(name).resolve() for name in (tempfile.gettempdir(), *_TEMPORARY)}:
            if place.is_relative_to(folder) and not bare.is_relative_to(folder):
                yield f"{place} is in a folder for temporary files, {folder}"


def _is_cache(folder: Path, environment: Mapping[str, str]) -> bool:
    return folder.name in _CACHES or str(folder) == environment.get("XDG_CACHE_HOME") or (folder / _TAG).is_file()
