"""`registry capabilities`: the command line described by itself, for a program that has not read the help."""

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

from validator import __version__
from validator.cli import registry
from validator.cli.console import Console
from validator.cli.group import Verbs, all_verbs
from validator.cli.options import FORMAT
from validator.cli.schema import documents_of
from validator.report.documents import DOCUMENTS as OF_ALL
from validator.report.documents import Printed, PrintedDocument, as_json

# The keys of documents that say what to do next.
FOLLOW_UP = ("next_action", "command", "again", "help", "note")
_NO = re.compile(r"exit 1 (\w[^.;]*)")


class ParameterEntry(Printed):
    """An option, or an argument: then `names` is its one name in capitals. `default` is null where there is none."""

    names: tuple[str, ...]
    type: str
    choices: tuple[str, ...]
    required: bool
    repeatable: bool
    default: str | None
    help: str


class VerbEntry(Printed):
    """A verb; `words` call it after `registry`. `no` says when it exits with 1, empty where the help does not say it.

    `documents` are the schemas of what it prints as JSON, `follow_up` those of their keys that say what to do next.
    """

    words: tuple[str, ...]
    users: str
    help: str
    no: str
    arguments: tuple[ParameterEntry, ...]
    options: tuple[ParameterEntry, ...]
    documents: tuple[str, ...]
    follow_up: tuple[str, ...]
    example: str


class CapabilitiesDocument(PrintedDocument):
    """`capabilities`: all verbs. `exit_codes` are those of every verb; `error` is the schema of what ends with 2."""

    version: str
    exit_codes: dict[str, str]
    error: tuple[str, ...]
    verbs: tuple[VerbEntry, ...]


DOCUMENTS = {"output-capabilities": CapabilitiesDocument}


@click.command(epilog="Example: registry capabilities --format json")
@FORMAT
@click.pass_obj
def command(console: Console, format: str) -> int:
    """What this program can do: every verb with its options, exit codes and documents."""
    document = CapabilitiesDocument(
        version=__version__, exit_codes=dict(_exit_codes()), error=tuple(OF_ALL), verbs=tuple(_verbs())
    )
    console.say(as_json(document) if format == "json" else "".join(_lines(document)))
    return 0


def _exit_codes() -> Iterator[tuple[str, str]]:
    """What the program's own help says of them."""
    line = next(line for line in cleandoc(registry.help or "").splitlines() if line.startswith("Exit codes: "))
    for each in line.removeprefix("Exit codes: ").rstrip(".").split(", "):
        code, _, meaning = each.partition(" ")
        yield code, meaning


def _verbs() -> Iterator[VerbEntry]:
    for words, found in all_verbs(registry):
        if not isinstance(found, click.Group):
            yield _entry(words, found)


def _entry(words: tuple[str, ...], found: click.Command) -> VerbEntry:
    help = " ".join((found.help or "").split())
    shapes = dict(documents_of(found))
    keys = {key for shape in shapes.values() for key in _keys(shape)}
    no = _NO.search(help)
    return VerbEntry(
        words=words,
        users=_users(words),
        help=help,
        no=no[1] if no else "",
        arguments=tuple(_parameter(each) for each in found.params if isinstance(each, click.Argument)),
        options=tuple(_parameter(each) for each in found.params if isinstance(each, click.Option)),
        documents=tuple(shapes),
        follow_up=tuple(key for key in FOLLOW_UP if key in keys),
        example=(found.epilog or "").removeprefix("\b\n").removeprefix("Example: "),
    )


def _users(words: tuple[str, ...]) -> str:
    """The section of the help that lists a verb."""
    group: click.Command = registry
    for word in words[:-1]:
        assert isinstance(group, Verbs), "only a group has verbs below it"
        group = group.commands[word]
    assert isinstance(group, Verbs), "only a group has verbs below it"
    return next(users for users, verbs in group.sections.items() if words[-1] in verbs)


def _keys(shape: type[PrintedDocument]) -> Iterator[str]:
    """The keys of a document, at any depth."""
    schema = shape.model_json_schema(mode="serialization")
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


def _parameter(found: click.Parameter) -> ParameterEntry:
    option = found if isinstance(found, click.Option) else None
    return ParameterEntry(
        names=tuple(found.opts) if option else (found.human_readable_name.strip("[].").upper(),),
        type="flag" if option and option.is_flag else found.type.name,
        choices=tuple(map(str, found.type.choices)) if isinstance(found.type, click.Choice) else (),
        required=found.required,
        repeatable=found.multiple or found.nargs == -1,
        default=_default(option) if option else None,
        help=(option.help or "") if option else "",
    )


def _default(option: click.Option) -> str | None:
    """What the help shows as the default."""
    if isinstance(option.show_default, str):
        return option.show_default
    return str(option.default) if option.show_default else None


def _lines(document: CapabilitiesDocument) -> Iterator[str]:
    codes = ", ".join(f"{code} {meaning}" for code, meaning in document.exit_codes.items())
    yield f"exit codes: {codes}\n"
    for verb in document.verbs:
        arguments = "".join(f" {each.names[0]}" if each.required else f" [{each.names[0]}]" for each in verb.arguments)
        yield f"\nregistry {' '.join(verb.words)}{arguments}  ({verb.users})\n  {verb.help}\n"
        yield f"  options: {' '.join(each.names[0] for each in verb.options) or 'none'}\n"
        if verb.documents:
            follow_up = f"; next: {', '.join(verb.follow_up)}" if verb.follow_up else ""
            yield f"  documents: {', '.join(verb.documents)}{follow_up}\n"
