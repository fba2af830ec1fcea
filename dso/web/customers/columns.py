"""The columns of the customer search."""

from flask_babel import gettext as _

from dso.queries.customers.search import SORTS
from dso.web.columns import Column, with_sorts


def columns() -> list[Column]:
    """All that the search can show, the usual ones first."""
    usual = [
        Column("business_name", _("Customer"), fixed=True),
        Column("receivable", _("Receivable"), "money", fixed=True),
        Column("overdue", _("Overdue"), "money", fixed=True),
        Column("percent", "%", "percent"),
        Column("late", _("Oldest"), "late"),
        Column("next_action_on", _("Next action"), "day"),
        Column("last_contact_on", _("Last contact"), "day"),
        Column("collector", _("Collector")),
        Column("scenario", _("Scenario")),
        Column("country", _("Country")),
    ]
    more = [
        ("not_due", _("Not due"), "money"),
        ("credit_limit", _("Credit limit"), "money"),
        ("available", _("Available credit"), "money"),
        ("average_delay", _("Average delay"), "tenths"),
        ("average_duration", _("Average duration"), "tenths"),
        ("promises", _("Promises kept"), "text"),
        ("open_items", _("Open items"), "number"),
        ("reason_code", _("What happens next"), "text"),
        ("last_action_on", _("Last action"), "day"),
        ("groups", _("Groups"), "text"),
        ("contact", _("Contact"), "text"),
        ("contact_email", _("E-mail"), "text"),
        ("city", _("City"), "text"),
        ("postal_code", _("Postal code"), "text"),
        ("language", _("Language"), "text"),
        ("legal_id", _("Legal id"), "text"),
        ("unique_id", _("Unique identifier"), "text"),
        ("payment_term", _("Payment term"), "text"),
        ("payment_method", _("Payment method"), "text"),
        ("business_line", _("Business line"), "text"),
        ("customer_type", _("Customer type"), "text"),
        ("comment", _("Comment"), "text"),
    ]
    rare = [Column(name, label, kind, usual=False) for name, label, kind in more]
    return with_sorts([*usual, *rare], tuple(SORTS))
