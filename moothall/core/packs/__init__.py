"""Council packs: a council as data. `docs/howto/council-pack.md` says how one is written and read.

`load_pack(name)` reads the files; `current_pack()` and `pack_at(version_id)` (in `moothall.core.packs.versions`) give applied versions.
"""

from .loader import ROOT, load_pack, pack_from_content, pack_names
from .pack import Pack
from .problems import Mark, PackErrors, Problem
from .registry import PackModel, Section, Single, register_check, register_examples, register_section, register_single

__all__ = [
    "ROOT", "Mark", "Pack", "PackErrors", "PackModel", "Problem", "Section", "Single", "load_pack", "pack_from_content", "pack_names",
    "register_check", "register_examples", "register_section", "register_single",
]  # fmt: skip
