"""The layout of a registry: the paths of its files, the form of each, and the names of branches."""

import re
import unicodedata
from collections.abc import Mapping

from validator.model import shapes
from validator.model.normalize import INVISIBLE

CHARTER = "registry/charter.yaml"
SESSIONS = "registry/sessions"
CONFIRMATION = "registry/consensus/confirmation.yaml"
APPROVAL = "registry/consensus/approval.yaml"
BROADCAST = "registry/consensus/broadcast.yaml"
ACTIVATION = "registry/consensus/activation.yaml"
RECORDS: Mapping[str, type[shapes.Record]] = {
    CONFIRMATION: shapes.Confirmation,
    APPROVAL: shapes.Approval,
    BROADCAST: shapes.Broadcast,
    ACTIVATION: shapes.Activation,
}
ACKNOWLEDGEMENTS = "registry/consensus/acknowledgements"
REGULAR_FILE = "100644"
NUMBER = "[0-9]{2}|[1-9][0-9]{2,4}"  # at least two digits, and no other padding: growing renames no file
_NUMBERED = re.compile(rf"({SESSIONS}|{ACKNOWLEDGEMENTS})/({NUMBER})\.yaml", re.ASCII)

ORIGIN = "origin"  # the remote that a registry is published on, unless another one is named
HEADS, REMOTES, REJECTED, WITHDRAWN = "refs/heads/", "refs/remotes/", "refs/rejected/", "refs/withdrawn/"
MAIN = f"{HEADS}main"
ALONE = (f"{SESSIONS}/", "registry/consensus/")  # a change of a file below one of these changes nothing else
_CHARTER = r"charter/(?=.{1,64}\Z)[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*(?<!\.lock)"
KINDS = ("claim", "release", "record", "charter")  # the first word of a proposal's branch
PROPOSAL = re.compile(rf"(?:claim|release)/(?:{NUMBER})|record/[a-z]+(?:/(?:{NUMBER}))?|{_CHARTER}", re.ASCII)
CODEOWNERS = "CODEOWNERS"
# A change of one of these changes how proposals are judged, or who approves. GitHub reads CODEOWNERS in three places.
PROGRAM = (
    *("validator/", "schema/", ".github/", "requirements/", "pyproject.toml", "Makefile", "action.yml"),
    *(CODEOWNERS, f"docs/{CODEOWNERS}"),
)
_ONE_CLAIM = re.compile(rf"(?:claim|release)/({NUMBER})", re.ASCII)
_ONE_RECORD = re.compile(rf"record/(confirmation|broadcast|acknowledgements/(?:{NUMBER}))", re.ASCII)
_A_CHARTER = re.compile(_CHARTER, re.ASCII)


def governed(path: str) -> bool:
    """Whether a path is in the registry's folder, or would be on some file system.

    That is a link in its place, `Registry/`, or a name with what HFS+ or NTFS ignore: zero widths, dots at the end.
    """
    first = path.split("/", 1)[0]
    if first == "registry":
        return True
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", first)).casefold().rstrip(". ") == "registry"


def own_files(branch: str) -> frozenset[str]:
    """The only files that a proposal on this branch may change; empty for a name that is no proposal's.

    Approval and activation are an approver's own merges, and have no branch.
    """
    if found := _ONE_CLAIM.fullmatch(branch):
        return frozenset({f"{SESSIONS}/{found[1]}.yaml"})
    if found := _ONE_RECORD.fullmatch(branch):
        return frozenset({f"registry/consensus/{found[1]}.yaml"})
    return frozenset({CHARTER, CODEOWNERS}) if _A_CHARTER.fullmatch(branch) else frozenset()


def digits(number: int) -> str:
    """A number in the names of files and branches: `04`, `100`."""
    return f"{number:02}"


def claim_path(number: int) -> str:
    """The path of a number's claim: `registry/sessions/04.yaml`."""
    return f"{SESSIONS}/{digits(number)}.yaml"


def form_of(path: str) -> tuple[type[shapes.Charter | shapes.Claim | shapes.Record], int | None] | None:
    """The form of the file at a path, and the number in its name; None for a path with no form."""
    if path == CHARTER:
        return shapes.Charter, None
    if path in RECORDS:
        return RECORDS[path], None
    found = _NUMBERED.fullmatch(path)
    if not found:
        return None
    return (shapes.Claim if found[1] == SESSIONS else shapes.Acknowledgement), int(found[2])


def acknowledgement_path(number: int) -> str:
    """`registry/consensus/acknowledgements/04.yaml`."""
    return f"{ACKNOWLEDGEMENTS}/{digits(number)}.yaml"


def branch_of(path: str) -> str:
    """The branch that a record is proposed on: `record/acknowledgements/04`."""
    return "record/" + path.removeprefix("registry/consensus/").removesuffix(".yaml")


def path_of(branch: str) -> str:
    """The file that a branch of a proposal is for; the registry's folder if it is unknown."""
    kind, _, rest = branch.partition("/")
    if kind == "charter":
        return CHARTER
    folder = {"claim": SESSIONS, "release": SESSIONS, "record": "registry/consensus"}.get(kind)
    return f"{folder}/{rest}.yaml" if folder else "registry"


def number_of(name: str) -> str:
    """The number that a branch `claim/04` proposes, as people write it: `4`; empty for other branches."""
    kind, _, number = name.partition("/")
    return str(int(number)) if kind == "claim" and number.isdecimal() else ""
