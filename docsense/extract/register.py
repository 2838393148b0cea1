"""The words that tell written prose from talk: how often print has them, and what it leaves out."""

from __future__ import annotations

# English function words in print, per thousand words, rounded: Kučera and Francis (1967). Talk has
# more of "I", "you" and "we"; a summary is about others and has none.
IN_PRINT = {
    word: rate
    for rate, words in (
        (69.0, "the"), (35.9, "of"), (28.5, "and"), (25.8, "to"), (22.9, "a"), (21.0, "in"),
        (10.5, "that"), (10.0, "is"), (9.7, "was"), (9.4, "he for"), (8.6, "it"), (7.2, "with as"),
        (6.9, "his"), (6.6, "on"), (6.3, "be"), (5.3, "at by"), (5.1, "this had"), (4.5, "not"),
        (4.3, "are but from"), (4.1, "or"), (3.9, "have"), (3.7, "an"), (3.6, "they which"),
        (3.3, "one were"), (3.0, "her all"), (2.7, "she there would their"), (2.5, "him been"),
        (2.4, "has"), (2.2, "when who will more if"), (2.0, "out so said"), (1.8, "what up its"),
        (1.8, "about into than them can"), (1.7, "only other"),
    )
    for word in words.split()
}  # fmt: skip
IN_PRINT_SHARE = 0.42
"""Of all words in print, these: the sum of the rates."""

_PERSONS = """
i i'm i've i'll i'd me my mine myself you you're you've you'll you'd your yours yourself yourselves
we we're we've we'll we'd us our ours ourselves
ich mich mir mein meine meinem meinen meiner wir uns unser unsere unserem unseren unserer
du dich dir dein deine deinem deinen deiner euch euer eure
je moi mon ma mes nous notre nos tu toi ton ta tes vous votre vos
yo mi mis nosotros nuestro nuestra tú tus usted ustedes
io mio mia noi nostro voi vostro ik mij mijn wij ons onze jij jou jouw jullie
"""
FIRST_OR_SECOND_PERSON = frozenset(_PERSONS.split())
_HESITATION = "uh um er erm hm hmm mm yeah okay oh well äh ähm öh naja euh ben bah eh"
FILLERS = frozenset(_HESITATION.split())
