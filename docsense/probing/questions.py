"""Four questions to a long context, each with a right answer that a program can check.

- needle: a fact is asked for in its own words (literal match; Kamradt 2023, RULER niah_single).
- paraphrase: the question shares no word with the fact and needs one step of common knowledge
  (after NoLiMa, arXiv 2502.05167; facts and questions are our own).
- multi-key: many facts of one form, one is asked for (RULER niah_multikey, arXiv 2404.06654).
- counting: an event happens several times throughout; how often (after RULER's aggregation).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, get_args

from docsense.probing.haystack import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["needle", "paraphrase", "multi-key", "counting"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_TOWNS = (
    "Aldermouth", "Brenwick", "Carstow", "Dunholm", "Elverby", "Farleigh", "Glenrock", "Hartsea",
    "Ivelchester", "Jarrowby", "Kelmore", "Lindale", "Marstock", "Norbury", "Oakhaven", "Penwell",
)  # fmt: skip
_NAMES = (
    "Mirela", "Tobias", "Yuki", "Anselm", "Farida", "Gwen", "Ignacio", "Noor", "Pavel", "Sunniva",
)  # fmt: skip
# What is said, and what is asked about it: no content word is shared.
_STEPS = (
    ("has a flat beside the Eiffel Tower", "lives in the capital of France"),
    ("keeps bees and sells what they make", "earns money with honey"),
    ("cannot eat anything that comes from a cow", "would leave the cheese on the plate"),
    ("was born on the twenty-ninth of February", "has a birthday only in leap years"),
    ("looks at the Brandenburg Gate from the balcony", "lives in the German capital"),
    ("spends the whole day under water repairing hulls", "works as a diver"),
    ("plays the instrument with eighty-eight keys", "is a pianist"),
    ("takes the oath of Hippocrates next week", "is about to become a physician"),
    ("sleeps by day because the bakery opens at three", "works at night"),
    ("has climbed the highest mountain of the world", "has stood on Everest"),
)
_OTHER_KEYS = 24
_MOST_EVENTS = 9
_EVENT = "A red balloon rose over the square."
_WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight",
          9: "nine"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeText:
    """One question to one context.

    Args:
        text: The context.
        answer: What a right reply holds.
        depth: Where the evidence stands in [0, 1]; 0.5 where it stands throughout.
    """

    kind: Kind
    text: str
    question: str
    answer: str
    depth: float


def make_probe(
    kind: Kind, *, tokens: int, depth: float, seed: int, count: Callable[[str], int]
) -> ProbeText:
    """Return a probe of about ``tokens`` tokens: within two percent, or a paragraph.

    Args:
        depth: Where the needle is put: 0 is the beginning, 1 the end.
        count: Counts the tokens of a text.
    """
    chance = random.Random(f"{kind} {seed}")
    facts, question, answer = _MAKERS[kind](chance)
    rest = max(1, tokens - sum(count(fact + " ") for fact in facts))
    hay = _hay(rest, seed=seed, count=count)
    if len(facts) == 1:
        hay.insert(round(depth * len(hay)), f"{facts[0]}\n\n")
    else:
        hay = _spread(hay, facts, depth=depth, chance=chance, kind=kind)
    return ProbeText(
        kind=kind, text="".join(hay), question=question, answer=answer,
        depth=0.5 if kind == "counting" else depth,
    )  # fmt: skip


def is_right(probe: ProbeText, reply: str) -> bool:
    """Tell whether a reply gives the answer and no other number or name before it."""
    said = re.findall(r"[A-Za-z]+|\d+", reply.casefold())
    wanted = {probe.answer.casefold()}
    if probe.answer.isdigit() and int(probe.answer) in _WORDS:
        wanted.add(_WORDS[int(probe.answer)])
    named = {*_WORDS.values(), *(name.casefold() for name in _NAMES)}
    rivals = [word for word in said if word.isdigit() or word in named]
    return bool(rivals) and rivals[0] in wanted


def _hay(tokens: int, *, seed: int, count: Callable[[str], int]) -> list[str]:
    """Return paragraphs of so many tokens; the first hundred tell how long a paragraph is."""
    source = paragraphs(seed)
    first = list(islice(source, 100))
    each = max(1.0, count("".join(first)) / len(first))
    wanted = max(1, round(tokens / each))
    return first[:wanted] + list(islice(source, max(0, wanted - len(first))))


def _spread(
    hay: list[str], facts: list[str], *, depth: float, chance: random.Random, kind: Kind
) -> list[str]:
    """Put the first fact at its depth and the others anywhere; events all over."""
    places = [chance.randrange(len(hay) + 1) for _ in facts]
    if kind == "multi-key":
        places[0] = round(depth * len(hay))
    for place, fact in sorted(zip(places, facts, strict=True), reverse=True):
        hay.insert(place, f"{fact}\n\n")
    return hay


def _needle(chance: random.Random) -> tuple[list[str], str, str]:
    town, code = chance.choice(_TOWNS), f"{chance.randrange(10**5, 10**6)}"
    return (
        [f"The access code of the {town} office is {code}."],
        f"What is the access code of the {town} office? Reply with the number alone.",
        code,
    )


def _paraphrase(chance: random.Random) -> tuple[list[str], str, str]:
    name, (said, asked) = chance.choice(_NAMES), chance.choice(_STEPS)
    return (
        [f"{name} {said}."],
        f"Which person {asked}? Reply with the first name alone.",
        name,
    )


def _multi_key(chance: random.Random) -> tuple[list[str], str, str]:
    keys = chance.sample(range(1000, 10000), _OTHER_KEYS + 1)
    codes = [f"{chance.randrange(10**5, 10**6)}" for _ in keys]
    facts = [f"The locker {key} opens with {code}." for key, code in zip(keys, codes, strict=True)]
    return (
        facts,
        f"What does the locker {keys[0]} open with? Reply with the number alone.",
        codes[0],
    )


def _counting(chance: random.Random) -> tuple[list[str], str, str]:
    times = chance.randrange(2, _MOST_EVENTS + 1)
    return (
        [_EVENT] * times,
        "How many times does a red balloon rise over the square? Reply with the number alone.",
        str(times),
    )


_MAKERS: dict[Kind, Callable[[random.Random], tuple[list[str], str, str]]] = {
    "needle": _needle,
    "paraphrase": _paraphrase,
    "multi-key": _multi_key,
    "counting": _counting,
}
