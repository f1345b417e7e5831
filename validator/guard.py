"""What the installed hook runs: `registry pre-receive` without the parser of the other verbs, for every push pays."""

import sys

from validator.door import enter, leave, told
from validator.finding import FatalError
from validator.linger import Answer, Meeting


def main() -> None:
    """Judge the push that standard input tells of, in the repository that this process stands in."""
    enter()
    lines = sys.stdin.buffer.read()
    meeting = Meeting()
    answer = meeting.ask(lines)
    text, exit_code = answer or judged(lines)
    sys.stdout.write(text)
    sys.stdout.flush()
    if answer is None:
        meeting.stay(judged)
    leave(exit_code)


def judged(lines: bytes) -> Answer:
    """What the pushing client is told, and the exit code of the hook: 0 lets the push through."""
    from pathlib import Path

    try:
        from validator.commands.pre_receive import pre_receive

        return pre_receive(repo=Path(), lines=lines.decode("utf-8", "surrogateescape").splitlines())
    except (FatalError, OSError) as error:
        from validator.escaping import logged

        return f"registry: {logged(told(error) if isinstance(error, OSError) else str(error))}\n", 2


if __name__ == "__main__":
    main()
