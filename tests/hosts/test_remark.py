"""Remarks are limited in length whatever the input, and GitHub accepts their comments."""

import json
import re

import pytest

from tests.registry.test_effect import section
from tests.report.test_hostile import hostile
from validator.hosts.github.event import PullRequest
from validator.hosts.github.next_step import next_step, on_the_page
from validator.hosts.github.posts import MARK, text_of
from validator.hosts.github.remark import FEWEST_FINDINGS, MOST_BYTES, as_comment, read_remark, remark
from validator.model.effect import Effect
from validator.model.errors import FatalError
from validator.model.findings import Level, Origin, Verdict
from validator.registry.consensus.phases import TOO_EARLY
from validator.registry.snapshot import Author

HEAD = "a" * 40
EVENT = PullRequest(7, HEAD, Author("github:1", "@OWNER"))
GITHUBS_LIMIT = 65_536  # characters of a comment or an issue
ROWS = ("Number", "Session", "Role", "Goal", "Targets", "Scope", "Owner")
REGISTERS = Effect("registers number 4 for desk-1.")
AROUND: dict[str, str] = dict(section("Around the sentence"))
NEXT = {place: words for place, words in AROUND.items() if place.startswith("next, ")}
TEXTS = ("$", "😀", "x", ":", "\U000e0041", "\x01", "中", "\udcff", "\n", "&<", "")


def verdict(text: str, findings: int = 20) -> Verdict:
    (one, *_), *_ = [hostile(text).findings]
    return hostile(text)._replace(findings=(one._replace(step=None),) * findings, healed=(), effect=effect(text))


def after(said: Effect, *competitors: str) -> str:
    """The comment on an accepted pull request 7."""
    return as_comment(read_remark(remark(7, Verdict(HEAD, HEAD, HEAD, (), effect=said), competitors), EVENT))


def effect(text: str) -> Effect:
    """An effect in which every text is this one, as many of each as there can be."""
    return Effect(
        text,
        text,
        (text,) * 5,
        tuple((label, text) for label in ROWS),
        notes=(text,) * 5,
        doubts=("session", "rules", "program"),
        own=text,
        elsewhere=text,
        named=text,
    )


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.parametrize("length", [1, 1_000, 20_000])
def test_a_remark_fits_where_it_has_to_go(text: str, length: int) -> None:
    said = remark(7, verdict(text * length), ("#8 (same number, same session_id, same role)",) * 200)
    assert len(said) <= MOST_BYTES
    assert said.isascii()
    assert "\n" not in said
    found = read_remark(said, EVENT)
    assert len(found.document.findings) >= FEWEST_FINDINGS
    assert len(found.document.findings) + found.left_off == 20
    comment = as_comment(found)
    assert len(comment) <= GITHUBS_LIMIT
    assert comment.startswith("<!-- session-registry: verdict -->\n> [!CAUTION]\n> **Careful:** ")
    assert "\n\n### rejected: " in comment
    assert "\n\n**Blocked.** This would " in comment
    assert "<tr><td>error" in comment, "at least one finding is told"


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.takes_long
def test_an_issue_fits_where_it_has_to_go(text: str) -> None:
    issue = text_of(verdict(text * 1_000, findings=200)._replace(effect=None))
    assert len(issue) <= GITHUBS_LIMIT
    assert issue.startswith(MARK)


def test_deciding_findings_come_first() -> None:
    kept = verdict("x").findings[0]
    inherited = kept._replace(origin=Origin.INHERITED)
    said = json.loads(remark(7, verdict("x")._replace(findings=(inherited,) * 30 + (kept,)), ()))
    assert said["document"]["findings"][0]["origin"] == "introduced"
    assert said["document"]["verdict"] == "rejected"


def test_an_accepted_proposals_comment_has_the_next_step() -> None:
    accepted = Verdict(HEAD, HEAD, HEAD, (), effect=Effect("registers number 4 for desk-1."))
    assert as_comment(read_remark(remark(7, accepted, ()), EVENT)) == (
        "<!-- session-registry: verdict -->\n### accepted: no findings\n\n"
        "**Merging this** registers number 4 for desk-1.\n\n"
        "**Next:** a code owner reads what stands above, approves under *Files changed*, and merges. "
        "Until then nothing has changed on main.\n"
    )


def test_acknowledgements_are_approved_by_anyone_with_write_access() -> None:
    accepted = Verdict(HEAD, HEAD, HEAD, (), effect=Effect("records that desk-1 (number 4) accepts.", owned=False))
    comment = as_comment(read_remark(remark(7, accepted, ()), EVENT))
    assert (
        "\n\n**Next:** anyone with write access other than the proposer approves under *Files changed*, and merges. "
        in comment
    )


def test_competitors_of_an_accepted_proposal_can_win() -> None:
    comment = after(REGISTERS, "#5 (same number)")
    assert "\n\nAlso proposed, and accepted by the gate: #5 (same number). Only one of them can be merged; " in comment
    assert comment.endswith(f"\n\n{NEXT['next, one competitor']}\n")


def test_of_many_competitors_a_human_chooses_one() -> None:
    comment = after(REGISTERS, "#8 (same number)", "#5 (same role)")
    assert comment.endswith(f"\n\n{NEXT['next, more competitors']}\n")
    names = [f"#{number} (same number)" for number in range(10, 20)]
    assert "**Next:** a code owner chooses one of #7 and the others above, approves it " in after(REGISTERS, *names)


def test_a_caution_is_settled_before_a_choice() -> None:
    comment = after(REGISTERS._replace(doubts=("program",)), "#5 (same number)")
    assert "**Next:** a code owner first reads every changed line; then chooses one of #5 and #7, approves " in comment


@pytest.mark.parametrize(
    ("place", "effect"),
    [
        ("next, several cautions", REGISTERS._replace(doubts=("program", "rules"))),
        ("next, acknowledgements with a caution", REGISTERS._replace(doubts=("session",), owned=False)),
        ("next, acknowledgements", REGISTERS._replace(owned=False, own="@OWNER")),
        ("next, proposed by an approver", REGISTERS._replace(own="@OWNER", elsewhere="another account")),
        ("next, of an approver's own number", REGISTERS._replace(own="@OWNER")),
        ("next, what the lines do not show", REGISTERS._replace(unshown=True)),
        ("next, in a human's name", REGISTERS._replace(own="@SECOND", named="@OWNER")),
        ("next, nothing", Effect("changes nothing on main.")),
    ],
)
def test_what_to_do_next_with_an_accepted_proposal(place: str, effect: Effect) -> None:
    assert after(effect).endswith(f"\n\n{NEXT[place]}\n")


def test_the_page_of_a_run_says_what_to_do_next_and_where_rivals_are_named() -> None:
    said = Verdict(HEAD, HEAD, HEAD, (), effect=REGISTERS._replace(proposed_by="@session.", rows=(("Number", "4"),)))
    first, then = AROUND["the page of a run, accepted"].split(" / ")
    assert on_the_page(said) == f"\n{first}\n\n{then}\n"
    assert on_the_page(said._replace(findings=verdict("x", 1).findings)) == f"\n{NEXT['next, rejected']}\n"


def test_the_page_of_a_run_on_no_pull_request_says_no_more() -> None:
    assert on_the_page(Verdict(HEAD, HEAD, HEAD, ())) == ""
    assert on_the_page(Verdict(HEAD, HEAD, HEAD, (), effect=REGISTERS)) == "", "a merge queue's"
    approval = Verdict(HEAD, HEAD, HEAD, (), effect=Effect("records an approval.", "@session.", named="@OWNER"))
    waits = NEXT["next, in a human's name"]
    assert on_the_page(approval) == f"\n{waits}\n", "nobody else wants the same"


def test_a_warning_stops_nothing_and_the_next_step_says_so() -> None:
    warning = verdict("x").findings[0]._replace(level=Level.WARNING)
    one = Verdict(HEAD, HEAD, HEAD, (warning,), effect=REGISTERS)
    assert f"**Next:** {next_step(one, REGISTERS)}" == NEXT["next, with a warning"]
    two = " The warnings stop nothing: merge this as it is, or ask the proposer to mend them first. Until then "
    assert two in next_step(one._replace(findings=(warning, warning)), REGISTERS)
    inherited = one._replace(findings=(warning._replace(origin=Origin.INHERITED),))
    assert "nothing:" not in next_step(inherited, REGISTERS)


def test_a_record_in_a_humans_name_says_whose_review_makes_it_theirs() -> None:
    named = REGISTERS._replace(proposed_by="@session.", named="@OWNER")
    row = AROUND["who proposes, on an accepted record in a human's name"]
    assert f"\n\n{row}\n\n" in after(named)


@pytest.mark.parametrize(
    ("place", "by"),
    [
        ("next, too early", REGISTERS),
        ("next, too early", REGISTERS._replace(own="@OWNER")),
        (
            "next, too early, acknowledgements",
            REGISTERS._replace(owned=False, own="@OWNER", elsewhere="another account"),
        ),
        ("next, too early, by an approver", REGISTERS._replace(own="@OWNER", elsewhere="another account")),
    ],
)
def test_what_comes_too_early_is_closed_and_proposed_again(place: str, by: Effect) -> None:
    early = verdict("x").findings[0]._replace(code="REG403", message=f"the record {TOO_EARLY}")
    assert f"**Next:** {next_step(Verdict(HEAD, HEAD, HEAD, (early,), effect=by), by)}" == NEXT[place]


def test_a_rejected_proposal_without_content_is_closed() -> None:
    rejected = verdict("x")._replace(effect=Effect("changes nothing on main."))
    assert as_comment(read_remark(remark(7, rejected, ()), EVENT)).endswith(f"\n\n{NEXT['next, nothing']}\n")


def test_competitors_of_a_rejected_proposal_are_those_that_the_gate_accepts() -> None:
    comment = as_comment(read_remark(remark(7, verdict("x"), ("#5 (same number)",)), EVENT))
    words = AROUND["competitors, rejected"].replace(", same role, same work", "")
    assert f"\n\n{words}\n\n" in comment


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("number", 8, f"the remark is on pull request 8 at {HEAD}, the event on 7"),
        ("head", "b" * 40, f"the remark is on pull request 7 at {'b' * 40}, the event on 7"),
        ("verdict", "accepted", "the remark says accepted, but its findings do not"),
        ("findings", [], "the remark says rejected, but its findings do not"),
    ],
)
def test_a_remark_on_another_event_is_a_one_line_error(key: str, value: object, said: str) -> None:
    document = json.loads(remark(7, verdict("x"), ()))
    (document if key == "number" else document["document"])[key] = value
    with pytest.raises(FatalError, match=re.escape(said)):
        read_remark(json.dumps(document), EVENT)


BROKEN = (
    "",
    "[]",
    "{",
    "\udc80",
    '{"number": 7}',
    "[" * 10_000,
    '{"number": 7e999}',
    "null",
    '"' + "x" * 100_000 + '"',
)


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_an_invalid_remark_is_a_one_line_error(text: str) -> None:
    with pytest.raises(FatalError) as caught:
        read_remark(text, EVENT)
    assert str(caught.value).startswith("the remark is malformed at ")
    assert len(str(caught.value)) < 300
