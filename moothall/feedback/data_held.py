"""What this room holds of people."""

from moothall.core.data_map import holds, holds_nobody

holds("feedback.Rating", purpose="To do better", kept="rating", personal="why", plain="page", room="feedback")
holds_nobody("That somebody was asked how we did, by marks that lead to nobody", "feedback.Ask", kept="asked")
holds_nobody("Who asked not to be asked, by marks that lead to nobody", "feedback.NotAsked")
