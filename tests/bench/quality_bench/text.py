"""Clause text as every system sees it: normalisation, tokens, character n-grams, near-duplicates."""

import re
import unicodedata
from collections import Counter, defaultdict

HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
SPACE_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
TOKEN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}]+)")
HAN_ORDERS = (1, 2, 3)
WORD_ORDERS = (3, 4, 5, 6)
NEAR_DUPLICATE = 0.6  # Jaccard coefficient of character trigrams


def normalise(text):
    """NFKC, case folding, white space folded and dropped between two Chinese characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(SPACE_BETWEEN_HAN.sub("", text).split())


def tokens(text):
    """Single Chinese characters and whole words: fastText's input."""
    for match in TOKEN.finditer(text):
        if match.lastgroup == "han":
            yield from match.group()
        else:
            yield match.group()


def ngrams(text):
    """Chinese runs: orders 1 to 3. Other words: padded, orders 3 to 6, and the whole word."""
    for match in TOKEN.finditer(text):
        run = match.group()
        if match.lastgroup == "han":
            yield from _substrings(run, HAN_ORDERS)
        else:
            padded = f"<{run}>"
            yield from _substrings(padded, [n for n in WORD_ORDERS if n < len(padded)])
            yield padded


def _substrings(run, orders):
    for n in orders:
        for i in range(len(run) - n + 1):
            yield run[i:i + n]


def trigrams(text):
    compact = "".join(text.split())
    if len(compact) < 3:
        return {compact}
    return {compact[i:i + 3] for i in range(len(compact) - 2)}


def near_duplicates(texts, threshold=NEAR_DUPLICATE):
    """All pairs (i, j), i < j, whose trigram sets have a Jaccard coefficient of at least `threshold`.

    Exact, by prefix filtering (Chaudhuri, Ganti and Kaushik, ICDE 2006): two sets that similar share
    an element among the rarest len - ceil(threshold * len) + 1 of each.
    """
    sets = [trigrams(text) for text in texts]
    frequency = Counter(gram for grams in sets for gram in grams)
    index = defaultdict(list)
    pairs = []
    for j, grams in enumerate(sets):
        ordered = sorted(grams, key=lambda gram: (frequency[gram], gram))
        required = -int(-threshold * len(ordered) // 1)
        prefix = ordered[:len(ordered) - required + 1]
        candidates = {i for gram in prefix for i in index[gram]}
        pairs.extend((i, j) for i in candidates if jaccard(sets[i], grams) >= threshold)
        for gram in prefix:
            index[gram].append(j)
    return sorted(pairs)


def jaccard(a, b):
    common = len(a & b)
    return common / (len(a) + len(b) - common)
