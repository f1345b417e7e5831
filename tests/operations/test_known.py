"""What is told about a whole fleet with the index is what is told after reading all of it."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.operations.test_narrow import Story, damage
from tests.properties.muddled import CLAIMS, FLEET, borrowed
from tests.repository import CHARTER, Changes, Content, Repository, charter, with_charter
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.findings import Level
from validator.model.layout import ACTIVATION, APPROVAL, BROADCAST, CONFIRMATION, acknowledgement_path
from validator.operations.consensus.mail import page_at
from validator.operations.export import slots_of, text_at
from validator.operations.index_file import FOLDER, KeptFile, program
from validator.operations.judge import judge
from validator.operations.narrow import Narrow
from validator.operations.whoami.look import SessionReport, look
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import active_week, assess
from validator.registry.gaps import missing
from validator.registry.index import arrivals, steps, summaries, texts
from validator.registry.parsing import KnownClaim
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot

FILES = ("claims", "arrivals", "summaries", "texts")
WHEN = "timestamp: 2026-11-20T08:00:00Z\n"


def told(found: Snapshot) -> tuple[Any, ...]:
    """All that verbs tell about a fleet, and the files that it is told from."""
    charter, digest = charter_of(found), registry_digest(found)
    return (
        assess(found, charter),
        digest,
        *slots_of(found, charter, digest, frozenset({3})),
        missing(found, charter),
        active_week(found),
        found.files,
    )


def session(repo: Repo, commit: str, *, small: int) -> SessionReport:
    """What the session of number 2 is told."""
    reader = Reader(repo)
    narrow = Narrow(reader, small=small)
    return look(reader, commit, "marketing-research-1", named=True, hint=lambda _: None, narrow=narrow)


def told_alike(repo: Repo, commit: str) -> int:
    """Tell of a commit with an index and without; how many claims were not read for it."""
    answers, known = [], 0
    for small in (0, 10**9):
        found = Narrow(Reader(repo), small=small).whole(commit)
        try:
            answers.append((*told(found), session(repo, commit, small=small)))
        except FatalError as error:
            answers.append((str(error),))
        known += sum(isinstance(one, KnownClaim) and "_whole" not in vars(one) for one in found.claims.values())
    assert len(answers[0]) == len(answers[1])
    for one, other in zip(*answers, strict=True):
        assert one == other, commit
    return known


def exported_alike(repo: Repo, commit: str) -> None:
    """Export a commit with an index and without, in both forms."""
    for export in (text_at, page_at):
        texts = list[str]()
        for small in (0, 10**9):
            try:
                texts.append(export(Reader(repo), commit, Narrow(Reader(repo), small=small)))
            except FatalError as error:
                texts.append(str(error))
        assert texts[0] == texts[1], commit


def spoil(file: Path, chance: random.Random) -> None:
    """Damage a file, delete it, put another one in its place, or leave it."""
    what = chance.choice(["", "", "damage", "delete", "mistake"])
    if what == "damage" and file.exists():
        damage(file, chance)
    elif what == "delete":
        file.unlink(missing_ok=True)
    elif what == "mistake" and file.exists():
        other = chance.choice([one for one in sorted(file.parent.iterdir()) if one.is_file()])
        file.write_bytes(other.read_bytes())


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    return range(40 if request.config.getoption("--long") else 2)


def test_a_fleet_is_told_of_as_from_the_whole(tmp_path: Path, seeds: range) -> None:
    """Ten commits of a drawn history, with files that are new, kept, of another commit, damaged or gone."""
    known = 0
    for seed in seeds:
        story, chance = Story(tmp_path / f"{seed}.git", seed), random.Random(seed)
        repo = Repo(story.repository.path)
        for at in range(10):
            story.step()
            known += told_alike(repo, story.mains[-1] if at % 3 else chance.choice(story.mains))
            if at % 3 == 0:
                exported_alike(repo, story.mains[-1])
            for name in FILES:
                file = story.repository.path / FOLDER / name
                spoil(file, chance)
    assert known > 20 * len(seeds), "most claims are not read"


def record(digest: str, kind: str) -> str:
    """The text of a record of the first fleet."""
    by = {"number": "number: 1\nsession_id: marketing-orchestrator\n", "human": 'approved_by: "@OWNER"\n'}[kind]
    return f"registry: {digest}\n{by}{WHEN}"


def judged_alike(repository: Repository, main: str) -> set[tuple[str, Level]]:
    """Judge proposals for a main with an index and without; what was found without reading all claims at first."""
    repo, found = Repo(repository.path), set[tuple[str, Level]]()
    four = FLEET[CLAIMS[3]]
    proposals: tuple[Changes, ...] = (
        {CLAIMS[3]: borrowed(four, "runtime_id: session-8\n", "runtime_id")},
        {CLAIMS[3]: four.replace("17 perfectly", "5 perfectly")},
        {CLAIMS[3]: borrowed(four, "scope: [{work: outreach, first: 1, last: 9}]\n", "scope")},
        {CLAIMS[3]: None},
        {CLAIMS[6]: FLEET[CLAIMS[3]].replace("number: 4", "number: 7")},
    )
    for changes in proposals:
        head = repository.commit("proposal", changes, main)
        pairs = [Narrow(Reader(repo), small=small).change(main, head) for small in (0, 10**9)]
        one, other = (judge(*pair) for pair in pairs)
        assert one == other
        assert pairs[0][1].unread.numbers
        found.update((finding.code, finding.level) for finding in one.findings)
    return found


def test_every_phase_is_told_of_as_from_the_whole(tmp_path: Path) -> None:
    """A full fleet from the first confirmation to a week, with a new key of a session and a record that is void."""
    repository = Repository(tmp_path / "full.git")
    repo = Repo(repository.path)
    claims: dict[str | bytes, Content] = {path: FLEET[path] for path in CLAIMS}
    main = repository.commit("main", {CHARTER: charter(), **claims})
    digest = registry_digest(Reader(repo).at(main))
    sessions = {number: one.draft.session_id for number, one in Reader(repo).at(main).by_number.items()}
    ready: Changes = {
        acknowledgement_path(number): f"registry: {digest}\nnumber: {number}\nsession_id: {who}\nready: true\n{WHEN}"
        for number, who in sessions.items()
    }
    steps: tuple[Changes, ...] = (
        {CONFIRMATION: record(digest, "number")},
        {APPROVAL: record(digest, "human")},
        {BROADCAST: record(digest, "number") + f"delivered: {list(sessions)}\n"},
        {path: ready[path] for path in list(ready)[:7]},
        ready,
        {ACTIVATION: record(digest, "human") + "week: 2026-W48\n"},
        {CLAIMS[3]: borrowed(FLEET[CLAIMS[3]], "runtime_id: session-9\n", "runtime_id")},
        {CLAIMS[4]: FLEET[CLAIMS[4]].replace("status: REGISTERED", "status: PENDING")},
        {CLAIMS[5]: None},
    )
    phases, judgements = list[Phase](), set[tuple[str, Level]]()
    for changes in steps:
        main = repository.commit("main", changes)
        assert told_alike(repo, main)
        judgements |= judged_alike(repository, main) if len(phases) % 5 == 0 else set()
        found = Narrow(Reader(repo), small=0).whole(main)
        phases.append(assess(found, charter_of(found)).phase)
    assert phases == [
        *("confirmed", "approved", "broadcast", "broadcast", "acknowledged", "active", "active"),
        *("registering", "registering"),
    ]
    assert judgements >= {("REG404", Level.ERROR), ("REG207", Level.WARNING)}


def test_a_confirmed_gap_is_judged_as_from_the_whole(tmp_path: Path) -> None:
    """It is an error where the confirmation counts, which the digest of all claims decides."""
    repository = Repository(tmp_path / "gap.git")
    claims: dict[str | bytes, Content] = {path: FLEET[path] for path in CLAIMS}
    claims[CLAIMS[4]] = borrowed(FLEET[CLAIMS[4]], "", "scope")
    main = repository.commit("main", {CHARTER: charter(), **claims})
    digest = registry_digest(Reader(Repo(repository.path)).at(main))
    main = repository.commit("main", {CONFIRMATION: record(digest, "number")})
    assert {("REG207", Level.ERROR), ("REG207", Level.WARNING)} <= judged_alike(repository, main)


def test_a_claim_that_nobody_can_take_up_is_read_with_all_others(tmp_path: Path) -> None:
    """Nobody took a part of the work: the session beside it is named, which only its file tells."""
    repository = Repository(tmp_path / "gap.git")
    claims: dict[str | bytes, Content] = {path: FLEET[path] for path in CLAIMS}
    claims[CLAIMS[5]] = borrowed(FLEET[CLAIMS[5]], "", "scope")
    main = repository.commit("main", {CHARTER: charter(), **claims})
    told_alike(Repo(repository.path), main)
    found = Narrow(Reader(Repo(repository.path)), small=0).whole(main)
    assert [one.kind for one in assess(found, charter_of(found)).conflicts].count("gap")


def test_a_session_is_told_who_is_not_ready_though_their_claims_are_not_read(tmp_path: Path) -> None:
    """One has not committed itself, one's claim is broken, and one number is free."""
    repository = Repository(tmp_path / "waiting.git")
    repo, claims = Repo(repository.path), dict[str | bytes, Content](FLEET.items())
    claims[CLAIMS[6]] = FLEET[CLAIMS[6]].replace("status: REGISTERED", "status: PENDING")
    claims[CLAIMS[8]] = "role: [\n"
    del claims[CLAIMS[10]]
    main = repository.commit("main", claims)
    assert [session(repo, main, small=small).facts.missing for small in (0, 10**9)] == ["7, 9, 11"] * 2


def test_who_waits_for_an_index_is_told_how_far_it_is(tmp_path: Path) -> None:
    """Once: it is kept."""
    repository, said = Repository(tmp_path / "told.git"), list[tuple[int, int]]()
    main = repository.commit("main", dict[str | bytes, Content](FLEET.items()))
    for _ in range(2):
        reader = Reader(Repo(repository.path))
        reader.progress = lambda done, of: said.append((done, of))
        Narrow(reader, small=0).whole(main)
    assert said == [(12, 12)]
    (repository.path / FOLDER / "summaries").unlink()
    Narrow(reader, small=0).whole(main)
    assert said == [(12, 12)] * 2


def test_a_copy_of_a_claim_is_told_as_what_it_is(tmp_path: Path) -> None:
    """The same file under two numbers: it is valid under its own alone."""
    repository = Repository(tmp_path / "copy.git")
    claims = dict[str | bytes, Content](FLEET.items())
    main = repository.commit("main", claims | {CLAIMS[4]: FLEET[CLAIMS[3]]})
    told_alike(Repo(repository.path), main)
    found = Narrow(Reader(Repo(repository.path)), small=0).whole(main)
    assert assess(found, charter_of(found)).registered == 11


def test_a_main_that_goes_back_is_told_of_as_it_was_then(tmp_path: Path) -> None:
    """A number was released and claimed again; then an earlier main is asked for, and another line beside it."""
    repository = Repository(tmp_path / "back.git")
    claims = dict[str | bytes, Content](FLEET.items())
    first = repository.commit("main", claims)
    repository.commit("main", {CLAIMS[3]: None})
    last = repository.commit("main", {CLAIMS[3]: FLEET[CLAIMS[3]]})
    beside = repository.commit("beside", {CLAIMS[4]: None}, first)
    for main, since in ((last, last), (first, first), (last, last), (beside, first)):
        found = Narrow(Reader(Repo(repository.path)), small=0).whole(main)
        assert found.past([CLAIMS[3]])[CLAIMS[3]].commit == since
        assert [one.since.commit for one in found.versions(CLAIMS[3])] == [since]


def test_what_has_been_read_whole_is_not_read_again_claim_by_claim(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [1, 2])
    main = repository.git("rev-parse", "main")
    reader = Reader(Repo(repository.path))
    assert any(isinstance(claim, KnownClaim) for claim in Narrow(reader, small=0).whole(main).claims.values())
    whole = reader.at(main)
    assert Narrow(reader, small=0).whole(main) is whole


BESIDE = ("arrivals", "steps", "summaries", "texts")  # beside the index of the claims, of which test_narrow tells
WAYS = ("group", "folder", "link", "hard link", *(["owner"] if os.geteuid() == 0 else []))


def told_of(path: Path, *, small: int = 0) -> tuple[Any, ...]:
    """What is told of main for which a file is kept; they are there then."""
    repo = Repo(path)
    commit = repo.commit("HEAD")
    found, line = Narrow(Reader(repo), small=small).all_of(commit)
    whole = Narrow(Reader(repo), small=small).whole(commit)
    return (*told(whole), text_at(Reader(repo), commit, Narrow(Reader(repo), small=small)), line, found.files)


def forged(name: str, content: bytes) -> bytes:
    """A file that tells lies, sealed as this program seals its own."""
    match name:
        case "summaries":
            rows = summaries.decoded(content, program())
            assert rows
            lies = {oid: row._replace(summary=row.summary._replace(role="Forged")) for oid, row in rows.items()}
            return summaries.encoded(lies, program())
        case "texts":
            said = texts.decoded(content, program())
            assert said
            return texts.encoded({oid: text.replace("marketing", "forged") for oid, text in said.items()}, program())
        case "arrivals":
            line = arrivals.decoded(content, program())
            assert line
            return arrivals.encoded(line._replace(files={}), program())
        case _:
            line_steps = steps.decoded(content, program())
            assert line_steps
            return steps.encoded(line_steps._replace(steps=()), program())


def lay(file: Path, content: bytes, how: str, aside: Path) -> None:
    """Put a file in place as somebody else could have."""
    file.write_bytes(content)
    match how:
        case "group":
            file.chmod(0o620)
        case "folder":
            file.parent.chmod(0o777)
        case "link":
            file.replace(aside)
            file.symlink_to(aside)
        case "hard link":
            os.link(file, aside)
        case _:
            os.chown(file, 12345, -1)


@pytest.mark.parametrize("name", BESIDE)
def test_no_file_that_others_could_have_written_is_read(tmp_path: Path, name: str) -> None:
    """A forged one changes what is told where it is this user's own; laid in any other way it changes nothing."""
    repository = Repository(tmp_path / "forged ü.git")
    repository.commit("main", dict[str | bytes, Content](FLEET.items()))
    right = told_of(repository.path)
    assert right == told_of(repository.path, small=10**9)
    file = repository.path / FOLDER / name
    lie, seen = forged(name, file.read_bytes()), KeptFile(repository.path, name)
    for how in WAYS:
        lay(file, lie, how, tmp_path / how)
        assert seen.content() == b""
        if how == "link":
            assert told_of(repository.path) == right
        file.unlink(missing_ok=True)
        file.parent.chmod(0o700)
    file.write_bytes(lie)
    file.chmod(0o600)
    assert seen.content() == lie
    assert told_of(repository.path) != right
    repository.git("clone", "-q", "--shared", str(repository.path), str(tmp_path / "clone"))
    assert told_of(tmp_path / "clone") == right


def test_the_summary_of_a_claim_that_is_gone_goes_too(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "registry.git")
    after: Changes = {CLAIMS[3]: None, CLAIMS[4]: FLEET[CLAIMS[4]] + "# amended\n"}
    for changes in (dict[str | bytes, Content](FLEET.items()), after):
        main = repository.commit("main", changes)
        Narrow(Reader(Repo(repository.path)), small=0).whole(main)
    kept = summaries.decoded((repository.path / FOLDER / "summaries").read_bytes(), program()) or {}
    assert kept.keys() == {entry.oid for path, entry in Repo(repository.path).tree(main).items() if path in CLAIMS}
