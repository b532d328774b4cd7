"""The counsellor's pages: triage, caseload, one case, what is written in it, its lectures."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("care_counsellor", __name__)
