"""`registry VERB`: the only owner of stdout, stderr, the environment, the clock and the exit code."""

import gc
import sys
from typing import NoReturn

from validator.cli import console
from validator.cli.verbs import registry
from validator.model.errors import FatalError
from validator.startup import enter, told


def main() -> NoReturn:
    """Run the command line. A FatalError ends in one line on stderr and exit 2."""
    enter()
    try:
        registry(prog_name="registry")
    except (FatalError, OSError) as error:
        from validator.model.escape import visible

        console.hint(f"registry: {visible(told(error) if isinstance(error, OSError) else str(error))}\n")
    finally:
        gc.freeze()  # nor does the interpreter look for any when it ends
    sys.exit(2)
