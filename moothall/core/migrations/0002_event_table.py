"""The event table: partitioned by month of ``recorded_at``, append-only by trigger."""

from django.db import migrations

SQL = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a row is never changed or deleted; record another fact instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TABLE core_event (
    id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    tx bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    name varchar(60) NOT NULL,
    actor_kind varchar(12) NOT NULL,
    actor_id uuid,
    purpose varchar(60) NOT NULL,
    subject_kind varchar(40) NOT NULL,
    subject_id uuid,
    case_id uuid,
    contact_id uuid,
    customer_id uuid,
    service varchar(80) NOT NULL DEFAULT '',
    channel varchar(12) NOT NULL DEFAULT '',
    team varchar(60) NOT NULL DEFAULT '',
    area varchar(20) NOT NULL DEFAULT '',
    imported boolean NOT NULL DEFAULT false,
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);

CREATE INDEX core_event_feed ON core_event (tx, id);
CREATE INDEX core_event_case ON core_event (case_id, occurred_at) WHERE case_id IS NOT NULL;
CREATE INDEX core_event_customer ON core_event (customer_id, occurred_at DESC, id DESC) WHERE customer_id IS NOT NULL;
CREATE TABLE core_event_rest PARTITION OF core_event DEFAULT;

CREATE TRIGGER core_event_append_only BEFORE UPDATE OR DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();

-- Makes the partition of one month, unless it is there. Rows that already lie in the rest partition are moved along.
CREATE FUNCTION core_event_month(month date) RETURNS boolean LANGUAGE plpgsql AS $$
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

-- From last month on, fifteen months ahead; a monthly job keeps it so.
SELECT core_event_month((date_trunc('month', current_date) + make_interval(months => m))::date)
    FROM generate_series(-1, 14) AS m;

CREATE TRIGGER core_packversion_append_only BEFORE UPDATE OR DELETE ON core_packversion
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

UNDO = """
DROP TRIGGER core_packversion_append_only ON core_packversion;
DROP TABLE core_event;
DROP FUNCTION core_event_month(date);
DROP FUNCTION core_refuse_change() CASCADE;
"""


class Migration(migrations.Migration):
    """Plain SQL: Django has no partitioned tables."""

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
