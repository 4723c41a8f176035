"""Open Referral UK 3.0 at ``/open-referral``: the catalogue and the places people can come to, for other directories."""
