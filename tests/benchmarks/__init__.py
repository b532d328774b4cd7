"""Tests of how the measurements are worked out."""
