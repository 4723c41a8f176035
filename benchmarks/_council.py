"""A seeded council for benchmarks: made by SQL in one database a size, kept for the next run.

For every case four contacts, two customers, two promises and about twelve events: with 500,000 cases the council of
`docs/performance.md` (1 million customers, 2 million contacts, 6 million events). Times spread over the year before the
seeding; names are drawn from short lists, so that many people share them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._shared import PREMISES, shared

ROOT = Path(__file__).resolve().parents[1]

FUNCTIONS = """
CREATE OR REPLACE FUNCTION bench_id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (kind || lpad(to_hex(n), 9, '0') || '7000' || '8000' || lpad(to_hex(n * 2654435761 % 281474976710655), 12, '0'))::uuid
$$;
-- What core.references.reference_of does, for the numbers the product's own sequence comes to last.
CREATE OR REPLACE FUNCTION bench_reference(n bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    letters constant text := '2346789CDFHJKMPQRTVWXYG';
    size constant numeric := 3404825447;
    mixed bigint := ((3404825446 - n)::numeric * 1979339339 + 716283197) % size;
    turned bigint := 0; body text := ''; total int := 0; digit int;
BEGIN
    FOR place IN 0..6 LOOP
        turned := turned * 23 + mixed % 23; mixed := mixed / 23;
    END LOOP;
    turned := (turned::numeric * 2654435761 + 1234567891) % size;
    FOR place IN 0..6 LOOP
        digit := turned % 23; turned := turned / 23;
        body := body || substr(letters, digit + 1, 1); total := total + (place + 2) * digit;
    END LOOP;
    RETURN body || substr(letters, ((-total % 23) + 23) % 23 + 1, 1);
END $$;
"""

TABLES = (
    "customers_customer", "customers_contactpoint", "contacts_contact", "cases_case", "cases_casecontact", "promises_promise",
    "promises_clockfact", "core_event",
)  # fmt: skip
AFTERWARDS = """
SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relname = ANY(%(tables)s) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
UNION ALL
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relname = ANY(%(tables)s) AND contype = 'f'
"""
"""What is taken away while the rows come and made again after, for that is faster: how, and how."""

GIVEN = [
    "Amina",
    "Susan",
    "David",
    "Grace",
    "Mohammed",
    "Joan",
    "Peter",
    "Aisha",
    "Robert",
    "Claire",
    "James",
    "Fatima",
    "Emma",
    "Ali",
    "John",
    "Sarah",
    "Paul",
    "Helen",
    "Ian",
    "Priya",
    "Tomasz",
    "Chloe",
    "Oliver",
    "Noor",
    "Ruth",
    "Harry",
    "Zainab",
    "George",
    "Maria",
    "Edward",
]
FAMILY = [
    "Dunn",
    "Jones",
    "Khan",
    "Taylor",
    "Ahmed",
    "Brown",
    "Wilson",
    "Hussain",
    "Patel",
    "Williams",
    "Johnson",
    "Walker",
    "Wright",
    "Robinson",
    "Thompson",
    "Begum",
    "Hughes",
    "Edwards",
    "Nowak",
    "Singh",
    "Green",
    "Hall",
    "Wood",
    "Harris",
    "Clarke",
    "Jackson",
    "Ward",
    "Turner",
    "Cooper",
    "Hill",
]
MIDDLE = [
    "Ash",
    "Beck",
    "Carr",
    "Dale",
    "Ellis",
    "Firth",
    "Gill",
    "Hart",
    "Ives",
    "Judd",
    "Kerr",
    "Lyle",
    "Marsh",
    "Nash",
    "Ogden",
    "Price",
    "Quinn",
    "Reid",
    "Shaw",
    "Tate",
]
STREETS = (
    "Mill Lane,Church Street,Park Road,Station Road,Beck View,Chapel Hill,Moor Road,Green Lane,The Avenue,Wood Street"
)


def seed(cases: int, say: Callable[[str], None]) -> dict[str, int]:
    """Fill the connected, migrated, empty database. Returns how many rows of each kind."""
    from django.db import connection

    counts = {"cases": cases, "contacts": cases * 4, "customers": cases * 2}
    values: dict[str, Any] = {
        "given": GIVEN, "family": FAMILY, "middle": MIDDLE, "streets": STREETS.split(","), **counts,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(FUNCTIONS)
        cursor.execute(AFTERWARDS, {"tables": list(TABLES)})
        afterwards = cursor.fetchall()
        for away, _ in afterwards:
            cursor.execute(away)
        for name, sql in STEPS:
            began = time.perf_counter()
            cursor.execute(sql, values)
            say(f"{name}: {cursor.rowcount:,} rows in {time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        for _, again in afterwards:
            cursor.execute(again)
        say(f"indexes and foreign keys: {len(afterwards)} in {time.perf_counter() - began:.0f} s")
        cursor.execute("SELECT count(*) FROM core_event")
        counts["events"] = cursor.fetchone()[0]
    return counts


_NOW = "(SELECT at FROM bench_seed)"
STEPS: tuple[tuple[str, str], ...] = (
    ("start", "CREATE TABLE bench_seed AS SELECT now() AS at"),
    (
        "services",
        "CREATE TABLE bench_service AS SELECT (row_number() OVER (ORDER BY s ->> 'code') - 1)::int AS place, s ->> 'code' AS code,"
        " s ->> 'team' AS team FROM core_packversion, LATERAL jsonb_array_elements(content -> 'services') AS s",
    ),
    (
        "customers",
        f"""
    INSERT INTO customers_customer (id, reference, kind, title, given_name, family_name, organisation_name, date_of_birth,
        search, uprn, address_text, area_code, language, preferred_channel, preferred_format, quiet_hours, proof, imported,
        created_at, changed_at)
    SELECT bench_id('018', n), bench_reference(n), 'person', '', given, family, '', date '1935-01-01' + (n::bigint * 7919 %% 30000)::int,
        lower(given || ' ' || family || ' ' || number || ' ' || street || ' leeds ls' || ward || ' ls' || ward || inward),
        100000000 + n / 2, number || ' ' || street || ', Leeds, LS' || ward || ' ' || upper(inward), 'W' || ward, 'en', '',
        'standard', true, 'stated', true, {_NOW} - interval '2 years', {_NOW} - interval '1 year'
    FROM (SELECT n, (%(given)s::text[])[1 + (n * 31 + n / 97) %% 30] AS given,
            (%(family)s::text[])[1 + (n * 17 + n / 1013) %% 30] || CASE WHEN n %% 3 > 0 THEN ' ' ||
            (%(middle)s::text[])[1 + (n / 7) %% 20] || (n / 60 %% 997)::text ELSE '' END AS family, 1 + n / 2 %% 180 AS number,
            (%(streets)s::text[])[1 + (n / 360) %% 10] AS street, 1 + n / 3600 %% 33 AS ward,
            chr((97 + n / 2 %% 26)::int) AS a, (1 + n / 53 %% 9) || chr((97 + n / 7 %% 26)::int) || chr((97 + n / 181 %% 26)::int) AS inward
        FROM generate_series(1, %(customers)s) AS n) AS people""",
    ),
    (
        "contact points",
        f"""
    INSERT INTO customers_contactpoint (id, customer_id, kind, value, shown, can_text, created_at)
    SELECT bench_id('019', n), bench_id('018', n), 'phone', '+447700' || lpad((n %% 1000000)::text, 6, '0'),
        '07700 ' || lpad((n %% 1000000)::text, 6, '0'), true, {_NOW} FROM generate_series(1, %(customers)s) AS n""",
    ),
    (
        "contacts",
        f"""
    INSERT INTO contacts_contact (id, reference, channel, direction, state, customer_id, service, area, external_id, caller,
        received_at, ended_at, cause, note, assisted, imported)
    SELECT bench_id('01a', n), bench_reference(n), (ARRAY['phone','web','email','counter'])[1 + n %% 4], 'in', 'closed',
        bench_id('018', 1 + n %% %(customers)s), s.code, 'W' || (1 + n %% 33), '', '',
        {_NOW} - interval '1 year' * (n::float / %(contacts)s), {_NOW} - interval '1 year' * (n::float / %(contacts)s),
        (ARRAY['new','chasing','new','unclear-letter'])[1 + n %% 4], '', false, true
    FROM generate_series(1, %(contacts)s) AS n JOIN bench_service s ON s.place = n %% (SELECT count(*) FROM bench_service)""",
    ),
    (
        "cases",
        f"""
    INSERT INTO cases_case (id, reference, service, kind, restricted, state, status, priority, channel, customer_id, contact_id,
        team, area, place_text, answers, decisions, fee_pence, opened_at, changed_at, closed_at, outcome, resolved, due_at, late,
        track_email, track_postcode, external_id, source, imported, version)
    SELECT bench_id('01b', n), bench_reference(n), s.code, 'request', '', CASE WHEN open THEN 'open' ELSE 'closed' END,
        CASE WHEN open THEN 'received' ELSE 'done' END, 'normal', (ARRAY['phone','web','email','counter'])[1 + n %% 4],
        bench_id('018', 1 + n %% %(customers)s), bench_id('01a', n * 4), s.team, 'W' || (1 + n %% 33), n || ' Mill Lane, Leeds',
        '{{"bin": "general"}}', '[]', 0, at, at, CASE WHEN NOT open THEN at + interval '2 days' END,
        CASE WHEN open THEN '' ELSE 'done' END, CASE WHEN NOT open THEN true END, CASE WHEN open THEN at + interval '3 days' END,
        open AND n %% 5 = 0, '', '', '', '', true, 1
    FROM (SELECT n, n %% 50 = 0 AS open, {_NOW} - interval '1 year' * (n::float / %(cases)s) AS at
        FROM generate_series(1, %(cases)s) AS n) AS c JOIN bench_service s ON s.place = c.n %% (SELECT count(*) FROM bench_service)""",
    ),
    (
        "case contacts",
        "INSERT INTO cases_casecontact (id, case_id, contact_id, role, at) SELECT bench_id('01c', n), bench_id('01b', n),"
        " bench_id('01a', n * 4), 'opened', now() FROM generate_series(1, %(cases)s) AS n",
    ),
    (
        "promises",
        """
    INSERT INTO promises_promise (id, subject_kind, subject_id, customer_id, kind, standard, terms, service, channel, team, area,
        started_at, due_at, state, ended_at, broken_at, imported)
    SELECT bench_id(CASE k WHEN 1 THEN '01d' ELSE '01e' END, n), 'case', c.id, c.customer_id,
        CASE k WHEN 1 THEN 'acknowledge' ELSE 'complete' END, c.service || '.standard', '{"code": "x", "name": "Done", "amount": 3,
        "unit": "working_days", "calendar": "office"}', c.service, c.channel, c.team, c.area, c.opened_at,
        c.opened_at + interval '3 days', CASE WHEN c.closed_at IS NULL THEN 'running' WHEN n %% 17 = 0 THEN 'late' ELSE 'met' END,
        c.closed_at, CASE WHEN n %% 17 = 0 THEN c.opened_at + interval '3 days' END, true
    FROM generate_series(1, %(cases)s) AS n JOIN cases_case c ON c.id = bench_id('01b', n) CROSS JOIN generate_series(1, 2) AS k""",
    ),
    (
        "clock facts",
        "INSERT INTO promises_clockfact (id, promise_id, sequence, kind, at, reason, data, actor_kind)"
        " SELECT bench_id('01f', row_number() OVER ()), id, 1, 'started', started_at, '', '{}', 'system' FROM promises_promise",
    ),
    (
        "events of contacts",
        f"""
    INSERT INTO core_event (id, recorded_at, occurred_at, name, actor_kind, purpose, subject_kind, subject_id, contact_id,
        customer_id, service, channel, area, imported, data)
    SELECT bench_id('020', n), {_NOW}, received_at, 'contact.received', 'system', 'service', 'contact', id, id, customer_id,
        service, channel, area, true, '{{"direction": "in"}}' FROM (SELECT *, row_number() OVER () AS n FROM contacts_contact) AS c""",
    ),
    (
        "events of cases",
        f"""
    INSERT INTO core_event (id, recorded_at, occurred_at, name, actor_kind, purpose, subject_kind, subject_id, case_id, customer_id,
        service, channel, team, area, imported, data)
    SELECT bench_id('03' || k, n), {_NOW}, CASE k WHEN 1 THEN opened_at ELSE closed_at END,
        (ARRAY['case.opened', 'case.closed'])[k], 'system', 'service', 'case', id, id, customer_id, service, channel, team, area,
        true, CASE k WHEN 1 THEN '{{}}'::jsonb ELSE '{{"outcome": "done", "resolved": true}}' END
    FROM (SELECT *, row_number() OVER () AS n FROM cases_case) AS c CROSS JOIN generate_series(1, 2) AS k
    WHERE k = 1 OR closed_at IS NOT NULL""",
    ),
    (
        "events of promises",
        f"""
    INSERT INTO core_event (id, recorded_at, occurred_at, name, actor_kind, purpose, subject_kind, subject_id, case_id, customer_id,
        service, channel, team, area, imported, data)
    SELECT bench_id('04' || k, n), {_NOW}, CASE k WHEN 1 THEN started_at ELSE ended_at END,
        (ARRAY['promise.made', 'promise.met'])[k], 'system', 'service', 'promise', id, subject_id, customer_id, service, channel,
        team, area, true, jsonb_build_object('kind', kind, 'standard', standard, 'due_at', due_at, 'on_time', broken_at IS NULL)
    FROM (SELECT *, row_number() OVER () AS n FROM promises_promise) AS p CROSS JOIN generate_series(1, 2) AS k
    WHERE k = 1 OR ended_at IS NOT NULL""",
    ),
)


def council(cases: int, say: Callable[[str], None]) -> Any:
    """Return a running cluster that holds a council of this size, seeding it the first time.

    `DATABASE_URL` in the environment points at it afterwards, and Django is set up.
    """
    from moothall.core.postgres import Cluster

    folder = ROOT / ".moothall" / f"bench-{cases}"
    cluster = Cluster(folder)
    url = cluster.start()
    os.environ |= {
        "DATABASE_URL": url, "MOOTHALL_MODE": "demo", "MOOTHALL_DATA": str(folder),
        "MOOTHALL_SECRET_KEY": f"benchmark-{cases}-" + "x" * 40,  # the server must take the sessions made here for its own
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
    }  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from django.db import connection

    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.packs import load_pack
    from moothall.core.packs.actions import apply_pack

    apply_pack(load_pack("leeds"), by=SYSTEM, at=now())
    done = folder / "seeded"
    if not done.exists():
        from moothall.customers.actions.record import learn_words
        from moothall.insight import projection

        counts = seed(cases, say)
        learn_words([w.lower() for w in (*GIVEN, *FAMILY, *(f"{m}{n}" for m in MIDDLE for n in range(997)))])
        began = time.perf_counter()
        projection.WINDOW = 2_000_000  # each window sums its months afresh: few and large ones, with nobody waiting
        projection.catch_up(most=10**12)
        say(f"read models: {time.perf_counter() - began:.0f} s")
        with connection.cursor() as cursor:  # as the server does by itself within minutes of so many new rows
            cursor.execute("VACUUM (ANALYZE)")
        done.write_text(str(counts))
    _bring_premises(folder, say)
    return cluster


def premises_file() -> Path | None:
    """The gazetteer of real premises, where it is at hand."""
    return shared(PREMISES)


def _bring_premises(folder: Path, say: Callable[[str], None]) -> None:
    from moothall.core.actors import SYSTEM
    from moothall.intake import importing
    from moothall.intake.importing import gazetteer

    done, file = folder / "premises", premises_file()
    if done.exists() or file is None:
        return
    began = time.perf_counter()
    columns = importing.find_columns(importing.headings(file), gazetteer.COLUMNS, gazetteer.REQUIRED, file=file.name)
    counted = gazetteer.import_gazetteer(importing.rows_of(file), columns, say=lambda *_: None, by=SYSTEM)
    say(f"premises: {counted.kept:,} in {time.perf_counter() - began:.0f} s")
    done.write_text(str(counted.kept))
