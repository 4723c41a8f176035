"""Emptying the table would lose what must not be lost just as deleting would."""

from django.db import migrations


class Migration(migrations.Migration):
    """No row is touched; the running version writes on."""

    dependencies = [("promises", "0003_what_is_owed"), ("core", "0002_event_table")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER promises_clockfact_kept BEFORE TRUNCATE ON promises_clockfact"
            " FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER promises_clockfact_kept ON promises_clockfact",
        ),
    ]
