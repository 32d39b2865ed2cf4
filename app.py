"""The door for `flask`, waitress and gunicorn."""

from crm.factory import create_app
from crm.settings import SettingsError, load_settings

try:
    app = create_app(load_settings())
except SettingsError as error:
    raise SystemExit(f"Handoff cannot start: {error}") from None
