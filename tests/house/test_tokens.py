"""What stands on a page by chance is never taken for what somebody wrote."""

import re
import secrets

from django.test import Client


def test_tokens_in_tests_hold_no_vowel_and_no_digit(db: None, council: object, client: Client) -> None:
    page = client.get("/track").content.decode()
    found = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    for token in (*found, secrets.token_urlsafe(16)):
        assert re.fullmatch("[b-df-hj-np-tv-xz]+", token), token
    assert len(secrets.token_urlsafe(16)) == 22
    assert len(secrets.token_urlsafe()) == 43
