"""What an e-mail address is: one rule for users, contacts, forms and files."""

import re

import email_validator
from email_validator import EmailNotValidError, validate_email

from dso.domain.errors import Refused

# An address is judged by its form alone: mail of a house may end in .local, that of a trial in .test.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

#: Most addresses, which need no closer look: files have many of them.
_PLAIN = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
#: Characters between two points of a domain: what is no longer as a whole breaks this limit nor any other.
_SHORT = 63


def address(text: str) -> str:
    """An address as it is kept, the domain in small letters; Refused when it is none. No name server is asked."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Refused('"%(email)s" is not an e-mail address.', email=text) from error


def is_address(text: str) -> bool:
    """Whether `address` takes a text."""
    if len(text) <= _SHORT and "--" not in text and _PLAIN.fullmatch(text):
        return True
    try:
        address(text)
    except Refused:
        return False
    return True
