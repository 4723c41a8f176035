"""The keys of the identity provider's twin, and of the council as its client: made once, kept in the data folder."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings


def folder() -> Path:
    """Where the twin's keys and the council's demonstration key are kept."""
    return Path(settings.DATA_DIR) / "identity"


def ensure_keys() -> None:
    """Make the keys of the twin and of the council as its client, where they are missing. Never in production."""
    if settings.MODE == "production":
        raise RuntimeError("A production service has no twin of an identity provider.")
    folder().mkdir(parents=True, exist_ok=True)
    for name in ("council.pem", "token.pem", "identity.pem"):
        path = folder() / name
        if not path.exists():
            pem = _new_key(name).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            part = path.with_suffix(f".{secrets.token_hex(4)}")
            part.write_bytes(pem)
            part.chmod(0o600)
            part.rename(path)


def _new_key(name: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if name == "council.pem":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def key_of(name: str) -> Any:
    """Return one of the keys by the name of its file."""
    ensure_keys()
    return serialization.load_pem_private_key((folder() / name).read_bytes(), password=None)
