"""Tagging items by a program."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from dso import clock
from dso.api import bp
from dso.api.answers import Tagged
from dso.api.asking import chosen_customer, chosen_entity
from dso.api.fields import Day, Text
from dso.api.operations import described
from dso.db import db
from dso.domain.permissions import Capability
from dso.http.guard import requires, viewer
from dso.services import tagging


class FollowUp(fields.String):
    """A day, "none" or "default"."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return value if value in ("none", "default") else Day().deserialize(value)


def _number(value: Any) -> None:
    if not value.strip():
        raise ValidationError("An item has a number or an id.")


class TaggingBody(Schema):
    """Which items of a customer, and what is said of them; the words of `dso qualify`."""

    entity = Text(load_default="", validate=validate.Length(max=200))
    customer = Text(required=True, validate=validate.Length(1, 200))
    items = fields.List(
        Text(validate=[validate.Length(1, 100), _number]),
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Numbers or ids, as texts."},
    )
    status = Text(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "Its name, as the settings call it; an unknown one is answered with those there are."},
    )
    on = Day(load_default=None, allow_none=True, metadata={"description": "Its day; of a promise the promised day."})
    amount = Text(load_default=None, allow_none=True, validate=validate.Length(max=40))
    comment = Text(load_default="", validate=validate.Length(max=10_000))
    visible_to_customer = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    resolver = Text(load_default=None, allow_none=True, validate=validate.Length(max=254))
    follow_up = FollowUp(load_default="default", metadata={"description": 'A day, "none", or "default".'})


@bp.post("/v1/qualifications")
@requires(Capability.ITEMS_TAG)
@described("Tag items with a status", Tagged, body=TaggingBody)
def qualify(body: dict[str, Any]) -> dict[str, Any]:
    """One act of tagging."""
    entity = chosen_entity(body.pop("entity"))
    customer = chosen_customer(entity, body.pop("customer"))
    said = tagging.Said(**body)
    done = tagging.tag(customer, said, actor=viewer(), today=clock.today(entity.timezone), now=clock.now())
    db.session.commit()
    return done
