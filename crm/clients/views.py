"""Pages of clients."""

from flask import Blueprint

bp = Blueprint("clients", __name__)
