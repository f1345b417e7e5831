"""The rules in words, from their own docstrings: one in full, the list, or the page `docs/rules.md`."""

from pathlib import Path

from validator.model.errors import FatalError
from validator.operations import Answer
from validator.operations.generate import settle, top_of
from validator.report.documents import RuleEntry, RulesDocument, as_json
from validator.rules import RULES, Rule

PAGE = "docs/rules.md"
HEADINGS = ("What it means", "Why", "Example", "Way out")


def explain(*, name: str | None, format: str) -> Answer:
    """A rule by code or name, whatever the case; without one, all of them. Raises FatalError for an unknown one."""
    rules = RULES if name is None else (find(name),)
    if format == "json":
        return Answer(as_json(RulesDocument(rules=tuple(map(_entry, rules)))))
    if name is None:
        width = max(len(rule.NAME) for rule in RULES)
        return Answer("".join(f"{r.CODE}  {r.NAME:<{width}}  {r.LEVEL:<7}  {_summary(r)}\n" for r in RULES))
    (rule,) = rules
    return Answer(f"{rule.CODE} {rule.NAME} ({rule.LEVEL})\n\n{_documentation(rule)}\n")


def find(name: str) -> Rule:
    """The rule with a code or name. Raises FatalError, with the closest name, where there is none."""
    for rule in RULES:
        if name.casefold() in (rule.CODE.casefold(), rule.NAME):
            return rule
    from rapidfuzz import process

    names = [word for rule in RULES for word in (rule.CODE, rule.NAME)]
    closest = process.extractOne(name, names)
    raise FatalError(f"there is no rule {name!r}; did you mean {closest[0]}? registry explain lists them all")


def page() -> str:
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
    return (rule.__doc__ or "").strip()


def rules_page(*, repo: Path, check: bool) -> Answer:
    """Write `docs/rules.md` from the docstrings of the rules, or say that it is stale."""
    return settle(top_of(repo), {PAGE: page()}, "registry explain --page", check=check)
