"""The blueprint that the pages of the practice itself share."""

from flask import Blueprint

bp = Blueprint("readiness", __name__)
