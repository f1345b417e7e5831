"""The words of goals: what is done, what is better more or less, what leaves a clause in doubt.

Bounds and periods are in `model/bounds.py`, units in `model/units.py`, numbers in `model/numbers.py`.
"""

import re
from collections.abc import Mapping

from validator.model.shapes import Period

# The letters of these metrics stand for what comes in, and for the time in which it is counted.
INCOME: Mapping[str, Period] = {"mrr": "month", "arr": "year"}
# What is done to countable things, and better done to more of them. `reduce`, `spend` and `limit` are not here, nor is
# what changes its meaning before `up to` (`sign up to 5 users`).
_REGULAR = """
    accept achieve acquire add address attend attract bake analyse analyze answer approve assess assign audit
    automate book call check clean clear close coach collect complete compose conduct confirm contact convert
    coordinate count create deflect deliver demo deploy design develop document draft earn edit email enrich
    escalate evaluate execute facilitate file finish fix generate handle harvest help hire host identify inspect
    install interview investigate invite launch list maintain manage merge migrate monitor obtain offer onboard
    open order pack paint pass patch pick pitch place plant post organise organize perform prepare present print
    procure process produce promote publish qualify record recycle rehearse retain qualify rank reach record
    recruit refactor register release remove renew repair replace research resolve retire review reward schedule
    score secure serve sign solve sort source start submit subscribe summarise summarize supply support test
    tick track train translate triage update upload validate verify visit
    assemble disinfect dispatch examine graze mend mow photograph polish prune report sharpen treat tutor unload
    vaccinate wash weed weld
""".split()
_IRREGULAR = {
    "begin": "begun",
    "build": "built",
    "buy": "bought",
    "cut": "cut",
    "debug": "debugged",
    "draw": "drawn",
    "feed": "fed",
    "find": "found",
    "hold": "held",
    "make": "made",
    "meet": "met",
    "plan": "planned",
    "read": "read",
    "scan": "scanned",
    "run": "run",
    "see": "seen",
    "save": "saved",
    "sell": "sold",
    "send": "sent",
    "ship": "shipped",
    "sow": "sown",
    "teach": "taught",
    "win": "won",
    "write": "written",
}
DONE = {verb: re.sub("(?<=[^aeiou])y$", "i", verb.removesuffix("e")) + "ed" for verb in _REGULAR} | _IRREGULAR
# What is done is done to too many: the fewer the better.
HARMS = frozenset(
    """abandon allow block break cancel consume cost damage delay deny destroy drop exceed exhaust expire fail forget
    ignore incur leak lose misdirect mislabel misplace misroute miss mistake need neglect oversell owe permit pollute
    refuse reject repeat require risk scrap skip spend spill spoil suffer tolerate use waste wound""".split()
)
# What comes of money by these verbs.
INCOMINGS = {"earn": "earnings", "save": "savings", "sell": "sales"}
# So many at a time, or once and for all: no period is missing.
LEVELS = frozenset("coordinate maintain manage obtain reach supply".split())
HOLDING = frozenset(
    """
    a achieve all an attain deliver ensure get have hit hold keep let leave limit maintain our reach remain see
    stay sustain the your
    """.split()
)
# So many minutes of these are minutes that somebody waits: fewer are better.
AWAITED = frozenset("answer approval reply resolution response review turnaround".split())
# Here begins how, with whom or what for: no part of what is counted.
TAIL = frozenset(
    """
    across after among and are at by during for from get gets in into is on per through to via when while with
    without
    """.split()
)
# A clause with one of these says something that is not understood.
DOUBTFUL = frozenset(
    "about acceptable almost approx approximately around but either except if or roughly too unless until".split()
)
# More of these is better, less of those; the last word that is in one of them decides.
GOOD = frozenset(
    """
    acceptance accuracy activation adherence adoption apdex arr attendance attendees availability capacity click
    close completeness completion compliance conversion conversions coverage crash-free csat delivered
    deliverability delivery downloads efficiency engagement error-free ebitda fill gmv green growth hit income
    installs leads loyalty ltv margin mrr nps nrr occupancy on-time open orders output participation pass
    pipeline precision productivity profit prospects quality quota readiness recall recovery referrals
    reliability renewal renewals resolution retention revenue roas roi sales satisfaction savings score scores
    signups signup sla sqls stars subscribers success throughput traffic trials turnout upsell uptime views
    visits visitors win yield referral cashback reach health maturity freshness runway
""".split()
)
BAD = frozenset(
    """
    abandonment absence absences absenteeism accident accidents age alerts attrition backlog bounce bounces
    breaches bug bugs burn burnout cac cancellation cancellations churn complaint complaints cost costs cpa cpc
    crash crashes cycle debt defect defects delay delays discrepancies downtime drop-off drop-offs duplicates
    duration error errors escalation escalations expense expenses exceptions failure failures fatalities faults
    flaky fraud gaps incident incidents injuries injury jitter lag late latency lead-time leak leaks loss losses
    mistakes mttd mttr no-show no-shows noise offences outage outages overdue overrun overruns overspend
    overtime pages penalties queue regressions rejection rejections reopen reopens returns refund refunds
    retries rework risk risks rollback rollbacks rpo rto scrap shrinkage slippage spam tat theft time timeouts
    turnaround turnover unanswered unresolved unsubscribe unsubscribes violations vulnerabilities vulnerability
    wait waiting waste abandoned blocked broken breached canceled cancelled delayed denied disputed dropped
    escalated expired failed lost missed rejected reopened returned skipped unpaid wasted
""".split()
)
EITHER_WAY = frozenset("bring change drive get go improve move pull push shift take turn".split())
# How a sentence begins or goes on that is about a level, and says nothing of what is measured.
COPULAS = frozenset(
    """are at averages averaging be being do does for hits is kept last lasts let must of on remain remains run runs
    shall should stand stands stay stays take takes to will with : = - –""".split()
)
DELAYS = frozenset("age delay duration lag latency lead-time mttd mttr rpo rto time turnaround wait".split())
LASTING = frozenset("mtbf mttf retention runway uptime".split())
REACHED = frozenset("achieve attain deliver ensure get have hit reach sustain".split())
SCORES = frozenset("apdex csat grade index nps rating ratio roas score".split())
# How a thing is, after its name: `2 beds empty overnight`.
STATES = frozenset(
    """absent apiece away behind empty each idle ill late left missing off open outstanding overdue overnight pending
    present sick total unanswered unattended unpaid unread unresolved vacant waiting""".split()
)
# None of these is part of a thing's name.
STOP = frozenset("a an and half most out so than the times when while pm am over during after before".split())
WITHIN = frozenset("within in inside".split())
