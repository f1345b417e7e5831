"""The shape of the code (design, section 4): imports point to rows above, and each edge of the world has one owner."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import ROOT, tracked

# From top to bottom; modules of one row do not know each other. A package's name stands for its `__init__`.
ROWS = (
    ("finding", "model", "escaping", "wording", "turn", "locks", "door"),
    ("document", "repo", "interval", "gh", "settings"),
    ("plain", "history", "goals", "remote", "sticky", "workflows"),
    ("snapshot",),
    ("phrases",),
    ("clash", "conclusion", "claiming", "codeowners", "records", "work", "schedule", "messages"),
    ("conflicts", "diagnosis", "ics", "wish"),
    ("consensus",),
    ("watching",),
    ("output",),
    ("rules/*", "report/*", "events"),
    ("rules", "report", "remark"),
    ("judging", "reading"),
    ("approver",),
    ("commands",),
    ("commands/slots", "commands/explain", "commands/interpreter", "commands/validate", "commands/proposals"),
    ("commands/export",),
    ("commands/carriers", "commands/conflicts", "commands/consensus", "commands/recording"),
    ("commands/approve", "commands/event", "commands/generated", "commands/pre_receive"),
    ("commands/*",),
    ("commands/remark", "commands/doctor"),
    ("guard", "cli"),
    ("__main__",),
)
# Where the layers have no say: `import validator` is the door for programs, and opens the export.
DOOR = "__init__"
OWNERS = {
    "ruamel": {"document"},
    "yaml12": {"plain"},
    "git": {"repo"},
    "click": {"cli"},
    "rich": {"commands/status"},
    "rapidfuzz": {"commands/explain", "rules/shape"},
    "rfc8785": {"consensus"},
    "confusable_homoglyphs": {"wording"},
    "icalendar": {"ics"},
    "pydantic": {"model", "snapshot", "output", "events", "remark", "commands/remark"},
}
PURE = {
    "dataclasses",
    "collections",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "inspect",
    "itertools",
    "json",
}
PURE |= {"base64", "contextlib", "decimal", "shlex"}
PURE |= {"math", "re", "string", "textwrap", "typing", "unicodedata", "urllib", "io"}
# The command line and the hook begin here; what they share stands in the door.
THRESHOLD = ("door", "guard")
HOOK, INTERPRETER = "commands/hook", "commands/interpreter"
# The effects: files and processes, and the few modules that may have them.
EFFECTS = {
    "pathlib": {"repo", "gh", "locks", "turn", "approver", "commands/*", "commands", "guard", "cli", DOOR},
    "importlib": {"commands/demo"},
    "tempfile": {
        INTERPRETER,
        "repo",
        "turn",
        "commands/generated",
        "commands/demo",
        "commands/carriers",
        "commands/watch",
    },
    "shutil": {"repo", "gh", "cli", "commands/demo", "commands/pull_request"},
    "weakref": {"repo"},
    "subprocess": {"gh", "commands/demo", "commands/carriers", "commands/pull_request", HOOK, INTERPRETER},
    "concurrent": {"commands/carriers", "commands/demo"},
    "os": {
        "commands/hook",
        "cli",
        "door",
        "turn",
        "commands/generated",
        "commands/demo",
        "commands/carriers",
        "commands/watch",
    },
    "sys": {"cli", "door", "guard", "turn", "commands/demo"},
    "gc": {"cli", "door", "guard"},
    "fcntl": {"turn"},
    # Waiting for a rival, and telling a lock that is in use from one that is left over.
    "time": {"cli", "locks", "turn", "commands/*"},
    "random": {"turn", "commands/approve", "commands/claim", "commands/recording"},
    # A carrier's program has a time limit.
    "signal": {"commands/carriers"},
    "threading": {"commands/carriers"},
    "zoneinfo": {"schedule", "ics"},
    "uuid": {"schedule"},
    "difflib": {"commands/github", "commands/split"},
}

MODULES = {
    path.relative_to(ROOT / "validator").with_suffix("").as_posix().removesuffix("/__init__"): ast.parse(
        path.read_text("utf-8")
    )
    for path in tracked(ROOT / "validator")
    if path.suffix == ".py"
}


def imports(name: str) -> Iterator[str]:
    """What a module imports, wherever in it: the project's own modules by path, all others by their first word."""
    for node in ast.walk(MODULES[name]):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        for each in found:
            first, _, rest = each.partition(".")
            yield own_module(rest) if first == "validator" else first


def own_module(dotted: str) -> str:
    """`rules.shape.check` is in `rules/shape`; `report.FORMATS` in `report`; `__version__` in the door."""
    path = dotted.replace(".", "/")
    while path and path not in MODULES:
        path = path.rpartition("/")[0]
    return path or DOOR


def row_of(name: str) -> int:
    folder = f"{name.rpartition('/')[0]}/*"
    found = [at for at, row in enumerate(ROWS) if name in row] or [at for at, row in enumerate(ROWS) if folder in row]
    assert found, f"{name} has no row: place it in {Path(__file__).name}"
    return found[0]


@pytest.mark.parametrize("name", [name for name in MODULES if name != DOOR])
def test_imports_point_upwards(name: str) -> None:
    for imported in imports(name):
        if imported in MODULES and imported != DOOR:
            assert row_of(imported) < row_of(name), f"{name} imports {imported}"


def test_the_door_opens_late() -> None:
    at_once = [node for node in MODULES[DOOR].body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {node.module for node in at_once if isinstance(node, ast.ImportFrom)} == {"pathlib", "typing"}
    assert set(imports(DOOR)) - {"pathlib", "typing"} == {"output", "commands/export"}


@pytest.mark.parametrize("name", MODULES)
def test_every_library_has_its_owners(name: str) -> None:
    folder = f"{name.rpartition('/')[0]}/*"
    for imported in set(imports(name)) - MODULES.keys():
        owners = OWNERS.get(imported, EFFECTS.get(imported))
        if owners is None:
            assert imported in PURE, f"{name} imports {imported}: name its owners in {Path(__file__).name}"
            assert imported in sys.stdlib_module_names
        else:
            assert name in owners or folder in owners, f"{name} imports {imported}, which belongs to {sorted(owners)}"


def test_no_owner_is_named_in_vain() -> None:
    assert set().union(*map(imports, MODULES)) >= PURE
    assert {row for rows in ROWS for row in rows if not row.endswith("*")} <= MODULES.keys()
    for library, owners in (OWNERS | EFFECTS).items():
        for owner in owners:
            users = [name for name in MODULES if name == owner or f"{name.rpartition('/')[0]}/*" == owner]
            assert any(library in set(imports(name)) for name in users), f"{owner} no longer imports {library}"


@pytest.mark.parametrize("name", [name for name in MODULES if name not in ("cli", "locks")])
def test_only_the_command_line_speaks_and_listens(name: str) -> None:
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {
                "print",
                "input",
                "exit",
                "quit",
                "breakpoint",
                "open",
                "eval",
                "exec",
                "__import__",
            }
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            spoken = f"{node.value.id}.{node.attr}"
            if name not in ("commands/demo", *THRESHOLD):
                assert spoken not in {"os.environ", "os.getenv", "sys.stdout", "sys.stderr", "sys.argv", "sys.exit"}
            assert spoken not in {
                "time.time",
                "datetime.now",
                "date.today",
                "datetime.today",
                "datetime.utcnow",
                "os.system",
            }


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(MODULES[name])
