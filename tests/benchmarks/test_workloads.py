"""Workloads: each runs against the product as it is, and reports a ratio."""

from __future__ import annotations

import re
import subprocess
import sys

from app.config import ROOT

NAMES = ("submit", "caseload", "triage", "growth", "booking", "users", "shift")


def test_every_workload_that_lists_or_gathers_people_runs_and_reports_a_ratio() -> None:
    words = [*NAMES, "--quick", "--rounds", "1", "--database", "sqlite"]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stdout.splitlines() if line.startswith((*NAMES, "  counsellor /"))]
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(NAMES)
    assert all(re.search(r"\d×", line) for line in lines), ran.stdout
    assert "failures" not in ran.stdout.replace(" 0 failures", "")
