"""Properties (UPRN), streets (USRN), areas."""
