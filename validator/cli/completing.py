"""Values that a shell completes. Errors must not reach the prompt: what cannot be read offers no values."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path

import click
from click.shell_completion import CompletionItem

Completing = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
# The value → a line about it.
Offers = Iterator[tuple[str, str]]


def _completes(offers: Callable[[click.Context, str], Offers]) -> Completing:
    """The offered values that begin with the typed text."""

    @wraps(offers)
    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = list[CompletionItem]()
        with suppress(Exception):  # the verb itself reports the error
            from validator.model.escape import visible

            for value, line in offers(context, incomplete):
                if value.casefold().startswith(incomplete.casefold()):
                    found.append(CompletionItem(value, help=visible(line)))
        return found

    return complete


@_completes
def numbers(context: click.Context, _: str) -> Offers:
    """The numbers of the charter, with who holds each, or what it is planned for."""
    from validator.registry.reader import charter_of, reader_at

    reader, commit = reader_at(_repository(context), context.params.get("ref"))
    snapshot = reader.at(commit)
    charter = charter_of(snapshot)
    planned = {slot.number: slot.role for slot in charter.slots}
    for number in range(1, charter.capacity + 1):
        claim = snapshot.by_number.get(number)
        who = (claim.draft.session_id or "somebody") if claim else "free"
        role = claim.draft.role if claim else planned.get(number)
        yield str(number), f"{who}: {role}" if role else who


@_completes
def proposals(context: click.Context, incomplete: str) -> Offers:
    """The open proposals as last fetched: by number if the typed text is one, else by branch."""
    from validator.git.repo import Repo
    from validator.git.upstream import remote_of
    from validator.model.layout import number_of
    from validator.registry.proposals import proposals_on

    given, repo = context.params.get("names") or (), Repo(_repository(context))
    for proposal in proposals_on(context.params["remote"] or remote_of(repo), repo):
        number = number_of(proposal.name)
        word = number if incomplete.isdecimal() else proposal.name
        if word and not {proposal.name, number} & {*given}:
            yield word, proposal.name


@_completes
def rules(_: click.Context, __: str) -> Offers:
    """The rules by code and by name."""
    from validator.rules import RULES

    yield from ((rule.CODE, rule.NAME) for rule in RULES)
    yield from ((rule.NAME, rule.CODE) for rule in RULES)


def _repository(context: click.Context) -> Path:
    """The folder of `--repo`, else the current one. Where it does not exist, click gives None."""
    folder: Path | None = context.params["repo"]
    if folder is None:
        raise FileNotFoundError
    return folder
