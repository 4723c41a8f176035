"""Emptying the table would lose what must not be lost just as deleting would."""

from django.db import migrations


class Migration(migrations.Migration):
    """No row is touched; the running version writes on."""

    dependencies = [("customers", "0005_company_number"), ("core", "0002_event_table")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER customers_look_kept BEFORE TRUNCATE ON customers_look"
            " FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER customers_look_kept ON customers_look",
        ),
    ]
