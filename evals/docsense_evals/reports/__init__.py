"""Runs and comparisons for people: tables first, then as Markdown, HTML or on a terminal."""
