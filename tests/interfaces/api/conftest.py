from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moothall.core.access import IMPLIED
from moothall.core.clock import now
from moothall.core.models import ApiClient
from moothall.core.staff.actor import token_digest

EVERY = [*IMPLIED, "api.services", "api.events"]


class Machine:
    """Another system that calls us with a token."""

    def __init__(self, token: str) -> None:
        self.client, self.token = Client(), token

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers={"Authorization": f"Bearer {self.token}"})

    def post(self, path: str, body: Any, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    def put(self, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.put(f"/api/v1{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def machine_with(council: Any, clock: Any) -> Callable[..., Machine]:
    """Make a client with just these scopes."""

    def make(*scopes: str) -> Machine:
        token = f"mth_test_{'-'.join(scopes)}"
        ApiClient.objects.get_or_create(
            token_digest=token_digest(token), defaults={"name": "Test", "scopes": list(scopes), "created_at": now()}
        )
        return Machine(token)

    return make


@pytest.fixture
def machine(machine_with: Callable[..., Machine]) -> Machine:
    return machine_with(*EVERY)
