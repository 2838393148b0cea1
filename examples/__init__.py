"""Examples: the manual and its maker, and a first program."""
