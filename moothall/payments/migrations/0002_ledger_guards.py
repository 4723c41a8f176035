"""The ledger is append-only, and the postings of every entry come to nothing: the database holds both."""

from django.db import migrations

GUARDS = """
CREATE TRIGGER payments_entry_append_only BEFORE UPDATE OR DELETE ON payments_entry
 FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER payments_posting_append_only BEFORE UPDATE OR DELETE ON payments_posting
 FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE FUNCTION payments_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  about uuid := CASE WHEN TG_TABLE_NAME = 'payments_entry' THEN NEW.id ELSE NULL END;
  total numeric;
  sides integer;
BEGIN
  IF about IS NULL THEN about := NEW.entry_id; END IF;
  SELECT coalesce(sum(pence), 0), count(*) INTO total, sides FROM payments_posting WHERE entry_id = about;
  IF total <> 0 OR sides < 2 THEN
    RAISE EXCEPTION 'The postings of entry % come to % in % sides, not to nothing.', about, total, sides
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_entry_balanced AFTER INSERT ON payments_entry
 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_entry_balanced();
CREATE CONSTRAINT TRIGGER payments_posting_balanced AFTER INSERT ON payments_posting
 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_entry_balanced();
"""
UNGUARD = """
DROP TRIGGER payments_posting_balanced ON payments_posting;
DROP TRIGGER payments_entry_balanced ON payments_entry;
DROP FUNCTION payments_entry_balanced();
DROP TRIGGER payments_posting_append_only ON payments_posting;
DROP TRIGGER payments_entry_append_only ON payments_entry;
"""


class Migration(migrations.Migration):
    """The refusing function is core's."""

    dependencies = [("payments", "0001_initial"), ("core", "0002_event_table")]
    operations = [migrations.RunSQL(GUARDS, UNGUARD)]
