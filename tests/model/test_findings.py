"""Whether a verdict accepts, and the order of its findings."""

import pytest

from validator.model.findings import Finding, Level, Location, Origin, Verdict, decides, in_order, without_others

ERROR = Finding("REG103", "number-taken", Level.ERROR, Location("b.yaml", 2, 3), "taken", "claim another")
WARNING = ERROR._replace(code="REG205", level=Level.WARNING)
INHERITED = ERROR._replace(origin=Origin.INHERITED)


@pytest.mark.parametrize(
    ("finding", "decisive"),
    [(ERROR, True), (WARNING, False), (INHERITED, False), (INHERITED._replace(level=Level.WARNING), False)],
)
def test_only_an_introduced_error_decides(finding: Finding, decisive: bool) -> None:
    assert decides(finding) is decisive
    assert Verdict(None, "1", "2", (finding,)).accepted is not decisive


def test_one_decisive_finding_is_enough() -> None:
    assert not Verdict(None, "1", "2", (WARNING, INHERITED, ERROR)).accepted
    assert Verdict(None, "1", "2", (WARNING, INHERITED), healed=(ERROR,)).accepted
    assert Verdict(None, "1", "2", ()).accepted


def test_findings_come_by_file_place_code_and_message() -> None:
    expected = [
        ERROR._replace(location=Location("a.yaml", 9, 9)),
        ERROR._replace(location=Location("b.yaml", 2, 1)),
        ERROR._replace(code="REG101", message="z"),
        ERROR._replace(message="a"),
        ERROR,
        ERROR._replace(location=Location("b.yaml", 10, 1)),
    ]
    assert list(in_order(expected[::-1])) == expected


def test_a_session_is_not_shown_the_warnings_that_main_has_about_others() -> None:
    theirs = INHERITED._replace(level=Level.WARNING)
    mine = theirs._replace(location=Location("a.yaml", 1, 1))
    verdict = Verdict(None, "1", "2", (mine, theirs, INHERITED, WARNING, ERROR))
    assert without_others(verdict, "a.yaml").findings == (mine, INHERITED, WARNING, ERROR)
