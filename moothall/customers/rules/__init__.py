"""Pure rules about people: how their names, numbers and addresses are written, and how typed text finds them."""
