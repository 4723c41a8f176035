"""`moothall import`: brings in another system's requests, premises and places, collection rounds, homes whose bins are
fetched, the nation's list of services. A module for what is imported; each adds its commands to the one group.
"""

from moothall.interfaces.cli.import_ import places, records, requests, rounds, services
from moothall.interfaces.cli.import_.shared import group

__all__ = ["group", "places", "records", "requests", "rounds", "services"]
