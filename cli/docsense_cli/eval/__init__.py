"""``docsense eval``: run suites, and report, compare, list, show and export their runs."""
