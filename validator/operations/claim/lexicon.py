"""The words that the reader of goals knows: bounds, periods, verbs; numbers in words are not among them."""

import re
from collections.abc import Mapping

from validator.model.shapes import Op, Period

SIGNS: Mapping[str, Op] = {
    ">=": "gte",
    "≥": "gte",
    ">": "gt",
    "<=": "lte",
    "≤": "lte",
    "<": "lt",
    "==": "eq",
    "=": "eq",
}
BOUNDS: Mapping[str, Op] = {
    **SIGNS,
    "at least": "gte",
    "no less than": "gte",
    "no fewer than": "gte",
    "a minimum of": "gte",
    "more than": "gt",
    "above": "gt",
    "at most": "lte",
    "up to": "lte",
    "no more than": "lte",
    "a maximum of": "lte",
    "less than": "lt",
    "fewer than": "lt",
    "under": "lt",
    "below": "lt",
    "exactly": "eq",
}
ADVERBS: Mapping[str, Period] = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}
PERIODS: Mapping[str, Period] = {**{period: period for period in ADVERBS.values()}, "h": "hour", "d": "day"}
DURATIONS = {
    "second": "seconds",
    "sec": "seconds",
    "minute": "minutes",
    "min": "minutes",
    "hour": "hours",
    "day": "days",
}
# The letters of these metrics stand for what comes in, and for the time in which it is counted.
INCOME: Mapping[str, Period] = {"mrr": "month", "arr": "year"}
# What is done to countable things, and better done to more of them. `reduce`, `spend` and `limit` are not here, nor is
# what changes its meaning before `up to` (`sign up to 5 users`).
_REGULAR = """
    accept achieve acquire add address analyse analyze answer approve assess assign audit automate book call check
    clean clear close collect complete compose conduct confirm contact convert coordinate count create deliver
    deploy design develop document draft earn edit email enrich escalate evaluate execute facilitate file finish fix
    generate handle help host identify inspect install interview investigate invite launch list maintain manage
    merge migrate monitor obtain onboard organise organize perform prepare present print process produce publish
    qualify rank reach record recruit refactor register release repair research resolve review schedule score secure
    solve sort source start submit summarise summarize supply support test track train translate triage update
    upload validate verify visit
""".split()
_IRREGULAR = {
    "build": "built",
    "debug": "debugged",
    "draw": "drawn",
    "find": "found",
    "hold": "held",
    "make": "made",
    "meet": "met",
    "plan": "planned",
    "read": "read",
    "scan": "scanned",
    "sell": "sold",
    "send": "sent",
    "ship": "shipped",
    "teach": "taught",
    "write": "written",
}
DONE = {verb: re.sub("(?<=[^aeiou])y$", "i", verb.removesuffix("e")) + "ed" for verb in _REGULAR} | _IRREGULAR
# So many at a time, or once and for all: no period is missing.
LEVELS = frozenset("coordinate maintain manage obtain reach supply".split())
HOLDING = frozenset("a achieve an ensure hold keep maintain reach sustain the".split())
# So many minutes of these are minutes that somebody waits: fewer are better.
AWAITED = frozenset("answer approval reply resolution response review turnaround".split())
# Here begins how, with whom or what for: no part of what is counted.
TAIL = frozenset("at by for from in on through to via with".split())
# A clause with one of these says something that is not understood.
DOUBTFUL = frozenset(
    "about almost approximately around avoid except if never no nobody not or roughly unless until".split()
)
# None of these is part of a thing's name.
STOP = TAIL.union(
    ADVERBS,
    "a am an and after before during each every fewer half least less more most of out over per percent pm so than the "
    "times under up when while within without".split(),
)
