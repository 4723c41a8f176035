from django.db import migrations

NOT_NEEDED = """
    DELETE FROM reports_follower moved USING reports_follower own
    WHERE moved.came_with IS NOT NULL AND own.case_id = moved.came_with AND own.address = moved.address
"""
"""Who came along with a report that was joined to another follows it still: the row there is what counts from now on."""


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0004_where_followers_came_from"),
    ]

    operations = [
        migrations.RunSQL(NOT_NEEDED, migrations.RunSQL.noop),
    ]
