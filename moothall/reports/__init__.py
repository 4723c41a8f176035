"""Reports of things in the street: where they are, who follows them, what the public sees of them."""
