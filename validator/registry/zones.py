"""The names of time zones."""

from functools import cache


@cache
def zone_names() -> frozenset[str]:
    """The zones of the time zone database that this program brings: the same ones on every machine."""
    from importlib.resources import files  # only a charter's change and the schedule ask

    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())
