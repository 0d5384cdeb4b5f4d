"""Any number of clauses, put together from pieces of the written corpus, with its labels; the same for equal numbers."""

import random

from quality_bench.corpus import WRITTEN, is_corpus, read_clauses

DOCUMENT = 50  # clauses a document


def piece(rng, text, length, chinese):
    if chinese:
        start = rng.randrange(max(1, len(text) - length))
        return text[start:start + length]
    words = text.split(" ")
    start = rng.randrange(max(1, len(words) - length // 4))
    return " ".join(words[start:start + length // 4]) + " "


def clause(rng, clauses, chinese):
    first, second, third = (rng.choice(clauses) for _ in range(3))
    if rng.random() < 0.3:
        return first.labels, first.text[:60] + piece(rng, second.text, 20, chinese)
    none = [piece(rng, c.text, 16, chinese) for c in (first, second, third)]
    return frozenset(), "".join(none)


def write(path, count):
    rng = random.Random(7)
    written = [c for file in sorted(WRITTEN.glob("*-*.tsv")) if is_corpus(file) for c in read_clauses(file)]
    by_language = [[c for c in written if (c.lang == "zh") == chinese] for chinese in (True, False)]
    with open(path, "w", encoding="utf-8") as out:
        out.write("id\tdoc\tlabels\ttext\n")
        for number in range(count):
            chinese = rng.random() < 0.6
            labels, text = clause(rng, by_language[0 if chinese else 1], chinese)
            out.write(f"s{number}\td{rng.randrange(max(2, count // DOCUMENT))}\t{','.join(sorted(labels)) or '-'}\t{text}\n")
