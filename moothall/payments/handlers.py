"""What this room does when another room's event happens: the saga's handlers."""

from moothall.payments import saga  # noqa: F401 - its handlers register themselves
from moothall.payments.actions import agreeing, card_plans, deposits, giving, recording  # noqa: F401 - and these'
