"""The moments that files name, in RFC 3339 and UTC."""

import re
from datetime import datetime

RFC3339_UTC = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|\+00:00)", re.ASCII)


def moment(timestamp: str) -> int | None:
    """The seconds from 1970 to a time stamp; None for what is no moment in UTC."""
    found = RFC3339_UTC.fullmatch(timestamp)
    try:
        return int(datetime.fromisoformat(f"{found[1]}+00:00").timestamp()) if found else None
    except ValueError:  # a date that does not exist, such as 30 February
        return None
