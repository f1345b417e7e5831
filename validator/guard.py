"""What the installed hooks run, without the command line's parser, because its start delays every push."""

import gc
import os
import sys
from pathlib import Path

from validator.model.errors import FatalError
from validator.startup import describe, enter


def main() -> None:
    """Judge the push that standard input describes, in the repository in the current folder; or tell of it."""
    enter()
    try:
        from validator.hosts.plain.push import MAX_INPUT

        text, exit_code = _answer(sys.stdin.buffer.read(MAX_INPUT + 1), sys.argv[1:])
    except (FatalError, OSError) as error:
        from validator.model.escape import logged

        text, exit_code = f"registry: {logged(describe(error) if isinstance(error, OSError) else str(error))}\n", 2
    sys.stdout.write(text)
    sys.stdout.flush()
    gc.freeze()
    sys.exit(exit_code)


def _answer(lines: bytes, words: list[str]) -> tuple[str, int]:
    if words[:1] == ["notify"]:
        from validator.hosts.plain.notify import notify

        notify(repo=Path(), lines=lines, command=words[1:], environment=os.environ)
        return "", 0
    from validator.hosts.plain.pre_receive import pre_receive

    return pre_receive(repo=Path(), lines=lines)


if __name__ == "__main__":
    main()
