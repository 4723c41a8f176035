"""Emptying the table would lose what must not be lost just as deleting would."""

from django.db import migrations


class Migration(migrations.Migration):
    """No row is touched; the running version writes on."""

    dependencies = [("payments", "0009_recording_pause"), ("core", "0002_event_table")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER payments_entry_kept BEFORE TRUNCATE ON payments_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER payments_entry_kept ON payments_entry",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER payments_posting_kept BEFORE TRUNCATE ON payments_posting"
            " FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()",
            "DROP TRIGGER payments_posting_kept ON payments_posting",
        ),
    ]
