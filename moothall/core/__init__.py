"""Events, actors and access, references, idempotency, jobs, packs, the embedded database."""
