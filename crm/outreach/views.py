"""Pages of outreach."""

from flask import Blueprint

bp = Blueprint("outreach", __name__)
public_bp = Blueprint("public", __name__)
