"""Pure rules of the master index: what a row means, whose word counts, which customers are one."""
