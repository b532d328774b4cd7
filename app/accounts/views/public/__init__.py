"""The pages for strangers: joining, signing in, a forgotten password, an invitation."""

from __future__ import annotations

from app.accounts.views.public import forgotten, invitation, joining, signing_in
from app.accounts.views.public.blueprint import blueprint

__all__ = ["blueprint", "forgotten", "invitation", "joining", "signing_in"]
