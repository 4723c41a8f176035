from django.db import migrations

# A search reads tens of thousands of claims: plain numbers in an index, instead of ranges in a tree. The database works
# them out itself, so that nobody can write a claim whose numbers say something else than its range.
ADD = """
ALTER TABLE bookings_claim
    ADD COLUMN since_minute int GENERATED ALWAYS AS
        (floor(extract(epoch FROM lower(during) - timestamptz '1970-01-01 00:00:00+00') / 60)::int) STORED,
    ADD COLUMN until_minute int GENERATED ALWAYS AS
        (ceil(extract(epoch FROM upper(during) - timestamptz '1970-01-01 00:00:00+00') / 60)::int) STORED;
CREATE INDEX claim_in_minutes ON bookings_claim (resource, since_minute) INCLUDE (until_minute, expires_at) WHERE live;
"""
UNDO = """
DROP INDEX claim_in_minutes;
ALTER TABLE bookings_claim DROP COLUMN since_minute, DROP COLUMN until_minute;
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_the_room")]
    operations = [migrations.RunSQL(ADD, UNDO)]
