"""Django's own PostgreSQL backend, with a cheaper look at the connections its pool keeps open."""
