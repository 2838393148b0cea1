"""The command: parse, build, call one pipeline, render."""
