"""The house rules that no linter knows, read from the source. `bin/check` runs this file; a test proves that it sees."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = {
    "core", "places", "customers", "services", "promises", "contacts", "cases", "documents", "notifications", "feedback",
    "insight", "intake", "reports", "partners", "field",
}  # fmt: skip
HTTP = re.compile(r"^(django\.(http|shortcuts|urls|views|template|middleware|test)|ninja|csp)(\.|$)")
LONGEST = 500
"""The house says about 400; this is where it stops being "about"."""
CLOCK = Path("moothall/core/clock.py")
TEXTS = {".py", ".yaml", ".md", ".html", ".css", ".js", ".json", ".txt", ".in"}
UNMERGED = re.compile("(<{7}|>{7}) ")
WRITES = re.compile(r"\.(save|bulk_create|bulk_update|get_or_create|update_or_create)\(")


def broken_rules(root: Path = ROOT) -> list[str]:
    """Every breach, as `path:line: what`."""
    found: list[str] = []
    for path in sorted((root / "moothall").rglob("*.py")):
        if "migrations" not in path.parts:
            found += breaches(path.relative_to(root), path.read_text(encoding="utf-8"))
    return found


def breaches(path: Path, source: str) -> list[str]:
    """The breaches of one file."""
    return [f"{path}:{line}: {what}" for line, what in _breaches(path, source)]


def _breaches(path: Path, source: str) -> Iterator[tuple[int, str]]:  # noqa: PLR0912 - a list of rules
    lines = source.splitlines()
    if len(lines) > LONGEST:
        yield len(lines), f"is {len(lines)} lines long; make it a folder of topics (about 400 at most)"
    if "utils" in path.stem:
        yield 1, "is called utils; name it for what it is about"
    room = path.parts[1]
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name in _imports(node):
            if room in DOMAIN and HTTP.match(name):
                yield node.lineno, f"imports {name}: domain rooms know no HTTP"  # type: ignore[attr-defined]
            if name.startswith("django.db.models.signals") or name == "django.dispatch":
                yield node.lineno, "uses signals; record an event instead"  # type: ignore[attr-defined]
        if path != CLOCK and isinstance(node, ast.Call) and _dotted(node.func) in {
            "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "datetime.datetime.now",
        }:  # fmt: skip
            yield node.lineno, "reads the machine's time; take it from core.clock"
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "save" and "ModelForm" not in source:
                    yield method.lineno, "overrides save(); write in an action"
    if room in {"interfaces", "channels"} and "# house: reads rows itself" not in source:
        for number, line in enumerate(lines, 1):
            if ".objects." in line and not line.lstrip().startswith("#"):
                yield number, "touches rows; ask a query or an action"
            if WRITES.search(line) and "form.save(" not in line and "session.save(" not in line:
                yield number, "writes rows; call an action"


def unmerged(root: Path = ROOT) -> list[str]:
    """What a merge left behind, in any text of ours."""
    return [
        f"{path.relative_to(root)}:{number}: a merge was not finished here"
        for folder in ("moothall", "councils", "docs", "tests", "benchmarks", "requirements")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in {".py", ".yaml", ".md", ".html", ".css", ".js", ".json", ".txt", ".in"}
        and "built" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if UNMERGED.match(line)
    ]


def hasty_browsing(root: Path = ROOT) -> list[str]:
    """Browser tests that look at a page before it can be there: a click or key with no `expect` right after it."""
    return [
        f"{path.relative_to(root)}:{line}: a click or key may lead to another page; `expect` something of it next, "
        "or use `with goes_on(page):`"
        for path in sorted((root / "tests").rglob("test_*.py"))
        for line in hasty(path.read_text(encoding="utf-8"))
    ]


def hasty(source: str) -> list[int]:
    """The lines of one test file that do so."""
    if "playwright" not in source and "tests.browser" not in source:
        return []
    return sorted(_hasty(ast.parse(source), patient=False))


def _hasty(node: ast.AST, *, patient: bool) -> Iterator[int]:
    """Walk every block of statements; `patient` inside `with goes_on(...)` or `with page.expect_...(...)`."""
    if isinstance(node, ast.With):
        patient = patient or any("expect_" in ast.unparse(i) or "goes_on(" in ast.unparse(i) for i in node.items)
    for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if not isinstance(block, list):
            continue
        for statement, following in zip(block, [*block[1:], None], strict=False):
            waits = following is not None and re.search(r"\b(expect|wait_for\w*|goes_on)\(", ast.unparse(following))
            if isinstance(statement, ast.Expr) and _may_lead_on(statement.value) and not patient and not waits:
                yield statement.lineno
            yield from _hasty(statement, patient=patient)


def _may_lead_on(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call):
        return False
    name = _dotted(call.func).rpartition(".")[2] or getattr(call.func, "attr", "")
    last = call.args[-1] if call.args else None
    key = last.value if isinstance(last, ast.Constant) and isinstance(last.value, str) else ""
    return name in {"click", "dblclick"} or (name in {"keys", "press"} and (key == "Enter" or len(key) == 1))


def rows_at_large(root: Path = ROOT) -> list[str]:
    """Whole files outside the journeys that say they perform a row of the mission: each test says so for itself."""
    return [
        f"{path.relative_to(root)}: marks every test of the file with a row; mark the ones that perform what it asks for"
        for path in sorted((root / "tests").rglob("test_*.py"))
        if "journeys" not in path.parts and claims_rows(path.read_text(encoding="utf-8"))
    ]


def claims_rows(source: str) -> bool:
    """Whether one test file marks all of its tests at once."""
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
        and "mark.row(" in ast.unparse(node.value)
        for node in ast.parse(source).body
    )


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


if __name__ == "__main__":
    problems = broken_rules() + unmerged() + hasty_browsing() + rows_at_large()
    print("\n".join(problems), end="\n" if problems else "")  # noqa: T201 - a script
    sys.exit(1 if problems else 0)
