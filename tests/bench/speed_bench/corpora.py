"""The two texts that everything is measured on, as clauses (one a line) and as whole documents."""

import random
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quality_bench.text import HAN, normalise, tokens

from .markov import unrepeated
from .place import FOLDER, digest, kept, modules

SEED = 20240501
MEAN_LENGTH = 57  # characters, of the clauses without repetition
SHORTEST = 4
DOCUMENT, SECTION, PARAGRAPH = 500, 40, 4  # clauses
NUMERALS = "一二三四五六七八九十"
LAST_PUNCTUATION = "。；，、：？！.;,:?! "
CHINESE = re.compile(f"[{HAN}]")
KINDS = {"repeated": "real clauses, repeated", "unrepeated": "clauses from trigram counts, none repeated"}


@dataclass
class Corpus:
    kind: str
    folder: Path

    @property
    def title(self):
        return KINDS[self.kind]

    @property
    def lines_path(self):
        return self.folder / "lines.txt"

    @property
    def documents_path(self):
        return self.folder / "documents"

    @cached_property
    def clauses(self):
        return self.lines_path.read_text(encoding="utf-8").split("\n")[:-1]

    def lines(self, n):
        """A file of the first n clauses, one a line; n at most all of them."""
        return self._derived("lines", n, lambda text: text)

    def normal_lines(self, n):
        return self._derived("normal", n, normalise)

    def token_lines(self, n):
        return self._derived("tokens", n, lambda text: " ".join(tokens(normalise(text))))

    def _derived(self, name, n, line_of):
        def make(part):
            with open(part, "w", encoding="utf-8") as out:
                out.writelines(line_of(text) + "\n" for text in self.clauses[:n])
        return kept(self.folder / f"{name}-{n}.txt", make)

    def size(self, n):
        """Bytes of the first n clauses as lines."""
        return sum(len(text.encode()) + 1 for text in self.clauses[:n])

    def documents_size(self):
        return sum(path.stat().st_size for path in self.documents_path.iterdir())


def one_line(text):
    return " ".join(text.split())


def is_chinese(text):
    return 2 * len(CHINESE.findall(text)) > len(text)


def make_corpus(kind, labelled, n):
    """From all labelled clauses: n clauses and the documents made of them, under build/bench/speed/corpora."""
    texts = [one_line(clause.text) for clause in labelled]
    name = digest(*modules("corpora", "markov"), kind, n, *texts)
    folder = kept(FOLDER / "corpora" / f"{kind}-{n}-{name}", lambda part: write(part, MAKERS[kind](texts, n)))
    return Corpus(kind, folder)


def make_repeated(texts, n):
    """All texts in a new random order, again and again."""
    shuffler, clauses = random.Random(SEED), []
    while len(clauses) < n:
        clauses += shuffler.sample(texts, len(texts))
    return clauses[:n]


def make_unrepeated(texts, n):
    chinese = [text.rstrip(LAST_PUNCTUATION) for text in texts if is_chinese(text)]
    chinese = [text for text in chinese if text]
    scale = MEAN_LENGTH * len(chinese) / sum(map(len, chinese))
    lengths = [max(SHORTEST, round(len(text) * scale)) for text in chinese]
    return unrepeated(chinese, lengths, n, SEED)


MAKERS = {"repeated": make_repeated, "unrepeated": make_unrepeated}


def write(folder, clauses):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "documents").mkdir(parents=True)
    (folder / "lines.txt").write_text("".join(text + "\n" for text in clauses), encoding="utf-8")
    for start in range(0, len(clauses), DOCUMENT):
        path = folder / "documents" / f"{start // DOCUMENT:05d}.txt"
        path.write_text(document(clauses[start:start + DOCUMENT]), encoding="utf-8")


def document(clauses):
    """Sections with a heading, of paragraphs of a few sentences."""
    parts = []
    for number, start in enumerate(range(0, len(clauses), SECTION)):
        section = clauses[start:start + SECTION]
        parts.append(f"{NUMERALS[number % 10]}、{section[0][:12].rstrip(LAST_PUNCTUATION)}\n")
        for at in range(0, len(section), PARAGRAPH):
            parts.append("".join(map(sentence, section[at:at + PARAGRAPH])).rstrip() + "\n")
    return "".join(parts)


def sentence(text):
    text = text.rstrip(LAST_PUNCTUATION)
    return text + ("。" if CHINESE.search(text) else ". ")
