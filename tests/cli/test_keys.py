"""Keys of sessions, as their verbs use them: made once, then everything that is said is signed by itself."""

import os
import shlex
import stat
from pathlib import Path

import pytest

from tests.cli.stage import CHARTER, Done, Stage, git, new_key, verb
from tests.cli.test_claim import MINE
from tests.repository import Repository, claim_path, fleet, with_charter
from tests.test_schema import published
from validator.git.keys import MOST, make_key, remember, remembered
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.keys import fingerprint, normal_key
from validator.operations.signing import remove_unused

ANN = "marketing-outreach-1"
FOR_ANN = ("--session-id", ANN)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where keys are kept."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return tmp_path / "config" / "session-registry" / "keys"


@pytest.fixture
def signed(guarded: Stage) -> Stage:
    return guarded


def does(folder: Path, *words: str) -> Done:
    done = verb(folder, *words)
    assert done.exit_code == 0, done
    return done


def does_not(folder: Path, *words: str) -> Done:
    done = verb(folder, *words)
    assert done.exit_code == 1, done
    return done


def claimed(stage: Stage, name: str = "session") -> Path:
    """A session's clone, whose claim of number 4 with a new key is open."""
    session = stage.clone(name)
    does(session, "claim", "4", *MINE, "--key", "new", "--push")
    return session


def key_at(stage: Stage, revision: str) -> str:
    return str(stage.at(revision, "registry/sessions/04.yaml")["key"])


def test_a_new_key_is_made_kept_and_used(signed: Stage, home: Path) -> None:
    session = claimed(signed)
    private = home / ANN / "key"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700
    public = private.with_suffix(".pub").read_text()
    assert key_at(signed, "claim/04") == normal_key(public)
    assert git(session, "config", "--get-all", f"registry.{ANN}.key").split("\n")[0] == str(private)
    assert "gpgsig" in git(signed.bare, "cat-file", "commit", "claim/04")
    does(session, "claim", "4", *MINE, "--key", "new", "--push")
    assert [path.name for path in home.iterdir()] == [ANN], "a repeat takes the key that is not used yet"


def test_a_session_with_a_key_does_all_without_naming_it(signed: Stage, home: Path) -> None:
    session = claimed(signed)
    amended = does(session, "claim", "4", *FOR_ANN, "--goal", "Send 18 emails daily", "--yes", "--push")
    assert "number 4" in amended.note
    does(signed.human, "approve", "4", "--yes")
    does(session, "claim", "4", *FOR_ANN, "--goal", "Send 19 emails daily", "--yes", "--push")
    does(signed.human, "approve", "4", "--yes")
    assert signed.at("main", "registry/sessions/04.yaml")["goal"] == "Send 19 emails daily"
    does(session, "release", "4", "--reason", "Done")
    does(signed.human, "approve", "release/04", "--yes")
    git(session, "fetch", "--quiet", "origin")
    again = does(session, "claim", "4", *MINE, "--key", "new", "--push")
    assert f"the key is kept in {home / f'{ANN}-2' / 'key'}\n" in again.err, "the old key may be stolen"


def test_what_a_session_says_is_later_than_what_it_said_before(signed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its clock shows: it stands still, it is set back, and others have set theirs wrongly as well."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@4102444800 +0000")
    session = claimed(signed)
    for goal in ("18", "19"):
        does(session, "claim", "4", *FOR_ANN, "--goal", f"Send {goal} emails daily", "--yes", "--push")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    does(session, "withdraw", *FOR_ANN)
    does(session, "claim", "4", *MINE, "--key", "new", "--push")
    date = git(signed.bare, "show", "--no-patch", "--format=%cI", "claim/04").strip()
    assert date == "2100-01-01T00:00:03+00:00"
    does(session, "withdraw", *FOR_ANN)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@253402300799 +0000")
    does(
        signed.clone("other"),
        "claim",
        "4",
        "--session-id",
        "other",
        "--goal",
        "Send 17 emails daily",
        "--yes",
        "--push",
    )
    does(signed.human, "reject", "4", "--reason", "Whose?")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    does(session, "claim", "4", *MINE, "--key", "new", "--push")


def test_a_session_without_the_key_is_refused(signed: Stage) -> None:
    claimed(signed)
    does(signed.human, "approve", "4", "--yes")
    thief = signed.clone("thief")
    for words in (
        ("claim", "4", *FOR_ANN, "--goal", "Send 1 email daily", "--yes", "--push"),
        ("release", "4", "--reason", "Mine now"),
    ):
        done = verb(thief, *words)
        assert (done.exit_code, done.out) == (2, "")
        key = fingerprint(key_at(signed, "main"))
        assert f"{key} speaks for number 4, and this clone does not know the file of that key" in done.err
        assert f"if you are {ANN}, fill in: git config --add registry.{ANN}.key PATH-OF-THE-KEY" in done.err


@pytest.mark.takes_long
def test_the_human_sees_which_key_speaks(signed: Stage) -> None:
    """K93: new, the same as before, or not signed; and whose it is."""
    session = claimed(signed)
    key = fingerprint(key_at(signed, "claim/04"))
    assert f"    key: {key} (new)\n" in does(signed.human, "proposals").out
    assert f"\nkey: {key} (new)\n" in does(signed.human, "show", "4").out
    assert f"\nkey: {key} (new)\n" in does(signed.human, "approve", "4", "--yes").out
    does(session, "release", "4", "--reason", "Done")
    (row,) = does(signed.human, "proposals", "--format", "json").document["proposals"]
    assert (row["fingerprint"], row["key_state"]) == (key, "same-as-before")
    assert f"key:     {key} (new)\n" in does(session, "whoami", *FOR_ANN, "--fetch").out
    git(signed.human, "fetch", "--quiet")
    (slot,) = [one for one in does(signed.human, "export").document["slots"] if one["session_id"]]
    assert (slot["fingerprint"], slot["key_state"]) == (key, "new")
    assert f"- **KEY**: {key} (new)\n" in does(signed.human, "export", "--format", "markdown").out
    does(session, "withdraw", "release/04", *FOR_ANN)
    does(signed.human, "release", "4", "--reason", "By the approver")
    (row,) = does(signed.human, "proposals", "--format", "json").document["proposals"]
    assert (row["fingerprint"], row["key_state"]) == (key, "not-signed")
    said = does(session, "whoami", *FOR_ANN, "--fetch")
    assert f"\nopen:    release/04, accepted, key {key} (not signed with it)\n" in said.out
    stranger = signed.clone("stranger")
    does(stranger, "claim", "5", "--session-id", "stranger", "--goal", "Send 17 emails daily", "--yes", "--push")
    out = does(signed.human, "proposals").out
    assert "    key: none\n" in out.partition("claim/05")[2].partition("release/04")[0]
    assert "\nkey: none\n" in does(signed.human, "show", "5").out
    me = does_not(stranger, "whoami", "--session-id", "stranger", "--format", "json").document
    assert (me["fingerprint"], me["key_state"], me["proposals"][0]["key_state"]) == (None, "not-signed", "not-signed")


def test_a_key_that_stays_is_the_same_as_before(signed: Stage, tmp_path: Path) -> None:
    """On main, in what is proposed, and once another key is proposed."""
    session = claimed(signed)
    key = fingerprint(key_at(signed, "claim/04"))
    (me,) = [does_not(session, "whoami", *FOR_ANN, "--format", "json").document]
    assert (me["fingerprint"], me["key_state"]) == (key, "new")
    does(signed.human, "approve", "4", "--yes")
    does(session, "claim", "4", *FOR_ANN, "--goal", "Send 18 emails daily", "--yes", "--push")
    does(signed.human, "approve", "4", "--yes")
    next_key = new_key(tmp_path / "next")
    does(session, "claim", "4", *FOR_ANN, "--key", str(tmp_path / "next"), "--push")
    me = does(session, "whoami", *FOR_ANN, "--fetch", "--format", "json").document
    (open_one,) = me["proposals"]
    assert (me["fingerprint"], me["key_state"]) == (key, "same-as-before")
    assert (open_one["fingerprint"], open_one["key_state"]) == (fingerprint(next_key), "new")
    git(signed.human, "fetch", "--quiet")
    assert f"- **KEY**: {key} (same as before)\n" in does(signed.human, "export", "--format", "markdown").out


def test_doctor_shows_what_anyone_could_do(signed: Stage) -> None:
    session = claimed(signed)
    does(signed.human, "approve", "4", "--yes")
    git(session, "fetch", "--quiet")
    out = verb(session, "doctor", "--local").out.partition("\n\n")[2]
    assert "  claim it first, under any name:             number 1-3, 5-12\n" in out
    assert "  acknowledge, at once on main:               no number\n" in out
    document = verb(session, "doctor", "--local", "--format", "json").document
    assert [row["numbers"] for row in document["anyone"]] == [[1, 2, 3, *range(5, 13)], [], [], [], []]


def test_another_clone_learns_the_key_as_the_message_says(signed: Stage, home: Path) -> None:
    claimed(signed)
    does(signed.human, "approve", "4", "--yes")
    other = signed.clone("other")
    git(other, "config", "--add", f"registry.{ANN}.key", str(home / ANN / "key"))
    git(other, "config", "--add", f"registry.{ANN}.key", str(home / "gone"))
    os.mkfifo(home / "pipe.pub")
    git(other, "config", "--add", f"registry.{ANN}.key", str(home / "pipe"))  # K127: nobody waits for it
    does(other, "release", "4", "--reason", "Done")


@pytest.mark.takes_long
def test_a_new_key_is_signed_by_the_old_one(signed: Stage, home: Path) -> None:
    session = claimed(signed)
    does(signed.human, "approve", "4", "--yes")
    old = key_at(signed, "main")
    for _ in range(2):
        does(session, "claim", "4", *FOR_ANN, "--key", "new", "--push")
    assert sorted(path.name for path in home.iterdir()) == [ANN, f"{ANN}-2"]
    does(signed.human, "approve", "4", "--yes")
    assert key_at(signed, "main") not in ("", old)
    does(session, "release", "4", "--reason", "Done")


@pytest.mark.takes_long
def test_an_approver_helps_where_a_key_is_lost(signed: Stage, tmp_path: Path) -> None:
    session = claimed(signed)
    does(signed.human, "approve", "4", "--yes")
    git(session, "config", "--unset-all", f"registry.{ANN}.key")
    public = new_key(tmp_path / "next")
    does(signed.human, "claim", "4", *FOR_ANN, "--key", public, "--push")
    does(signed.human, "approve", "4", "--yes")
    assert key_at(signed, "main") == normal_key(public)
    git(session, "fetch", "--quiet")
    does(
        session,
        "claim",
        "4",
        *FOR_ANN,
        "--key",
        str(tmp_path / "next"),
        "--goal",
        "Send 20 emails daily",
        "--yes",
        "--push",
    )
    does(signed.human, "release", "4", "--reason", "Its session is gone")
    does(signed.human, "approve", "release/04", "--yes")


def test_a_number_that_is_kept_for_a_key_is_claimed_with_it(tmp_path: Path) -> None:
    public = new_key(tmp_path / "ann")
    slot = "{number: 4,"
    stage = Stage(tmp_path, charter=CHARTER.replace(slot, f'{slot} key: "{public}",'), guarded=True, signed=True)
    session = stage.clone("session")
    done = verb(session, "claim", "4", *MINE, "--push")
    assert (done.exit_code, "does not know the file of that key" in done.err) == (2, True)
    does(session, "claim", "4", *MINE, "--key", str(tmp_path / "ann.pub"), "--push")
    assert key_at(stage, "claim/04") == normal_key(public)


@pytest.mark.takes_long
def test_records_are_signed_too(tmp_path: Path) -> None:
    """The orchestrator and only session of a small fleet, from its claim to its acknowledgement."""
    charter = "\n".join(
        ["mission: {statement: Answer letters}", "capacity: 1", "orchestrator: 1", "time_zone: UTC",
         'approvers: [{handle: "@OWNER"}]', ""]
    )  # fmt: skip
    stage = Stage(tmp_path, charter=charter, guarded=True, signed=True)
    session = stage.clone("session")
    goal = ("--role", "Desk - Answer letters", "--goal", "Answer 17 letters daily")
    does(session, "claim", "1", *FOR_ANN, *goal, "--key", "new", "--yes", "--push")
    does(stage.human, "approve", "1", "--yes")
    does(session, "consensus", "confirm", *FOR_ANN, "--push")
    does(stage.human, "approve", "record/confirmation", "--yes")
    does(stage.human, "consensus", "approve", "--yes")
    does(session, "consensus", "broadcast", *FOR_ANN, "--folder", str(tmp_path / "mail"), "--push")
    does(stage.human, "approve", "record/broadcast", "--yes")
    said = verb(stage.clone("thief"), "consensus", "acknowledge", *FOR_ANN, "--push")
    assert (said.exit_code, "does not know the file of that key" in said.err) == (2, True)
    done = does(session, "consensus", "acknowledge", *FOR_ANN, "--push")
    assert "acknowledged, on main" in done.note
    assert "gpgsig" in git(stage.bare, "cat-file", "commit", "main")


@pytest.mark.takes_long
def test_a_proposal_is_withdrawn_with_its_key(signed: Stage) -> None:
    session = claimed(signed)
    thief = signed.clone("thief")
    assert "does not know the file of that key" in verb(thief, "withdraw", "4", *FOR_ANN).err
    assert "claim/04 is not somebody's" in verb(thief, "withdraw", "4", "--session-id", "somebody").err
    commit = signed.refs("refs/heads/claim/")["refs/heads/claim/04"]
    done = does(session, "withdraw", *FOR_ANN)
    assert done.out == f"withdrawn: claim/04 (commit {commit[:12]})\n"
    assert signed.refs("refs/heads/claim/") == {}
    (word,) = signed.refs("refs/withdrawn/claim/04/").values()
    assert git(signed.bare, "rev-parse", f"{word}^").strip() == commit
    assert does(session, "withdraw", "4", *FOR_ANN).out == "claim/04 is withdrawn already\n"
    assert "has no open proposals; see: registry proposals" in verb(session, "withdraw", *FOR_ANN).err
    assert " --goal GOAL --key new --yes --push" in does_not(session, "whoami", *FOR_ANN, "--fetch").out
    does(session, "claim", "5", *MINE, "--key", "new", "--push")


def test_a_withdrawal_is_printed_as_json(signed: Stage) -> None:
    session = claimed(signed)
    commit = signed.refs("refs/heads/claim/")["refs/heads/claim/04"]
    first, again = (does(session, "withdraw", "4", *FOR_ANN, "--format", "json").document for _ in range(2))
    (word,) = signed.refs("refs/withdrawn/claim/04/").values()
    assert list(published("output-withdraw").iter_errors(first)) == []
    said = {"schema_version": 1, "branch": "claim/04", "commit": commit, "withdrawal": word, "signed": True}
    assert first == said | {"note": f"withdrawn: claim/04 (commit {commit[:12]})"}
    assert again == said | {"note": "claim/04 is withdrawn already"}
    error = verb(session, "withdraw", *FOR_ANN, "--format", "json")
    assert (error.exit_code, list(error.document)) == (2, ["schema_version", "error"])


@pytest.mark.takes_long
def test_a_withdrawal_that_was_interrupted_is_finished_by_the_next(signed: Stage) -> None:
    """Whoever ends between the two pushes runs the command again."""
    session = claimed(signed)
    proposal = signed.refs("refs/heads/claim/")["refs/heads/claim/04"]
    does(session, "withdraw", *FOR_ANN)
    git(signed.bare, "update-ref", "refs/heads/claim/04", proposal)
    done = does(session, "withdraw", *FOR_ANN, "--format", "json").document
    assert (done["commit"], done["signed"], len(signed.refs("refs/withdrawn/"))) == (proposal, True, 1)
    assert signed.refs("refs/heads/claim/") == {}


@pytest.mark.takes_long
def test_the_first_key_of_a_number_withdraws_its_proposal(tmp_path: Path) -> None:
    """Main's claim has no key yet; the charter keeps the number for one."""
    public, slot = new_key(tmp_path / "ann"), "{number: 4,"
    stage = Stage(tmp_path, charter=CHARTER.replace(slot, f'{slot} key: "{public}",'), guarded=True, signed=True)
    git(stage.bare, "config", "core.hooksPath", "none")
    stage.registered(4)
    git(stage.bare, "config", "core.hooksPath", "hooks")
    session = stage.clone("session")
    does(session, "claim", "4", *FOR_ANN, "--key", str(tmp_path / "ann.pub"), "--push")
    assert "does not know the file of that key" in verb(stage.clone("thief"), "withdraw", *FOR_ANN).err
    does(session, "withdraw", *FOR_ANN)


@pytest.mark.takes_long
def test_of_several_proposals_one_is_named(signed: Stage) -> None:
    session = claimed(signed)
    does(signed.human, "approve", "4", "--yes")
    does(session, "claim", "4", *FOR_ANN, "--goal", "Send 20 emails daily", "--yes", "--push")
    does(session, "release", "4", "--reason", "Done")
    assert "has 2 open proposals; which one? claim/04, release/04" in verb(session, "withdraw", *FOR_ANN).err
    does(session, "withdraw", "release/04", *FOR_ANN)
    does(session, "withdraw", *FOR_ANN)
    assert set(signed.refs("refs/heads/")) == {"refs/heads/main"}


def test_without_a_key_an_approver_takes_a_proposal_away(signed: Stage) -> None:
    session = signed.clone("session")
    does(session, "claim", "4", *MINE, "--push")
    done = verb(session, "withdraw", *FOR_ANN)
    assert done.exit_code == 2
    assert (
        "claim/04 has no key, so only an approver takes it away; fill in: registry reject claim/04 --reason TEXT"
        in done.err
    )
    assert set(signed.refs("refs/heads/claim/")) == {"refs/heads/claim/04"}


def test_without_signatures_anyone_may_withdraw(unsigned: Stage) -> None:
    stage = unsigned
    does(stage.clone("session"), "claim", "4", *MINE, "--push")
    done = does(stage.clone("other"), "withdraw", "4", *FOR_ANN)
    assert done.out.endswith("; nothing is signed here, so anyone who can push could have done this\n")
    assert stage.refs("refs/heads/claim/") == {}


def test_a_refused_claim_leaves_no_new_key_behind(signed: Stage, home: Path) -> None:
    session = signed.clone("session")
    refused = does_not(session, "claim", "4", *MINE, "--role", "Another role", "--key", "new", "--push")
    assert ("not proposed" in refused.out, "the key is kept" in refused.err) == (True, False)
    unclear = ("claim", "4", "--session-id", ANN, "--goal", "Do what is best", "--key", "new", "--push")
    assert verb(session, *unclear).exit_code == 2
    assert (list(home.iterdir()), remembered(Repo(session), ANN)) == ([], ())
    does(session, "claim", "4", *MINE, "--key", "new", "--push")
    does_not(session, "claim", "4", *MINE, "--role", "Another role", "--key", "new", "--push")
    assert [path for path, _ in remembered(Repo(session), ANN)] == [str(home / ANN / "key")], "an open claim has it"


@pytest.mark.parametrize("place", ["XDG_CONFIG_HOME in the repository", "seen from a linked tree", "others can write"])
def test_no_key_is_made_in_a_bad_place(signed: Stage, home: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    session = signed.clone("session")
    here = session
    if place.startswith("seen"):  # K131
        here = session.with_name("linked")
        git(session, "worktree", "add", "--quiet", str(here))
    if place == "others can write":
        home.mkdir(parents=True)
        home.chmod(0o777)
        why = f"others can write in {home}"
    else:
        within = session / (".git/config.d" if place.startswith("seen") else "config")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(within))
        why = "is inside the repository, where a key does not belong"
    done = verb(here, "claim", "4", *MINE, "--key", "new", "--push")
    assert (done.exit_code, why in done.err, done.err.count("\n")) == (2, True, 1)
    assert not list(session.rglob("*.pub"))


def test_no_file_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = make_key(folder, "ann")
    before = first.read_bytes()
    (folder / "ann-2").symlink_to(tmp_path / "elsewhere")
    assert make_key(folder, "ann") == folder / "ann-3" / "key"
    assert first.read_bytes() == before
    assert not (tmp_path / "elsewhere").exists()
    for number in range(4, MOST + 1):
        (folder / f"ann-{number}").mkdir()
    with pytest.raises(FatalError, match="name one: --key PATH"):
        make_key(folder, "ann")
    (tmp_path / "file").write_text("")
    with pytest.raises(FatalError, match="no key can be made in"):
        make_key(tmp_path / "file", "ann")


def test_a_key_stays_as_long_as_an_open_claim_has_it(tmp_path: Path) -> None:
    """A push without an answer may have arrived, although the claim is told as not proposed."""
    repository, path = with_charter(tmp_path / "registry.git", []), make_key(tmp_path / "keys", "ann")
    public = normal_key(path.with_suffix(".pub").read_text())
    repository.commit("claim/04", {claim_path(4): f"{fleet()[4]}key: {public}\n"}, "main")
    repo = Repo(repository.path)
    remember(repo, "ann", str(path))
    remove_unused(repo, "ann", public, ())
    assert path.is_file()
    repository.git("update-ref", "-d", "refs/heads/claim/04")
    remove_unused(Repo(repository.path), "ann", public, ())
    assert (path.exists(), remembered(repo, "ann")) == (False, ())


@pytest.mark.parametrize("mode", [0o720, 0o702], ids=oct)
def test_no_key_is_made_where_others_may_replace_it(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(FatalError, match="others can write in"):
        make_key(tmp_path, "ann")


def test_of_the_remembered_keys_the_latest_is_the_first(tmp_path: Path) -> None:
    repo = Repo(Repository(tmp_path / "registry.git").path)
    kept = [str(make_key(tmp_path / "keys", "ann")) for _ in range(2)]
    for path in kept:
        remember(repo, "ann", path)
    assert [path for path, _ in remembered(repo, "ann")] == kept[::-1]


def test_without_ssh_keygen_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FatalError, match="install OpenSSH"):
        make_key(tmp_path / "keys", "ann")
    (tmp_path / "ssh-keygen").write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    (tmp_path / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    with pytest.raises(FatalError, match="ssh-keygen: no"):
        make_key(tmp_path / "keys", "ann")


def test_the_default_place_is_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from validator.cli.key_files import key_folder

    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_CONFIG_HOME", value)
        assert key_folder() == tmp_path / ".config/session-registry/keys"


@pytest.mark.takes_long
def test_a_key_is_not_added_to_an_open_claim_and_the_way_out_keeps_it(signed: Stage, home: Path) -> None:
    session = signed.clone("session")
    does(session, "claim", "4", *MINE, "--push")
    done = verb(session, "claim", "4", *FOR_ANN, "--key", "new", "--yes", "--push")
    assert (done.exit_code, "trying again" in done.err) == (1, False), done
    assert "error[REG308] not-the-session: this proposal has no key" in done.note
    assert (
        "an approver turns it down; fill in: registry reject 4 --reason TEXT; then run: registry claim 4 " in done.note
    )
    assert done.note.endswith(" --key new --yes --push")
    assert list(home.iterdir()) == [], "a refused claim leaves no key behind"
    does(signed.human, "reject", "4", "--reason", "A key is missing")
    again = shlex.split(done.note.rpartition("; then run: registry ")[2])
    does(session, *again)
    assert key_at(signed, "claim/04")
    does(signed.human, "reject", "4", "--reason", "Say more")
    form = f"--session-id {ANN} --goal GOAL --key new --yes --push"
    assert f"registry claim 4 {form}" in does_not(signed.human, "whoami", *FOR_ANN, "--fetch").out
