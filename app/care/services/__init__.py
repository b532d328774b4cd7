"""The use cases of care: triage, caseload, one case, what is written in it, its lectures."""

from __future__ import annotations

from app.care.services.caseload import caseload_of, caseload_page, read_caseload
from app.care.services.cases import (
    close_case,
    confirm_tier,
    move_stage,
    reopen_case,
    return_tier,
    set_review,
    sign_tier,
    signatures,
    waiting_signatures,
)
from app.care.services.entries import change_note, fetch_note, record_contact, write_note
from app.care.services.lectures import accept, decline, recommend, recommendations_for
from app.care.services.life import person_of, read_answers, read_case, read_remains
from app.care.services.mending import mend
from app.care.services.records import absorb_results, fetch_case, state_of, subjects_in_care
from app.care.services.triage import queue, settle_results, take_case, waiting_counts

__all__ = [
    "absorb_results",
    "accept",
    "caseload_of",
    "caseload_page",
    "change_note",
    "close_case",
    "confirm_tier",
    "decline",
    "fetch_case",
    "fetch_note",
    "mend",
    "move_stage",
    "person_of",
    "queue",
    "read_answers",
    "read_case",
    "read_caseload",
    "read_remains",
    "recommend",
    "recommendations_for",
    "record_contact",
    "reopen_case",
    "return_tier",
    "set_review",
    "settle_results",
    "sign_tier",
    "signatures",
    "state_of",
    "subjects_in_care",
    "take_case",
    "waiting_counts",
    "waiting_signatures",
    "write_note",
]
