"""Registries in which several things are wrong at once: borrowed fields, broken, missing and strange files."""

import re

from hypothesis import strategies as st

from tests.properties.registry import fleet_files
from tests.repository import claim_path

FLEET = {path: data.decode() for path, data in fleet_files().items()}
CLAIMS = sorted(path for path in FLEET if "sessions" in path)
FIELDS = ("number", "role", "goal", "targets", "session_id", "runtime_id", "scope", "timestamp", "status")
RECORD = "registry: sha256:{}\nnumber: 1\nsession_id: marketing-orchestrator\ntimestamp: 2026-11-20T08:00:00Z\n"
STRANGERS = {
    "registry/sessions/6.yaml": FLEET[claim_path(6)],
    "registry/sessions/006.yaml": FLEET[claim_path(6)],
    "registry/sessions/13.yaml": FLEET[claim_path(12)],
    "registry/consensus/confirmation.yaml": RECORD.format("0" * 64),
    "registry/consensus/acknowledgements/02.yaml": RECORD.format("1" * 64) + "ready: yes\n",
    "registry/README.md": "words",
    "Registry/readme": "words",
    "README.md": "words",
}
BROKEN = ("", "- a\n", "a: &a b\nc: *a\nd: 012\n", "targets: [\n", "role: \u202e\n", "number: 3\nnumber: 4\n", "\tx\n")


@st.composite
def muddled_fleet(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of the first fleet, some of them gone, changed or broken, and some that have no place there."""
    files = {path: text for path, text in FLEET.items() if path not in CLAIMS}
    files |= {path: FLEET[path] for path in draw(st.lists(st.sampled_from(CLAIMS), max_size=6, unique=True))}
    for path, donor in draw(st.lists(st.tuples(st.sampled_from(CLAIMS), st.sampled_from(CLAIMS)), max_size=3)):
        files[path] = borrowed(FLEET[path], FLEET[donor], draw(st.sampled_from(FIELDS)))
    for path in draw(st.lists(st.sampled_from(CLAIMS), max_size=2)):
        files[path] = draw(st.sampled_from(BROKEN))
    for path in draw(st.lists(st.sampled_from(sorted(STRANGERS)), max_size=2)):
        files[path] = STRANGERS[path]
    if draw(st.integers(0, 9)) == 0:
        files["registry/charter.yaml"] = draw(st.sampled_from((*BROKEN, FLEET["registry/charter.yaml"] + "x: 1\n")))
    return {path: text.encode() for path, text in files.items()}


def borrowed(text: str, donor: str, field: str) -> str:
    """A claim with a field of another claim; without the field where the other has none."""
    entry = re.compile(rf"^{field}:.*\n(?:  .*\n)*", re.MULTILINE)
    found = entry.search(donor)
    return entry.sub(lambda _: found[0] if found else "", text, count=1)
