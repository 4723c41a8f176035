"""Open311 GeoReport v2 at ``/open311/v2``: reports of things in public places, to and from any other system."""
