"""Planning a day, pure: how long a road is, what a route takes, where one more job fits."""
