"""The benchmarks measure valid registries, with equal claims for each program. Nothing is timed here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fleets import Fleet, build, claim, confirmed
from benchmarks.layouts import layouts
from benchmarks.programs import Program, compare, compiled, python
from benchmarks.signed import build as build_signed
from tests.repository import ROOT, environment
from validator.cli.audit import audit
from validator.git.repo import Repo
from validator.model.findings import Verdict
from validator.model.layout import CONFIRMATION
from validator.operations.replay import replay
from validator.operations.steps import validate
from validator.registry.consensus.digest import registry_digest
from validator.registry.reader import Reader
from validator.registry.records import counting
from validator.registry.yaml.reader import read

SIZE = 3


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return build(tmp_path_factory.mktemp("fleet") / "here", SIZE)


def judged(fleet: Fleet, head: str) -> Verdict:
    return validate(repo=fleet.repo, base="main", head=head)


def test_registry_and_proposal_have_no_findings(fleet: Fleet) -> None:
    assert audit(repo=fleet.repo, ref="main").findings == ()
    assert judged(fleet, "free").findings == ()


def test_a_confirmation_counts(fleet: Fleet) -> None:
    place = confirmed(fleet)
    found = Reader(Repo(place.repo)).at(Repo(place.repo).commit("main"))
    assert found.charter
    assert counting(found, found.charter, CONFIRMATION, registry_digest(found))
    assert judged(place, "free").findings == ()


def test_taken_number_is_refused(fleet: Fleet) -> None:
    verdict = judged(fleet, "taken")
    assert [finding.code for finding in verdict.findings] == ["REG103"]
    assert verdict.free_numbers == (SIZE + 1,)


@pytest.mark.parametrize("seed", range(4))
def test_layouts_say_the_same(seed: int) -> None:
    text = claim(7)
    fields = read("07.yaml", text.encode()).value
    written = {name: write(fields) for name, write in layouts(seed).items()}
    assert len({*written.values(), text}) == len(written) + 1
    for name, other in written.items():
        found = read("07.yaml", other.encode())
        assert (name, found.faults, found.value) == (name, (), fields)


def test_files_are_those_of_the_repository(fleet: Fleet) -> None:
    repo = Repo(fleet.repo)
    committed = {path: repo.blobs([entry.oid])[entry.oid] for path, entry in repo.tree(repo.commit("free")).items()}
    for file in (*sorted(fleet.files.iterdir())[:-1], fleet.proposal):  # it was proposed before the last one came
        number = f"{SIZE + 1:02}" if file == fleet.proposal else file.stem
        assert committed[f"registry/sessions/{number}.yaml"] == file.read_bytes()


def test_every_claim_came_in_a_step_of_its_own(fleet: Fleet) -> None:
    repo = Repo(fleet.repo)
    steps = repo.steps(repo.commit("main"), ["registry/sessions"])
    assert [step.path for step in steps] == [f"registry/sessions/{number:02}.yaml" for number in range(1, SIZE + 1)]
    assert len({step.commit for step in steps}) == SIZE


@pytest.mark.blackbox
@pytest.mark.takes_long
def test_programs_run_to_the_end(fleet: Fleet, tmp_path: Path) -> None:
    from benchmarks.works import consensus, export, guard, schema_check, validate, watch, whoami

    programs = {"ours": validate(fleet), "guard": guard(fleet), "theirs": schema_check(fleet.proposal)}
    programs |= {"whoami": whoami(fleet)._replace(exit_code=1), "watch": watch(fleet)}
    programs |= {"consensus": consensus(fleet), "export": export(fleet)}
    programs["floor"] = Program(python("benchmarks.floor", fleet.repo), folder=ROOT)
    done = compare(programs, rounds=1, environment=compiled(tmp_path))
    assert all(result.seconds > 0 and result.peak > 0 for result in done.values())
    with pytest.raises(RuntimeError, match="exit code 1 from"):
        compare({"ours": validate(fleet, "taken")}, rounds=1, environment=compiled(tmp_path))


@pytest.mark.blackbox
@pytest.mark.parametrize("keys", [False, True])
@pytest.mark.takes_long
def test_a_long_main_is_proved_whole(tmp_path: Path, keys: bool) -> None:
    """Every step is allowed: claimed, amended, released, and claimed again."""
    from benchmarks.steps import audit, report, verify

    line = build_signed(tmp_path / "line", 20, capacity=6, keys=keys)
    found = replay(repo=line.repo, ref="main", root=line.root)
    assert (found.bad, found.steps, found.approved) == (None, 20, {"@OWNER": 20})
    held = ["registry/charter.yaml", "registry/sessions/01.yaml", "registry/sessions/02.yaml"]
    assert sorted(Repo(line.repo).tree(line.steps[-1])) == held
    done = compare({"audit": audit(line), "verify": verify(line)}, rounds=1, environment=compiled(tmp_path))
    assert "20 steps" in "".join(report(20, done["audit"], done["verify"]))


@pytest.mark.takes_long
def test_a_bad_step_of_a_long_main_is_named(tmp_path: Path) -> None:
    from benchmarks.steps import find

    line = build_signed(tmp_path / "line", 8, capacity=6, keys=True, bad=5)
    assert find(line, 5).startswith("step 5 of 8, signed by nobody, is named after ")
    with pytest.raises(RuntimeError, match="step 4 is bad, and audit --steps named"):
        find(line, 4)


@pytest.mark.blackbox
@pytest.mark.parametrize(
    ("module", "words", "rows"),
    [("race", ["--rounds", "1", "--processes", "2"], 10), ("claim", ["--claims", "1"], 3)],
)
@pytest.mark.takes_long
def test_races_and_claims_are_run_to_the_end(module: str, words: list[str], rows: int) -> None:
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(re.findall(r"^  .* [0-9]+\.[0-9]{2} ×", done.stdout, re.MULTILINE)) == rows


@pytest.mark.takes_long
def test_a_session_registers_in_ten_commands() -> None:
    """Ten processes, from an empty folder: two seconds and a half."""
    from benchmarks.commands import measured

    ((_, shell),) = measured(["first session, with keys"])
    assert shell.commands <= 10
