"""Large and slow: whatever a change costs to make, judging it costs seconds."""

from tests.blackbox.case import Build, Judged, accepted, change, fatal, late, refused
from tests.blackbox.store import HOUR, NINE, Files, Store
from tests.blackbox.world import CHARTER, MAIN, Change, changed, claim, path

MANY: Files = {**MAIN, "registry/charter.yaml": CHARTER.replace(b"capacity: 12", b"capacity: 99")}
THOUSANDS = changed(
    {**MAIN, "registry/charter.yaml": CHARTER.replace(b"capacity: 12", b"capacity: 9999")},
    {path(n): None for n in (2, 3, 4)},
)
DOCS: Change = {f"docs/{number:03}.md": b"" for number in range(499)}


def claims(count: int, **fields: str) -> Change:
    return {path(number): claim(number, **fields) for number in range(1, count + 1)}


def targets(*rows: str) -> str:
    return f"[{', '.join(rows)}]"


def bomb(depth: int) -> Build:
    """A tree that holds itself ten times, so many levels deep: a few hundred bytes, 10^depth files."""

    def build(store: Store) -> Judged:
        main = store.commit(MAIN)
        tree = store.raw_tree(*(("100644", f"{n}".encode(), store.write("blob", b"")) for n in range(10)))
        for _ in range(depth - 1):
            tree = store.raw_tree(*(("40000", f"{n}".encode(), tree) for n in range(10)))
        return Judged(main, store.commit(tree, main, time=NINE + HOUR))

    return build


def long_winded(*after: Change) -> Build:
    """A claim in a commit with a message of 2 MiB; then more commits."""

    def build(store: Store) -> Judged:
        main = store.commit(MAIN)
        tree, date = store.tree(changed(MAIN, {path(6): claim(6)})), f"A <a@example.invalid> {NINE} +0000"
        message = f"tree {tree}\nparent {main}\nauthor {date}\ncommitter {date}\n\n" + "\n" * 2**21
        head = store.write("commit", message.encode())
        for delta in after:
            head = store.commit(changed(changed(MAIN, {path(6): claim(6)}), delta), head, time=NINE + HOUR)
        return Judged(main, head)

    return build


def lines(word: bytes) -> bytes:
    """4 MB of lines of which each side has its own."""
    return b"".join(word + b"%d\n" % (number * number % 999_983) for number in range(400_000))


CASES = (
    refused("500 files, the bad one last", change({**DOCS, "registry/sessions/6.yaml": claim(6)}), "REG005 REG302"),
    refused(
        "500 claims, the bad one last",
        change({**claims(499), "registry/sessions/500.yaml": b"number: [\n"}, THOUSANDS),
        "REG002 REG302",
        says="registry/sessions/500.yaml",
    ),
    refused("2,000 claims", change(claims(2000), THOUSANDS), "REG302"),
    refused(
        "2,000 claims of one session in one role",
        change(claims(2000, session_id="session-1", role="Channel AI"), THOUSANDS),
        "REG104 REG105 REG106 REG302",
    ),
    refused(
        "90 claims, each with another's role",
        change(
            {path(n): claim(n, role=f"Channel AI {n % 3 + 2} - Keep channel {n % 3 + 2}") for n in range(10, 100)}, MANY
        ),
        "REG105 REG302",
    ),
    refused(
        "90 files of 16 KiB that are slow to read",
        change({path(n): b"[" * 16_000 for n in range(10, 100)}, MANY),
        "REG003 REG302",
    ),
    refused(
        "90 files of 16 KiB of anchors",
        change({path(n): b"- &a x\n" * 2300 for n in range(10, 100)}, MANY),
        "REG003 REG006 REG302",
    ),
    refused("16 KiB of one key", change({path(6): b"a: 1\n" * 3200}), "REG003 REG006 REG201"),
    refused(
        "16 KiB of unknown fields",
        change({path(6): claim(6) + b"".join(b"k%d: 1\n" % n for n in range(1800))}),
        "REG006",
    ),
    refused(
        "350 targets that contradict each other",
        change(
            {
                path(6): claim(
                    6,
                    targets=targets(
                        *(f"{{metric: m, op: {op}, value: 17, unit: u}}" for _ in range(175) for op in ("gt", "lt"))
                    ),
                )
            }
        ),
        "REG203 REG210",
    ),
    accepted(
        "300 targets in Cyrillic",
        change(
            {
                path(6): claim(
                    6, targets=targets(*(f"{{metric: ж{n}, op: gte, value: 17, unit: ж}}" for n in range(300)))
                )
            }
        ),
        "REG210",
    ),
    accepted(
        "a goal of 1,800 numerals",
        change({path(6): claim(6, goal="Send 17 emails, " + "hundred thousand " * 900 + "daily")}),
    ),
    accepted("16 KiB of one letter that looks like others", change({path(6): claim(6, role="\u0436" * 7000)})),
    fatal("a million files in a few objects", bomb(6), says="too much"),
    fatal("a message of 2 MiB", long_winded(), says="1,048,576"),
    fatal("a message of 2 MiB among the steps", long_winded({"README.md": b""}), "--steps", says="1,048,576"),
    fatal("ten billion files in a few objects", bomb(10), says="too much"),
    refused(
        "4 MB that both sides have changed", late({"README.md": lines(b"a")}, {"README.md": lines(b"b")}), "REG305"
    ),
)
