"""The door for `flask`, waitress and gunicorn."""

from crm.factory import create_app
from crm.settings import load_settings

app = create_app(load_settings())
