"""The Flask extensions, created once and bound to the application in `create_app`."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

babel = Babel()
csrf = CSRFProtect()
htmx = Htmx()
#: Counters per process: enough for public pages; log-in has its own table (`SignInFailure`).
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
login_manager = LoginManager()
migrate = Migrate()

__all__ = ["babel", "csrf", "htmx", "limiter", "login_manager", "migrate"]
