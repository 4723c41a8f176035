"""Where references come from: see ``core/reference_numbers.py``."""

from django.db import migrations


class Migration(migrations.Migration):
    """A number of the sequence is a block of a thousand references."""

    dependencies = [("core", "0005_password_resets")]
    operations = [migrations.RunSQL("CREATE SEQUENCE core_reference MINVALUE 0", "DROP SEQUENCE core_reference")]
