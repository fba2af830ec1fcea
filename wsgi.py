"""The web application for a WSGI server: `gunicorn wsgi:app`."""

from dso import create_app

app = create_app()
