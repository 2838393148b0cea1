"""Is the answer right? Matching that knows numbers, and the two measures of SQuAD."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import TYPE_CHECKING

from docsense.quantities import missing_quantities, quantities

if TYPE_CHECKING:
    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.output import Output

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_VERDICT = re.compile(r"\s*(yes|no)\b", re.IGNORECASE)
_SHORT = 8
"""Words of a reference up to which all of them are wanted; a longer one is matched by numbers."""
_ENOUGH = 0.5


def answer(case: Case, output: Output, bench: Bench) -> dict[str, float]:
    """Return answer_match and, where the reference has numbers, numeric_recall; best reference.

    An output matches a reference when it holds every number of it, by value ("$1.58 billion" of
    1,577 million, rounding allowed), and all its words if it is short, else half of them; "yes" or
    "no" at its beginning has to be the output's too, when that begins with either.
    """
    if not case.answers:
        return {}
    said = "" if output.abstained else output.text
    scores = {"answer_match": max(float(matches(said, gold)) for gold in case.answers)}
    shares = [share for gold in case.answers if (share := held_numbers(said, gold)) is not None]
    if shares:
        scores["numeric_recall"] = max(shares)
    return scores


def matches(said: str, gold: str) -> bool:
    """Tell whether a text gives a reference answer, as ``answer`` says."""
    wanted = normalized(gold).split()
    if not said.strip() or not wanted:
        return False
    verdicts = _VERDICT.match(gold), _VERDICT.match(said)
    if verdicts[0] and verdicts[1] and verdicts[0][1].lower() != verdicts[1][1].lower():
        return False
    if f" {' '.join(wanted)} " in f" {normalized(said)} ":
        return True
    if missing_quantities(gold, said):
        return False
    there = set(normalized(said).split())
    words = [word for word in wanted if not any(c.isdigit() for c in word)]
    numbered = bool(quantities(gold))
    if not words:
        return numbered
    share = sum(word in there for word in words) / len(words)
    if len(wanted) <= _SHORT and not numbered:
        return share == 1.0
    return share >= _ENOUGH or (numbered and len(wanted) <= _SHORT)


def held_numbers(said: str, gold: str) -> float | None:
    """Return the share of a reference's numbers that a text holds; None when it has none."""
    numbers = {quantity.text for quantity in quantities(gold)}
    if not numbers:
        return None
    missing = set(missing_quantities(gold, said))
    return len(numbers - missing) / len(numbers)


def squad(case: Case, output: Output, bench: Bench) -> dict[str, float]:
    """Return em and f1 as SQuAD's script defines them (arXiv 1606.05250), best reference."""
    if not case.answers:
        return {}
    said = "" if output.abstained else output.text
    return {
        "em": max(float(normalized(said) == normalized(gold)) for gold in case.answers),
        "f1": max(token_f1(said, gold) for gold in case.answers),
    }


def normalized(text: str) -> str:
    """Lower the case, drop punctuation and articles, join white space: SQuAD's normalization."""
    plain = _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION))
    return " ".join(plain.split())


def token_f1(said: str, gold: str) -> float:
    """Return the harmonic mean of precision and recall over bags of normalized words."""
    one, other = normalized(said).split(), normalized(gold).split()
    if not one or not other:
        return float(one == other)
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other))
