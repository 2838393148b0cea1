"""The manual: its chapters in Markdown, and what sets them as a PDF."""
