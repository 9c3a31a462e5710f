"""The words of a query, and how a text is written so that the full-text index finds them. Pure."""

import re
from collections.abc import Sequence

MOST_WORDS = 64

# Chinese, Japanese and Korean signs: written without spaces, so that a whole sentence would pass for one word.
_SIGN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = re.compile(f"[{_SIGN}]+")
_EACH_SIGN = re.compile(f"([{_SIGN}])")
_WORD = re.compile(r"[^\W_]+")

_ASKING_WORDS = """
a about am an and any are as at be been but by can could did do does for from had has have how i if in into is it
its may me might my no not of on or our shall should so some tell than that the their them then there these they
this those to us was we were what when where which who whom whose why will with would you your
"""
_ASKING = frozenset(_ASKING_WORDS.split())
"""What English questions are made of, and what says nothing of what they ask about."""


def spaced(text: str) -> str:
    """Return ``text`` with spaces around each sign of a script that has none, for the index."""
    return _EACH_SIGN.sub(r" \1 ", text)


def terms(text: str) -> Sequence[str]:
    """Return the different words of a query, as phrases of the index; runs of signs as their pairs.

    Words that only ask are left out, unless there are no others.
    """
    words = [part for word in _WORD.findall(text.casefold()) for part in _parts(word)]
    different = list(dict.fromkeys(words))
    return ([word for word in different if word not in _ASKING] or different)[:MOST_WORDS]


def phrase(term: str) -> str:
    """Return ``term`` as an expression of FTS5 that finds it and can mean nothing else."""
    return '"' + term.replace('"', '""') + '"'


def _parts(word: str) -> Sequence[str]:
    """Return a word, parted where signs begin and end; signs in overlapping pairs, each with a space in it."""
    found: list[str] = []
    at = 0
    for run in _SIGNS.finditer(word):
        signs = run.group()
        found += [word[at : run.start()], *(" ".join(signs[i : i + 2]) for i in range(max(1, len(signs) - 1)))]
        at = run.end()
    return [part for part in [*found, word[at:]] if part]
