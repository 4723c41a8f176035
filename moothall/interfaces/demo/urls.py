"""Addresses of the demonstration's own pages."""

from django.urls import path

from moothall.interfaces.demo import card, identity, outbox, statement, try_it

app_name = "demo"
urlpatterns = [
    path("card/<str:payment>", card.card, name="card"),
    path("statement.csv", statement.statement, name="statement"),
    path("telephone", try_it.telephone, name="telephone"),
    path("text", try_it.text, name="text"),
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<str:reference>", outbox.message, name="message"),
    path("outbox/<str:reference>/as-mail", outbox.as_mail, name="as-mail"),
    path("identity/.well-known/openid-configuration", identity.configuration, name="identity-configuration"),
    path("identity/.well-known/did.json", identity.did, name="identity-did"),
    path("identity/keys", identity.keys, name="identity-keys"),
    path("identity/authorize", identity.authorize, name="identity-authorize"),
    path("identity/token", identity.token, name="identity-token"),
    path("identity/userinfo", identity.userinfo, name="identity-userinfo"),
]
