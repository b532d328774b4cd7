"""The pages of an admin: the units and the staff of her branch."""

from __future__ import annotations

from app.accounts.views.admin import staffing, units
from app.accounts.views.admin.blueprint import blueprint

__all__ = ["blueprint", "staffing", "units"]
