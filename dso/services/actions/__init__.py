"""What is done about accounts: the day's plan, a review after any change, what people do, what the sender tells."""

from dso.services.actions.day import DayCounts, plan_day, refuse_earlier
from dso.services.actions.hand import complete, confirm, hold, log_call, mass_confirm, redate, send_now, skip, undo
from dso.services.actions.reviewing import ReviewCounts, review
from dso.services.actions.sending import (
    Recheck,
    deferred_reviews,
    mark_cancelled,
    mark_failed,
    mark_sent,
    recheck,
    review_after,
    send_without_ending,
)

__all__ = [
    "DayCounts",
    "Recheck",
    "ReviewCounts",
    "complete",
    "confirm",
    "deferred_reviews",
    "hold",
    "log_call",
    "mark_cancelled",
    "mark_failed",
    "mark_sent",
    "mass_confirm",
    "plan_day",
    "recheck",
    "redate",
    "refuse_earlier",
    "review",
    "review_after",
    "send_now",
    "send_without_ending",
    "skip",
    "undo",
]
