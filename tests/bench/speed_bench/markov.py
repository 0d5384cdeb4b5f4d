"""Text that never repeats itself: characters drawn by trigram counts, each given the two before it."""

import numpy as np

EDGE = 0  # the symbol before and behind every clause
CHUNK = 50_000  # clauses drawn at a time


class Trigrams:
    """Counts over `texts`. A clause that ends before the wanted length goes on behind a comma as a new one."""

    def __init__(self, texts):
        alphabet = sorted({char for text in texts for char in text} | {"，"})
        self.code_points = np.array([0] + [ord(char) for char in alphabet], dtype="<u4")
        self.size = len(alphabet) + 1
        symbol = {char: number for number, char in enumerate(alphabet, start=1)}
        self.comma = symbol["，"]
        stream = np.array([code for text in texts for code in (EDGE, EDGE, *map(symbol.get, text))] + [EDGE, EDGE])
        self._count(self._trigrams(stream))

    def _trigrams(self, stream):
        """Keys of all trigrams but those across two clauses."""
        first, second, third = stream[:-2], stream[1:-1], stream[2:]
        inside = (second != EDGE) | (third != EDGE)
        return ((first * self.size + second) * self.size + third)[inside]

    def _count(self, keys):
        keys, counts = np.unique(keys, return_counts=True)
        self.third = (keys % self.size).astype(np.int32)
        self.ends = np.cumsum(counts)
        pairs, first = np.unique(keys // self.size, return_index=True)
        starts = self.ends[first] - counts[first]
        self.state = np.full(self.size * self.size, -1, np.int32)
        self.state[pairs] = np.arange(len(pairs))
        self.start = starts
        self.total = np.append(starts[1:], self.ends[-1]) - starts

    def draw(self, random, first, second):
        state = self.state[first * self.size + second]
        at = self.start[state] + (random.random(len(state)) * self.total[state]).astype(np.int64)
        return self.third[np.searchsorted(self.ends, at, side="right")].astype(np.int64)

    def clauses(self, random, lengths):
        """Strings of these lengths."""
        lengths = np.sort(lengths)[::-1]  # those that still grow stand in front
        out = np.zeros((len(lengths), lengths[0]), "<u4")
        first = np.full(len(lengths), EDGE, np.int64)
        second = first.copy()
        for position in range(lengths[0]):
            growing = int(np.searchsorted(-lengths, -position, side="left"))
            first, second = first[:growing], second[:growing]
            third = self.draw(random, first, second)
            ended = third == EDGE
            out[:growing, position] = self.code_points[np.where(ended, self.comma, third)]
            first, second = np.where(ended, EDGE, second), third
        texts = [row[:length].tobytes().decode("utf-32-le") for row, length in zip(out, lengths)]
        random.shuffle(texts)
        return texts


def unrepeated(texts, lengths, n, seed):
    """n different clauses; their lengths are drawn from `lengths`."""
    random = np.random.default_rng(seed)
    trigrams = Trigrams(texts)
    lengths = np.asarray(lengths)
    seen, clauses = set(), []
    while len(clauses) < n:
        drawn = trigrams.clauses(random, random.choice(lengths, min(CHUNK, n - len(clauses))))
        for text in drawn:
            if text not in seen:
                seen.add(text)
                clauses.append(text)
    return clauses
