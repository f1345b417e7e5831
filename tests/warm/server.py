"""A process that has loaded the program, and forks one for each verb that `sitecustomize.py` hands over."""

import array
import atexit
import fcntl
import gc
import importlib
import marshal
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from typing import Any

NUMBERS = 4  # standard streams, and the folder


def main(place: str) -> None:
    """Serve until standard input ends, with the run of tests that has started this."""
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen(128)
    print(flush=True)  # noqa: T201 - ready
    awake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running = dict[int, socket.socket]()
    while True:
        ready, _, _ = select.select([listener, awake, sys.stdin], [], [])
        if sys.stdin in ready:
            os.unlink(place)
            return
        if awake in ready:
            os.read(awake, 1 << 16)
            report(running)
        if listener in ready:
            connection, _ = listener.accept()
            load()
            if pid := os.fork():
                running[pid] = connection
            else:
                for other in running.values():
                    other.close()
                listener.close()
                signal.signal(signal.SIGINT, interrupt)
                become(connection)


def report(running: dict[int, socket.socket]) -> None:
    """Tell of every process that has ended how it ended."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with running.pop(pid) as connection, suppress(OSError):
            connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def load() -> None:
    """Load all of the program, once."""
    if "validator.guard" in sys.modules:
        return
    from validator.startup import enter

    enter()
    import validator

    for module in pkgutil.walk_packages(validator.__path__, "validator."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def become(connection: socket.socket) -> None:
    """Go on as the process that has asked."""
    signal.set_wakeup_fd(-1)
    for caught in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(caught, signal.SIG_DFL)
    module, words, environment, umask, errors = received(connection)
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())  # SIGIO ends this one where the other is killed
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)
    os.umask(umask)
    os.environb.clear()
    os.environb.update(environment)
    time.tzset()
    tempfile.tempdir = None
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        stream = os.fdopen(number, mode, encoding="utf-8", errors=errors[number], closefd=False)
        setattr(sys, name, stream)
    gc.enable()
    package = importlib.import_module(module)
    sys.argv = [f"{package.__file__}", *words]
    entry = package.main if module == "validator.guard" else importlib.import_module("validator.cli").main
    os._exit(ended(entry))


def received(connection: socket.socket) -> Any:
    """What the other process is: its streams and folder are taken over at once."""
    numbers = array.array("i")
    head, extra, _, _ = connection.recvmsg(4, socket.CMSG_LEN(NUMBERS * numbers.itemsize))
    numbers.frombytes(extra[0][2])
    for target, number in enumerate(numbers[:3]):
        os.dup2(number, target)
        os.close(number)
    os.fchdir(numbers[3])
    os.close(numbers[3])
    left, parts = int.from_bytes(head, "big"), list[bytes]()
    while left:
        parts.append(connection.recv(left))
        left -= len(parts[-1])
    return marshal.loads(b"".join(parts))


def ended(entry: Any) -> int:
    """Run it; the exit code, as the interpreter makes it."""
    code: object = 0
    try:
        entry()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - as the interpreter shows it
        traceback.print_exc()
        code = 1
    if not isinstance(code, int):
        print(code, file=sys.stderr)  # noqa: T201
        code = 1
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        code = 120
    return code & 0xFF


if __name__ == "__main__":
    main(sys.argv[1])
