"""Money's rules: pure, no database, no clock. Money is integer pence."""
