"""Benchmarks run rarely and import within functions: what they import must be there whenever a name in a room changes."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_every_name_a_benchmark_imports_is_there(path: Path) -> None:
    missing = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(("moothall", "benchmarks")):
            continue
        module = importlib.import_module(str(node.module))
        for name in (one.name for one in node.names if not hasattr(module, one.name)):
            try:
                importlib.import_module(f"{node.module}.{name}")
            except ModuleNotFoundError:
                missing.append(f"line {node.lineno}: {node.module}.{name}")
    assert not missing
