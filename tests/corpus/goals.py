"""The labelled goals of goals.tsv, and how a reading of one is judged.

A reading is right, asked (a human is asked for the targets), part (some of the targets, nothing false) or wrong.
Metrics are not compared: their words are loose. Units and values are compared by meaning.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.repository import ROOT
from validator.model.shapes import Target

CORPUS = ROOT / "tests/corpus/goals.tsv"
TRADES = ROOT / "tests/corpus/goals-of-trades.tsv"
PLACES = ROOT / "tests/corpus/goals-of-places.tsv"
# What the notes of the corpus say in words: the rows without a period that may be left out, and other right readings.
PERIOD_IS_FREE = (
    *("Coordinate 12 sessions to generate $120k MRR through autonomous execution", "Generate $120k MRR"),
    *("API availability of at least 99.95% each month", "Zero unanswered tickets at the end of each day"),
    *("Zero accidents", "Raise NPS from 32 to 45 this year"),
)
ALSO_RIGHT = {
    "Coordinate 12 sessions to generate $120k MRR through autonomous execution": (
        "| gte | 12 | sessions | ; | gte | 120000 | USD | month",
    ),
    "Upgrade all services to Kubernetes 1.31": ("| gte | 100 | percent |",),
    "99% of requests answered in under 200 ms": ("| gte | 99 | percent | ; | lt | 200 | ms |",),
    "Serve 95 % of page loads in less than 2 seconds": ("| gte | 95 | percent | ; | lt | 2 | s |",),
    "Answer 90% of chats within 60 seconds": ("| gte | 90 | percent | ; | lte | 60 | s |",),
    "Patch 95% of servers within 14 days of release": ("| gte | 95 | percent | ; | lte | 14 | days |",),
    "Backups run every 6 hours": ("| lte | 6 | hours |",),
    "Handle 2,000 requests per second": ("| gte | 7200000 | requests | hour",),
    "Three nines": ("| gte | 99.9 | percent |",),
    "Release every two weeks": ("| gte | 26 | releases | year", "| lte | 2 | weeks |"),
    "Test coverage of 80-90%": ("| gte | 80 | percent |",),
    "Spend 20% of each sprint on maintenance": ("| eq | 20 | percent |",),
    "Burn 40 story points per two-week sprint": ("| gte | 20 | points | week",),
    "Average handle time of 6:30 minutes at most": ("| lte | 6.5 | min |",),
    "Reply the same day": ("| lte | 1 | days |",),
    "80/20 service level": ("| gte | 80 | percent | ; | lte | 20 | s |", "| gte | 80 | percent |"),
    "Prepare perfect approval queue daily, facilitate 15-min human review": (
        "| gte | 1 | | day",
        "| lte | 15 | min |",
    ),
    "MRR 40.000 €": ("| gte | 40000 | EUR | month", "| gte | 40000 | EUR |"),
    "Hold 6 demos a week and convert one third of them": ("| gte | 6 | demos | week",),
    "Publish 3 blog posts per week, each 1,200+ words": ("| gte | 3 | posts | week",),
    "Host quarterly webinars with 150+ attendees": ("| gte | 150 | attendees |",),
    "Run one retrospective every fortnight": ("| gte | 26 | | year",),
    "Process 12_000 rows hourly": ("| gte | 12000 | rows | hour",),
    "10 to 12 supplier audits annually": ("| gte | 10 | audits | year",),
}
ALSO_RIGHT["Zero data loss incidents per year"] = ("| eq | 0 | incidents | year",)
ALSO_RIGHT["Zero known critical vulnerabilities"] = ("| eq | 0 | vulnerabilities |",)
ALSO_RIGHT["Zero accidents"] = ("| eq | 0 | accidents |",)
ALSO_RIGHT["Zero unanswered tickets at the end of each day"] = ("| eq | 0 | tickets | day",)

# What the notes of the goals of other trades allow.
ALSO_RIGHT |= {
    "Write 8 city stories daily, none over 600 words": ("| gte | 8 | stories | day ; | lte | 600 | words |",),
    "Never leave more than 2 beds empty overnight": ("| lte | 2 | beds |",),
    "At least 25 litres of milk a cow": ("| gte | 25 | litres |",),
    "Scrap at most 2 parts a batch": ("| lte | 2 | parts |",),
}

KINDS: dict[str, dict[str, float]] = {
    "percent": {"percent": 1.0, "%": 1, "pct": 1},
    "time": {
        **dict.fromkeys(("ms", "millisecond"), 0.001),
        **dict.fromkeys(("s", "sec", "second"), 1),
        **dict.fromkeys(("min", "minute"), 60),
        **dict.fromkeys(("h", "hour"), 3600),
        "day": 86400,
        "week": 604800,
        "month": 2629800,
    },
    "money": {"usd": 1, "eur": 2, "gbp": 3, "chf": 4, "jpy": 5},
    "size": {"kb": 1, "mb": 1000, "mib": 1048.576, "gwh": 7, "°c": 8, "t": 9},
}


class Amount(NamedTuple):
    """A target as the corpus writes it, without its metric."""

    op: str
    value: float | None  # None where it is asked for
    unit: str
    per: str

    @property
    def kind(self) -> str:
        """What kind of unit it is: percent, time, money, size, or a count of things, a number included."""
        return kind_of(self.unit)[0]

    @property
    def size(self) -> float | None:
        """The value in the basic unit of its kind."""
        return None if self.value is None else self.value * kind_of(self.unit)[1]


class Goal(NamedTuple):
    """A line of the corpus."""

    text: str
    is_read: bool
    amounts: tuple[Amount, ...]


class Judgement(NamedTuple):
    """What a reading is worth, with its pairs of what is meant and what was read."""

    verdict: str
    pairs: tuple[tuple[Amount, Amount | None], ...] = ()


def kind_of(unit: str) -> tuple[str, float]:
    for kind, units in KINDS.items():
        for form in (unit.casefold(), unit.casefold().removesuffix("s")):
            if form in units:
                return kind, units[form]
    return "count", 1


def goals(corpus: Path = CORPUS) -> Iterator[Goal]:
    for line in corpus.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            text, expected, targets, _ = line.split("\t")
            yield Goal(text, expected == "read", tuple(amounts(targets)))


def amounts(text: str) -> Iterator[Amount]:
    for each in filter(None, map(str.strip, text.split(";"))):
        _, op, value, unit, per = (part.strip() for part in each.split("|"))
        yield Amount(op, None if value == "?" else float(value), unit, per)


def judge(goal: Goal, targets: Sequence[Target], *, asked: bool) -> Judgement:
    """Judge what was read of a goal; `asked` where a human has to say the targets."""
    if asked or not targets:
        meant = goal.amounts if goal.is_read else ()
        return Judgement("asked", tuple((each, None) for each in meant))
    read = [Amount(target.op, target.value, target.unit, target.per or "") for target in targets]
    others = [tuple(amounts(text)) for text in ALSO_RIGHT.get(goal.text, ())]
    free = goal.text in PERIOD_IS_FREE
    for meant in [*([goal.amounts] if goal.is_read else []), *others]:
        if len(meant) == len(read) and all(any(agrees(a, b, free=free) for b in meant) for a in read):
            return Judgement("right", tuple(paired(meant, read, free=free)))
    if not goal.is_read:
        return Judgement("wrong", tuple((Amount("ask", None, "", ""), each) for each in read))
    known = all(any(agrees(a, b, free=free) for b in goal.amounts) for a in read)
    return Judgement("part" if known else "wrong", tuple(paired(goal.amounts, read, free=free)))


def paired(meant: Iterable[Amount], read: Sequence[Amount], *, free: bool) -> Iterator[tuple[Amount, Amount | None]]:
    left = list(read)
    for each in meant:
        found = next((one for one in left if agrees(one, each, free=free)), left[0] if left else None)
        if found:
            left.remove(found)
        yield each, found


def agrees(read: Amount, meant: Amount, *, free: bool) -> bool:
    """Whether a reading has the meant direction, value, unit and period. Strictness is counted apart."""
    same_size = read.size is not None and meant.size is not None and abs(read.size - meant.size) <= 1e-6 * meant.size
    same_period = read.per == meant.per or (free and "" in (read.per, meant.per))
    return read.op[:2] == meant.op[:2] and read.kind == meant.kind and same_size and same_period


def matrices(judgements: Iterable[Judgement]) -> str:
    """The confusion of operators, kinds of unit and periods: rows what is meant, columns what was read."""
    pairs = [pair for judgement in judgements for pair in judgement.pairs]
    columns = {"operator": "op", "unit": "kind", "period": "per"}
    return "\n\n".join(matrix(name, pairs, attribute) for name, attribute in columns.items())


def matrix(name: str, pairs: Sequence[tuple[Amount, Amount | None]], attribute: str) -> str:
    cells = Counter(
        (getattr(meant, attribute) or "none", (getattr(read, attribute) or "none") if read else "asked")
        for meant, read in pairs
    )
    rows, columns = sorted({row for row, _ in cells}), sorted({column for _, column in cells})
    lines = [f"{name:12}" + "".join(f"{column:>9}" for column in columns)]
    lines += [f"{row:12}" + "".join(f"{cells[row, column] or '.':>9}" for column in columns) for row in rows]
    return "\n".join(lines)
