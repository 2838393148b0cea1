"""Reading again when a writer cleans away the version under a reader's hands.

Writers keep versions for a quarter of an hour, so this meets only a reader that is slower than
that, or one beside a writer whose clock runs ahead. A method then looks again and starts anew: it
has returned nothing yet. A generator goes on where it stands, or says that the document changed.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from docsense.stores.lance_errors import VersionGoneError

if TYPE_CHECKING:
    from collections.abc import Callable

_Store = TypeVar("_Store")
_Value = TypeVar("_Value")
_Given = ParamSpec("_Given")

TRIES = 4


def again(
    method: Callable[Concatenate[_Store, _Given], _Value],
) -> Callable[Concatenate[_Store, _Given], _Value]:
    """Repeat a method whose version went away; it must look for the latest one itself.

    Raises:
        VersionGoneError: It went away ``TRIES`` times in a row.
    """

    @wraps(method)
    def repeated(store: _Store, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Value:
        for _ in range(TRIES - 1):
            try:
                return method(store, *args, **kwargs)
            except VersionGoneError:
                continue
        return method(store, *args, **kwargs)

    return repeated
