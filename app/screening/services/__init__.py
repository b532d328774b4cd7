"""What one can do with questionnaires: start, answer, submit; and what others may read of results."""

from __future__ import annotations

from app.screening.services.results import (
    Answers,
    ResultView,
    answers_of,
    open_results,
    results_of,
    results_of_many,
    settle,
)

__all__ = [
    "Answers",
    "ResultView",
    "answers_of",
    "open_results",
    "results_of",
    "results_of_many",
    "settle",
]
