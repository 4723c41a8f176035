"""Emptying a table would lose the past just as deleting would: refused for the events, each of their months, and the seals."""

from django.db import migrations

KEEP = """
DO $$
DECLARE
    part text;
BEGIN
    FOR part IN SELECT 'core_event' UNION ALL SELECT 'core_eventseal'
                UNION ALL SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'core_event'::regclass LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()',
                       part || '_kept', part);
    END LOOP;
END $$;
"""
LET_GO = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT tgname, tgrelid::regclass::text AS part FROM pg_trigger
                 WHERE tgname LIKE 'core\\_event%\\_kept' LOOP
        EXECUTE format('DROP TRIGGER %I ON %I', found.tgname, found.part);
    END LOOP;
END $$;
"""
MONTH = """
-- As before; and a new month's own table is kept like the others.
CREATE OR REPLACE FUNCTION core_event_month(month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    beyond timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    part text := 'core_event_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE core_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('LOCK TABLE core_event_rest IN ACCESS EXCLUSIVE MODE');
    EXECUTE format('INSERT INTO %I SELECT * FROM core_event_rest WHERE recorded_at >= %L AND recorded_at < %L',
                   part, first, beyond);
    ALTER TABLE core_event_rest DISABLE TRIGGER core_event_append_only;
    EXECUTE format('DELETE FROM core_event_rest WHERE recorded_at >= %L AND recorded_at < %L', first, beyond);
    ALTER TABLE core_event_rest ENABLE TRIGGER core_event_append_only;
    EXECUTE format('ALTER TABLE core_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, first, beyond);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()',
                   part || '_kept', part);
    RETURN true;
END $$;
"""
MONTH_BEFORE = """
CREATE OR REPLACE FUNCTION core_event_month(month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    beyond timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    part text := 'core_event_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE core_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('LOCK TABLE core_event_rest IN ACCESS EXCLUSIVE MODE');
    EXECUTE format('INSERT INTO %I SELECT * FROM core_event_rest WHERE recorded_at >= %L AND recorded_at < %L',
                   part, first, beyond);
    ALTER TABLE core_event_rest DISABLE TRIGGER core_event_append_only;
    EXECUTE format('DELETE FROM core_event_rest WHERE recorded_at >= %L AND recorded_at < %L', first, beyond);
    ALTER TABLE core_event_rest ENABLE TRIGGER core_event_append_only;
    EXECUTE format('ALTER TABLE core_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, first, beyond);
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    """No row is touched; the running version writes on."""

    dependencies = [("core", "0008_away_services")]
    operations = [migrations.RunSQL(KEEP, LET_GO), migrations.RunSQL(MONTH, MONTH_BEFORE)]
