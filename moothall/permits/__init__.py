"""What the council issued for a while, with a number and dates: permits, licences, badges."""
