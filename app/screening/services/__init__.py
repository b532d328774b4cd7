"""What one can do with questionnaires: start, answer, submit; and what others may read of results."""

from __future__ import annotations

from app.screening.services.results import (
    Answers,
    ResultView,
    answers_of,
    has_open_result,
    open_result_ids,
    open_results_of,
    results_by_id,
    results_of,
    results_of_many,
    settle,
    split_ids,
)
from app.screening.services.sittings import (
    NotKept,
    SittingView,
    check_turn,
    fetch_sitting,
    open_sittings,
    record_answer,
    report_safety,
    start,
)
from app.screening.services.submissions import Outcome, submit
from app.screening.services.whole import SealedWhole, Sheet, Whole, seal_whole, store_complete, store_whole

__all__ = [
    "Answers",
    "NotKept",
    "Outcome",
    "ResultView",
    "SealedWhole",
    "Sheet",
    "SittingView",
    "Whole",
    "answers_of",
    "check_turn",
    "fetch_sitting",
    "has_open_result",
    "open_result_ids",
    "open_results_of",
    "open_sittings",
    "record_answer",
    "report_safety",
    "results_by_id",
    "results_of",
    "results_of_many",
    "seal_whole",
    "settle",
    "split_ids",
    "start",
    "store_complete",
    "store_whole",
    "submit",
]
