"""What is measured: for each system how it is run on n clauses, and what its model is."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import measure
from .place import PACKAGE, tool

TINY = "开展疫苗研发。"
TINY_VECTOR = "+1 1:1\n"
LEAST = 1e-4  # seconds; less is not measured


@dataclass(frozen=True)
class System:
    name: str            # for --systems
    row: str             # in the table
    most: int            # clauses of one run, at most
    prepare: Callable    # (bench, corpus, n) -> commands that do n clauses, and one whose input is tiny: [(full, tiny)]
    model: Callable      # bench -> path of the model, or None
    inside: bool = False # the program times itself and says so; else start-up is subtracted
    pinned: bool = True  # to one core, and timed by the seconds in which it had that core
    documents: bool = False


@dataclass
class Measured:
    """One system in one round, start-up not counted."""
    wall: float        # seconds
    processor: float   # seconds, of all its threads
    share: float       # of one core, start-up included
    peak_mb: float


def tag(bench, *options):
    return [bench.options.sectag, "tag", "--quiet", "--model", bench.options.model, "--format", "jsonl", *options]


def tag_lines(jobs):
    def prepare(bench, corpus, n):
        command = tag(bench, "--lines", "--jobs", jobs)
        return [([*command, corpus.lines(n)], [*command, bench.tiny("tiny.txt", TINY + "\n")])]
    return prepare


def tag_documents(jobs, *options):
    def prepare(bench, corpus, n):
        command = tag(bench, "--jobs", jobs, *options)
        return [([*command, corpus.documents_path], [*command, bench.tiny("tiny.txt", TINY + "\n")])]
    return prepare


def score_alone(bench, corpus, n):
    command = [tool("bench_score"), "--once", bench.options.model]
    return [([*command, corpus.lines(n)], [*command, bench.tiny("tiny.txt", TINY + "\n")])]


def fasttext(bench, corpus, n):
    def command(text):
        return ["fasttext", "predict", bench.models.fasttext, text, "-1", "0.5"]
    return [(command(corpus.token_lines(n)), command(bench.tiny("tiny-tokens.txt", " ".join(TINY) + "\n")))]


def scikit(kind):
    def prepare(bench, corpus, n):
        command = [sys.executable, PACKAGE / "scikit_child.py", bench.models.scikit(kind)]
        return [([*command, corpus.normal_lines(n)], [*command, bench.tiny("tiny.txt", TINY + "\n")])]
    return prepare


def liblinear(bench, corpus, n):
    def command(vectors):
        return ["liblinear-predict", vectors, bench.models.liblinear, "/dev/null"]
    return [(command(bench.models.vectors(corpus, n)), command(bench.tiny("tiny.svm", TINY_VECTOR)))]


def libsvm(bench, corpus, n):
    def command(vectors, area):
        return ["svm-predict", vectors, bench.models.libsvm / area, "/dev/null"]
    vectors, tiny = bench.models.vectors(corpus, n), bench.tiny("tiny.svm", TINY_VECTOR)
    return [(command(vectors, area), command(tiny, area)) for area in bench.models.areas]


def wc(bench, corpus, n):
    command = ["env", "LC_ALL=C.UTF-8", "wc", "-m"]
    return [([*command, corpus.lines(n)], [*command, bench.tiny("tiny.txt", TINY + "\n")])]


def own_model(bench):
    return Path(bench.options.model)


def no_model(bench):
    return None


ALL = 1 << 62
SCORING, BASE, LINES_2 = "sectag, scoring alone", "sectag --lines, 1 job", "sectag --lines, 2 jobs"
DOCUMENTS, DOCUMENTS_2 = "sectag documents, 1 job", "sectag documents, 2 jobs"
SYSTEMS = (
    System("sectag", SCORING, ALL, score_alone, own_model, inside=True),
    System("sectag", BASE, ALL, tag_lines(1), own_model),
    System("sectag", LINES_2, ALL, tag_lines(2), own_model, pinned=False),
    System("sectag", DOCUMENTS, ALL, tag_documents(1), own_model, documents=True),
    System("sectag", DOCUMENTS_2, ALL, tag_documents(2), own_model, pinned=False, documents=True),
    System("sectag", "sectag documents --all, 1 job", ALL, tag_documents(1, "--all"), own_model, documents=True),
    System("fasttext", "fastText", ALL, fasttext, lambda bench: bench.models.fasttext),
    System("scikit", "scikit-learn, its n-grams", 50_000, scikit("char"), lambda bench: bench.models.scikit("char"),
           inside=True),
    System("scikit", "scikit-learn, our n-grams", 20_000, scikit("ngrams"), lambda bench: bench.models.scikit("ngrams"),
           inside=True),
    System("liblinear", "LIBLINEAR", 50_000, liblinear, lambda bench: bench.models.liblinear),
    System("libsvm", "libsvm", 200, libsvm, lambda bench: bench.models.libsvm),
    System("wc", "wc -m", ALL, wc, no_model),
)
NAMES = tuple(dict.fromkeys(system.name for system in SYSTEMS))


class Entrant:
    """A system on one corpus: its commands, and what came of them."""

    def __init__(self, bench, system, corpus, n):
        self.system = system
        self.clauses = min(n, system.most)
        self.commands = system.prepare(bench, corpus, self.clauses)
        self.bytes = corpus.documents_size() if system.documents else corpus.size(self.clauses)
        model = system.model(bench)
        self.model_mb = size_mb(model) if model else None
        self.start = 0.0         # wall-clock seconds on a tiny input
        self.start_processor = 0.0
        self.rounds = []         # Measured

    def measure_start(self, times):
        """The least of some runs (other work on the machine only adds), summed over the commands."""
        for _, tiny in self.commands:
            runs = [measure.run(tiny) for _ in range(times)]
            self.start += min(run.seconds for run in runs)
            self.start_processor += min(run.processor for run in runs)

    def measure_round(self):
        system = self.system
        runs = [measure.run(full, pinned=system.pinned, want_output=system.inside) for full, _ in self.commands]
        gross, had = sum(run.seconds for run in runs), sum(run.processor for run in runs)
        if system.inside:
            told = printed(runs[0].output)
            wall, processor = float(told["seconds"]), float(told["processor"])
        else:
            wall, processor = gross - self.start, had - self.start_processor
        peak = max(run.peak_mb for run in runs)
        self.rounds.append(Measured(max(wall, LEAST), max(processor, LEAST), had / gross, peak))

    def speeds(self, by_wall):
        """Clauses a second, round by round."""
        return [self.clauses / (measured.wall if by_wall else measured.processor) for measured in self.rounds]


def printed(output):
    """`name value` lines as a dictionary."""
    return dict(line.split(" ", 1) for line in output.splitlines())


def size_mb(path):
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files) / 1e6
