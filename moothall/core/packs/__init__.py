"""Council packs: loaded from files, checked, applied as immutable versions."""
