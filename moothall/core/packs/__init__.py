"""Council packs: a council as data. `docs/howto/council-pack.md` says how one is written and read.

`load_pack(name)` reads files and needs no database. `current_pack()` and `pack_at(version_id)` give applied versions.
"""

from typing import TYPE_CHECKING, Any

from .loader import load_pack, pack_from_content, pack_names
from .pack import Pack
from .problems import Mark, PackErrors, Problem
from .readable import register_words
from .registry import (
    PackModel,
    Section,
    Single,
    register_check,
    register_completion,
    register_examples,
    register_section,
    register_single,
)

if TYPE_CHECKING:
    from .actions import apply_pack
    from .queries import NoPack, OutdatedPack, current_pack, last_pack, pack_at

_STORED = {
    "apply_pack": "actions",
    "NoPack": "queries",
    "OutdatedPack": "queries",
    "current_pack": "queries",
    "last_pack": "queries",
    "pack_at": "queries",
}


def __getattr__(name: str) -> Any:
    """What touches the database is imported on first use: this package is read before Django's models are."""
    if name in _STORED:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_STORED[name]}"), name)
    raise AttributeError(name)


__all__ = [
    "Mark",
    "NoPack",
    "OutdatedPack",
    "Pack",
    "PackErrors",
    "PackModel",
    "Problem",
    "Section",
    "Single",
    "apply_pack",
    "current_pack",
    "last_pack",
    "load_pack",
    "pack_at",
    "pack_from_content",
    "pack_names",
    "register_check",
    "register_completion",
    "register_examples",
    "register_section",
    "register_single",
    "register_words",
]
