"""Who may make and change whom: nobody gives more than he has."""

from collections.abc import Sequence

from dso.domain.codes import Role
from dso.domain.errors import Forbidden, NotFound, Refused
from dso.domain.permissions import Capability
from dso.models import Entity, User
from dso.queries.scope import entities_of


def may_manage(actor: User, user: User) -> None:
    """Forbidden unless the actor edits users, and of administrators only an administrator.

    People of companies that are not the actor's are not found.
    """
    if not actor.can(Capability.SETTINGS_EDIT):
        raise Forbidden("Your role does not include this.", capability=Capability.SETTINGS_EDIT)
    if user.role is Role.ADMIN and actor.role is not Role.ADMIN:
        raise Forbidden("Only administrators change administrators.", capability=Capability.COMPANY_EDIT)
    own = {entity.id for entity in actor.entities}
    if own and (not user.entities or not {entity.id for entity in user.entities} <= own):
        raise NotFound("There is no such user.")


def may_give(actor: User, role: Role, entities: Sequence[Entity]) -> None:
    """Forbidden unless the actor may give this role in these companies (none named = in all)."""
    if role is Role.ADMIN and actor.role is not Role.ADMIN:
        raise Forbidden("Only administrators make administrators.", capability=Capability.COMPANY_EDIT)
    allowed = {entity.id for entity in entities_of(actor)}
    if any(entity.id not in allowed for entity in entities):
        raise NotFound("There is no such company.")
    if actor.entities and not entities:
        raise Refused("Name at least one company: you may not give access to all of them.")
