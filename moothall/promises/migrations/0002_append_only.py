"""``promises_clockfact`` is append-only."""

from django.db import migrations


class Migration(migrations.Migration):
    """The trigger's function is core's."""

    dependencies = [("promises", "0001_initial"), ("core", "0002_event_table")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER promises_clockfact_append_only BEFORE UPDATE OR DELETE ON promises_clockfact"
            " FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER promises_clockfact_append_only ON promises_clockfact",
        )
    ]
