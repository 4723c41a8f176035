"""The catalogue: services, questions, rules, knowledge, places to go."""
