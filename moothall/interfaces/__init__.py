"""One package per audience: parse, call one action or query, render. Owns no rule."""
