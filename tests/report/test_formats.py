"""Whole reports of representative verdicts, compared with `expected/`; `pytest --bless` accepts what is printed."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from validator.model.effect import Effect
from validator.model.findings import Finding, Level, Location, Origin, Verdict
from validator.report import FORMATS, Setting, github
from validator.report.documents import ValidateDocument
from validator.report.summary import UNCOUNTED, free_numbers

EXPECTED = Path(__file__).parent / "expected"
BASE, HEAD, TREE, STEP = "1" * 40, "2" * 40, "3" * 40, "0123456789abcdef" * 2 + "01234567"

TAKEN = Finding(
    "REG103",
    "number-taken",
    Level.ERROR,
    Location("registry/sessions/05.yaml", 2, 9),
    "number 5 is held by marketing-outreach-2 since 2026-11-20 (commit 0123456789ab)",
    "claim another number: registry claim 3\nor let the registry choose: registry claim --any",
    excerpt="number: 5",
)
VAGUE = Finding(
    "REG205",
    "vague-goal",
    Level.WARNING,
    Location("registry/sessions/05.yaml", 104, 17),
    'nobody can measure "perfect"',
    "name a figure",
    excerpt="goal: 完璧な\te\u0301 perfect mails",
)
UNREADABLE = Finding(
    "REG001",
    "unreadable-file",
    Level.ERROR,
    Location("registry/sessions/0\udcff.yaml"),
    "not UTF-8:\nbyte ff at offset 0",
    "",
)
TWICE = Finding(
    "REG501",
    "double-holder",
    Level.ERROR,
    Location("registry/sessions/07.yaml", 5, 13),
    "main holds marketing-sales-closer-1 twice",
    "release the later one: registry release 7",
    origin=Origin.INHERITED,
    excerpt="session_id: marketing-sales-closer-1",
)
VERDICTS = {
    "nothing": Verdict(BASE, HEAD, TREE, ()),
    "warned": Verdict(BASE, HEAD, TREE, (VAGUE,), free_numbers=(3,)),
    "everything": Verdict(
        BASE,
        HEAD,
        None,
        (UNREADABLE, TAKEN._replace(step=STEP), VAGUE, TWICE),
        (TWICE._replace(origin=Origin.INTRODUCED), TAKEN._replace(message="number 5 is held twice\nby nobody")),
        (9, 7, 8, 3),
    ),
    "inherited": Verdict(None, HEAD, TREE, (TWICE, TWICE._replace(level=Level.WARNING)), (TAKEN,)),
    "healed": Verdict(BASE, HEAD, TREE, (), (TAKEN,), (3,)),
    "full": Verdict(BASE, HEAD, TREE, (TAKEN,)),
}


def rule(code: str, name: str, level: Level, documentation: str | None) -> ModuleType:
    module = ModuleType(name, documentation)
    vars(module).update(CODE=code, NAME=name, LEVEL=level)
    return module


RULES = (
    rule("REG103", "number-taken", Level.ERROR, "Two sessions claim the same number.\n\nWhy\n    Who is {0}?\n"),
    rule("REG205", "vague-goal", Level.WARNING, None),
)
CAREFUL = ("nobody knows who that is.", "number 5 has no owner.")
EFFECT = Effect("gives number 4 back.", "@stranger.", CAREFUL, (("Number", "4"),))
VERDICTS["effect"] = Verdict(BASE, HEAD, TREE, (), effect=EFFECT)

REPORTS: dict[str, Callable[[Verdict], str]] = {
    "txt": lambda verdict: FORMATS["text"](verdict, Setting()),
    "colour.txt": lambda verdict: FORMATS["text"](verdict, Setting(colour=True)),
    "github.txt": lambda verdict: FORMATS["github"](verdict, Setting()),
    "md": github.summary,
    "json": lambda verdict: FORMATS["json"](verdict, Setting()),
    "sarif": lambda verdict: FORMATS["sarif"](verdict, Setting(rules=RULES)),
}


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("name", VERDICTS)
def test_report_is_as_expected(name: str, report: str, request: pytest.FixtureRequest) -> None:
    path = EXPECTED / f"{name}.{report}"
    printed = REPORTS[report](VERDICTS[name])
    if request.config.getoption("--bless", default=False):
        path.write_text(printed, encoding="utf-8", newline="")
    assert printed == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "column", "shown", "caret"),
    [
        ("", 1, "", "^"),
        ("short", 99, "short", "     ^"),
        ("a\tb", 3, "a\\x09b", "     ^"),
        ("x" * 120, 1, "x" * 99 + "…", "^"),
        ("x" * 120, 121, "…" + "x" * 59, " " * 60 + "^"),
        ("-" * 200 + "here" + "+" * 200, 201, "…" + "-" * 59 + "here" + "+" * 35 + "…", " " * 60 + "^"),
        ("中" * 80 + "X" + "文" * 80, 81, "…" + "中" * 29 + "X" + "文" * 19 + "…", " " * 59 + "^"),
        ("e\u0301" * 10 + "X", 21, "e\u0301" * 10 + "X", " " * 10 + "^"),
        ("a" + "\u0301" * 500 + "X", 1, "a" + "\u0301" * 98 + "…", "^"),
        ("a" * 101 + "\u0301" * 500, 102, "…" + "a" * 59 + "\u0301" * 39 + "…", " " * 60 + "^"),
        ("a\u20ddＷ X", 5, "a\u20ddＷ X", "    ^"),
        ("\u1112\u1161\u11ab X", 5, "\u1112\u1161\u11ab X", "   ^"),
        ("##[group] X", 11, "\\x23#[group] X", " " * 13 + "^"),
        ("##[group]", 3, "\\x23#[group]", "  ^"),
    ],
)
def test_caret_stands_under_its_column(source: str, column: int, shown: str, caret: str) -> None:
    finding = TAKEN._replace(excerpt=source, location=Location("a.yaml", 7, column))
    lines = FORMATS["text"](Verdict(BASE, HEAD, TREE, (finding,)), Setting()).split("\n")
    assert lines[3:5] == [f" 7 | {shown}".rstrip(), f"   | {caret}"]


def test_json_is_the_contract_s_document() -> None:
    for name in VERDICTS:
        ValidateDocument.model_validate_json((EXPECTED / f"{name}.json").read_text())


@pytest.mark.parametrize("text", ["<" * 10_000, "中" * 20_000], ids=["escaped", "three bytes each"])
def test_summary_stops_before_github_refuses_it(text: str) -> None:
    long = TAKEN._replace(message=text)
    printed = github.summary(Verdict(BASE, HEAD, TREE, (long,) * 100, free_numbers=(3,)))
    assert 800_000 < len(printed.encode()) < 2**20
    shown = printed.count("<tr>") - 1
    assert printed.endswith(
        f"</table>\n\n{100 - shown} more findings in the log.\n\nfree numbers on main: 3{UNCOUNTED}\n"
    )


def test_fingerprints_survive_a_move_and_distinguish_equal_findings() -> None:
    def marks(*findings: Finding) -> list[str]:
        log = json.loads(FORMATS["sarif"](Verdict(BASE, HEAD, TREE, findings), Setting()))
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in log["runs"][0]["results"]]

    moved = TAKEN._replace(location=Location(TAKEN.location.path, 9, 9), message="number 5 is held, free: 4")
    assert marks(TAKEN) == marks(moved)
    elsewhere = TAKEN._replace(location=Location("registry/sessions/06.yaml", 2, 9))
    everyone = marks(TAKEN, moved, elsewhere, TAKEN._replace(code="REG104"), TAKEN._replace(excerpt="number: 6"))
    assert len(set(everyone)) == 5
    assert everyone[1] == everyone[0].removesuffix(":1") + ":2"


@pytest.mark.parametrize(("findings", "mends"), [((), "nothing"), ((VAGUE,), "warnings"), ((TAKEN,), "errors")])
def test_an_audit_says_who_does_something_now(findings: tuple[Finding, ...], mends: str) -> None:
    summary = github.summary(Verdict(None, HEAD, TREE, findings))
    assert summary.endswith(f"\n\n**Next:** {getattr(github, f'MEND_{mends.upper()}')}\n")


@pytest.mark.parametrize(
    ("proposed", "line"),
    [
        (None, f"free numbers on main: 3, 5{UNCOUNTED}"),
        (frozenset(), "free numbers: 3, 5"),
        (frozenset({4, 5}), "free numbers: 3; proposed already: 5"),
        (frozenset({3, 5}), "free numbers: none; proposed already: 3, 5"),
    ],
)
def test_a_number_that_is_proposed_is_not_called_free(proposed: frozenset[int] | None, line: str) -> None:
    verdict = Verdict(BASE, HEAD, TREE, (TAKEN,), free_numbers=(3, 5), proposed=proposed)
    assert free_numbers(verdict) == line
    assert json.loads(FORMATS["json"](verdict, Setting()))["free_numbers"] == [3, 5], "a document is of base and head"
