"""`registry explain`: the rules in words, from their own docstrings: one in full, the list, or `docs/rules.md`."""

from collections.abc import Iterable
from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.docstrings import docstring
from validator.cli.options import CHECK, FORMAT, REPO
from validator.model.errors import FatalError
from validator.model.findings import Level
from validator.operations.generate import write_or_check
from validator.report.documents import Printed, PrintedDocument, as_json
from validator.rules import RULES, Rule

PAGE = "docs/rules.md"
HEADINGS = ("What it means", "Why", "Example", "Way out")


class RuleEntry(Printed):
    """A rule; `summary` is the first line of its `documentation`."""

    code: str
    name: str
    level: Level
    summary: str
    documentation: str


class RulesDocument(PrintedDocument):
    """`explain`: the rules in the order of their codes."""

    rules: tuple[RuleEntry, ...]


DOCUMENTS = {"output-rules": RulesDocument}


@click.command(epilog="Example: registry explain REG103")
@click.argument("rule", required=False, shell_complete=completing.rules)
@click.option("--page", is_flag=True, help="Write docs/rules.md instead.")
@CHECK
@FORMAT
@REPO
@click.pass_obj
def command(console: Console, rule: str | None, page: bool, check: bool, format: str, repo: Path) -> int:
    """A rule in full, by code or name; without one, the list."""
    if check and not page:
        raise click.UsageError("--check goes with --page")
    if page:
        text, exit_code = write_or_check(repo, {PAGE: rules_page()}, "registry explain --page", check=check)
        console.say(text, whole=True)
        return exit_code
    rules = RULES if rule is None else (find(rule),)
    if format == "json":
        console.say(as_json(rules_document(rules)))
    elif rule is None:
        width = max(len(rule.NAME) for rule in RULES)
        console.say("".join(f"{r.CODE}  {r.NAME:<{width}}  {r.LEVEL:<7}  {_summary(r)}\n" for r in RULES))
    else:
        (one,) = rules
        console.say(f"{one.CODE} {one.NAME} ({one.LEVEL})\n\n{_documentation(one)}\n")
    return 0


def rules_document(rules: Iterable[Rule]) -> RulesDocument:
    """Rules as a document."""
    return RulesDocument(rules=tuple(map(_entry, rules)))


def find(name: str) -> Rule:
    """The rule with a code or name. Raises FatalError, with the closest name, where there is none."""
    for rule in RULES:
        if name.casefold() in (rule.CODE.casefold(), rule.NAME):
            return rule
    from rapidfuzz import process

    names = [word for rule in RULES for word in (rule.CODE, rule.NAME)]
    closest = process.extractOne(name, names)
    raise FatalError(f"there is no rule {name!r}; did you mean {closest[0]}? registry explain lists them all")


def rules_page() -> str:
    """All rules as one Markdown page."""
    rows = "".join(
        f"| [{r.CODE}](#{r.CODE.lower()}-{r.NAME}) | {r.NAME} | {r.LEVEL} | {_summary(r)} |\n" for r in RULES
    )
    body = "\n".join(f"## {rule.CODE} {rule.NAME}\n\n{_as_markdown(rule)}\n" for rule in RULES)
    introduction = (
        "# Rules\n\nMade by `registry explain --page` from the docstrings in `validator/rules/`. Do not edit.\n\n"
        "An error blocks a change, a warning is shown to the human who approves. "
        "`registry explain CODE` prints one rule.\n\n"
    )
    return f"{introduction}| code | name | level | when |\n|---|---|---|---|\n{rows}\n{body}"


def _as_markdown(rule: Rule) -> str:
    text = _documentation(rule)
    for heading in HEADINGS:
        text = text.replace(f"\n{heading}:", f"\n**{heading}:**")
    return text


def _entry(rule: Rule) -> RuleEntry:
    return RuleEntry(
        code=rule.CODE, name=rule.NAME, level=rule.LEVEL, summary=_summary(rule), documentation=_documentation(rule)
    )


def _summary(rule: Rule) -> str:
    return _documentation(rule).split("\n", 1)[0]


def _documentation(rule: Rule) -> str:
    return (rule.__doc__ or docstring(str(vars(rule)["__name__"]))).strip()
