"""Help of other organisations in our own directory and search: valid, under their own ids, plainly theirs and not ours."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.partners.actions import import_directory
from tests.interfaces.open_referral.test_directory import all_of, get
from tests.partners.help import HOME_HELP, NEIGHBOURS, SAFE, bring, entry
from tests.shared_data import shared_data

pytestmark = [pytest.mark.django_db]
PLACE = {
    "id": "b1d6f7c2-0d4b-4a53-9c2a-0f6a5e1c7d10",
    "location": {
        "id": "b1d6f7c2-0d4b-4a53-9c2a-0f6a5e1c7d11", "location_type": "physical", "name": "Mill Hall", "latitude": 53.8,
        "longitude": -1.55,
    },
}  # fmt: skip


@pytest.fixture
def directory(council: Any, clock: Any) -> Any:
    """Six services of others; one in a directory full of slips."""
    found = bring(clock.now())
    wrong = entry(
        HOME_HELP, email="no reply@@x", url="https://bad host/", last_modified="yesterday", minimum_age=60,
        service_at_locations=[PLACE], description="", organization={"id": "7", "name": HOME_HELP, "website": "nowhere"},
    )  # fmt: skip
    import_directory([wrong], source="other", whole=False, by=SYSTEM, at=clock.now())
    return found


@pytest.mark.row("C4")
def test_others_are_served_with_who_runs_them_and_where_from(
    council: Any, directory: Any, client: Client, clock: Any
) -> None:
    row = directory[NEIGHBOURS]
    listed = {one["id"]: one for one in all_of(client, "/services")}
    one = listed[str(row.id)]
    assert one["organization"]["name"] == NEIGHBOURS
    assert one["organization"]["description"] == NEIGHBOURS
    told = one["metadata"][0]
    assert (told["last_action_type"], told["updated_by"], told["last_action_date"]) == ("import", "town", "2026-03-02")
    whole = get(client, f"/services/{row.id}")
    assert whole["contacts"][0]["phones"][0]["number"] == "01632 960999"
    assert whole["attributes"][0]["taxonomy_term"]["name"] == "Company"
    assert str(directory[SAFE].id) not in listed, "what few may know of is not told to everybody"
    assert get(client, f"/services/{directory[SAFE].id}", 404)
    assert "Safe" not in client.get("/open-referral/taxonomy_terms").content.decode()
    ours = [one for one in listed.values() if one["organization"]["name"] == council.council.name]
    assert len(ours) == len(listed) - 5


def test_whatever_came_in_is_valid_by_the_compiled_schemas(council: Any, directory: Any, client: Client) -> None:
    folder = "open-referral/uk-profile-3.0/schema__compiled__"
    whole = json.loads(shared_data(f"{folder}service_with_definitions.json").read_text(encoding="utf-8"))

    def check(name: str, rows: list[Any]) -> None:
        if name.startswith("taxonomy"):
            schema = {"definitions": whole["definitions"], "$ref": f"#/definitions/{name}"}
        else:
            schema = json.loads(shared_data(f"{folder}{name}.json").read_text(encoding="utf-8"))
        valid = jsonschema_rs.validator_for(schema, validate_formats=True)
        assert rows
        for one in rows:
            problems = [f"{e.instance_path}: {e.message}" for e in valid.iter_errors(one)]
            assert not problems, (one.get("name"), problems)

    ids = {str(row.id) for row in directory.values()}
    theirs = [one for one in all_of(client, "/services") if one["id"] in ids]
    assert len(theirs) == 5
    check("service_list", theirs)
    check("service", [get(client, f"/services/{one['id']}") for one in theirs])
    at = [one for one in all_of(client, "/service_at_locations") if one["id"] in ids]
    assert [one["service"]["organization"]["name"] for one in at] == [HOME_HELP]
    check("service_at_location_list", at)
    check("service_at_location", [get(client, f"/service_at_locations/{one['id']}") for one in at])
    terms = [one for one in all_of(client, "/taxonomy_terms") if one["taxonomy"] == "help-from-others"]
    assert [one["name"] for one in terms] == ["Company", "Food", "Money"]
    check("taxonomy_term", [get(client, f"/taxonomy_terms/{one['id']}") for one in terms])
    second = get(client, "/taxonomies")["contents"][1]
    assert get(client, f"/taxonomies/{second['id']}")["taxonomy_terms"] == terms
    check("taxonomy", [second])


def test_filters_and_pages_hold_for_theirs_too(council: Any, directory: Any, client: Client) -> None:
    def names(query: str) -> list[str]:
        return [one["name"] for one in get(client, f"/services?per_page=100&{query}")["contents"]]

    assert names("search=befriending") == ["Befriending"] or "Befriending" in names("search=befriending")
    company = next(one for one in all_of(client, "/taxonomy_terms") if one["name"] == "Company")
    assert names(f"taxonomy_term_id={company['id']}") == ["Befriending", "Help at home", "Walking group"]
    assert "Help at home" in names("maximum_age=70")
    assert "Help at home" not in names("maximum_age=50")
    assert "Food pantry" in names("minimum_age=90&maximum_age=99")
    assert "Befriending" not in names("day=MO"), "we know none of their hours"
    assert not {"Befriending"} & set(names("postcode=LS1+1UR&proximity=500"))
    everything = all_of(client, "/services")
    in_sevens, number = [], 1
    while not (page := get(client, f"/services?per_page=7&page={number}"))["empty"]:
        in_sevens += page["contents"]
        number += 1
    assert [one["id"] for one in in_sevens] == [one["id"] for one in everything]
    costs = []
    for size in (2, 100):
        with CaptureQueriesContext(connection) as asked:
            get(client, f"/services?per_page={size}&page=2" if size == 2 else "/services?per_page=100")
        costs.append(len(asked))
    assert max(costs) <= 4


def test_ours_brought_in_again_stands_once(council: Any, clock: Any, client: Client) -> None:
    ours = [get(client, f"/services/{one['id']}") for one in get(client, "/services?per_page=3")["contents"]]
    before = get(client, "/services")["total_items"]
    import_directory(ours, source="us", by=SYSTEM, at=clock.now())
    assert get(client, "/services")["total_items"] == before


@pytest.mark.row("C4")
def test_the_search_shows_theirs_beside_ours_and_says_whose_it_is(council: Any, directory: Any, client: Client) -> None:
    page = client.get("/search?q=befriending").content.decode()
    assert "Help from other organisations" in page
    assert "Run by Riverside Good Neighbours, not the council" in page
    assert f"/help/{directory[NEIGHBOURS].id}" in page
    assert "Safe at home" not in client.get("/search?q=safe+at+home").content.decode()
    assert "Help from other organisations" not in client.get("/search?q=pothole").content.decode()
    assert client.get("/search?q=%00%25_").status_code == 200
    one = client.get(f"/help/{directory[NEIGHBOURS].id}").content.decode()
    assert "We had this from “town” on 2 March 2026" in one
