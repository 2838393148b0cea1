"""Summaries and answers without a model: spans of the sources, word for word."""
