"""What a broadcast delivers at a commit of main, read from the repository; and the page of it alone."""

from validator.operations.consensus.letters import Mail, letters
from validator.operations.consensus.page import page
from validator.operations.export import document_at
from validator.operations.narrow import Narrow
from validator.registry.consensus.digest import registry_digest
from validator.registry.reader import Reader, charter_of
from validator.report.documents import as_json


def mail_at(reader: Reader, main: str) -> Mail:
    """The page, the JSON and the letters for a commit of main. Deterministic: the pre-receive hook compares them.

    Raises FatalError where the charter cannot be read.
    """
    snapshot = reader.at(main)
    digest = registry_digest(snapshot)
    data = as_json(document_at(reader, main))
    return Mail(page(snapshot, charter_of(snapshot), digest), data, letters(snapshot, digest))


def page_at(reader: Reader, main: str, narrow: Narrow | None = None) -> str:
    """The registry in Markdown, for a human. Raises FatalError where the charter cannot be read."""
    snapshot = (narrow or Narrow(reader)).told(main)
    return page(snapshot, charter_of(snapshot), registry_digest(snapshot))
