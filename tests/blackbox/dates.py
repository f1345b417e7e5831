"""Dates are what whoever commits says they are: they tell, and decide nothing."""

from tests.blackbox.case import Build, Judged, accepted, refused
from tests.blackbox.store import HOUR, NINE, Store
from tests.blackbox.world import MAIN, changed, claim, path

YEARS = 365 * 24 * HOUR


def dated(time: int | str, authored: int | None = None, **fields: str) -> Build:
    """A claim in a commit of this date."""

    def build(store: Store) -> Judged:
        main = store.commit(MAIN)
        return Judged(
            main, store.commit(changed(MAIN, {path(6): claim(6, **fields)}), main, time=time, authored=authored)
        )

    return build


def second(time: int, authored: int) -> Build:
    """A second claim of number 6, in a commit that says to be older than the first, or newer than everything."""

    def build(store: Store) -> Judged:
        fork = store.commit(MAIN)
        main = store.commit(changed(MAIN, {path(6): claim(6)}), fork, time=NINE + HOUR)
        mine = claim(6, session_id="another-session", role="Other AI", timestamp="2000-01-01T00:00:00Z")
        return Judged(main, store.commit(changed(MAIN, {path(6): mine}), fork, time=time, authored=authored))

    return build


def no_date(store: Store) -> Judged:
    """A commit object without a committer."""
    main, tree = store.commit(MAIN), store.tree(changed(MAIN, {path(6): claim(6)}))
    return Judged(
        main,
        store.write("commit", f"tree {tree}\nparent {main}\nauthor A <a@example.invalid> {NINE} +0000\n\n".encode()),
    )


def on_undated_main(store: Store) -> Judged:
    """Main has a commit object without a committer, which registered number 6; then somebody adds another."""
    main = no_date(store).head
    return Judged(
        main, store.commit(changed(MAIN, {path(6): claim(6, session_id="another-session")}), main, time=NINE + HOUR)
    )


def on_backdated_main(store: Store) -> Judged:
    """Main's last commit says to be of 1970, before any claim that it holds; then somebody claims."""
    main = store.commit(changed(MAIN, {"README.md": b""}), store.commit(MAIN), time=0)
    return Judged(main, store.commit(changed(MAIN, {"README.md": b"", path(6): claim(6)}), main, time=NINE))


def on_main_of_two_clocks(store: Store) -> Judged:
    """Number 6 was claimed with a fast clock and merged with one that is behind that; then somebody claims."""
    fast, slow = "2026-01-05T09:10:00Z", NINE + 300
    start, six = store.commit(MAIN), changed(MAIN, {path(6): claim(6, timestamp=fast)})
    main = store.commit(six, start, store.commit(six, start, time=NINE + 600), time=slow)
    return Judged(main, store.commit(changed(six, {path(7): claim(7)}), main, time=slow))


def on_main_of_a_fast_clock(store: Store) -> Judged:
    """Number 6 is later than every commit of main; then somebody claims."""
    six = changed(MAIN, {path(6): claim(6, timestamp="2026-01-05T09:10:00Z")})
    main = store.commit(six, store.commit(MAIN), time=NINE + 300)
    return Judged(main, store.commit(changed(six, {path(7): claim(7)}), main, time=NINE + 300))


SAYING = "timestamp"
CASES = (
    refused(
        "a second claim, the author back-dated", second(NINE + 2 * HOUR, 0), "REG103", says="session-6 since 2026-01-05"
    ),
    refused(
        "a second claim, the committer back-dated",
        second(NINE - 20 * YEARS, 0),
        "REG103",
        says="session-6 since 2026-01-05",
    ),
    refused(
        "a second claim from the future", second(NINE + 20 * YEARS, 0), "REG103", says="session-6 since 2026-01-05"
    ),
    accepted("an author of 1970", dated(NINE + HOUR, 0)),
    accepted("a commit from the future", dated(NINE + 20 * YEARS)),
    refused("a commit of 1970 with a claim of today", dated(0), "REG303", says="1970-01-01"),
    refused("a claim from the future", dated(NINE, timestamp="2026-01-05T09:00:01Z"), "REG303"),
    accepted("a claim with fractions of a second", dated(NINE, timestamp="2026-01-05T08:00:00.123456Z")),
    refused("the 30th of February", dated(NINE, timestamp="2026-02-30T08:00:00Z"), "REG303"),
    refused("another zone", dated(NINE, timestamp="2026-01-05T08:00:00+05:30"), "REG303"),
    refused("a date that YAML knows", dated(NINE, timestamp="2026-01-05"), "REG003"),
    refused("seconds", dated(NINE, timestamp="1767603600"), "REG006"),
    refused("digits of another script", dated(NINE, timestamp='"\uff12026-01-05T08:00:00Z"'), "REG303"),
    refused("a moment and a line", dated(NINE, timestamp='"2026-01-05T08:00:00Z\\n"'), "REG303"),
    refused("a commit date of 5,000 digits", dated("9" * 5000), "REG303 REG309"),
    refused("a commit date before 1970", dated("-5"), "REG303 REG309"),
    refused("no commit date", no_date, "REG303"),
    refused(
        "a takeover on a main with a commit of no date",
        on_undated_main,
        "REG301",
        says="session-6 since 1970-01-01",
    ),
    accepted("a claim on a main whose last commit is back-dated", on_backdated_main),
    accepted("a claim on a main whose last commit is of a slower clock", on_main_of_two_clocks),
    accepted("a claim on a main that a file is later than", on_main_of_a_fast_clock, inherited="REG303"),
)
