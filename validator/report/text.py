"""For a terminal: every finding with its source line, a caret and the way out, in the manner of rustc.

No line begins with untrusted text, so a build system finds no workflow command of a stranger in its log.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from validator.model.escape import logged, visible
from validator.model.findings import Finding, Level, Origin, Verdict
from validator.model.fold import columns
from validator.model.phrases import join_limited
from validator.report.summary import conclusion, free_numbers

WIDTH = 100  # columns of a source line that are shown
LEFT = 60  # of these, at most so many before the caret

# SGR parameters (ECMA-48, 8.3.117): bold red, bold yellow, bold green, bold blue.
RED, YELLOW, GREEN, BLUE = "1;31", "1;33", "1;32", "1;34"
LEVEL_COLOURS = {Level.ERROR: RED, Level.WARNING: YELLOW}

Paint = Callable[[str, str], str]


def render(verdict: Verdict, *, colour: bool = False) -> str:
    """The change's own findings in full; a line for each rule that is inherited or healed; conclusion, free numbers."""
    paint = _coloured if colour else _plain
    inherited = [finding for finding in verdict.findings if finding.origin is Origin.INHERITED]
    blocks = [_block(finding, paint) for finding in verdict.findings if finding.origin is Origin.INTRODUCED]
    if inherited:
        blocks.append("\n".join(_in_short("inherited", inherited, paint, YELLOW)))
    if verdict.healed:
        blocks.append("\n".join(_in_short("healed", verdict.healed, paint, GREEN)))
    blocks.append("\n".join(_ending(verdict, paint)))
    return "\n\n".join(blocks) + "\n"


def _block(finding: Finding, paint: Paint) -> str:
    return "\n".join(line.rstrip() for line in _lines(finding, paint))


def _lines(finding: Finding, paint: Paint) -> Iterator[str]:
    path, line, column = finding.location
    tint = LEVEL_COLOURS[finding.level]
    gutter = " " * (max(len(str(line)), 2) + 1)
    bar, equals = paint(f"{gutter}|", BLUE), paint(f"{gutter}=", BLUE)
    head, *more = finding.message.split("\n")
    yield f"{paint(f'{finding.level}[{finding.code}]', tint)} {finding.name}: {logged(head)}"
    yield from (f"{bar} {logged(text)}" for text in more)
    step = f" in commit {visible(finding.step[:12])}" if finding.step else ""
    yield f"{paint(f'{gutter[1:]}-->', BLUE)} {logged(path)}:{line}:{column}{step}"
    if finding.excerpt is not None:
        before, after = _window(finding.excerpt, column)
        yield bar
        # Escaped again: the two halves together may form a command.
        yield f"{paint(f'{line:>{len(gutter) - 1}} |', BLUE)} {logged(before + after)}"
        yield f"{bar} {' ' * columns(before)}{paint('^', tint)}"
    if finding.help:
        head, *more = finding.help.split("\n")
        yield f"{equals} help: {logged(head)}"
        yield from (f"{bar}       {logged(text)}" for text in more)


def _in_short(word: str, findings: Sequence[Finding], paint: Paint, tint: str) -> Iterator[str]:
    """A line for each rule, with its first finding: a fleet has the same one in many files."""
    by_code = defaultdict[str, list[Finding]](list)
    for finding in findings:
        by_code[finding.code].append(finding)
    for code, (first, *more) in by_code.items():
        path, line, column = first.location
        head = logged(first.message.split("\n")[0])
        place = f"{logged(path)}:{line}:{column}{_others(more, path)}"
        yield f"{paint(f'{word}[{code}]', tint)} {first.name}: {head} ({place})"
    if word == "inherited" and len(by_code) < len(findings):
        yield "in full: registry audit"


def _others(findings: Sequence[Finding], path: str) -> str:
    """How many more of a rule there are, and in which other files."""
    files = dict.fromkeys(
        logged(finding.location.path.rpartition("/")[2]) for finding in findings if finding.location.path != path
    )
    also = f", also in {join_limited(files)}" if files else ""
    return f"; {len(findings) + 1} in all{also}" if findings else ""


def _ending(verdict: Verdict, paint: Paint) -> Iterator[str]:
    yield paint(conclusion(verdict), GREEN if verdict.accepted else RED)
    if free := free_numbers(verdict):
        yield free


def _window(source: str, column: int) -> tuple[str, str]:
    """What a terminal shows of a source line, before a column and from it on, cut where the line is too long."""
    at = column - 1  # cut early: a thousand findings may each have a line of 16 KiB
    before, after = logged(source[max(0, at - WIDTH - 1) : at]), logged(source[at : at + WIDTH + 1])
    if _room(before) + _room(after) > WIDTH:
        if _room(before) > LEFT:
            before = f"…{_fitting(before[::-1], LEFT - 1)[::-1]}"
        if _room(after) > WIDTH - _room(before):
            after = f"{_fitting(after, WIDTH - _room(before) - 1)}…"
    return before, after


def _fitting(text: str, room: int) -> str:
    return text[: sum(end <= room for end in accumulate(map(_room, text[:room])))]


def _room(text: str) -> int:
    """Like `columns`, but a combining mark counts one column: a thousand on one letter must not count as none."""
    return sum(max(1, columns(character)) for character in text)


def _plain(text: str, _colour: str) -> str:
    return text


def _coloured(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"
