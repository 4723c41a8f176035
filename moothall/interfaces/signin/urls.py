"""Addresses of signing in."""

from django.urls import path

from moothall.interfaces.signin import council, views

app_name = "signin"

urlpatterns = [
    path("", views.sign_in, name="sign-in"),
    path("code", views.code, name="code"),
    path("set-up", views.set_up, name="set-up"),
    path("onward", views.onward, name="onward"),
    path("new-password", views.new_password, name="new-password"),
    path("out", views.sign_out, name="sign-out"),
    path("carry-on", views.carry_on, name="carry-on"),
    path("still-here", views.still_here, name="still-here"),
    path("account", views.account, name="account"),
    path("account/password", views.password, name="password"),
    path("account/second-factor", views.second_factor, name="second-factor"),
    path("council", council.begin, name="council"),
    path("council/back", council.back, name="council-back"),
]
