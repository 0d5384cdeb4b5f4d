"""How sectag's time and memory grow with the input, with the areas and with the features.

Time per megabyte must not grow with the input, and peak memory must stay flat.
"""

import subprocess
import sys
from collections import Counter
from itertools import islice, product

from quality_bench.text import HAN_ORDERS, TOKEN

from . import measure
from .place import FOLDER, kept, say, tool
from .systems import TINY, printed, tag
from .table import print_table

MEGABYTES = (1, 10, 100, 1000)
QUICK_MEGABYTES = (1, 10)
REPEATS = {1: 5, 10: 3}   # runs of small inputs, of which the fastest counts; larger ones run once
AREAS = (5, 26, 100, 500)
FEATURES = (50_000, 100_000, 500_000, 5_000_000)
AREAS_FOR_FEATURES, FEATURES_FOR_AREAS = 26, 100_000
STARTS = 5                # starts, of which the fastest counts
SCORED = 20_000           # clauses that each model scores
FLAT = 1.10, 4.0          # peak memory may differ by this factor and this many megabytes
STEADY = 1.5              # seconds a megabyte may differ by this factor
MODEL_COLUMNS = ("areas", "features", "model MB", "known n-grams a clause", "us a clause, scoring",
                 "us a clause, --lines", "tags a clause", "start ms", "peak MB")
WAYS = (("lines", "--lines"), ("one document", None))
# writes a file again and again, whole lines of it, until so many bytes are out: python3 -c FEEDER FILE BYTES
FEEDER = """
import os, sys
block, left = open(sys.argv[1], "rb").read(), int(sys.argv[2])
while left > 0:
    end = len(block) if left >= len(block) else block.rfind(b"\\n", 0, left) + 1
    left -= len(block)
    piece = memoryview(block)[:end]
    while piece:
        piece = piece[os.write(1, piece):]
"""


class Growth:
    def __init__(self, bench, corpus):
        self.bench = bench
        self.corpus = corpus
        self.folder = FOLDER / "growth"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tiny = bench.tiny("tiny.txt", TINY + "\n")
        self.failures = []
        self.figures = {}

    def command(self, option, path):
        return tag(self.bench, "--jobs", 1, *([option] if option else []), path)

    def source(self, option):
        """The text that is repeated: clauses a line each, or all documents one behind the other."""
        if option:
            return self.corpus.lines_path

        def make(part):
            with open(part, "wb") as out:
                for path in sorted(self.corpus.documents_path.iterdir()):
                    out.write(path.read_bytes())
        return kept(self.corpus.folder / "one-document.txt", make)

    def note(self, name, rows, header):
        print()
        print_table([header, *rows])
        self.figures[name] = [dict(zip(header, cells)) for cells in rows]

    # ---- input ----

    def inputs(self):
        sizes = QUICK_MEGABYTES if self.bench.options.quick else MEGABYTES
        rows = []
        for what, option in WAYS:
            say(f"inputs of {', '.join(map(str, sizes))} MB, {what}")
            starts = [measure.run(self.command(option, self.tiny)) for _ in range(STARTS)]
            start = min(run.processor for run in starts)
            measured = [self.one_input(option, size) for size in sizes]
            costs = [(run.processor - start) / size * 1000 for run, size in zip(measured, sizes)]
            rows += [(what, f"{size:,}", f"{run.seconds:.2f}", f"{cost:.2f}", f"{1000 / cost:.1f}",
                      f"{run.peak_mb:.1f}")
                     for size, run, cost in zip(sizes, measured, costs)]
            self.expect_flat(what, [run.peak_mb for run, size in zip(measured, sizes) if size >= 10])
            self.expect_steady(what, costs[1:])
        self.note("input", rows, ("input", "MB", "seconds", "core ms a MB", "MB/s", "peak MB"))

    def one_input(self, option, megabytes):
        path = self.folder / f"{megabytes}-mb.txt"
        write_repeated(self.source(option), path, megabytes * 1_000_000)
        try:
            runs = [measure.run(self.command(option, path)) for _ in range(REPEATS.get(megabytes, 1))]
        finally:
            path.unlink()
        return min(runs, key=lambda run: run.processor)

    # ---- streams ----

    def streams(self):
        gigabytes = self.bench.options.stream_gb or (0.05 if self.bench.options.quick else 1.0)
        rows = []
        for what, option in WAYS:
            peaks = []
            for length in (gigabytes / 10, gigabytes):
                say(f"a stream of {length:g} GB, {what}")
                run = self.one_stream(option, int(length * 1e9))
                peaks.append(run.peak_mb)
                rows.append((what, f"{length:g}", f"{run.seconds:.1f}", f"{length * 1000 / run.processor:.1f}",
                             f"{run.peak_mb:.1f}"))
            self.expect_flat(f"stream, {what}", peaks)
        self.note("stream", rows, ("stream", "GB", "seconds", "MB/s", "peak MB"))

    def one_stream(self, option, size):
        feeder = [sys.executable, "-c", FEEDER, str(self.source(option)), str(size)]
        with subprocess.Popen(feeder, stdout=subprocess.PIPE) as source:
            return measure.run(self.command(option, "-"), stdin=source.stdout)

    # ---- models ----

    def models(self):
        scored = self.corpus.clauses[:SCORED]
        text = self.corpus.lines(len(scored))
        self.ngrams = in_prefix_order(count_ngrams(self.corpus.clauses))
        self.met = count_ngrams(scored)
        self.model_table("areas", [(areas, FEATURES_FOR_AREAS) for areas in AREAS], text)
        features = FEATURES[:-1] if self.bench.options.quick else FEATURES
        self.model_table("features", [(AREAS_FOR_FEATURES, count) for count in features], text)

    def model_table(self, name, sizes, text):
        rows = []
        for areas, features in sizes:
            say(f"a model of {areas} areas and {features:,} features")
            path = self.make_model(areas, features)
            rows.append((str(areas), f"{features:,}", *self.model_cells(path, features, text)))
            path.unlink()
        self.note(name, rows, MODEL_COLUMNS)

    def model_cells(self, path, features, text):
        scoring = printed(measure.run([tool("bench_score"), "--once", path, text], want_output=True).output)
        command = [self.bench.options.sectag, "tag", "--quiet", "--format", "jsonl", "--jobs", "1", "--lines",
                   "--model", path]
        whole = measure.run([*command, text])
        starts = [measure.run([*command, self.tiny]) for _ in range(STARTS)]
        clauses = int(scoring["clauses"])
        known = sum(self.met[gram] for gram in self.ngrams[:features]) / clauses
        alone = float(scoring["processor"]) / clauses
        all_of_it = (whole.processor - min(run.processor for run in starts)) / clauses
        return (f"{path.stat().st_size / 1e6:.1f}", f"{known:.1f}", f"{alone * 1e6:.2f}", f"{all_of_it * 1e6:.2f}",
                f"{int(scoring['tags']) / clauses:.2f}", f"{min(run.seconds for run in starts) * 1000:.0f}",
                f"{whole.peak_mb:.1f}")

    def make_model(self, areas, features):
        path = self.folder / f"{areas}-{features}.sectag"
        maker = subprocess.Popen([tool("bench_make_model"), str(areas), path], stdin=subprocess.PIPE)
        with maker.stdin as out:
            for chunk in chunks(ngrams_of(self.ngrams, features), 10_000):
                out.write("".join(gram + "\n" for gram in chunk).encode())
        if maker.wait():
            raise measure.Failed(f"bench_make_model: exit code {maker.returncode}")
        return path

    # ---- what is asserted ----

    def expect_flat(self, what, peaks):
        factor, slack = FLAT
        if max(peaks) > min(peaks) * factor + slack:
            self.failures.append(f"{what}: peak memory is not flat: {min(peaks):.1f} to {max(peaks):.1f} MB")

    def expect_steady(self, what, costs):
        if max(costs) > min(costs) * STEADY:
            self.failures.append(f"{what}: time a megabyte is not steady: {min(costs):.2f} to {max(costs):.2f} ms")


PARTS = {"input": Growth.inputs, "stream": Growth.streams, "models": Growth.models}


def run(bench, corpus):
    """(all figures, whether what must be flat was)"""
    growth = Growth(bench, corpus)
    for part in bench.options.growth:
        PARTS[part](growth)
    print()
    for failure in growth.failures:
        print("FAILED", failure)
    if not growth.failures and set(bench.options.growth) != {"models"}:
        print("flat, as it must be")
    return growth.figures, not growth.failures


def write_repeated(source, path, size):
    with open(path, "wb") as out:
        subprocess.run([sys.executable, "-c", FEEDER, source, str(size)], stdout=out, check=True)


def han_ngrams(text):
    for match in TOKEN.finditer(text):
        if match.lastgroup == "han":
            han = match.group()
            for order in HAN_ORDERS:
                for start in range(len(han) - order + 1):
                    yield han[start:start + order]


def count_ngrams(texts):
    return Counter(gram for text in texts for gram in han_ngrams(text))


def in_prefix_order(counts):
    """Frequent n-grams first and prefixes before what they begin (they are at least as frequent), so that any
    first part of the list is prefix-closed."""
    return sorted(counts, key=lambda gram: (-counts[gram], len(gram), gram))


def ngrams_of(known, count):
    """The first `count` of the known n-grams; if there are fewer, made-up trigrams that extend known bigrams."""
    yield from islice(known, count)
    letters = [gram for gram in known if len(gram) == 1]
    pairs = [gram for gram in known if len(gram) == 2]
    trigrams = {gram for gram in known if len(gram) == 3}
    made_up = (pair + letter for letter, pair in product(letters, pairs))
    yield from islice((gram for gram in made_up if gram not in trigrams), max(0, count - len(known)))


def chunks(items, size):
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk
