"""Measurement: cases, metrics, runs and reports."""
