"""The names of time zones."""

from functools import cache
from pkgutil import get_data


@cache
def zone_names() -> frozenset[str]:
    """The zones of the time zone database that this program brings: the same ones on every machine."""
    listed = get_data("tzdata", "zones")
    assert listed, "the package is a folder or an archive"
    return frozenset(listed.decode().split())
