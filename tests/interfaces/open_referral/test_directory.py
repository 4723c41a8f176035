"""The directory is what Open Referral UK 3.0 asks for: valid by its compiled schemas, paged, filtered, open to all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.partners.actions import import_directory
from tests.partners.help import PANTRY, WALKERS, bring, entry
from tests.shared_data import shared_data

pytestmark = [pytest.mark.django_db]
COMPILED = "open-referral/uk-profile-3.0/schema__compiled__"


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


@pytest.mark.parametrize("most", [4, pytest.param(None, marks=pytest.mark.long)])
def test_everything_served_is_valid_by_the_compiled_schemas(council: Any, client: Client, most: int | None) -> None:
    """Every list in full; of the things themselves ``most`` of each, or all."""
    whole = json.loads(shared_data(f"{COMPILED}service_with_definitions.json").read_text(encoding="utf-8"))

    def check(name: str, rows: list[Any]) -> None:
        if name in whole["definitions"] and name.startswith("taxonomy"):  # these two have no compiled file of their own
            schema = {"definitions": whole["definitions"], "$ref": f"#/definitions/{name}"}
        else:
            schema = json.loads(shared_data(f"{COMPILED}{name}.json").read_text(encoding="utf-8"))
        assert rows
        valid = jsonschema_rs.validator_for(schema, validate_formats=True)
        for one in rows:
            problems = [f"{e.instance_path}: {e.message}" for e in valid.iter_errors(one)]
            assert not problems, (one.get("name"), problems)

    services = all_of(client, "/services")
    assert len(services) > 30
    check("service_list", services)
    check("service", [get(client, f"/services/{one['id']}") for one in services[:most]])
    at = all_of(client, "/service_at_locations")
    assert at
    check("service_at_location_list", at)
    check("service_at_location", [get(client, f"/service_at_locations/{one['id']}") for one in at[:most]])
    for path, name in (("/taxonomies", "taxonomy"), ("/taxonomy_terms", "taxonomy_term")):
        listed = all_of(client, path)
        check(name, listed)
        check(name, [get(client, f"{path}/{one['id']}") for one in listed[:most]])


@pytest.mark.parametrize("most", [2, pytest.param(None, marks=pytest.mark.long)])
def test_a_validator_that_goes_by_the_profiles_own_description_finds_nothing(
    council: Any, clock: Any, client: Client, most: int | None
) -> None:
    """Each call that the published description has, with the ids its lists give, by the schema it names for the answer.

    For one service at a place that is the schema of a service. Nothing is empty or null: what is not known is left out.
    """
    bring(clock.now())
    profile = json.loads(shared_data("open-referral/uk-profile-3.0/openapi.json").read_text(encoding="utf-8"))
    whole = json.loads(shared_data(f"{COMPILED}service_with_definitions.json").read_text(encoding="utf-8"))[
        "definitions"
    ]

    def named(reference: str) -> Any:
        name = reference.rsplit("/", 1)[1].removesuffix(".json")
        if "compiled" not in reference:
            return {"definitions": whole, "$ref": f"#/definitions/{name}"}
        return json.loads(shared_data(f"{COMPILED}{name}.json").read_text(encoding="utf-8"))

    def schema_of(path: str) -> Any:
        return profile["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    def check(schema: Any, one: Any) -> None:
        problems = [f"{e.instance_path}: {e.message}" for e in jsonschema_rs.validator_for(
            schema, validate_formats=True).iter_errors(one)]  # fmt: skip
        assert not problems, problems

    check(schema_of("/"), get(client, "/"))
    assert set(get(client, "/")) == {"version", "profile", "openapi_url"}
    for path in ("/services", "/service_at_locations", "/taxonomies", "/taxonomy_terms"):
        contents = schema_of(path)["properties"]["contents"]["items"]["$ref"]
        rows = all_of(client, path)
        first, last = rows[: most or len(rows)], rows[-(most or 1) :]
        for one in (*first, *last):
            check(named(contents), one)
            shown = get(client, f"{path}/{one['id']}")
            assert shown["id"] == one["id"]
            check(named(schema_of(f"{path}/{{id}}")["$ref"]), shown)
            assert not list(empties(shown)), one["name" if "name" in one else "id"]


def empties(held: Any, at: str = "") -> Iterator[str]:
    """Where something is empty or null; the standard asks for the values before and after a change, which may be."""
    if isinstance(held, dict):
        for key, one in held.items():
            yield from () if key in {"previous_value", "replacement_value"} else empties(one, f"{at}/{key}")
    elif isinstance(held, list) and held:
        for number, one in enumerate(held):
            yield from empties(one, f"{at}/{number}")
    elif held in (None, "", []):
        yield at


@pytest.mark.parametrize("path", ["/services", "/service_at_locations", "/taxonomies", "/taxonomy_terms"])
def test_every_page_is_wrapped_as_the_profile_says(council: Any, client: Client, path: str) -> None:
    profile = json.loads(shared_data("open-referral/uk-profile-3.0/openapi.json").read_text(encoding="utf-8"))
    wrapper = profile["components"]["schemas"]["Page"]
    schema = wrapper | {"required": [*wrapper["properties"], "contents"]}
    valid = jsonschema_rs.validator_for(schema)
    total = get(client, path)["total_items"]
    pages = -(-total // 9)
    for number in range(1, pages + 2):
        page = get(client, f"{path}?page={number}&per_page=9")
        assert not [error.message for error in valid.iter_errors(page)]
        assert page["size"] == len(page["contents"]) == max(0, min(9, total - 9 * (number - 1)))
        assert (page["total_items"], page["total_pages"], page["page_number"]) == (total, pages, number)
        stands = (page["first_page"], page["last_page"], page["empty"])
        assert stands == (number == 1, number >= pages, number > pages)


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
    assert get(client, "/service_at_locations?per_page=1000")["size"] == 100, "a page holds a hundred"
    tax = get(client, "/taxonomies")["contents"][0]["id"]
    everything = len(all_of(client, "/services"))
    assert get(client, f"/services?taxonomy_id={tax}")["total_items"] == everything
    assert get(client, f"/services?taxonomy_id={streets['id']}")["total_items"] == 0
    at = len(all_of(client, "/service_at_locations"))
    assert get(client, "/service_at_locations?day=mo&start_time=09:00&end_time=17:00")["total_items"] == at > 0
    for shut in ("day=SU", "start_time=09:01", "end_time=16:59"):
        assert get(client, f"/service_at_locations?{shut}")["total_items"] == 0
    assert 0 < get(client, "/services?day=Tuesday")["total_items"] <= everything
    assert get(client, "/services?postcode=LS1+1UR&proximity=500")["total_items"] == 0
    one = get(client, "/taxonomies")["contents"][0]
    whole = get(client, f"/taxonomies/{one['id']}")
    assert whole == one | {"taxonomy_terms": terms}
    assert get(client, "/")["version"] == "3.0"
    described = get(client, "/openapi.json")
    assert "/services/{id}" in described["paths"]
    named = {one["name"] for one in described["paths"]["/service_at_locations"]["get"]["parameters"]}
    assert named >= {"taxonomy_id", "day", "start_time", "end_time", "postcode", "proximity", "page", "per_page"}
    for wrong in ("/services/x", "/service_at_locations/x", "/taxonomies/x", "/taxonomy_terms/x"):
        get(client, wrong, 404)
    for wrong in (
        "?page=0",
        "?page=abc",
        "?day=someday",
        "?start_time=9am",
        "?minimum_age=old",
        "?postcode=LS1&proximity=far",
    ):
        assert "error" in get(client, f"/services{wrong}", 400)


def test_a_page_costs_the_same_queries_however_long(council: Any, client: Client) -> None:
    get(client, "/services")
    counted = []
    for path in ("/service_at_locations?per_page=2", "/service_at_locations?per_page=100", "/services?per_page=100"):
        with CaptureQueriesContext(connection) as asked:
            get(client, path)
        counted.append(len(asked))
    assert max(counted) <= 3
    assert counted[0] == counted[1]


def test_an_address_with_a_slash_at_its_end_leads_to_the_thing_itself(council: Any, client: Client) -> None:
    first = get(client, "/services")["contents"][0]["id"]
    for path in ("services", f"services/{first}", "service_at_locations", "taxonomies", "taxonomy_terms"):
        answer = client.get(f"/open-referral/{path}/?per_page=7")
        assert (answer.status_code, answer["Location"]) == (301, f"/open-referral/{path}?per_page=7")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert client.get(answer["Location"]).status_code == 200
    for away in ("services///evil.example/", "//evil.example/", "nowhere/"):
        answer = client.get(f"/open-referral/{away}", follow=True)
        assert answer.status_code == 404
        assert all(where.startswith("/open-referral/") for where, _ in answer.redirect_chain)


def test_a_page_of_another_site_can_read_whatever_it_asks(council: Any) -> None:
    """A browser lets it read neither a redirect nor an error that does not say it may, and asks first for some calls."""
    stranger = Client(enforce_csrf_checks=True, raise_request_exception=False)
    assert get(stranger, "") == get(stranger, "/"), "no redirect on the way"
    for path in ("", "/", "/services", "/services/x", "/openapi.json", "/taxonomies/", "/nowhere"):
        asked = stranger.options(f"/open-referral{path}")
        assert (asked.status_code, asked.content) == (204, b"")
        assert asked["Access-Control-Allow-Origin"] == asked["Access-Control-Allow-Headers"] == "*"
        assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        for method in ("post", "put", "delete"):
            refused = getattr(stranger, method)(f"/open-referral{path}")
            assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
            assert refused["Access-Control-Allow-Origin"] == "*"
            assert "error" in json.loads(refused.content)
    for path in ("/nowhere", "/organizations", "/services/a/b", "/services/%00"):
        assert get(stranger, path, 404) == {"error": "There is no such thing here."}
    assert stranger.head("/open-referral/services").status_code == 200


def test_what_changed_since_and_ages_in_parts_of_a_year(council: Any, clock: Any, client: Client) -> None:
    bring(clock.now())
    everything = get(client, "/services")["total_items"]
    assert get(client, "/services?modified_after=2020-01-01T00:00:00Z")["total_items"] == everything
    assert get(client, "/services?modified_after=2020-01-01")["total_items"] == everything
    assert get(client, "/services?modified_after=2099-01-01T00:00:00+00:00")["total_items"] == 0
    later = clock.now().isoformat()
    for one in get(client, f"/services?per_page=100&modified_after={later}")["contents"]:
        assert one["last_modified"] >= later[:16], one["name"]
    dated = [entry(PANTRY, last_modified="2021-05-01T10:00:00Z"), entry(WALKERS, last_modified="2026-02-01T10:00:00Z")]
    import_directory(dated, source="town", whole=False, by=SYSTEM, at=clock.now())
    since = get(client, "/services?per_page=100&modified_after=2022-01-01T00:00:00Z")["contents"]
    named = {one["organization"]["name"] for one in since}
    assert WALKERS in named
    assert PANTRY not in named
    assert (
        get(client, "/services?minimum_age=17.5")["total_items"]
        == get(client, "/services?minimum_age=17")["total_items"]
    )
    for wrong in ("?modified_after=lately", "?modified_after=2026-13-01T00:00:00Z", "?maximum_age=1e3"):
        assert "error" in get(client, f"/services{wrong}", 400)
