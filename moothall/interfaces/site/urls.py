"""The public site's addresses. Short, lower case, no dot and no slash at the end: people read them out."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.site.views import about, bookings, catalogue, paying, requests, tracking

app_name = "site"
urlpatterns = [
    path("", catalogue.home, name="home"),
    path("search", catalogue.search, name="search"),
    path("search/suggest", catalogue.suggest, name="suggest"),
    path("answers/<slug:code>", catalogue.answer, name="answer"),
    path("services", catalogue.services, name="services"),
    path("services/in/<slug:area>", catalogue.services, name="area"),
    path("services/<slug:code>", catalogue.service, name="service"),
    path("services/<slug:code>/start", requests.start, name="start"),
    path("requests/<uuid:dialogue>/", requests.carry_on, name="request"),
    path("requests/<uuid:dialogue>/check", requests.check, name="check"),
    path("requests/<uuid:dialogue>/send", requests.send, name="send"),
    path("requests/<uuid:dialogue>/sent", requests.sent, name="sent"),
    path("requests/<uuid:dialogue>/calendar.ics", requests.calendar, name="calendar"),
    path("requests/<uuid:dialogue>/told-by", requests.told_by, name="told-by"),
    path("requests/<uuid:dialogue>/keep", requests.keep, name="keep"),
    path("requests/<uuid:dialogue>/<slug:question>", requests.question, name="question"),
    path("requests/<uuid:dialogue>/<slug:question>/wait", requests.wait, name="wait"),
    path("requests/<uuid:dialogue>/<slug:question>/remove", requests.remove_file, name="remove-file"),
    path("return/<uuid:dialogue>/<slug:token>", requests.come_back, name="come-back"),
    path("track", tracking.track, name="track"),
    path("track/<uuid:case>", tracking.case, name="case"),
    path("track/<uuid:case>/add", tracking.add, name="case-add"),
    path("track/<uuid:case>/not-right", tracking.not_right, name="case-not-right"),
    path("track/<uuid:case>/withdraw", tracking.withdraw, name="case-withdraw"),
    path("track/<uuid:case>/rate", tracking.rate, name="case-rate"),
    path("bookings/<uuid:booking>/<slug:token>", bookings.show, name="booking"),
    path("bookings/<uuid:booking>/<slug:token>/cancel", bookings.cancel, name="booking-cancel"),
    path("bookings/<uuid:booking>/<slug:token>/move", bookings.move, name="booking-move"),
    path("bookings/<uuid:booking>/<slug:token>/booking.ics", bookings.calendar, name="booking-calendar"),
    path("bookings/offers/<uuid:wait>/<slug:token>", bookings.offer, name="offer"),
    path("bookings/feeds/<slug:staff>/<slug:token>.ics", bookings.feed, name="feed"),
    path("pay/<uuid:intent>/<str:token>", paying.show, name="pay"),
    path("pay/<uuid:intent>/<str:token>/start", paying.start, name="pay-start"),
    path("pay/<uuid:intent>/<str:token>/back", paying.back, name="pay-back"),
    path("contact", about.contact, name="contact"),
    path("accessibility", about.accessibility, name="accessibility"),
    path("privacy", about.privacy, name="privacy"),
]
