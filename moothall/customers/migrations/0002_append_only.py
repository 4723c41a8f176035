"""``customers_look`` is append-only."""

from django.db import migrations


class Migration(migrations.Migration):
    """The trigger's function is core's."""

    dependencies = [("customers", "0001_initial"), ("core", "0002_event_table")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER customers_look_append_only BEFORE UPDATE OR DELETE ON customers_look"
            " FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER customers_look_append_only ON customers_look",
        )
    ]
