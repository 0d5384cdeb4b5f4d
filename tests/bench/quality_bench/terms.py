"""An analyst's term list: which areas' strong and weak terms occur in a clause.

The rules are those of sectag's term channel, so that the list means the same to every system: `not`
phrases blank out their area's terms that they overlap, hyphens count as spaces, a term that begins
(ends) with an ASCII letter or digit matches only at a word's start (end), a plural in -s or -es too.
"""

from collections import defaultdict

import numpy as np

from .corpus import read_table
from .text import normalise

ASCII_WORD = set("abcdefghijklmnopqrstuvwxyz0123456789")
KEY = 2  # characters by which possible terms at a position are looked up


class TermList:
    def __init__(self, path, areas):
        self.areas = areas
        self.meanings = defaultdict(set)  # term -> {(area number, grade)}
        number = {area: n for n, area in enumerate(areas)}
        for row in read_table(path):
            if row["area"] in number:
                self.meanings[fold(normalise(row["term"]))].add((number[row["area"]], row["grade"]))
        self.lengths = defaultdict(set)
        for term in self.meanings:
            self.lengths[term[:KEY]].add(len(term))

    def occurrences(self, text):
        """(area, grade, start, end) of every term in a normalised text."""
        text = fold(text)
        for start in range(len(text)):
            for length in self.lengths.get(text[start:start + KEY], ()):
                end = word_end(text, start, start + length)
                if end is not None:
                    for area, grade in self.meanings.get(text[start:start + length], ()):
                        yield area, grade, start, end

    def grades(self, text):
        """{(area, grade)} of the strong and weak terms that no `not` phrase blanks out."""
        found = list(self.occurrences(text))
        blanks = [hit for hit in found if hit[1] == "not"]
        return {(hit[0], hit[1]) for hit in found if hit[1] != "not" and not any(blanked(hit, b) for b in blanks)}

    def features(self, texts):
        """0/1 matrix: texts x (strong terms of each area, then weak terms of each area)."""
        matrix = np.zeros((len(texts), 2 * len(self.areas)), np.float32)
        for row, text in enumerate(texts):
            for area, grade in self.grades(text):
                matrix[row, area + (len(self.areas) if grade == "weak" else 0)] = 1
        return matrix


def fold(text):
    return text.replace("-", " ")


def blanked(hit, blank):
    return hit[0] == blank[0] and hit[2] < blank[3] and blank[2] < hit[3]


def word_end(text, start, end):
    """Where a match of text[start:end] ends, its plural ending included; None if it cuts a word."""
    if end > len(text):
        return None
    if text[start] in ASCII_WORD and start > 0 and text[start - 1] in ASCII_WORD:
        return None
    if text[end - 1] not in ASCII_WORD:
        return end
    for ending in ("", "s", "es"):
        if ending and not text[end - 1].isalpha():
            break
        stop = end + len(ending)
        if text[end:stop] == ending and (stop == len(text) or text[stop] not in ASCII_WORD):
            return stop
    return None
