"""The secrets of people's apps are locked: what is there is written anew."""

from django.db import connection, migrations

import moothall.core.vault
from moothall.core.vault import unlock


def lock(apps, schema_editor):
    model = apps.get_model("customer_accounts", "Authenticator")
    ids = list(model.objects.exclude(secret="").values_list("pk", flat=True))
    for begin in range(0, len(ids), 500):
        model.objects.bulk_update(model.objects.filter(pk__in=ids[begin:begin + 500]).only("secret"), ["secret"])


def open_again(apps, schema_editor):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, secret FROM customer_accounts_authenticator")
        for key, kept in cursor.fetchall():
            cursor.execute("UPDATE customer_accounts_authenticator SET secret = %s WHERE id = %s", [unlock(kept), key])


class Migration(migrations.Migration):

    dependencies = [
        ("customer_accounts", "0001_accounts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authenticator", name="secret", field=moothall.core.vault.LockedText(help_text="Base 32."),
        ),
        migrations.RunPython(lock, open_again),
    ]
