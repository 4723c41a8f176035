"""What this room holds of people: nothing."""

from moothall.core.data_map import holds_nobody

holds_nobody("The nation’s list of what councils do", "services.ListedService")
holds_nobody("What another system called its services and teams", "services.PastName")
