"""The file a person is given: a page to read and print, the same as JSON, and the files she sent."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from moothall.customers.privacy.queries.copies import LineView, all_lines, files_by_key, words_of

STYLE = """body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b}
h1,h2,h3{line-height:1.2}h2{margin-top:2.5rem;border-top:1px solid #999;padding-top:1rem}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem;margin:0 0 1.5rem}
dt{color:#505a5f}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}.out{font-style:italic}
@media print{body{margin:0;max-width:none}h3,dl{break-inside:avoid}}"""
Sections = list[tuple[str, list[tuple[str, list[LineView]]]]]


def copy_parts(copy_id: UUID, customer_ids: tuple[UUID, ...], *, council: str, name: str, made: str) -> Iterator[bytes]:
    """Yield the zip of a released copy. What was taken out stands there as the reason; a file taken out is left out."""
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            sections, data, keys = _gather(copy_id)
            page = {"sections": sections, "council": council, "name": name, "made": made}
            archive.writestr("index.html", render_to_string("account/copy.html", page))
            archive.writestr("style.css", STYLE)
            archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
            known = files_by_key(customer_ids) if keys else {}
            for number, key in enumerate(keys, 1):
                if key in known:
                    safe = re.sub(r"[^\w.() -]+", "_", known[key].name)[-100:]
                    archive.writestr(f"files/{number:02d}-{safe}", known[key].read())
        out.seek(0)
        while part := out.read(65_536):
            yield part


def _gather(copy_id: UUID) -> tuple[Sections, dict[str, Any], list[str]]:
    sections: dict[str, dict[str, list[LineView]]] = {}
    data: dict[str, Any] = {}
    keys = []
    for section, path, value, shown, key in all_lines(copy_id):
        sections.setdefault(section, {}).setdefault(shown.record, []).append(shown)
        if key:
            keys.append(key)
        _put(data, path, value)
    listed = [(words_of(code), list(records.items())) for code, records in sections.items()]
    return listed, data, keys


def _put(data: dict[str, Any], path: list[str | int], value: Any) -> None:
    """Put a value where its path leads. Lists become objects by position, so that what was taken out leaves its place."""
    here = data
    for step in path[:-1]:
        inner = here.setdefault(str(step), {})
        if not isinstance(inner, dict):
            return
        here = inner
    last = str(path[-1])
    here[last if last not in here else f"{last} ({len(here)})"] = value
