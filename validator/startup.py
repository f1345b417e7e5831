"""Prepare environment and streams when a process of this program starts."""

import gc
import os
import signal
import sys
from types import FrameType, ModuleType
from typing import NoReturn

# Git prefers its environment to any option, and a hook or a wrapper sets it for its own repository. Kept: what a
# receiving server needs to read the objects of a push (quarantine), and how the caller connects to remotes and signs.
_KEPT = (
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_EXEC_PATH"),
    *("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_", "GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_ASKPASS"),
)


dropped = dict[str, str]()  # other Git variables of the environment; GIT_INDEX_FILE names the index of a hook


def enter() -> None:
    """Set the environment and the streams as the verbs need them."""
    _spell_own_folder()
    for name in [name for name in os.environ if name.startswith("GIT_") and not name.startswith(_KEPT)]:
        dropped[name] = os.environ.pop(name)
    # A closed one would be the first file that is opened, and get what is meant for a terminal.
    sys.stdin = sys.stdin or os.fdopen(os.open(os.devnull, os.O_RDONLY))
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is shown as an escape instead of ending in a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    _load_no_plugins()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup(1) ignores it
            signal.signal(number, _exit)
    gc.disable()  # a run is short, and collecting garbage would double its time


def _spell_own_folder() -> None:
    """Start again in Python's UTF-8 mode, if the locale cannot spell the folder of this program.

    From such a folder Python 3.12 and newer load nothing that is written in C. What is printed stays in the encoding of
    the locale.
    """
    try:
        __file__.encode()
    except UnicodeEncodeError:
        if sys.hexversion < 0x030C0000:  # it loads them from anywhere
            return
        if sys.flags.utf8_mode:
            sys.stderr.write("registry: this Python cannot run a program in a folder whose name is not UTF-8\n")
            sys.exit(2)
        encoding = getattr(sys.stdout, "encoding", "ascii")
        environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": encoding}
        os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606 - the words that started this process


def _exit(number: int, _: FrameType | None) -> NoReturn:
    """End as a program does that has come to its end: what it has for the time being is removed, its Git ends too."""
    program = sys.modules.get("validator.git.program")
    getattr(program, "end_all", bool)()
    sys.exit(128 + number)  # as shells report a signal


def _load_no_plugins() -> None:
    """Let no plugin of pydantic, whatever else is installed, have a say in what a model accepts."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # Even so, pydantic would load importlib.metadata, which takes longer than building our models.
    none = ModuleType("pydantic.plugin._loader")
    none.get_plugins = tuple  # type: ignore[attr-defined]
    sys.modules.setdefault(none.__name__, none)


def describe(error: OSError) -> str:
    """An error of the operating system, such as a full disk or a missing permission, in one line."""
    return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
