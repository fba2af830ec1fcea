"""The 120 days of one customer: what was worked out by hand from the specification, for the pure and the stored engine.

Day 0 is Monday 5 January 2026 in France. F1 (250) falls due on day 0, F2 (400) on day 12, F3 (900) on day 40.
"""

from datetime import date, timedelta

START = date(2026, 1, 5)
EASTER_MONDAY = date(2026, 4, 6)
LAST_DAY = 120

#: Day, step, leader of every message that left.
SENT = [
    (7, "First reminder", "F1"),
    (15, "Second reminder", "F1"),
    # F1 was paid on day 19. F2 had been listed with the second reminder, so it goes on with the call (day 34, a
    # Sunday); promised on day 24, broken on day 35; the call was made by nobody and passed over on day 42; the notice
    # of day 47 (a Saturday) was planned for day 49, covered by a payment from day 44 to 50.
    (50, "Formal notice", "F2"),
    # F2 was paid on day 70. F3 was never listed. Its first reminder waits for the conversation of day 63.
    (70, "First reminder", "F3"),
    (78, "Second reminder", "F3"),
    # The call of day 85 was passed over on day 93: Easter Monday is no working day.
    (98, "Formal notice", "F3"),
]
#: Day, step passed over.
PASSED_OVER = [(19, "First reminder"), (19, "Second reminder"), (42, "Call"), (93, "Call")]
#: Day from which on the account's reason is this one, and the day the reason speaks of.
REASONS = [
    (0, "action_planned", 7),
    (7, "action_due", 7),
    (8, "action_planned", 15),
    (15, "action_due", 15),
    (16, "action_planned", 22),
    (19, "action_planned", 35),
    (24, "nothing_chaseable", 35),
    (35, "action_due", 35),
    (42, "action_planned", 49),
    (44, "covered_by_credits", None),
    (50, "action_due", 50),
    (51, "action_planned", 65),
    (63, "action_planned", 70),
    (70, "action_due", 70),
    (71, "action_planned", 78),
    (78, "action_due", 78),
    (79, "action_planned", 85),
    (85, "action_due", 85),
    (93, "action_planned", 98),
    (98, "action_due", 98),
    (99, "action_planned", 113),
    (112, "no_open_items", None),
]


def d(offset: int) -> date:
    """The day so many days after the start."""
    return START + timedelta(days=offset)


def changes(reasons: list[tuple[str, date | None]]) -> list[tuple[int, str, int | None]]:
    """The days on which the reason (code and day) became another one."""
    found: list[tuple[int, str, int | None]] = []
    for day, (code, on) in enumerate(reasons):
        spoken = (on - START).days if on else None
        if not found or found[-1][1:] != (code, spoken):
            found.append((day, code, spoken))
    return found
