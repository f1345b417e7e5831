"""An export that is put together from texts has the bytes of the whole document."""

import pytest

from tests.properties.registry import fleet_files, snapshot
from validator.model import definition
from validator.operations.export import slots_of
from validator.registry.reader import charter_of
from validator.report.documents import ExportDocument, as_json, export_text, text_of_claim

ODD = 'labels: {a: "ü 😀", b: ""}\n'.encode()


@pytest.mark.parametrize("count", [0, 1, 12])
def test_put_together(count: int) -> None:
    files = {path: content for path, content in fleet_files().items() if "sessions" not in path}
    claims = [(path, content) for path, content in fleet_files().items() if "sessions" in path][:count]
    files |= {path: content.replace(b"value: 17,", b"value: 0.5,") for path, content in claims}
    files |= {path: files[path] + ODD for path, content in claims if b"labels:" not in content}
    found = snapshot(files)
    shapes = [one.claim for one in found.claims.values() if one.claim]
    assert len(shapes) == count
    digest = "sha256:" + "0" * 64
    charter = charter_of(found)
    document = ExportDocument(
        commit="0" * 40,
        week=None,
        digest=digest,
        charter=definition.Charter.model_validate(charter.model_dump(exclude_unset=True)),
        slots=tuple(slots_of(found, charter, digest, frozenset({3}))),
        claims=tuple(definition.Claim.model_validate(one.model_dump(exclude_unset=True)) for one in shapes),
    )
    texts = [text_of_claim(one) for one in shapes]
    assert export_text(document.model_copy(update={"claims": ()}), texts) == as_json(document)
