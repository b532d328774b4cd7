"""The blueprint of an admin's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts_admin", __name__)
