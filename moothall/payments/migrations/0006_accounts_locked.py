"""Bank accounts, and the files that hold them, are locked: what is there is written anew, 500 rows at a time.

A version that still runs cannot make a file for the bank of locked accounts: it refuses, for a record must have 106 characters.
"""

from django.db import connection, migrations

import moothall.core.vault
from moothall.core.vault import unlock

BATCH = 500
HELD = (("Mandate", ("sort_code", "account")), ("DebitFile", ("content",)))


def lock(apps, schema_editor):
    for name, fields in HELD:
        model = apps.get_model("payments", name)
        filled = model.objects.exclude(**{fields[0]: ""}).order_by("id")
        ids = list(filled.values_list("id", flat=True))
        for begin in range(0, len(ids), BATCH):
            rows = list(model.objects.filter(id__in=ids[begin:begin + BATCH]).only(*fields))
            model.objects.bulk_update(rows, fields)


def open_again(apps, schema_editor):
    for table, columns in (("payments_mandate", ("sort_code", "account")), ("payments_debitfile", ("content",))):
        with connection.cursor() as cursor:
            for column in columns:
                cursor.execute(f"SELECT id, {column} FROM {table} WHERE {column} <> ''")
                for key, kept in cursor.fetchall():
                    cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [unlock(kept), key])


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0005_deposits"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="mandate", name="mandate_account_shape"),
        migrations.AlterField(
            model_name="mandate", name="sort_code", field=moothall.core.vault.LockedText(blank=True),
        ),
        migrations.AlterField(
            model_name="mandate", name="account", field=moothall.core.vault.LockedText(blank=True),
        ),
        migrations.AlterField(
            model_name="debitfile",
            name="content",
            field=moothall.core.vault.LockedText(
                blank=True, help_text="The records of a file for the bank: accounts whole.",
            ),
        ),
        migrations.RunPython(lock, open_again),
    ]
