"""Addresses of the console."""

from django.urls import path

from moothall.interfaces.console import audit, chain, council, deliveries, equality, health, messages, money, people

app_name = "console"

urlpatterns = [
    path("", council.home, name="home"),
    path("services", council.services, name="services"),
    path("services/<slug:code>", council.service, name="service"),
    path("promises", council.promises, name="promises"),
    path("templates", messages.templates, name="templates"),
    path("templates/<slug:code>", messages.template, name="template"),
    path("doubts", council.doubts, name="doubts"),
    path("versions", council.versions, name="versions"),
    path("versions/apply", council.apply, name="apply"),
    path("versions/<int:number>", council.version, name="version"),
    path("staff", people.staff, name="staff"),
    path("staff/new", people.new_staff, name="staff-new"),
    path("staff/<uuid:staff_id>", people.one, name="staff-one"),
    path("staff/<uuid:staff_id>/close", people.close, name="staff-close"),
    path("staff/<uuid:staff_id>/open", people.reopen, name="staff-open"),
    path("staff/<uuid:staff_id>/password", people.password, name="staff-password"),
    path("staff/<uuid:staff_id>/second-factor", people.second_factor, name="staff-second-factor"),
    path("roles", people.roles, name="roles"),
    path("systems", people.systems, name="systems"),
    path("systems/<uuid:client_id>/close", people.close_system, name="system-close"),
    path("messages", messages.trouble, name="trouble"),
    path("messages/<uuid:message_id>", messages.message_act, name="message-act"),
    path("deliveries", deliveries.listed, name="deliveries"),
    path("deliveries/<uuid:delivery_id>", deliveries.one, name="delivery"),
    path("deliveries/<uuid:delivery_id>/settle", deliveries.settle, name="delivery-settle"),
    path("quarantine", messages.quarantined, name="quarantine"),
    path("quarantine/<uuid:quarantined_id>", messages.quarantine_settle, name="quarantine-settle"),
    path("jobs", health.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/again", health.job_again, name="job-again"),
    path("searches", health.unmet, name="unmet"),
    path("refunds", money.refunds, name="refunds"),
    path("refunds/<uuid:refund_id>", money.refund_act, name="refund-act"),
    path("payments", money.find, name="payment-find"),
    path("payments/<uuid:intent_id>", money.payment, name="payment"),
    path("payments/<uuid:intent_id>/refund", money.ask, name="payment-refund"),
    path("reconciliation", money.reconciliation, name="reconciliation"),
    path("reconciliation/statement", money.statement, name="statement"),
    path("reconciliation/<uuid:difference_id>", money.difference, name="difference"),
    path("reconciliation/ledger.csv", money.ledger_csv, name="ledger-csv"),
    path("looks", audit.looked, name="looks"),
    path("equality", equality.told, name="equality"),
    path("chain", chain.checked, name="chain"),
    path("chain.zip", chain.taken_away, name="chain-zip"),
    path("looks.csv", audit.looked_csv, name="looks-csv"),
]
