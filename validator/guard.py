"""What the installed hook runs, without the command line's parser, because its start delays every push."""

import gc
import sys
from pathlib import Path

from validator.model.errors import FatalError
from validator.startup import describe, enter


def main() -> None:
    """Judge the push that standard input describes, in the repository in the current folder."""
    enter()
    try:
        from validator.hosts.plain.pre_receive import pre_receive
        from validator.hosts.plain.push import MAX_INPUT

        text, exit_code = pre_receive(repo=Path(), lines=sys.stdin.buffer.read(MAX_INPUT + 1))
    except (FatalError, OSError) as error:
        from validator.model.escape import logged

        text, exit_code = f"registry: {logged(describe(error) if isinstance(error, OSError) else str(error))}\n", 2
    sys.stdout.write(text)
    sys.stdout.flush()
    gc.freeze()
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
