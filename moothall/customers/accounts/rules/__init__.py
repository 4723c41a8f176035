"""Pure rules of accounts: levels of proof, codes, one-time passwords."""
