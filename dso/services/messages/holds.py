"""Why a claimed message does not leave now: cancelled, a person first, or later (3.4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.core import get_global

from dso.domain.codes import OPEN_ACTION_STATES, Channel
from dso.domain.reasons import SENTENCES
from dso.domain.salutations import Reader
from dso.domain.sending import EXPLANATIONS, next_opening, zone_of
from dso.models import Action, Entity, Message
from dso.queries import calendars, settings
from dso.queries.messages.facts import Recipient
from dso.queries.messages.material import material
from dso.services import actions
from dso.services.messages.freeze import AskFirst, amounts

#: How soon a message that is held is looked at again.
LOOK_AGAIN = timedelta(minutes=15)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why; `until` None = for good; `ask_first` = a person has to look."""

    words: str
    until: datetime | None = None
    ask_first: AskFirst | None = None


def find(message: Message, action: Action, entity: Entity, *, today: date, now: datetime) -> Hold | None:
    """What keeps a message from leaving now, decided from what is open at this second; None = it leaves."""
    if message.automatic:
        closed = _closed(message, entity, now)
        if closed is not None:
            return closed
    if action.state not in OPEN_ACTION_STATES:
        return _after_the_end(message, action, today)
    decided = actions.recheck(action, today=today, now=now, by_hand=not message.automatic)
    if decided.ok:
        return None
    if decided.to_confirm_reason:
        return Hold(decided.to_confirm_reason, ask_first=_asked(decided.to_confirm_reason))
    if decided.held_reason:
        return Hold(decided.held_reason, now + LOOK_AGAIN)
    return Hold(decided.cancel_reason or EXPLANATIONS["nothing_left"])


def _asked(code: str) -> AskFirst:
    """The engine's word for why a person is asked; of a confirmation that lapsed there is nothing more to say."""
    sentence = SENTENCES.get(f"confirm.{code}")
    return AskFirst(code, sentence) if sentence else AskFirst("", EXPLANATIONS["confirm"])


def _after_the_end(message: Message, action: Action, today: date) -> Hold | None:
    """A person sends it again after its action has ended: their decision stands while there is something to ask for."""
    asked = amounts(material(action, today=today), Recipient(message.recipient, message.recipient_name, Reader()))
    return None if any(Decimal(amount) > 0 for amount in asked.values()) else Hold(EXPLANATIONS["paid"])


def _closed(message: Message, entity: Entity, now: datetime) -> Hold | None:
    """Outside the hours and working days of the recipient's country."""
    if message.channel is Channel.LETTER:
        return None
    country = (message.customer.country if message.customer else "").upper() or entity.country
    zones: Any = get_global("territory_zones").get(country, ())
    zone = entity.timezone if country == entity.country else zone_of(country, tuple(zones), entity.timezone)
    hours = settings.collection_settings(entity).sending_hours
    opening = next_opening(now, hours, calendars.of_recipient(entity, country), zone)
    return None if opening is None else Hold(EXPLANATIONS["closed"], opening)
