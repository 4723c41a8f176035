"""Files people send with a case: checked, stored once."""
