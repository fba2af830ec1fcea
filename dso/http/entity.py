"""The selling company a person is working on now."""

from flask import Response, after_this_request, g, request, session
from sqlalchemy import select

from dso.db import db
from dso.domain.errors import NotFound
from dso.http.addresses import id_of
from dso.http.guard import viewer
from dso.models import Entity
from dso.queries.scope import entities_of

_YEAR = 365 * 86400


def current_entity() -> Entity:
    """The entity chosen in the frame, else the first the viewer may see; NotFound when there is none."""
    if "dso_entity" not in g:
        allowed = entities_of(viewer())
        if not allowed:
            raise NotFound("There is no company yet that you may see.")
        chosen = session.get("entity_id") or id_of(request.cookies.get(_cookie()))
        g.dso_entity = next((entity for entity in allowed if entity.id == chosen), allowed[0])
    entity: Entity = g.dso_entity
    return entity


def choose_entity(entity_id: int) -> None:
    """Remember the entity, for this session and in this browser; NotFound when the viewer may not see it."""
    if entity_id not in {entity.id for entity in entities_of(viewer())}:
        raise NotFound("There is no such company.")
    session["entity_id"] = entity_id
    g.pop("dso_entity", None)
    name, secure = _cookie(), request.is_secure

    @after_this_request
    def _remember(response: Response) -> Response:
        response.set_cookie(name, str(entity_id), max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)
        return response


def _cookie() -> str:
    """The name of the cookie that outlives the session: one of each person, whose rights are looked at each time."""
    return f"company-{viewer().id}"


def only_entity() -> Entity | None:
    """The installation's only entity, for public pages that need a name; None when there are several."""
    found = db.session.scalars(select(Entity).limit(2)).all()
    return found[0] if len(found) == 1 else None
