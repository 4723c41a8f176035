"""The directory is what Open Referral UK 3.0 asks for: valid by its compiled schemas, paged, filtered, open to all."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from tests.shared_data import shared_data

pytestmark = [pytest.mark.django_db, pytest.mark.row("D5")]


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"/open-referral{path}")
    assert answer.status_code == status, answer.content
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def all_of(client: Client, path: str) -> list[Any]:
    found, number = [], 1
    while True:
        page = get(client, f"{path}?page={number}&per_page=50")
        found += page["contents"]
        if page["last_page"]:
            assert len(found) == page["total_items"]
            return found
        number += 1


def test_everything_served_is_valid_by_the_compiled_schemas(council: Any, client: Client) -> None:
    folder = "open-referral/uk-profile-3.0/schema__compiled__"

    def check(name: str, rows: list[Any]) -> None:
        schema = json.loads(shared_data(f"{folder}{name}.json").read_text(encoding="utf-8"))
        valid = jsonschema_rs.validator_for(schema, validate_formats=True)
        for one in rows:
            problems = [f"{e.instance_path}: {e.message}" for e in valid.iter_errors(one)]
            assert not problems, (one.get("name"), problems)

    services = all_of(client, "/services")
    assert len(services) > 30
    check("service_list", services)
    check("service", [get(client, f"/services/{one['id']}") for one in services[:12]])
    at = all_of(client, "/service_at_locations")
    assert at
    check("service_at_location_list", at)
    check("service_at_location", [get(client, f"/service_at_locations/{one['id']}") for one in at[:6]])


def test_pages_filters_and_what_is_not_there(council: Any, client: Client) -> None:
    first = get(client, "/services?per_page=7")
    assert (first["size"], first["first_page"], first["last_page"], first["empty"]) == (7, True, False, False)
    assert get(client, "/services?per_page=7&page=9999")["empty"] is True
    assert get(client, "/services?search=pothole")["contents"][0]["name"].startswith("Report a pothole")
    assert get(client, "/services?search=xylophone")["total_items"] == 0
    terms = all_of(client, "/taxonomy_terms")
    streets = next(one for one in terms if one["code"] == "streets")
    assert get(client, f"/taxonomy_terms/{streets['id']}") == streets
    inside = get(client, f"/services?taxonomy_term_id={streets['id']}&per_page=100")
    assert 0 < inside["total_items"] < len(all_of(client, "/services"))
    assert get(client, "/services?minimum_age=18")["total_items"] == len(all_of(client, "/services"))
    assert get(client, "/services?postcode=LS1+1UR&proximity=500")["total_items"] == 0
    one = get(client, "/taxonomies")["contents"][0]
    assert get(client, f"/taxonomies/{one['id']}") == one
    assert get(client, "/")["version"] == "3.0"
    assert "/services/{id}" in get(client, "/openapi.json")["paths"]
    for wrong in ("/services/x", "/service_at_locations/x", "/taxonomies/x", "/taxonomy_terms/x"):
        get(client, wrong, 404)
    for wrong in ("?page=0", "?per_page=101", "?page=abc", "?minimum_age=old", "?postcode=LS1&proximity=far"):
        assert "error" in get(client, f"/services{wrong}", 400)
