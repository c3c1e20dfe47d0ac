"""The picture of docs/design in code: layers, strangers, names, sizes. Change picture and test together."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "huoqun"

LAYERS = [
    {"base"},
    {"chat"},
    {"insight"},
    {"people"},
    {"activities", "growth", "content", "order", "business", "crew"},
    {"playbooks", "commands", "reports", "simulation"},
    {"web", "gateway"},
    {"terminal", "management", "__main__", "worker", "urls", "models", "settings", "asgi", "wsgi"},
]
"""From the ground up. A module imports only from its own layer or below; see STRANGERS for its own layer."""

STRANGERS = [
    {"activities", "growth", "content", "order", "business", "crew"},
    {"web", "gateway"},
]
"""Packages of one layer that never import each other."""

HOMES = {
    "deltalake": {"chat/lake.py"},
    "igraph": {"insight/graph.py"},
    "rjieba": {"insight/word.py"},
    "babel": set(),
    "granian": {"web/serve.py"},
    "nonebot": {"gateway/bots.py"},
    "openpyxl": {"chat/formats/sheet.py", "base/workbook.py"},
}
"""Third-party engines, each imported in its one home."""

MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def part(path: Path) -> str:
    """The layer's member a module belongs to: its top folder, or its own name at the top."""
    inner = path.relative_to(PACKAGE)
    return inner.parts[0] if len(inner.parts) > 1 else inner.stem


def level(member: str) -> int:
    for number, members in enumerate(LAYERS):
        if member in members:
            return number
    raise AssertionError(f"{member} stands in no layer")


def imported(path: Path) -> list[str]:
    """Dotted names of modules of the package that a module imports."""
    names = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [n for n in names if n.split(".")[0] == "huoqun"]


def third_party(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def target(dotted: str) -> Path | None:
    """The file a dotted import leads to."""
    parts = dotted.split(".")[1:]
    for end in (len(parts), len(parts) - 1):
        path = PACKAGE.joinpath(*parts[:end])
        if end and path.with_suffix(".py").exists():
            return path.with_suffix(".py")
    return None


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_only_go_down(path):
    if path == PACKAGE / "__init__.py":
        return
    mine = part(path)
    for dotted in imported(path):
        theirs = dotted.split(".")[1]
        assert level(theirs) <= level(mine), f"{name(path)} imports {dotted} from above"
        if theirs != mine:
            for strangers in STRANGERS:
                assert not {mine, theirs} <= strangers, f"{name(path)} imports the stranger {dotted}"


def test_no_import_cycle():
    graph = {p: {t for d in imported(p) if (t := target(d)) and t != p} for p in MODULES}
    done: set[Path] = set()

    def visit(path: Path, trail: list[Path]) -> None:
        assert path not in trail, "cycle: " + " → ".join(map(name, [*trail[trail.index(path) :], path]))
        if path in done:
            return
        for other in graph.get(path, ()):
            visit(other, [*trail, path])
        done.add(path)

    for path in MODULES:
        visit(path, [])


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) in {"chat", "insight"}], ids=name)
def test_no_django_below_people(path):
    assert not third_party(path) & {"django", "ninja", "allauth"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_engines_have_one_home(path):
    for engine in third_party(path) & HOMES.keys():
        assert name(path) in HOMES[engine], f"{engine} is imported in {HOMES[engine]} only"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_a_short_chapter(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{lines} lines: split by noun"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 50, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_everything_public_is_explained(path):
    module = tree(path)
    if path.name == "__init__.py":
        assert not path.read_text().strip(), "__init__.py is empty"
        return
    assert ast.get_docstring(module), "no docstring on the module"
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
            assert ast.get_docstring(node), f"no docstring on {node.name}"


def test_names_are_unique():
    names = Counter(p.name for p in MODULES if p.name != "__init__.py" and not {"web", "formats"} & set(p.parts))
    assert not {n for n, count in names.items() if count > 1}


def test_words_that_mean_nothing_do_not_exist():
    for path in MODULES:
        assert not re.search(r"util|helper|common|misc", path.name), path
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                assert not re.search(r"(Manager|Service|Helper)$", node.name), f"{path}: {node.name}"


def test_imports_stand_at_the_top():
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inner, f"{name(path)}: import inside {node.name}"


def test_edges_write_no_rows():
    writes = re.compile(r"\.(save|bulk_create|bulk_update|delete|update_or_create|get_or_create)\(|objects\.create\(")
    for path in MODULES:
        if part(path) in {"web", "gateway"}:
            found = writes.search(path.read_text(encoding="utf-8"))
            assert not found, f"{name(path)} writes a row: {found and found.group()}"


def test_every_module_has_a_word():
    words = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    assert words.startswith("# Words")
