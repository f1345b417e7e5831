"""The block in AGENTS.md: written and updated in its place, and nothing else in the file changes."""

import shlex
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.cli.stage import ENVIRONMENT, git, verb, write
from validator.cli import registry
from validator.cli.group import all_verbs
from validator.hosts.agents.agents_md import BEGIN, END, TEXT, update, with_block
from validator.model.errors import FatalError

BLOCK = b"\n".join([BEGIN, *TEXT.encode().splitlines(), END]) + b"\n"
WORDS = ("--capacity", "3", "--mission", "Answer every customer", "--approver", "@OWNER")


@pytest.fixture(autouse=True)
def _identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that run in this process commit as a session, whatever Git knows of the account that runs the tests."""
    for name in [name for name in ENVIRONMENT if name.startswith("GIT_")]:
        monkeypatch.setenv(name, ENVIRONMENT[name])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", BLOCK),
        (b"# Mine\n", b"# Mine\n\n" + BLOCK),
        (b"# Mine", b"# Mine\n\n" + BLOCK),
        (b"\xff\xfe no UTF-8\n", b"\xff\xfe no UTF-8\n\n" + BLOCK),
        (b"# A\r\n", b"# A\r\n\r\n" + BLOCK.replace(b"\n", b"\r\n")),
        (b"a\n" + BEGIN + b"\nold\n" + END + b"\nb", b"a\n" + BLOCK + b"b"),
        (b"a\n  " + BEGIN + b" \nold\n" + END, b"a\n" + BLOCK.removesuffix(b"\n")),
        (b"a " + BEGIN + b"\n", b"a " + BEGIN + b"\n\n" + BLOCK),
    ],
)
def test_the_block_has_its_place(before: bytes, after: bytes) -> None:
    assert with_block(before) == after
    assert with_block(after) == after


@pytest.mark.parametrize("marks", [[BEGIN], [END], [END, BEGIN], [BEGIN, BEGIN, END], [BEGIN, END, BEGIN, END]])
def test_marks_that_do_not_belong_together_are_left_to_a_human(marks: list[bytes]) -> None:
    with pytest.raises(FatalError, match="do not belong together"):
        with_block(b"\nx\n".join(marks))


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_what_others_wrote_stays_byte_for_byte(before: bytes, after: bytes) -> None:
    assume(b"\0" not in before + after and not any(mark in before + after for mark in (BEGIN, END)))
    whole = before + b"\n" + BEGIN + b"\nold\n" + END + b"\n" + after
    updated = with_block(whole)
    assert updated.startswith(before + b"\n" + BEGIN)
    assert updated.endswith(END + (b"\r\n" if b"\r\n" in whole else b"\n") + after)
    if before:
        assert with_block(before).startswith(before)


@pytest.mark.parametrize("content", [b"a\0b", "# Mine\n".encode("utf-16"), b"x" * ((1 << 20) + 1)])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "AGENTS.md").write_bytes(content)
    with pytest.raises(FatalError, match="is no text, or larger"):
        update(tmp_path)
    assert (tmp_path / "AGENTS.md").read_bytes() == content


def test_links_are_followed_within_the_folder_alone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "CLAUDE.md").write_text("# Mine\n")
    (folder / "CLAUDE.md").chmod(0o640)
    (folder / "AGENTS.md").symlink_to("CLAUDE.md")
    assert update(folder)
    assert (folder / "AGENTS.md").is_symlink()
    assert (folder / "CLAUDE.md").read_bytes() == b"# Mine\n\n" + BLOCK
    assert (folder / "CLAUDE.md").stat().st_mode & 0o777 == 0o640
    (tmp_path / "outside").write_text("x")
    for target in (tmp_path / "outside", folder / "nowhere", folder / "AGENTS.md", folder):
        (folder / "AGENTS.md").unlink()
        (folder / "AGENTS.md").symlink_to(target)
        with pytest.raises(FatalError, match=r"is a link to no file of this folder|symbolic-link loop"):
            update(folder)
    assert (tmp_path / "outside").read_text() == "x"
    (folder / "AGENTS.md").unlink()
    (folder / "AGENTS.md").mkdir()
    with pytest.raises(FatalError, match="cannot be written"):
        update(folder)


def test_init_writes_it_into_a_registry_that_is_there(tmp_path: Path) -> None:
    assert verb(tmp_path, "init", "--agents").err == "registry: . is no registry: it has no registry/charter.yaml\n"
    assert verb(tmp_path, "init", "fleet", *WORDS).exit_code == 0
    fleet = tmp_path / "fleet"
    write(fleet, "AGENTS.md", "# Mine\n")
    wrote = "wrote AGENTS.md\nnext: git -C . add AGENTS.md, commit it, and publish main\n"
    assert verb(fleet, "init", "--agents") == (0, wrote, "")
    assert (fleet / "AGENTS.md").read_bytes() == b"# Mine\n\n" + BLOCK
    assert verb(tmp_path, "init", "fleet", "--agents") == (0, "fresh: fleet/AGENTS.md\n", "")
    assert git(fleet, "status", "--porcelain") == "?? AGENTS.md\n"


def test_init_commits_it_with_a_new_registry(tmp_path: Path) -> None:
    assert verb(tmp_path, "init", "fleet", *WORDS, "--agents").exit_code == 0
    assert git(tmp_path / "fleet", "status", "--porcelain") == ""
    assert git(tmp_path / "fleet", "show", "HEAD:AGENTS.md").encode() == BLOCK
    incomplete = verb(tmp_path, "init", "other", "--agents", "--capacity", "3")
    assert (incomplete.exit_code, "Missing option '--mission'" in incomplete.err) == (
        2,
        True,
    )


def test_every_command_in_the_block_and_the_skill_is_one() -> None:
    skill = Path(__file__).parents[3] / "plugins/session-registry/skills/register/SKILL.md"
    verbs = dict(all_verbs(registry))
    text = TEXT + skill.read_text("utf-8")
    commands = [
        line
        for line in text.replace("\n  ", " ").replace("`", "\n").splitlines()
        if line.strip().startswith("registry ")
    ]
    assert len(commands) > 10
    for command in commands:
        words = shlex.split(command.replace("NUMBER", "4"))[1:]
        name = tuple(words[: 2 if words[0] == "consensus" else 1])
        verbs[name].make_context(name[-1], words[len(name) :], help_option_names=["-h", "--help"])
