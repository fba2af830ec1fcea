"""The columns of the item grid."""

from flask_babel import gettext as _

from dso.queries.items.grid import OWN_COLUMNS
from dso.web.columns import Column, with_sorts


def columns() -> list[Column]:
    """All that the grid can show, the usual ones first."""
    usual = [
        Column("number", _("Number"), fixed=True),
        Column("type", _("Type")),
        Column("customer", _("Customer"), sort="customer"),
        Column("issued_on", _("Issued"), "day"),
        Column("due_on", _("Due"), "day"),
        Column("late", _("Late"), "late", sort="late"),
        Column("amount", _("Amount"), "money"),
        Column("remaining", _("Remaining"), "money", fixed=True),
        Column("status", _("Status"), sort="status"),
        Column("collector", _("Collector"), sort="collector"),
    ]
    more = [
        ("scenario", _("Scenario"), "text"),
        ("country", _("Country"), "text"),
        ("cleared_on", _("Cleared"), "day"),
        ("status_on", _("Status of"), "day"),
        ("status_comment", _("Comment"), "text"),
        ("promised_on", _("Promised for"), "day"),
        ("resolver", _("Resolver"), "text"),
        ("held_name", _("Held by"), "text"),
        ("order_number", _("Order number"), "text"),
        ("order_reference", _("Our reference"), "text"),
        ("project", _("Project"), "text"),
        ("sales_person", _("Sales person"), "text"),
        ("sales_admin", _("Sales administration"), "text"),
        ("payment_method", _("Payment method"), "text"),
        ("assigned_to", _("Assigned to"), "text"),
        ("erp_type", _("Type in the ERP"), "text"),
    ]
    rare = [Column(name, label, kind, usual=False) for name, label, kind in more]
    sorted_by = (*OWN_COLUMNS, "country")
    return with_sorts([*usual, *rare], sorted_by)
