"""Ways in and out, one folder each. Which there are is said in ``registry``."""
