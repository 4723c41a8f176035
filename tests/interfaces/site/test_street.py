"""Reports from the street on the public site: every way to say where, already reported, the list, the map, following."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import ExifTags, Image
from pmtiles.reader import MmapSource, Reader

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.documents.models import Document
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises
from moothall.places.basemap import build_basemap
from moothall.reports.actions import review_photo
from moothall.reports.models import Alert, Follower, Photo, Report
from tests.reports.conftest import report, town

__all__ = ["report", "town"]
pytestmark = pytest.mark.django_db


def begun(client: Client, service: str = "pothole") -> str:
    return str(client.post(f"/services/{service}/start", follow=True).redirect_chain[-1][0])


def snap(**gps: Any) -> SimpleUploadedFile:
    exif = Image.Exif()
    if gps:
        exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (53.0, 48.0, 0.0), 3: "W", 4: (1.0, 33.0, 0.0)}
    held = io.BytesIO()
    Image.effect_noise((320, 240), 90).convert("RGB").save(held, "JPEG", exif=exif)
    return SimpleUploadedFile("hole.jpg", held.getvalue(), content_type="image/jpeg")


def kept(client: Client, here: str) -> dict[str, Any]:
    from moothall.intake.models import Dialogue

    return dict(Dialogue.objects.get(id=here.split("/")[2]).answers.get("where") or {})


def test_every_house_of_a_postcode_can_be_chosen_and_more_are_asked_for(town: None, client: Client) -> None:
    import_premises(
        [
            Premises(uprn=73_000_000 + n, address=f"{n} Long Row, Leeds", number=str(n), postcode="LS8 4BB", area_code="E05")
            for n in range(1, 71)
        ],
        by=SYSTEM,
    )  # fmt: skip
    here = begun(client)
    page = client.get(f"{here}?find=LS8+4BB").content.decode()
    assert page.count('name="where" ') == 61, "sixty houses, and none of these"
    assert "These are the first 60" in page
    some = client.get(f"{here}?find=64+Long+Row").content.decode()
    assert "64 Long Row" in some
    assert "These are the first" not in some


def test_each_way_of_saying_where_is_whole_without_a_script(
    town: None, client: Client, settings: Any, tmp_path: Path, clock: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    here = begun(client)
    for typed, words, pick in (
        ("near the library", "Near Armley Library", "landmark:armley-library"),
        ("mil lane", "Mill Lane, Armley", "street:11"),
    ):  # fmt: skip
        moved = client.post(here, {"find": "yes", "where-search": typed})
        assert moved.status_code == 302
        page = client.get(moved["Location"]).content.decode()
        assert words in page
        none_chosen = client.post(moved["Location"], {}).content.decode()
        assert '<a href="#where">Choose a place from the list.</a>' in none_chosen
        assert client.post(moved["Location"], {"where": pick, "where-describe": "By the gate"}).status_code == 302
        assert kept(client, here)["text"] == f"By the gate, {words}"
        assert kept(client, here)["latitude"]
    letters = client.get(f"{here}?list=1").content.decode()
    assert set(re.findall(r"\?letter=(\w)", letters)) == {"D", "M"}
    assert "Dock Road" in client.get(f"{here}?letter=D").content.decode()
    assert client.post(f"{here}?letter=D", {"where": "street:12"}).status_code == 302
    assert kept(client, here)["usrn"] == 12
    point = client.get(f"{here}?lat=53.8001&lon=-1.5501").content.decode()
    assert "Near Mill Lane, Armley" in point
    client.post(here, {"where-latitude": "53.8001", "where-longitude": "-1.5501"})
    assert kept(client, here)["text"] == "Near Mill Lane, Armley"
    client.post(here, {"where-describe": "The lane behind the old mill, nobody knows its name"})
    assert kept(client, here) == {"text": "The lane behind the old mill, nobody knows its name"} | {
        "describe": "The lane behind the old mill, nobody knows its name"
    }
    client.post(here, {"where-describe": "By the stop on Dock Road"})
    assert kept(client, here)["text"] == "By the stop on Dock Road"
    assert (kept(client, here)["usrn"], kept(client, here)["latitude"]) == (12, 53.8045), "words that are sure"
    photo = client.post(here, {"where-photo": snap(gps=True)})
    assert photo["Location"].endswith("?lat=53.8&lon=-1.55")
    assert Document.objects.get().media_type == "image/jpeg"
    none = client.post(here, {"where-photo": snap()})
    assert "does not say where" in client.get(none["Location"]).content.decode()
    lost = client.post(here, {"find": "yes", "where-search": "Zanzibar Crescent"})
    assert "We found nothing called" in client.get(lost["Location"]).content.decode()
    assert client.post(here, {"where": "street:999"}).status_code == 400
    assert client.post(here, {"where": "other"}).status_code == 302


def test_where_exactly_is_kept_however_the_place_is_found(
    town: None, client: Client, settings: Any, tmp_path: Path, clock: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    here = begun(client)
    held = 'name="where-describe" type="text" value="By the gate &amp; wall"'
    typed = {"where-describe": "By the gate & wall"}
    found = client.post(here, {"find": "yes", "where-search": "mil lane"} | typed)["Location"]
    page = client.get(found).content.decode()
    assert held in page
    for link in re.findall(r'href="([^"]*\?(?:list|afresh)=1[^"]*)"', page):
        assert held in client.get(link.replace("&amp;", "&")).content.decode(), link
    other = client.post(found, {"where": "other"} | typed)["Location"]
    assert held in client.get(other).content.decode()
    photo = client.post(found, {"where-photo": snap(gps=True)})["Location"]
    assert held in client.get(photo).content.decode()
    assert client.post(found, {"where": "street:11"} | typed).status_code == 302
    assert kept(client, here)["text"].startswith("By the gate & wall, Mill Lane")
    changed = client.post(here, {"find": "yes", "where-search": "mil lane", "where-describe": "By the bridge"})[
        "Location"
    ]
    assert 'value="By the bridge"' in client.get(changed).content.decode(), "what is typed now, not what was kept"


def walk_to_check(client: Client, latitude: float = 53.80002) -> str:
    here = begun(client)
    client.post(here, {"where-latitude": str(latitude), "where-longitude": "-1.55"})
    base = here.rsplit("/", 1)[0]
    for question, value in (
        ("surface", "road"),
        ("depth", "deep"),
        ("size", "plate"),
        ("danger", "no"),
        ("injury", "no"),
    ):
        client.post(f"{base}/{question}", {question: value})
    for question in ("route", "photo", "contact"):
        client.post(f"{base}/{question}", {})
    return f"{base}/check"


@pytest.mark.row("D4")
def test_already_reported_is_shown_before_sending_and_can_be_followed_instead(
    report: Callable[..., Case], client: Client, clock: Any
) -> None:
    case = report()
    clock.advance(days=1)
    check = walk_to_check(client)
    page = client.get(check).content.decode()
    assert "Is it one of these?" in page
    assert "reported 1 day before" in page
    link = re.search(r'href="(/reports/[^"]+too=[^"]+)"', page)
    assert link
    shown = client.get(link[1].replace("&amp;", "&").split("#")[0]).content.decode()
    assert "Me too: keep me told" in shown
    number = show_reference(case.reference)
    wrong = client.post(f"/reports/{number}/follow", {"address": "nobody"})
    assert wrong.status_code == 400
    done = client.post(
        f"/reports/{number}/follow", {"address": "neighbour@example.com", "too": check.split("/")[2]}, follow=True
    )
    assert "You follow this report" in done.content.decode()
    assert Follower.objects.get().said == "me_too"
    assert "Is it one of these?" not in client.get(walk_to_check(client, 53.8045)).content.decode()


def test_the_list_the_map_and_the_feed_show_the_same_under_every_filter(
    report: Callable[..., Case], client: Client, clock: Any
) -> None:
    first, light = report(), report(53.81, service="street-light", fault="out")
    clock.advance(days=40)
    third = report(53.8, -1.58)
    close_case(third.id, outcome="not-adopted-highway", resolved=False, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    everyone = {case: show_reference(case.reference) for case in (first, light, third)}
    for query, wanted in (
        ("", {first, light, third}), ("service=pothole", {first, third}), ("state=open", {first, light}),
        ("state=not_ours", {third}), ("area=w1", {first, light, third}), ("area=x", set()), ("days=7", {third}),
        ("service=pothole&state=closed", {third}), ("near=53.8,-1.55", {first}), ("state=fixed", set()),
        ("service=nonsense&days=nonsense&near=nonsense", {first, light, third}),
    ):  # fmt: skip
        listed = set(re.findall(r'<h3><a href="/reports/([^"]+)"', client.get(f"/reports?{query}").content.decode()))
        fed = set(
            re.findall(
                r"<link>[^<]*/reports/([A-Z0-9-]+)</link>", client.get(f"/reports/feed?{query}").content.decode()
            )
        )
        drawn = json.loads(client.get(f"/reports/map.json?{query}").content)
        numbers = {everyone[case] for case in wanted}
        assert listed == fed == numbers, query
        assert {one[4] for one in drawn["points"]} == numbers, query
        assert drawn["total"] == len(numbers)
        assert set(drawn["names"]) == {one[5] for one in drawn["points"]}
        assert all(words[:6] not in {"Report", ""} for words in drawn["names"].values())
    here = "-1.5501,53.7999,-1.5499,53.8001"
    inside = client.get(f"/reports?box={here}").content.decode()
    told = json.loads(client.get(f"/reports/map.json?box={here}&across=7").content)
    assert set(re.findall(r'href="/reports/([A-Z0-9-]+)"', inside)) == {one[4] for one in told["points"]} != set()
    assert "Show the whole area" in inside
    assert json.loads(client.get(f"/reports/map.json?box={here}&across=wide").content) == told


def test_a_reports_page_is_honest_and_holds_nothing_of_who_asked(
    report: Callable[..., Case], client: Client, clock: Any
) -> None:
    case = report(email="alma.dunn@example.org")
    number = show_reference(case.reference)
    page = client.get(f"/reports/{number}").content.decode()
    assert "We promised to deal with it by" in page
    assert "Deeper than 10 cm" in page
    for hidden in ("dunn", "alma", "bus stop", "example.org"):
        assert hidden not in page.lower()
    close_case(case.id, outcome="below-repair-level", resolved=False, by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    page = client.get(f"/reports/{number}").content.decode()
    assert "Closed without a repair: Below repair level" in page
    assert "Follow this report" not in page
    assert client.get("/reports/AAAA-AAAA").status_code == 404
    session = client.session
    session["cases"] = [str(case.id)]
    session.save()
    clock.advance(days=29)
    late = client.post(f"/track/{case.id}/not-right", {"text": "Still there"})
    assert late.status_code == 400
    assert "too long ago" in late.content.decode()
    clock.advance(days=-10)
    assert client.post(f"/track/{case.id}/not-right", {"text": "Still there"}).status_code == 302
    assert Case.objects.get().state == "open"


def test_a_photo_is_public_only_after_somebody_looked(
    report: Callable[..., Case], client: Client, clock: Any, settings: Any, tmp_path: Path
) -> None:
    from moothall.documents.storage import put

    settings.MEDIA_ROOT = tmp_path
    case = report()
    held = Document.objects.create(
        sha256="0" * 64,
        name="a.jpg",
        media_type="image/jpeg",
        size=3,
        path=put(b"abc"),
        case_id=case.id,
        mark=5,
        received_at=clock.now(),
    )
    Photo.objects.create(document_id=held.id, case_id=case.id, received_at=clock.now())
    here = f"/reports/{show_reference(case.reference)}"
    address = f"{here}/photos/{held.id}.jpg"
    assert client.get(address).status_code == 404
    assert str(held.id) not in client.get(here).content.decode()
    review_photo(held.id, case_id=case.id, publish=True, by=SYSTEM, at=clock.now())
    assert client.get(address).content == b"abc"
    assert address in client.get(here).content.decode()
    review_photo(held.id, case_id=case.id, publish=False, by=SYSTEM, at=clock.now())
    assert client.get(address).status_code == 404


def test_stopping_and_alerts_need_a_press_not_a_look(report: Callable[..., Case], client: Client, clock: Any) -> None:
    case = report()
    client.post(f"/reports/{show_reference(case.reference)}/follow", {"address": "a@example.com"})
    link = re.search(r"/reports/stop/[\w-]+/\w+", Message.objects.get(template="follow-started").body.replace("\\", ""))
    assert link
    assert client.get(link[0]).status_code == 200
    confirm = link[0].replace("/stop/", "/follow/")
    assert client.get(confirm).status_code == 200
    assert Report.objects.get().followers == 0, "a mail program that looks at links counts nobody"
    assert client.post(f"{confirm[:-4]}0000").status_code == 404
    assert "We’ve counted you" in client.post(confirm).content.decode()
    assert Report.objects.get().followers == 1
    assert "Followed" in client.get(f"/reports/{show_reference(case.reference)}").content.decode()
    assert client.post(link[0]).status_code == 200
    assert Report.objects.get().followers == 0
    assert client.post(f"{link[0][:-4]}0000").status_code == 404
    assert client.get("/reports/alerts").status_code == 200
    assert client.post("/reports/alerts", {"near": "53.8,-1.55", "address": "no"}).status_code == 400
    assert (
        "Look for our email"
        in client.post("/reports/alerts", {"near": "53.8,-1.55", "address": "b@example.com"}).content.decode()
    )
    link = re.search(
        r"/reports/alerts/[\w-]+/\w+", Message.objects.get(template="alert-confirm").body.replace("\\", "")
    )
    assert link
    assert client.get(link[0]).status_code == 200
    assert "tell you" in client.post(link[0]).content.decode()
    report()
    assert Message.objects.filter(template="alert-place").count() == 1
    assert client.post(f"{link[0]}/stop").status_code == 200


def test_pages_cost_the_same_queries_however_many_reports(report: Callable[..., Case], client: Client) -> None:
    case = report()
    pages = ("/reports", "/reports/map.json", f"/reports/{show_reference(case.reference)}", "/report")
    counted = []
    for _ in range(2):
        costs = []
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            costs.append(len(asked))
        counted.append(costs)
        for n in range(4):
            report(53.8 + n / 2000)
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 7, dict(zip(pages, counted[0], strict=True))


def test_the_base_map_is_drawn_from_what_was_imported_and_served_by_ranges(
    town: None, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    assert json.loads(client.get("/map/base.json").content)["kind"] == "none"
    assert client.get("/map/base.pmtiles").status_code == 404
    assert build_basemap() > 6
    about = json.loads(client.get("/map/base.json").content)
    assert about["kind"] == "vector"
    assert about["bounds"][0] < -1.5
    whole = client.get(about["url"]).content
    part = client.get(about["url"], headers={"Range": "bytes=0-126"})
    assert (part.status_code, part.content) == (206, whole[:127])
    assert part["Content-Range"] == f"bytes 0-126/{len(whole)}"
    assert client.get(about["url"], headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    with (tmp_path / "basemap.pmtiles").open("rb") as file:
        reader = Reader(MmapSource(file))
        header = reader.header()
        assert (header["min_zoom"], header["max_zoom"]) == (9, 14)
        from mapbox_vector_tile import decode

        from moothall.places.geometry import cell_of

        x, y = cell_of(53.8, -1.55, 14)
        import gzip

        tile = decode(gzip.decompress(reader.get(14, x, y)))
    assert {one["properties"]["name"] for one in tile["roads"]["features"]} >= {"Mill Lane"}
    settings.MAP_TILES = "https://tiles.example.org/{z}/{x}/{y}.png?key=k"
    assert json.loads(client.get("/map/base.json").content)["kind"] == "raster"


def test_a_place_is_found_in_the_list_by_its_name_and_watched_whether_or_not_anything_was_reported_there(
    town: None, report: Callable[..., Case], client: Client, clock: Any
) -> None:
    near, far = report(), report(53.8045)
    page = client.get("/reports?place=mil+lane&state=open").content.decode()
    assert "Which place do you mean?" in page
    chosen = re.search(r'<a href="(/reports\?[^"]*)">Mill Lane, Armley', page)
    assert chosen, page
    link = chosen[1].replace("&amp;", "&")
    assert "state=open" in link
    listed = client.get(link).content.decode()
    assert "Within 500 metres of Mill Lane, Armley" in listed
    assert show_reference(near.reference) in listed
    assert show_reference(far.reference) not in listed
    assert 'value="Mill Lane, Armley"' in listed
    # another place typed into the same form, and none
    other = client.get(link.replace("place=Mill", "place=Dock")).content.decode()
    assert "Dock Road" in other
    everywhere = client.get(re.sub(r"place=[^&]*", "place=", link, count=1)).content.decode()
    assert show_reference(far.reference) in everywhere
    assert "We found nothing called “Zanzibar”" in client.get("/reports?place=Zanzibar").content.decode()
    assert client.get("/reports?place=%00&near=1").status_code == 200

    asked = re.search(r'href="(/reports/alerts[^"]*)">Email me what is new here', listed)
    assert asked
    where = client.get(asked[1].replace("&amp;", "&")).content.decode()
    assert "Near Mill Lane, Armley, within 500 metres" in where


def test_news_can_be_had_of_any_place_by_its_name_or_from_the_map(town: None, client: Client, clock: Any) -> None:
    empty = client.get("/reports/alerts").content.decode()
    assert "Which place do you want to hear about?" in empty
    assert "We found nothing" in client.get("/reports/alerts?place=Zanzibar").content.decode()
    for words, said in (("dock road", "Dock Road, Armley"), ("near the library", "Near Armley Library")):
        found = client.get("/reports/alerts", {"place": words}).content.decode()
        link = re.search(rf'href="([^"]*)">{said}', found)
        assert link, found
        page = client.get(link[1].replace("&amp;", "&")).content.decode()
        form = dict(re.findall(r'name="(near|metres|service)" value="([^"]*)"', page))
        told = client.post("/reports/alerts", form | {"address": "watch@example.com", "placed": "BUY THIS"})
        assert "Look for our email" in told.content.decode()
    assert Alert.objects.count() == 2
    assert not Alert.objects.filter(place__contains="BUY").exists()

    part = client.get("/reports?box=-1.556,53.797,-1.544,53.803").content.decode()
    news = re.search(r'href="(/reports/alerts[^"]*)">Email me what is new here', part)
    assert news
    assert "metres=500" in news[1]
    assert "within 500 metres" in client.get(news[1].replace("&amp;", "&")).content.decode()
    wide = client.get("/reports?box=-1.9,53.6,-1.3,53.9").content.decode()
    assert "Email me what is new near a place" in wide


def test_reporting_can_be_put_among_the_apps_of_a_device(council: Any, client: Client) -> None:
    for page in ("/report", "/report/offline"):
        assert '<link rel="manifest" href="/report/app.webmanifest">' in client.get(page).content.decode()
    answer = client.get("/report/app.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["id"], told["start_url"], told["scope"], told["display"]) == ("/report", "/report", "/", "standalone")
    assert council.council.name.split()[0] in told["name"]
    for icon in told["icons"]:
        assert client.get(icon["src"])["Content-Type"] == icon["type"]
    assert "/report/app.webmanifest" in client.get("/report/worker.js").content.decode(), (
        "kept for where there is no signal"
    )
