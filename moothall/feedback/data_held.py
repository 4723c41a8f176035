"""What this room holds of people."""

from moothall.core.data_map import holds

holds("feedback.Rating", purpose="To do better", kept="rating", personal="why", plain="page", room="feedback")
