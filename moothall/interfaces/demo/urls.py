"""Addresses of the demonstration's own pages."""

from django.urls import path

from moothall.interfaces.demo import card, outbox

app_name = "demo"
urlpatterns = [
    path("card/<str:payment>", card.card, name="card"),
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<str:reference>", outbox.message, name="message"),
    path("outbox/<str:reference>/as-mail", outbox.as_mail, name="as-mail"),
]
