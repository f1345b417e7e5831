"""File names: only `registry/sessions/NN.yaml` claims a number, byte for byte."""

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.store import Entry
from tests.blackbox.world import CHARTER, claim


def named(name: str, content: bytes | Entry | None = None) -> Build:
    """A good claim of number 6 under this name in `registry/sessions/`."""
    return change({f"registry/sessions/{name}": claim(6) if content is None else content})


CASES = (
    accepted("the right name", named("06.yaml")),
    refused("one digit", named("6.yaml"), "REG005", says="registry/sessions/06.yaml"),
    refused("three digits", named("006.yaml"), "REG005"),
    refused("yml", named("06.yml"), "REG005", says="registry/sessions/06.yaml"),
    refused("capital suffix", named("06.YAML"), "REG005"),
    refused("fullwidth digit", named("\uff106.yaml"), "REG005", says="registry/sessions/06.yaml"),
    refused("arabic-indic digits", named("\u0660\u0666.yaml"), "REG005"),
    refused("trailing space", named("06.yaml "), "REG005"),
    refused("leading space", named(" 06.yaml"), "REG005"),
    refused("trailing dot", named("06.yaml."), "REG005"),
    refused("newline at the end", named("06.yaml\n"), "REG005"),
    refused("newline within, a good name in its second line", named("x\nregistry/sessions/06.yaml"), "REG005"),
    refused("terminal escape", named("\x1b[2J06.yaml"), "REG005"),
    refused("workflow command", named("::error file=x::06.yaml"), "REG005"),
    refused("bytes that are not UTF-8", named("\udcff06.yaml"), "REG005", says="\\\\xff06.yaml"),
    refused("right-to-left override", named("\u202e06.yaml"), "REG005"),
    refused("zero-width space", named("06\u200b.yaml"), "REG005"),
    refused(
        "NFC and NFD of one name",
        change({f"registry/sessions/{n}.yaml": claim(6) for n in ("\xe9", "e\u0301")}),
        "REG005 REG302",
    ),
    refused("case twin of a held claim", named("02.YAML", claim(2)), "REG005"),
    refused("case twin of the folder", change({"registry/Sessions/06.yaml": claim(6)}), "REG005"),
    refused("case twin of registry", change({"Registry/sessions/06.yaml": claim(6)}), "REG005"),
    refused(
        "registry to a file system that drops zero widths",
        change({"regis\u200dtry/sessions/02.yaml": claim(6)}),
        "REG005",
    ),
    refused("registry to a file system that drops dots", change({"registry./sessions/02.yaml": claim(6)}), "REG005"),
    refused("a folder in the name of a claim", named("06.yaml/06.yaml"), "REG005"),
    refused(
        "a folder in the place of a held claim",
        change({"registry/sessions/03.yaml": None, "registry/sessions/03.yaml/x": b""}),
        "REG005 REG302",
    ),
    refused("higher", change({"registry/06.yaml": claim(6)}), "REG005"),
    refused("number 0", named("00.yaml", claim(0)), "REG102", says="1 to 12"),
    refused(
        "number 13", named("13.yaml", claim(13)), "REG102", says="a free number that nobody has proposed, of 1, 5-12"
    ),
    refused("a second charter", change({"registry/charter.yml": CHARTER}), "REG005"),
    refused("a placeholder that says something", change({"registry/sessions/.gitkeep": b"x"}), "REG005"),
    refused("attributes for the sessions", change({"registry/sessions/.gitattributes": b"* merge=ours\n"}), "REG005"),
    refused("a name as long as a book", named("6" * 4000 + ".yaml"), "REG005"),
    refused("an unknown record", change({"registry/consensus/veto.yaml": b"veto: true\n"}), "REG005"),
    accepted("the placeholder of acknowledgements", change({"registry/consensus/acknowledgements/.gitkeep": b""})),
    accepted("the registry's README", change({"registry/README.md": b"# Anything\xff\n"})),
    accepted("a claim's name elsewhere", change({"docs/registry/sessions/06.yaml": claim(6)})),
)
