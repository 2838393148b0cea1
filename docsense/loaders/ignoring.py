"""The rules of ``.gitignore`` files: nested, anchored, negated, with git's own precedence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re

    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_MAX_BYTES = 1_000_000
_FOLDER_MARK = "ps_d"
"""The group in which pathspec's expressions catch the slash after a matched folder."""


class IgnoreRules(NamedTuple):
    """The patterns of one file, and where the folder they speak of begins in a path."""

    folder: str
    patterns: tuple[GitIgnoreSpecPattern, ...]


def read_rules(path: str, *, folder: str) -> tuple[IgnoreRules, ...]:
    """Return the rules of one file for ``folder``; none when it is missing or unreadable."""
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        with open(path, "rb") as file:  # noqa: PTH123  # the walk is in strings, for speed
            lines = file.read(_MAX_BYTES).decode("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ()
    patterns = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        try:
            # pathspec takes "a/**/" for "a/"; git, for every folder in it.
            pattern = GitIgnoreSpecPattern(line + "*/" if line.endswith("/**/") else line)
        except GitIgnorePatternError:
            continue  # git passes over what is no pattern, too
        if pattern.include is not None:
            patterns.append(pattern)
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    return (IgnoreRules(prefix, tuple(patterns)),) if patterns else ()


def surrounding_rules(folder: str) -> tuple[IgnoreRules, ...]:
    """Return the rules of the repository that ``folder`` lies in, outermost first.

    The folder's own ``.gitignore`` is left to the walk. A folder that they ignore was named
    nevertheless: then they do not count.
    """
    chain = [folder]
    while not os.path.lexists(os.path.join(chain[-1], ".git")):  # noqa: PTH118
        parent = os.path.dirname(chain[-1])  # noqa: PTH120
        if parent == chain[-1]:
            return ()
        chain.append(parent)
    top = chain[-1]
    rules = read_rules(os.path.join(top, ".git", "info", "exclude"), folder=top)  # noqa: PTH118
    for outer in reversed(chain[1:]):
        rules += read_rules(os.path.join(outer, ".gitignore"), folder=outer)  # noqa: PTH118
    if any(is_ignored(inner, rules, is_folder=True) for inner in chain[:-1]):
        return ()
    return rules


def is_ignored(path: str, rules: tuple[IgnoreRules, ...], *, is_folder: bool) -> bool:
    """Tell whether the rules exclude a path: the innermost file that speaks of it decides."""
    for rule in reversed(rules):
        if not path.startswith(rule.folder):
            continue
        relative = path[len(rule.folder) :].replace(os.sep, "/")
        if is_folder:
            relative += "/"
        for pattern in reversed(rule.patterns):
            if _speaks_of(pattern, relative):
                return bool(pattern.include)
    return False


def _speaks_of(pattern: GitIgnoreSpecPattern, path: str) -> bool:
    """Tell whether a pattern matches a path itself.

    pathspec also matches what lies in a matched folder; but that folder was decided on before, and
    a "!folder" must not bring back what other patterns exclude in it.
    """
    result = pattern.match_file(path)
    if result is None:
        return False
    match: re.Match[str] = result.match
    if match.groupdict().get(_FOLDER_MARK) is None:
        # "a/**" matches what is in "a/", but not "a/" itself: "!a/b" can bring something back.
        return not (path.endswith("/") and match.end() == len(path))
    if not match.re.pattern.startswith("^"):  # "*/": the first folder was found, any would do
        return path.endswith("/")
    return match.end(_FOLDER_MARK) == len(path)
