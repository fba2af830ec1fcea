"""Configuration from the environment or a TOML file; a wrong value stops the start in words."""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dso.clock import parse_instant
from dso.domain.errors import Refused

PREFIX = "DSO_"
T = TypeVar("T")


@dataclass(frozen=True)
class Config:
    """What a process needs to know before it has a database."""

    database_url: str
    secret_key: str
    #: Where people reach the product, without a trailing slash; links in mails begin with it.
    public_url: str
    #: Files people uploaded, kept outside the web root.
    files_path: Path
    #: Mail server of entities that have none of their own: smtp://user:secret@host:port or smtps://…
    smtp_url: str = ""
    #: Folder whose files are imported by themselves; None = no folder is watched.
    watch_path: Path | None = None
    #: Number of proxies in front whose X-Forwarded-* headers are believed.
    proxies: int = 0
    testing: bool = False

    @property
    def secure(self) -> bool:
        """Whether people reach the product over TLS."""
        return self.public_url.startswith("https://")

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read `DSO_*` variables over the TOML file named by `DSO_CONFIG`; Refused names what is wrong."""
        environ = os.environ if environ is None else environ
        values = _file_values(environ.get("DSO_CONFIG", ""))
        values.update({k.removeprefix(PREFIX).lower(): v for k, v in environ.items() if k.startswith(PREFIX)})
        instance = Path(values.get("instance_path", "instance")).resolve()
        if "now" in values:
            _checked("DSO_NOW", values["now"], parse_instant, "an ISO day or instant such as 2026-11-22T09:00")
        return cls(
            database_url=_database_url(values.get("database_url", ""), instance),
            secret_key=values.get("secret_key") or _kept_secret(instance / "secret_key"),
            public_url=_web_address(values.get("public_url", "http://127.0.0.1:8000")),
            files_path=Path(values.get("files_path", instance / "files")).resolve(),
            smtp_url=_smtp_url(values.get("smtp_url", "")),
            watch_path=Path(values["watch_path"]).resolve() if values.get("watch_path") else None,
            proxies=_checked("DSO_PROXIES", values.get("proxies", "0"), _proxies, "a whole number from 0 to 16"),
        )


def _file_values(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Refused("DSO_CONFIG: %(path)s cannot be read: %(reason)s.", path=path, reason=error) from error
    return {key.removeprefix(PREFIX).lower(): str(value) for key, value in content.items()}


def _checked(name: str, text: str, read: Callable[[str], T], wanted: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        words = '%(name)s is "%(value)s"; it has to be %(wanted)s.'
        raise Refused(words, name=name, value=text, wanted=wanted) from error


def _database_url(text: str, instance: Path) -> str:
    if not text:
        instance.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{instance / 'dso.sqlite'}"
    for scheme in ("sqlite://", "postgresql://", "postgresql+psycopg://"):
        if text.startswith(scheme):
            return text.replace("postgresql://", "postgresql+psycopg://", 1)
    raise Refused("DSO_DATABASE_URL has to begin with sqlite:/// or postgresql://.")


def _names_server(text: str, *schemes: str) -> bool:
    """Whether it is an address with one of these schemes, a host, and a port that can be one."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _proxies(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 16:
        raise ValueError(text)
    return number


def _web_address(text: str) -> str:
    if not _names_server(text, "http", "https"):
        words = 'DSO_PUBLIC_URL is "%(value)s"; it has to be an address such as https://dso.example.org.'
        raise Refused(words, value=text)
    return text.rstrip("/")


def _smtp_url(text: str) -> str:
    if text and not _names_server(text, "smtp", "smtps"):
        raise Refused("DSO_SMTP_URL has to be smtp://user:secret@host:port or smtps://user:secret@host:port.")
    return text


def _kept_secret(path: Path) -> str:
    """The secret key made on first start; only its owner may read it. Two first starts agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
