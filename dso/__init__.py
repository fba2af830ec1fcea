"""dso: free, self-hosted software with which a small team gets its invoices paid."""

import logging
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dso import paths
from dso.config import Config

#: The largest request: a file of 50 MB and ten of them with an answer, import files larger (8.3).
MAX_REQUEST = 1024 * 1024 * 1024


def create_app(config: Config | None = None) -> Flask:
    """The application: configuration, extensions, doors, guard, filters, commands."""
    config = config or Config.load()
    app = Flask(__name__, template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    app.config.update(settings_of(config))
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, config.proxies, config.proxies, config.proxies, config.proxies)  # type: ignore[method-assign]
    logging.getLogger("xhtml2pdf").setLevel(logging.CRITICAL)
    _extend(app)
    return app


def settings_of(config: Config) -> dict[str, Any]:
    """What Flask and its extensions are told of a configuration."""
    return {
        "DSO": config,
        "SECRET_KEY": config.secret_key,
        "TESTING": config.testing,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(config.database_url),
        "SESSION_COOKIE_NAME": "dso",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SECURE": config.secure,
        "MAX_CONTENT_LENGTH": MAX_REQUEST,
        "MAX_FORM_MEMORY_SIZE": 20 * 1024 * 1024,
        "MAX_FORM_PARTS": 20_000,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_TRANSLATION_DIRECTORIES": str(paths.TRANSLATIONS),
        "PUBLIC_URL": config.public_url,
        # Tests ask more often than people; those about limits switch them on.
        "RATELIMIT_ENABLED": not config.testing,
    }


def _engine_options(url: str) -> dict[str, Any]:
    """The connection given back last is the next one taken.

    An import that ends its reading transaction goes on writing where its scratch tables are, whatever other threads
    gave back meanwhile.
    """
    return {"pool_use_lifo": True, "pool_pre_ping": url.startswith("postgresql")}


def _extend(app: Flask) -> None:
    """Bind extensions and doors; imported here because they import the tables, which import `dso.db`."""
    from dso import api, portal, web
    from dso.db import db
    from dso.extensions import babel, csrf, htmx, limiter, login_manager, migrate
    from dso.http import addresses, errors, frame, guard, headers, locales, reasons
    from dso.http.values import Request

    htmx.init_app(app)
    app.request_class = Request
    db.init_app(app)
    migrate.init_app(app, db, directory=str(paths.MIGRATIONS), render_as_batch=True, compare_type=True)
    login_manager.init_app(app)
    babel.init_app(app, locale_selector=locales.language)
    guard.register(app)
    csrf.init_app(app)
    limiter.init_app(app)
    for part in (addresses, errors, headers, locales, reasons, frame):
        part.register(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    web.register(app)
    portal.register(app)
    api.register(app)
