"""``python -m docsense_cli`` is the ``docsense`` command."""

from docsense_cli.main import run

run()
