"""What this room holds of people."""

from moothall.core.data_map import holds_nobody

holds_nobody(
    "Figures, without anybody in them",
    "insight.PromiseFact",
    "insight.CaseFact",
    "insight.ContactFact",
    "insight.RatingFact",
    "insight.MonthlyFigure",
    "insight.Explanation",
)
