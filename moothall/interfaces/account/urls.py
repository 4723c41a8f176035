"""Addresses of residents' accounts."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.account import (
    also,
    codes,
    data,
    for_others,
    home,
    identity,
    own,
    passkeys,
    permits,
    reach,
    ways,
    wishes,
)

app_name = "account"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", codes.sign_in, name="sign-in"),
    path("sign-in/code", codes.code, name="code"),
    path("sign-in/name", codes.name, name="name"),
    path("sign-in/password", codes.password, name="password"),
    path("sign-in/app", codes.app, name="app"),
    path("sign-in/passkey", passkeys.come, name="passkey-in"),
    path("sign-in/identity", identity.begin, name="identity"),
    path("sign-in/identity/back", identity.back, name="identity-back"),
    path("out", home.out, name="out"),
    path("requests/<uuid:case>", home.request_page, name="request"),
    path("helpers/<uuid:representation>/end", home.end_helper, name="end-helper"),
    path("for/<uuid:representation>", for_others.others, name="for"),
    path("for/<uuid:representation>/ask/<slug:code>", for_others.ask, name="ask-for"),
    path("claim", home.claim, name="claim"),
    path("payments", also.payments, name="payments"),
    path("bookings", also.bookings, name="bookings"),
    path("permits", permits.permits, name="permits"),
    path("permits/<uuid:permit_id>/again", permits.again, name="permit-again"),
    path("agreements", also.agreements, name="agreements"),
    path("messages", home.messages, name="messages"),
    path("data", data.data, name="data"),
    path("data/<uuid:copy_id>", data.fetch, name="copy"),
    path("looks", own.looks, name="looks"),
    path("about-me", own.equality, name="equality"),
    path("details", own.details, name="details"),
    path("wishes", wishes.wishes, name="wishes"),
    path("reach/add", reach.add, name="reach-add"),
    path("reach/code", reach.code, name="reach-code"),
    path("reach/away", reach.away, name="reach-away"),
    path("ways", ways.ways, name="ways"),
    path("ways/add", ways.add_point, name="add-point"),
    path("ways/add/code", ways.add_point_code, name="add-point-code"),
    path("ways/password", ways.password, name="set-password"),
    path("ways/app", ways.app, name="set-app"),
    path("ways/app/away", ways.app_away, name="app-away"),
    path("ways/take-away", ways.take_away, name="take-away"),
    path("ways/mine", ways.mine, name="way-mine"),
    path("ways/out", ways.out_everywhere, name="out-everywhere"),
    path("ways/passkey", passkeys.add, name="passkey-add"),
]
