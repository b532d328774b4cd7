"""What the server runs: ``gunicorn app.wsgi:application``. Refuses to start where the vault is not sound."""

from __future__ import annotations

from app import create_app
from app.vault import canary

application = create_app()
canary.check_start(application)
