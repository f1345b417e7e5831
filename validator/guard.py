"""What the installed hook runs: `registry pre-receive` without the parser of the other verbs, for every push pays."""

import gc
import sys
from pathlib import Path

from validator.door import enter
from validator.finding import FatalError


def main() -> None:
    """Judge the push that standard input tells of, in the repository that this process stands in."""
    enter()
    try:
        from validator.commands.pre_receive import pre_receive

        text, exit_code = pre_receive(repo=Path(), lines=sys.stdin)
    except FatalError as error:
        from validator.escaping import logged

        text, exit_code = f"registry: {logged(str(error))}\n", 2
    sys.stdout.write(text)
    sys.stdout.flush()
    gc.freeze()
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
