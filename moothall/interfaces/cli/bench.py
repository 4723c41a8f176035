"""`moothall bench`: runs a benchmark of `benchmarks/` and prints its figures."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from moothall.interfaces.cli.support import answer, fail, json_option

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"


class _Bench(click.Command):
    """`bench NAME --help` says what NAME measures, too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["benchmark"] = next((one for one in args if one in names()), "")
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        if name := ctx.meta.get("benchmark"):
            formatter.write_paragraph()
            with formatter.section(name):
                for paragraph in _words_of(name).split("\n\n"):
                    formatter.write_text(paragraph)
                    formatter.write_paragraph()


@click.command(name="bench", cls=_Bench)
@click.argument("name", required=False)
@click.option(
    "--size",
    "--cases",
    "size",
    type=click.IntRange(1),
    help="How large; the benchmark says what it counts. [default: its own]",
)
@json_option
def command(name: str | None, size: int | None, as_json: bool) -> None:
    """Run the benchmark NAME and print its figures; without a name, list them. `bench NAME --help` says what it measures.

    A benchmark is `benchmarks/NAME.py` with a docstring, `SIZE` (its default) and `run(size) -> dict`, in which it
    makes its own data. Its figures are numbers by name, with the unit in the name (`create_case_ms_p50`).
    """
    if name is None:
        found = {one: _describe(one) for one in names()}
        answer(found, as_json=as_json, words=lambda: "\n".join(f"{one:<20} {text}" for one, text in found.items()))
        return
    if name not in names():
        fail(f"There is no benchmark {name!r}. There are: {', '.join(names()) or 'none'}.", 2)
    module = _load(name)
    size = size or int(getattr(module, "SIZE", 1000))
    began = time.perf_counter()
    try:
        figures: dict[str, Any] = module.run(size)
    except Exception as wrong:  # whatever it was, said in one line
        fail(f"The benchmark {name} failed: {type(wrong).__name__}: {wrong}")
    figures = {"benchmark": name, "size": size, "seconds": round(time.perf_counter() - began, 1), **figures}
    answer(figures, as_json=as_json, words=lambda: "\n".join(f"{key:<32} {value}" for key, value in figures.items()))


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def _describe(name: str) -> str:
    return _words_of(name).partition("\n")[0]


def _words_of(name: str) -> str:
    import ast

    return ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""


def _load(name: str) -> ModuleType:
    sys.path.insert(0, str(FOLDER.parent))
    spec = importlib.util.spec_from_file_location(f"benchmarks.{name}", FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        fail(f"benchmarks/{name}.py cannot be read.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
