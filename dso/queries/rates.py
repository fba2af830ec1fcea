"""Exchange rates as they stood on a day."""

from datetime import date
from decimal import Decimal

from sqlalchemy import and_, func, select

from dso.db import db
from dso.domain.rates import RateTable
from dso.models import Rate


def rates(as_of: date) -> RateTable:
    """The latest rate of each currency on or before a day, in one statement."""
    latest = (
        select(Rate.reference, Rate.currency, func.max(Rate.on).label("on"))
        .where(Rate.on <= as_of)
        .group_by(Rate.reference, Rate.currency)
        .subquery()
    )
    same = and_(Rate.reference == latest.c.reference, Rate.currency == latest.c.currency, Rate.on == latest.c.on)
    rows = db.session.execute(select(Rate.reference, Rate.currency, Rate.units).join(latest, same))
    return RateTable({(reference, currency): Decimal(units) for reference, currency, units in rows})
