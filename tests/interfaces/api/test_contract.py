"""Whatever the description allows, the interface answers as it says: requests made up from it, for every operation."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from moothall.interfaces.api.description import description

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
schema = schemathesis.openapi.from_dict(description())
OPERATIONS = {f"{found.ok().method.upper()} {found.ok().path}": found.ok() for found in schema.get_all_operations()}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_as_described(machine: Any, live_server: Any, name: str) -> None:
    @given(OPERATIONS[name].as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    def made_up(case: Any) -> None:
        # A body of the right shape may still name a service that is not: being refused then is right.
        case.call_and_validate(
            base_url=live_server.url,
            headers={"Authorization": f"Bearer {machine.token}"},
            excluded_checks=[positive_data_acceptance],
        )

    made_up()
