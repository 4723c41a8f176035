"""The guards of a production service, as a process started with production's environment has them."""

import json
import os
import subprocess
import sys

import pytest

PRODUCTION = {
    "MOOTHALL_MODE": "production",
    "MOOTHALL_SECRET_KEY": "k" * 50,
    "MOOTHALL_HOSTS": "my.example.gov.uk",
    "MOOTHALL_PUBLIC_URL": "https://my.example.gov.uk",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
}
ASKED = (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "DEBUG",
    "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS", "SECOND_FACTOR_REQUIRED", "PASSWORD_HASHERS", "TRUSTED_PROXIES",
)  # fmt: skip


@pytest.mark.long
def test_production_is_strict_without_being_told_to():
    environment = {"PATH": os.environ["PATH"], **PRODUCTION}
    code = (
        "import json, django; django.setup(); from django.conf import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {ASKED!r}}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    held = json.loads(done.stdout)
    assert held["SESSION_COOKIE_SECURE"]
    assert held["CSRF_COOKIE_SECURE"]
    assert held["SESSION_COOKIE_HTTPONLY"]
    assert held["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert held["DEBUG"] is False
    assert held["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert held["ALLOWED_HOSTS"] == ["my.example.gov.uk"]
    assert held["SECOND_FACTOR_REQUIRED"] is True
    assert held["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    assert held["TRUSTED_PROXIES"] == 0
