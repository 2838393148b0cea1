"""Keeping the vectors that a search had to make, so that the next one finds them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from docsense.errors import IndexStateError
from docsense_pipelines.locking import locked

if TYPE_CHECKING:
    from docsense.index import Library
    from docsense.retrieval import Retrieved
    from docsense.stores import Store

_log = logging.getLogger(__name__)


def keep(found: Retrieved, *, library: Library, store: Store) -> None:
    """Store late vectors; a question never waits or fails for that."""
    if not found.embedded:
        return
    import numpy as np

    try:
        with locked(library, timeout=0):
            store.put_vectors(list(found.embedded), np.stack(list(found.embedded.values())))
    except IndexStateError as error:
        # Another process writes, or the disk is read-only: the answer does not need these rows.
        _log.info("vectors not kept: %s", error.message)
