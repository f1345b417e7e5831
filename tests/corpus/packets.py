"""Speak to `git receive-pack` by hand: commands as `git push` would never send them."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

ZERO = "0" * 40
FLUSH = b"0000"


def packet(data: bytes) -> bytes:
    return b"%04x" % (len(data) + 4) + data


def advertised(server: Path) -> dict[bytes, bytes]:
    """The server's refs as it announces them: name → id."""
    args = ["git", "for-each-ref", "--format=%(objectname) %(refname)"]
    done = subprocess.run(args, cwd=server, capture_output=True, check=True)
    return {row.split(b" ", 1)[1]: row.split(b" ", 1)[0] for row in done.stdout.splitlines()}


def pack_of(clone: Path, news: Sequence[str], without: Sequence[str] = ()) -> bytes:
    """A pack of all that `news` reach and `without` do not; an empty pack for no news."""
    asked = "".join(f"{one}\n" for one in news) + "".join(f"^{one}\n" for one in without)
    args = ["git", "pack-objects", "--revs", "--stdout", "-q"]
    return subprocess.run(args, cwd=clone, input=asked.encode(), capture_output=True, check=True).stdout


def push_raw(
    server: Path,
    commands: Sequence[tuple[str, str, bytes]],
    pack: bytes | None,
    *,
    capabilities: bytes = b"report-status",
    before: Sequence[bytes] = (),
    after: Sequence[bytes] = (),
    timeout: float = 120,
) -> tuple[int, bytes, bytes]:
    """Send (old, new, ref) lines as they are. `pack` None for a push of deletions alone.

    `before` holds packets such as `shallow OID`, `after` the push options. Add `atomic` to the capabilities as needed.
    Returns (exit code, what came back on stdout, stderr).
    """
    lines = list[bytes](before)
    for index, (old, new, ref) in enumerate(commands):
        tail = b"\0" + capabilities if index == 0 else b""
        lines.append(f"{old} {new} ".encode() + ref + tail)
    sent = b"".join(packet(line) for line in lines) + FLUSH
    sent += b"".join(packet(line) for line in after) + (FLUSH if after else b"") + (pack or b"")
    done = subprocess.run(
        ["git", "receive-pack", str(server)], input=sent, capture_output=True, timeout=timeout, check=False
    )
    return done.returncode, done.stdout, done.stderr
