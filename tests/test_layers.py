"""Imports go only to rooms above; each library and each effect may be used only by the modules named here."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from tests.repository import ROOT, tracked

# From top to bottom; rooms of one row do not import each other.
ROOMS = (
    ("startup", "model"),
    ("git",),
    ("registry",),
    ("rules", "report"),
    ("operations",),
    ("hosts",),
    ("cli",),
    ("guard", "__main__"),
)
# The package's `__init__.py`, which programs import; the rows do not apply to it, because it imports the export. The
# modules import only its version, but for those that ask where the package is.
PACKAGE = "__init__"
PACKAGE_FILE = {"cli/demo/stage", "hosts/plain/interpreter", "operations/index_file"}
# Rooms whose modules do not import each other, except these modules of the same room, which all may import.
SHELVES = {"rules": set[str](), "report": {"report/documents", "report/merging", "report/summary"}}
# Modules that decide without a repository: what they know of Git they are given, in values of these modules.
WITHOUT_GIT = {"registry", "rules", "report", "operations/judge", "operations/claim", "operations/whoami"}
VALUES_OF_GIT = {"git/brought", "git/change", "git/history", "git/file_origin", "git/trees"}
READ_GIT = {
    *("registry/line", "registry/proposals", "registry/reader"),
    *("operations/whoami/main", "operations/whoami/own", "operations/whoami/released"),
    *("operations/claim/keyed", "operations/claim/look", "operations/claim/push", "operations/claim/race"),
    "operations/claim/refused",
}
# Imports that point downwards until the code is cut in the right place: (module, what it imports).
EXCEPTIONS = set[tuple[str, str]]()

# Modules, or rooms and folders with all that is in them.
OWNERS = {
    "anyio": {"cli/mcp_lines"},
    "click": {"cli"},
    "git": {"git/process"},
    "icalendar": {"cli/ics"},
    "iso4217": {"model/units"},
    "jinja2": {"hosts/site/files", "hosts/site/render"},
    "markupsafe": {"hosts/site/render"},
    "mcp": {"cli/mcp_lines", "cli/mcp_resources", "cli/mcp_server", "cli/mcp_tools"},
    "pint": {"model/units"},
    "pydantic": {"model/definition", "model/encoding", "report/documents", "hosts/github", "cli"},
    "pydantic_core": {"model/core", "model/escape"},
    "rapidfuzz": {"cli/explain", "model/near", "rules/shape"},
    "rfc8785": {"registry/consensus/digest"},
    "rich": {"cli/status", "cli/long_table"},
    "ruamel": {"registry/yaml/amendment"},
    "yaml": {"registry/yaml/aliases", "registry/yaml/builder", "registry/yaml/faultless"},
    "yaml12": {"registry/yaml/second_parser"},
}
# The effects: files, processes, clocks and chance, and the few that may have them.
EFFECTS = {
    "contextvars": {"git/child_processes"},
    "concurrent": {"git/checking", "cli/demo", "operations/consensus/delivery"},
    "difflib": {"cli", "operations/claim/completion", "registry/yaml/amendment"},
    "fcntl": {"git/retry"},
    "gc": {"startup", "guard", "cli"},
    "http": {"hosts/site/serving"},
    "importlib": {"cli/demo", "cli/group", "cli/mcp", "model/core", "operations/index_file"},
    "os": {
        "startup",
        "guard",
        "git/clone",
        "git/program",
        "git/retry",
        "operations/beside",
        "operations/files",
        "operations/index_file",
        "operations/consensus/delivery",
        "operations/consensus/program",
        "hosts/agents/bindings",
        "hosts/agents/hooks",
        "hosts/plain/install",
        "cli",
    },
    "pathlib": {"git", "registry/reader", "operations", "hosts", "cli", "guard", PACKAGE},
    # Retries wait for a random time (jitter). A claim chooses with a seed: the same request and the same free numbers
    # give the same choice.
    "pickle": {"operations/beside"},  # of what a fork of this process sends
    "pkgutil": {"registry/zones"},
    "random": {"git/retry", "operations/claim/decide"},
    "secrets": {"cli/init", "hosts/plain/probe"},
    "shutil": {"git/process", "git/worktree", "hosts/github", "hosts/plain/install", "operations/index_file", "cli"},
    "signal": {"startup", "cli/hook", "operations/consensus/program", "cli/serve"},
    "subprocess": {
        "git/batch",
        "git/checking",
        "git/keys",
        "git/program",
        "hosts",
        "operations/consensus/program",
        "cli/demo",
    },
    "sys": {"startup", "git/retry", "operations/beside", "operations/index_file", "guard", "cli", "model/core"},
    "types": {"cli/hook", "startup"},
    "tempfile": {
        "git",
        "operations/consensus/delivery",
        "operations/consensus/program",
        "operations/files",
        "hosts/plain/interpreter",
        "cli",
    },
    "threading": {"operations/beside", "operations/consensus/program", "cli/serve"},
    "time": {"git", "operations", "cli"},
    "uuid": {"registry/schedule"},
    "weakref": {"git/process", "git/program"},
    "zoneinfo": {"registry/schedule", "cli/ics"},
}
PURE = {
    *(
        "array",
        "ast",
        "base64",
        "bisect",
        "collections",
        "contextlib",
        "copy",
        "datetime",
        "decimal",
        "enum",
        "errno",
        "fractions",
        "functools",
    ),
    *("hashlib", "inspect", "io", "itertools", "json", "marshal", "math", "re", "shlex", "stat", "textwrap"),
    *("typing", "unicodedata", "urllib.parse", "zlib"),
}
# The program begins here, before there is a command line; and Git is a program that gets its caller's environment.
THRESHOLD = {"startup", "guard", "git/program"}
STREAMS = {"os.environ", "os.getenv", "sys.stdout", "sys.stderr", "sys.argv", "sys.exit"}
CLOCKS = {"time.time", "datetime.now", "date.today", "datetime.today", "datetime.utcnow"}
FILES = {"io.open", "io.FileIO"}
RENAMED = ("os", "sys", "io", "time", "datetime")  # imported under their own names, so that what is used can be seen
SPOKEN = {"print", "input", "exit", "quit", "breakpoint", "open", "eval", "exec", "__import__"}

MODULES = {
    path.relative_to(ROOT / "validator").with_suffix("").as_posix().removesuffix("/__init__"): path
    for path in tracked(ROOT / "validator")
    if path.suffix == ".py"
}


@cache
def code(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


def imports(name: str) -> Iterator[str]:
    """What a module imports, wherever in it, as dotted names."""
    for node in ast.walk(code(name)):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from found


def libraries(name: str) -> set[str]:
    """The libraries that a module imports, Python's own among them, by their first word."""
    words = [dotted.split(".") for dotted in imports(name)]
    urllib = {".".join(each[:2]) for each in words if each[0] == "urllib"}  # one part of it is the network
    return {each[0] for each in words} - {"validator", "urllib"} | urllib


def own_module(dotted: str) -> str:
    """`rules.shape.check` is in `rules/shape`; `report.FORMATS` in `report`; `__version__` in `__init__`."""
    path = dotted.replace(".", "/")
    while path and path not in MODULES:
        path = path.rpartition("/")[0]
    return path or PACKAGE


def own_imports(name: str) -> set[str]:
    """The project's modules that a module imports, by path."""
    words = (dotted.partition(".") for dotted in imports(name))
    return {own_module(rest) for first, _, rest in words if first == "validator"} - {PACKAGE}


def room_of(name: str) -> str:
    return name.partition("/")[0]


def row_of(name: str) -> int:
    rows = [at for at, row in enumerate(ROOMS) if room_of(name) in row]
    assert rows, f"{name} has no room: see {Path(__file__).name}"
    return rows[0]


def is_in(name: str, owners: set[str]) -> bool:
    """Whether a module is one of these, or lies in one of these rooms or folders."""
    return any(name == owner or name.startswith(f"{owner}/") for owner in owners)


def test_imports_point_upwards() -> None:
    for name in MODULES.keys() - {PACKAGE}:
        for imported in own_imports(name):
            is_upward = room_of(imported) == room_of(name) or row_of(imported) < row_of(name)
            assert is_upward or (name, imported) in EXCEPTIONS, f"{name} imports {imported}"


def imports_of_git(name: str) -> set[str]:
    """What a module imports of room `git`, less the values that are given to modules without a repository."""
    return {imported for imported in own_imports(name) if room_of(imported) == "git"} - VALUES_OF_GIT


def test_decisions_are_made_without_a_repository() -> None:
    for name in (name for name in MODULES if is_in(name, WITHOUT_GIT)):
        assert bool(imports_of_git(name)) == (name in READ_GIT), f"{name} imports {sorted(imports_of_git(name))}"


def test_modules_import_only_the_version_of_the_package() -> None:
    for name in MODULES:
        for node in ast.walk(code(name)):
            if isinstance(node, ast.ImportFrom) and node.module == "validator":
                imported = {alias.name for alias in node.names if own_module(alias.name) == PACKAGE}
                assert imported <= {"__version__"}, f"{name} imports {imported}"
            if isinstance(node, ast.Import) and name not in PACKAGE_FILE:
                assert not any(alias.name.partition(".")[0] == "validator" for alias in node.names), (
                    f"{name}: say from what"
                )


def test_exceptions_are_needed() -> None:
    assert {(name, imported) for name, imported in EXCEPTIONS if imported in own_imports(name)} == EXCEPTIONS


def test_sibling_modules_do_not_import_each_other() -> None:
    for name in (name for name in MODULES if room_of(name) in SHELVES and "/" in name):
        room = room_of(name)
        known = {imported for imported in own_imports(name) if room_of(imported) == room}
        assert known <= SHELVES[room], f"{name} imports {sorted(known - SHELVES[room])}"


def test_no_imports_go_in_a_circle() -> None:
    TopologicalSorter({name: own_imports(name) for name in MODULES if name != PACKAGE}).prepare()


def test_the_package_imports_other_modules_only_when_used() -> None:
    at_once = [node for node in code(PACKAGE).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {node.module for node in at_once if isinstance(node, ast.ImportFrom)} == {"pathlib", "typing"}
    assert own_imports(PACKAGE) == {"report/documents", "operations/export"}
    assert libraries(PACKAGE) == {"pathlib", "typing"}


def test_every_library_has_its_owners() -> None:
    for name in MODULES:
        for imported in libraries(name):
            owners = OWNERS.get(imported, EFFECTS.get(imported))
            if owners is None:
                assert imported in PURE, f"{name} imports {imported}: name its owners in {Path(__file__).name}"
                assert imported.partition(".")[0] in sys.stdlib_module_names
            else:
                assert is_in(name, owners), f"{name} imports {imported}, which belongs to {sorted(owners)}"


def test_every_named_owner_imports_its_library() -> None:
    assert set().union(*map(libraries, MODULES)) >= PURE
    assert {room for row in ROOMS for room in row} == {room_of(name) for name in MODULES} - {PACKAGE}
    for library, owners in (OWNERS | EFFECTS).items():
        for owner in owners:
            users = [name for name in MODULES if is_in(name, {owner})]
            assert any(library in libraries(name) for name in users), f"{owner} no longer imports {library}"


def used(name: str) -> Iterator[str]:
    """The dotted names that a module uses: `os.environ`, also where it is imported from `os`."""
    for node in ast.walk(code(name)):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_only_cli_uses_streams_environment_and_clock() -> None:
    for name in MODULES:
        is_cli = room_of(name) == "cli"
        forbidden = {"os.system"} | (set() if is_cli else SPOKEN | FILES)
        forbidden |= set() if is_cli or name in THRESHOLD else STREAMS
        forbidden |= set() if is_cli or name == "git/locks" else CLOCKS
        for dotted in used(name):
            parts = dotted.split(".")
            assert not forbidden.intersection({dotted, ".".join(parts[-2:])}), f"{name} uses {dotted}"


def test_what_has_effects_keeps_its_name() -> None:
    for name in MODULES:
        for node in ast.walk(code(name)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = node.module if isinstance(node, ast.ImportFrom) else None
                for alias in node.names:
                    assert not alias.asname or (module or alias.name) not in RENAMED, f"{name} renames {alias.name}"


def test_everything_public_has_a_docstring() -> None:
    for name in MODULES:
        assert ast.get_docstring(code(name)), f"{name} has none"
