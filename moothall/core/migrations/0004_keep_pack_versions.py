from django.db import migrations

SQL = """
CREATE TRIGGER core_packversion_kept BEFORE TRUNCATE ON core_packversion
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNDO = "DROP TRIGGER core_packversion_kept ON core_packversion;"


class Migration(migrations.Migration):
    """Emptying the table would lose what cases were opened under just as deleting would."""

    dependencies = [("core", "0003_jobs")]
    operations = [migrations.RunSQL(SQL, UNDO)]
