"""Privacy: why people look, what is opened in an emergency, copies, erasure, and how long things are kept."""
