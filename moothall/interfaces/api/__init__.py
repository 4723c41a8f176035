"""Machines: the REST interface at ``/api/v1``. ``docs/api/openapi.json`` is its committed description."""
