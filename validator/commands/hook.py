"""Put the guard into a plain Git server's repository: a pre-receive hook that judges every push."""

import shlex
from pathlib import Path

from validator.commands.pre_receive import MAIN, UNSIGNED, keys_of
from validator.finding import FatalError
from validator.reading import Reader
from validator.repo import Repo

MARK = "# guards a session registry"


def install(*, bare: Path, python: str, unsigned: bool) -> str:
    """Put the guard into a bare repository. Raises FatalError rather than replace somebody else's hook."""
    repo = Repo(bare)
    if repo.top is not None:
        raise FatalError(f"{bare} is not a bare repository; the guard stands on the server")
    (main,) = repo.resolve(MAIN)
    if not unsigned and main and not keys_of(Reader(repo).at(main)):
        raise FatalError("no approver in main's charter has a key, so nobody could approve; add one, or say --unsigned")
    guard = f"{shlex.quote(python)} -P -m validator.guard"
    hook = repo.folder / "hooks" / "pre-receive"
    if hook.exists() and MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise FatalError(f"{hook} is there already; run this from it, with the lines it reads: {guard}")
    script = f"#!/bin/sh\n{MARK}; see registry install-hook\nexec {guard}\n"
    repo.configure(UNSIGNED, "true" if unsigned else "false")
    repo.configure("receive.fsckObjects", "true")
    _write_program(hook, script)
    return f"{'unsigned: whoever can push can approve; ' if unsigned else ''}guarded by {hook}\n"


def _write_program(path: Path, text: str) -> None:
    """Put a program in place as a whole: a push meanwhile runs the old one or the new one."""
    try:
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
        fresh.replace(path)
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error
