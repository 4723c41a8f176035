"""Settings of the identity provider that residents prove themselves with."""

from __future__ import annotations

from typing import Any

from moothall.config.env import Env


def resident_provider(env: Env) -> dict[str, Any]:
    """Return how the provider speaks, who we are there, and what proof we ask of it."""
    return {
        "flavour": env.choice(
            "MOOTHALL_RESIDENTS_FLAVOUR",
            "How the identity provider for residents speaks: plain OpenID Connect, or as GOV.UK One Login does.",
            options=("plain", "one-login"),
            default="plain",
        ),
        "name": env.text(
            "MOOTHALL_RESIDENTS_PROVIDER", "What the provider is called on the button.", default="GOV.UK One Login"
        ),
        "issuer": env.text("MOOTHALL_RESIDENTS_ISSUER", "The issuer of the identity provider for residents."),
        "client_id": env.text("MOOTHALL_RESIDENTS_CLIENT_ID", "Our name there. Without it there is no provider."),
        "secret": env.text("MOOTHALL_RESIDENTS_SECRET", "Plain: our secret there."),
        "private_key_file": env.text("MOOTHALL_RESIDENTS_KEY_FILE", "One Login: the file of our private key (PEM, RSA)."),
        "did": env.text(
            "MOOTHALL_RESIDENTS_DID", "One Login: the address of the DID document with the keys that sign identities.",
            default="https://identity.account.gov.uk/.well-known/did.json",
        ),
        "acr": env.listing("MOOTHALL_RESIDENTS_ACR", "Plain: the acr values that mean the identity is proved."),
        "trust": env.text(
            "MOOTHALL_RESIDENTS_TRUST", "The vector of trust asked for where a service needs a proved identity.",
            default="P2.Cl.Cm",
        ),
        "trust_sign_in": env.text(
            "MOOTHALL_RESIDENTS_TRUST_SIGN_IN", "The vector of trust asked for to sign in.", default="Cl.Cm"
        ),
    }  # fmt: skip
