"""Work done outdoors: jobs, crews and their days, the devices they carry and what those devices report."""
