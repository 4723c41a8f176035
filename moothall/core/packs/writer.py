"""Writes pack content back to files, in the same format the loader reads: export then import loses nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .reader import _PlainLoader
from .registry import Single, sections

WIDTH = 118


class _PlainDumper(yaml.SafeDumper):
    """Quotes only what our own reader would otherwise take for something else than text."""

    yaml_implicit_resolvers = _PlainLoader.yaml_implicit_resolvers

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Indent lists under their key."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Never write anchors: packs do not use them."""
        return True


def _text(dumper: _PlainDumper, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_PlainDumper.add_representer(str, _text)


def to_yaml(content: Any) -> str:
    """Content as the YAML of a pack file."""
    return str(yaml.dump(content, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=WIDTH))


def export_pack(
    content: dict[str, Any], folder: Path, *, apart: tuple[str, ...] = ("services", "messages", "knowledge")
) -> list[Path]:
    """Write whole pack content (nothing inherited any more) under `folder`; returns the files written.

    Sections named in `apart` get a file for each entry; other sections one file each. Empty sections are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []

    def write(path: Path, data: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_yaml(data), encoding="utf-8")
        written.append(path)

    for section, definition in sections().items():
        held = content.get(section)
        if not held:
            continue
        if isinstance(definition, Single) or section not in apart:
            write(folder / f"{section}.yaml", held)
            continue
        for entry in held:
            write(folder / section / f"{entry[definition.key]}.yaml", entry)
    return written
