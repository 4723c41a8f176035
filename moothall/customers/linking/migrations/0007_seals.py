"""Whoever is known to restricted systems alone is sealed; open sets follow by the nightly job."""

from django.db import migrations

SEAL = """
UPDATE customers_customer c SET sealed = r.restricted FROM customer_linking_sourcerecord r
 WHERE r.own_id = c.id AND r.restricted <> '' AND c.sealed = ''
   AND NOT EXISTS (
       SELECT FROM customer_linking_link l JOIN customer_linking_sourcerecord o ON o.id = l.record_id
         JOIN customers_customer m ON m.id = l.customer_id
        WHERE l.undone_at IS NULL AND NOT o.gone AND o.restricted = ''
          AND COALESCE(m.joined_to_id, m.id) = COALESCE(c.joined_to_id, c.id))
   AND NOT EXISTS (
       SELECT FROM customers_customer m WHERE COALESCE(m.joined_to_id, m.id) = COALESCE(c.joined_to_id, c.id)
          AND NOT EXISTS (SELECT FROM customer_linking_sourcerecord o WHERE o.own_id = m.id AND o.restricted <> ''));
UPDATE customers_contactpoint p SET sealed = r.restricted FROM customer_linking_sourcerecord r
 WHERE r.own_id = p.customer_id AND r.restricted <> '' AND p.sealed = '' AND p.confirmed_at IS NULL
   AND p.value IN (r.fields->>'phone', r.fields->>'mobile', r.fields->>'email');
"""


class Migration(migrations.Migration):
    dependencies = [("customer_linking", "0006_links_by_machine"), ("customers", "0007_sealed")]
    operations = [migrations.RunSQL(SEAL, migrations.RunSQL.noop)]
