"""The one exception by which a rule says no in words a person understands."""

#: Said where the database had no turn for a write.
BUSY = "Somebody else is writing just now, a long import perhaps. Nothing was saved: try again in a minute."


class Refused(Exception):
    """Something a person asked for cannot be done; the message says what, where and what to do.

    `message` is an English sentence with `%(name)s` placeholders so that a door can translate it.
    """

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params
        super().__init__(message)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(Refused):
    """The thing asked for does not exist, or the person asking may not know that it does."""


class Forbidden(Refused):
    """The person is known but lacks the right; `params["capability"]` names it."""


class OfAnotherCompany(Refused):
    """It is the person's own, but of another company than the one chosen: `entity_id`.

    `target` is the address that shows it once that company is chosen; a door fills it in.
    """

    def __init__(self, message: str, entity_id: int, **params: object) -> None:
        self.entity_id, self.target = entity_id, ""
        super().__init__(message, **params)
