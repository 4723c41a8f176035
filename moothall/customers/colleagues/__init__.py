"""Those who work here and councillors as customers themselves, and the wards a councillor sits for."""
