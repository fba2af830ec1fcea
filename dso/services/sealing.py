"""Passwords of other systems, kept so that a copy of the database alone does not give them away."""

import base64
import logging

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

log = logging.getLogger("dso.sealing")

#: Before what is sealed; a text without it was kept as it is and can still be read.
_MARK = "sealed:"


def _box() -> Fernet:
    """Locked with a key of its own that follows from the secret key of the installation."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"dso.sealing").derive(
        str(current_app.config["SECRET_KEY"]).encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """The text as the database may keep it."""
    return _MARK + _box().encrypt(text.encode()).decode() if text else ""


def unseal(kept: str) -> str:
    """The text that was sealed; empty, with a word in the log, when the secret key is another one since."""
    if not kept.startswith(_MARK):
        return kept
    try:
        return _box().decrypt(kept.removeprefix(_MARK).encode()).decode()
    except InvalidToken:
        log.warning("A kept password cannot be read: the secret key has changed. Type the password again.")
        return ""
