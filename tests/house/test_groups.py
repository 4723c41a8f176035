"""Tests that share a running product stay on one worker."""

import os

import pytest


@pytest.mark.xdist_group("run")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="only where tests are dealt to workers")
def test_a_group_is_seen_by_whoever_deals_out_the_tests(request: pytest.FixtureRequest):
    # The group stands in the name, or every test of it is dealt by itself and a shared product is started twice.
    assert request.node.nodeid.endswith("@run")
