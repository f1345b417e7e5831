"""What GitHub's forms and the registry's README tell people to run is there, with the options that they name."""

import re

import click
import pytest

from tests.repository import ROOT
from validator.cli import registry

PAGES = (
    ".github/ISSUE_TEMPLATE/reserve-a-number.yml",
    ".github/pull_request_template.md",
    "registry/README.md",
    "docs/github.md",
)
COMMANDS = [
    (page, command)
    for page in PAGES
    for command in re.findall(r"`registry (?!gate`)([a-z][^`]*)`", (ROOT / page).read_text("utf-8").replace("\n", " "))
]


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_is_there(page: str, command: str) -> None:
    words = command.split()
    verb: click.Command = registry.commands[words[0]]
    if isinstance(verb, click.Group) and words[1:]:
        verb = verb.commands[words[1]]
    known = {name for option in verb.params for name in option.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known, page


def test_whatever_proposes_opens_a_pull_request_too() -> None:
    """Those that push a proposal, and the human's two records, which go straight to a plain server's main."""
    groups = {name: verb for name, verb in registry.commands.items() if isinstance(verb, click.Group)}
    verbs: dict[tuple[str, ...], click.Command]
    verbs = {(name,): verb for name, verb in registry.commands.items() if name not in groups}
    verbs |= {(group, name): verb for group, found in groups.items() for name, verb in found.commands.items()}
    options = {words: {name for option in verb.params for name in option.opts} for words, verb in verbs.items()}
    opening = {words for words, known in options.items() if "--pr" in known}
    assert {words for words, known in options.items() if "--push" in known} <= opening
    assert {("consensus", "approve"), ("consensus", "activate")} <= opening


def test_every_page_tells_a_command() -> None:
    assert {page for page, _ in COMMANDS} == set(PAGES)
