"""The catalogue's pages in words: from what queries return to what templates draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.urls import reverse

from moothall.channels.post.paper import can_draw
from moothall.core.packs import current_pack
from moothall.core.packs.sections import Announcement
from moothall.intake.queries.catalogue import HomePage, Search, ServiceLine, ServicePage, WayIn, names_of
from moothall.intake.queries.listed import ListedLine
from moothall.intake.queries.spoken import SpokenWith, spoken_with
from moothall.interfaces.site.announced import all_announced
from moothall.interfaces.site.pages import (
    AreaView,
    Asked,
    Figure,
    HomeView,
    LanguageView,
    ListedResult,
    NoticeView,
    Result,
    SearchView,
    ServiceView,
    Tile,
    WayView,
)
from moothall.interfaces.site.speaking import offered_in
from moothall.interfaces.ui import words
from moothall.interfaces.ui.parts import PromiseCard
from moothall.services.nation import DoneBy
from moothall.services.pack import Area, Elsewhere, Emergency, Service

HOW_MEASURED: Final = "/performance/"
DONE_BY: Final = {
    DoneBy.US: "Councils like ours do this, but you can’t ask for it here. Ring us and we tell you how.",
    DoneBy.COUNTY: "This is not ours: your county council does it.",
    DoneBy.DISTRICT: "This is not ours: your district council does it.",
    DoneBy.UNKNOWN: "Councils do this, but you can’t ask for it here. Ring us and we tell you who does it.",
}


def picture(area: str) -> str:
    """Return the name of an area's drawing."""
    return area.replace("-", "_")


def tile(line: ServiceLine) -> Tile:
    """Return a service as a tile."""
    return Tile(line.name, reverse("site:service", args=[line.code]), picture(line.area))


def area_view(area: Area, lines: Iterable[ServiceLine] = ()) -> AreaView:
    """Return an area with its services."""
    return AreaView(
        area.name, picture(area.code), reverse("site:area", args=[area.code]), tuple(tile(line) for line in lines)
    )


def notice(one: Announcement) -> NoticeView:
    """Return an announcement: its first sentence heads it."""
    first, dot, rest = one.says.partition(". ")
    return NoticeView(first + ("." if dot else ""), rest)


def ways_line(ways: Iterable[WayIn]) -> str:
    """Return one line: how else to reach us."""
    phone = next((way for way in ways if way.channel == "phone" and way.value), None)
    if phone is None:
        return ""
    return f"Or ring {phone.value}. {phone.open_words}.".replace(" .", "")


def home(page: HomePage) -> HomeView:
    """Return the start page."""
    return HomeView(
        popular=tuple(tile(line) for line in page.popular), areas=tuple(area_view(area) for area in page.areas),
        popular_heading="This week people come for" if page.counted else "What people come for most",
        figures=tuple(Figure(one.value, one.label) for one in page.figures),
        notices=(*all_announced(page.announced), *(notice(one) for one in page.notices)), ways=ways_line(page.ways),
        languages=languages(spoken_with()),
    )  # fmt: skip


def search(
    found: Search, areas: Mapping[str, str], instead: Iterable[ServiceLine], ways: Iterable[WayIn],
    listed: Iterable[ListedLine] = (),
) -> SearchView:  # fmt: skip
    """Return what was found: services, then answers. Where nothing fits well, nothing is pretended: what the nation's list
    knows of it is said; then, and where the words were of another language, how to speak with us in it."""
    listed = tuple(listed)
    spoken = spoken_with(only=found.spoken[0].language) if found.spoken else spoken_with() if found.unmet else ()
    results = list(found_in_another_language(found))
    results += [
        Result(
            line.name,
            line.summary,
            reverse("site:service", args=[line.code]),
            areas.get(line.area, ""),
            picture(line.area),
        )
        for line in found.services
        if not found.unmet
    ]
    results += [
        Result(article.title, words_of_start(article.body), reverse("site:answer", args=[article.code]), "Answer")
        for article in found.articles
    ]
    ours = names_of([one.service for one in listed if one.service])
    for code, name in ours.items():  # the list's name for it is not ours
        called = next(one.name for one in listed if one.service == code)
        results.append(Result(name, f"On the nation’s list: {called}.", reverse("site:service", args=[code])))
    return SearchView(
        words=found.words, results=tuple(results), ways=ways_line(ways),
        listed=tuple(
            ListedResult(one.name, words_of_start(one.description), DONE_BY[one.by]) for one in listed if not one.service
        ),
        instead=tuple(tile(line) for line in (found.services[:4] if found.unmet and found.services else instead)),
        maybe=found.unmet and bool(found.services), languages=languages(spoken),
    )  # fmt: skip


def found_in_another_language(found: Search) -> tuple[Result, ...]:
    """Return the services that words of another language mean: what each is called in it, then in ours."""
    names = names_of([one.service for one in found.spoken])
    return tuple(
        Result(
            one.name, names[one.service],
            reverse("site:service", args=[one.service]) + (f"?lang={one.language}" if one.drawn else ""),
            language=one.language, direction=_direction(one.right_to_left),
        )
        for one in found.spoken
    )  # fmt: skip


def languages(spoken: Iterable[SpokenWith]) -> tuple[LanguageView, ...]:
    """Return the languages we can be spoken with in, each with what can be asked for in it."""
    offered = offered_in(current_pack())
    return tuple(
        LanguageView(
            one.code, _direction(one.right_to_left), one.own_name, one.name, one.says,
            tuple(
                (name, f"{reverse('site:service', args=[code])}?lang={one.code}")
                for code, name in offered.get(one.code, ())
            ),
        )
        for one in spoken
    )  # fmt: skip


def _direction(right_to_left: bool) -> str:
    return "rtl" if right_to_left else "ltr"


def words_of_start(body: str, most: int = 220) -> str:
    """Return the beginning of a text, to its last whole word."""
    plain = " ".join(body.split())
    return plain if len(plain) <= most else plain[:most].rsplit(" ", 1)[0] + "…"


def cost_words(service: Service) -> str:
    """Return what a service costs, in words."""
    cost = service.cost
    if not cost.charged:
        more = (
            f"\n{cost.says}" if cost.says and not cost.says.lower().startswith(("free", "no charge", "nothing")) else ""
        )
        return f"Nothing: this is free.{more}"
    if cost.fee is None:
        said = "There is a charge. We tell you how much before you pay."
    else:
        said = f"{words.pence(cost.fee)}{f': {cost.per[:1].lower()}{cost.per[1:]}' if cost.per else ''}."
    extra = "\n".join(f"{one.rstrip('.')}." for one in (cost.says, cost.concession) if one)
    return f"{said}\n{extra}" if extra else said


def cards(page: ServicePage) -> tuple[PromiseCard, ...]:
    """Return the service's usual promise with last month's record; none where it makes none."""
    if not page.sentences:
        return ()
    record = page.record
    kept, counted = (record.kept, record.of) if record else (None, None)
    return (PromiseCard(page.sentences[0][0], kept, counted, link=HOW_MEASURED),)


def other_promises(page: ServicePage) -> tuple[Asked, ...]:
    """Return the promises that apply in other circumstances, as an answer."""
    lines = [f"{applies}: {sentence[:1].lower()}{sentence[1:]}" for sentence, applies in page.sentences[1:]]
    return (Asked("Is it ever quicker or slower?", "\n".join(lines)),) if lines else ()


def service(page: ServicePage) -> ServiceView:
    """Return one service's page."""
    one = page.service
    if one.elsewhere is not None:
        return shown_the_way(page, one.elsewhere)
    emergency = urgent(one.emergency)
    return ServiceView(
        name=one.name, summary=one.summary, area=area_view(page.area), promises=cards(page),
        start_link=reverse("site:start", args=[one.code]) if page.online else "",
        start_words=one.direct.instead if one.direct else "Start now",
        direct_link=one.direct.page if one.direct else "", direct_words=one.direct.button if one.direct else "",
        takes=f"About {words.in_words(page.asks)} questions." if page.asks > 1 else "",
        closed=page.online_because or ("" if page.online else "Ask us one of the ways on this page."), emergency=emergency,
        notices=(*all_announced(page.announced), *(notice(told) for told in page.notices)),
        who=one.who_can_use, have_ready=one.have_ready,
        cost=cost_words(one), next_steps=one.what_happens_next,
        answers=(*(Asked(answer.question, answer.answer) for answer in one.knowledge), *other_promises(page)),
        articles=tuple((article.title, reverse("site:answer", args=[article.code])) for article in page.articles),
        ways=tuple(way_view(way) for way in page.ways), related=tuple(tile(line) for line in page.related),
        on_paper=one.visibility == "public" and one.channel("post").level != "no" and can_draw(), code=one.code,
    )  # fmt: skip


def urgent(emergency: Emergency | None) -> NoticeView | None:
    """Return what must not wait for the form, with the number to press on a telephone."""
    if emergency is None:
        return None
    phone = emergency.phone or ""
    link = f"tel:{phone.replace(' ', '')}" if phone else ""
    return NoticeView(emergency.when, emergency.do, "late", link, f"Call {phone}" if phone else "")


def shown_the_way(page: ServicePage, there: Elsewhere) -> ServiceView:
    """Return the page of what another body does here: who does it and how to ask them, and no promise of ours."""
    one = page.service
    emergency = urgent(one.emergency)
    title = f"{there.who} does this"
    way = NoticeView(title, link=there.web or "", link_words=f"Go to {there.who}" if there.web else "")
    return ServiceView(
        name=one.name, summary=there.says, area=area_view(page.area), promises=(), emergency=emergency,
        notices=(way, *(notice(told) for told in page.notices)), related=tuple(tile(line) for line in page.related),
    )  # fmt: skip


def way_view(way: WayIn) -> WayView:
    """Return a way to reach us: what to dial or write to, then when."""
    link = {"phone": "tel:" + way.value.replace(" ", ""), "email": f"mailto:{way.value}"}.get(way.channel, "")
    detail = way.value or way.open_words or way.says
    notes = [text for text in (way.open_words, way.says) if text and text != detail]
    return WayView(way.name, detail, ". ".join(note.rstrip(".") for note in notes), link if way.value else "")
