"""`registry capabilities`: the command line described by itself; and a mistyped word is answered with the right one."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from tests.cli.stage import ROOT, verb
from validator.cli import registry
from validator.cli.group import all_verbs

VERBS = {words: found for words, found in all_verbs(registry) if not isinstance(found, click.Group)}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], dict[str, Any]]:
    """The verbs as they are described outside of any repository."""
    document = verb(tmp_path_factory.mktemp("empty"), "capabilities", "--format", "json").document
    return {tuple(each["words"]): each for each in document["verbs"]}


def test_every_verb_is_described_with_all_its_options(described: dict[tuple[str, ...], dict[str, Any]]) -> None:
    assert described.keys() == VERBS.keys()
    for words, found in VERBS.items():
        options = {name for each in described[words]["options"] for name in each["names"]}
        assert options == {name for each in found.params if isinstance(each, click.Option) for name in each.opts}
        assert len(described[words]["arguments"]) + len(described[words]["options"]) == len(found.params)


def test_a_verb_asks_the_remote_first_where_it_reads_what_that_has() -> None:
    """The others change something, follow the remote by themselves, or read this folder or GitHub."""
    lacking = {
        " ".join(words) for words, found in VERBS.items() if not any("--fetch" in each.opts for each in found.params)
    }
    assert lacking == {
        *("claim", "bind", "withdraw", "release", "charter propose", "approve", "reject", "init", "install-hook"),
        *(f"consensus {step}" for step in ("confirm", "broadcast", "approve", "activate", "acknowledge")),
        *("serve", "mcp", "hook", "demo", "capabilities", "explain", "completion", "codeowners", "schema"),
        *(f"github {verb}" for verb in ("apply", "ruleset", "remark", "comment", "touched", "rerun")),
    }


def test_a_verb_with_a_document_names_its_schema(described: dict[tuple[str, ...], dict[str, Any]]) -> None:
    for words, each in described.items():
        forms = [one["choices"] for one in each["options"] if one["names"] == ["--format"]]
        assert any("json" in choices for choices in forms) <= bool(each["documents"]), words
        for name in each["documents"]:
            assert (ROOT / "schema" / f"{name}.schema.json").is_file(), name


def test_what_is_said_of_one_verb(described: dict[tuple[str, ...], dict[str, Any]]) -> None:
    whoami = described["whoami",]
    assert whoami["users"] == "Sessions"
    assert whoami["no"] == "if it is not registered"
    assert (whoami["documents"], whoami["follow_up"]) == (["output-whoami"], ["next_action", "command"])
    assert whoami["example"].startswith("registry whoami ")
    options = {each["names"][0]: each for each in whoami["options"]}
    assert options["--format"]["choices"] == ["text", "json"]
    assert (options["--format"]["default"], options["--ref"]["default"]) == ("text", None)
    assert options["--fetch"]["type"] == "flag"
    approve = described["approve",]["arguments"]
    assert [(one["names"], one["repeatable"]) for one in approve] == [(["PROPOSAL"], True)]
    assert described["history",]["arguments"][0]["required"] is False
    assert described["consensus", "acknowledge"]["documents"] == ["output-consensus-record"]


def test_the_exit_codes_are_those_of_the_help(tmp_path: Path) -> None:
    document = verb(tmp_path, "capabilities", "--format", "json").document
    assert document["exit_codes"] == {"0": "yes", "1": "no (findings; not reached)", "2": "usage or environment"}
    assert document["error"] == ["output-error"]


def test_the_text_names_each_verb_on_a_line(tmp_path: Path) -> None:
    done = verb(tmp_path, "capabilities")
    assert (done.exit_code, done.err) == (0, "")
    assert done.out.startswith("exit codes: 0 yes, 1 no (findings; not reached), 2 usage or environment\n")
    assert "\nregistry whoami  (Sessions)\n" in done.out
    assert "\nregistry history [NUMBER]  (Orchestrator)\n" in done.out
    assert "  documents: output-whoami; next: next_action, command\n" in done.out
    assert "\nregistry hook [EVENT]  (Agents)\n" in done.out
    assert {words for words in VERBS if f"\nregistry {' '.join(words)} " in done.out} == VERBS.keys()


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_mistyped_option_or_verb_is_answered_with_the_right_one(words: tuple[str, ...], tmp_path: Path) -> None:
    long = [name for each in VERBS[words].params for name in each.opts if len(name) > 6 and name.startswith("--")]
    for name in long if words != ("hook",) else []:
        done = verb(tmp_path, *words, f"{name[:-2]}{name[-1]}{name[-2]}x")
        assert (done.exit_code, f"'{name}'" in done.err) == (2, True), done.err
    done = verb(tmp_path, *words[:-1], f"{words[-1]}x", "--format", "json")
    assert (done.exit_code, f"'{words[-1]}'" in json.loads(done.out)["error"]["message"]) == (2, True), done.out
