"""sectag itself, by its program: `sectag train` on the fold's files, `sectag tag --lines` on the fold's clauses."""

import json
import subprocess
from collections import defaultdict

import numpy as np

from .bench import Prediction, Stopwatch
from .corpus import REPOSITORY, TAXONOMY

COLUMNS = ("id", "doc", "lang", "register", "labels", "text")


def run_without_terms(bench, task, folder):
    yield "sectag without terms", run(bench, task, folder, ["--no-terms"])


def run_with_terms(bench, task, folder):
    yield "sectag", run(bench, task, folder, ["--terms", str(bench.terms_path)])


def run(bench, task, folder, options):
    clock = Stopwatch()
    model, text = folder / "model.sectag", folder / "test.txt"
    if bench.options.solver:
        options = options + ["--solver", bench.options.solver]
    corpora = write_corpora(bench, task.train, folder)
    text.write_text("".join(one_line(bench.clauses[row].text) + "\n" for row in task.test), encoding="utf-8")
    with clock.phase("train"):
        call(bench, "train", "--taxonomy", TAXONOMY, *options, "--jobs", "1", "-o", model, *corpora)
    with clock.phase("score"):
        answer = call(bench, "tag", "--lines", "--all", "--scores", "--format", "jsonl", "--model", model, text)
    records = [json.loads(line) for line in answer.splitlines()]
    if len(records) != len(task.test):
        raise RuntimeError(f"{task.name}: {len(records)} records for {len(task.test)} clauses")
    tags, scores = matrices(records, bench.areas)
    return Prediction(tags, scores, clock.seconds, " ".join(map(str, options)))


def call(bench, *arguments):
    command = [bench.options.sectag, *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, encoding="utf-8", capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:2])}: exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout


def write_corpora(bench, rows, folder):
    """One corpus file a source, as in the shared corpus; `doc` is the group, so that excerpts stay together."""
    by_source = defaultdict(list)
    for row in rows:
        by_source[bench.clauses[row].source].append(bench.clauses[row])
    paths = []
    for source, clauses in by_source.items():
        path = folder / f"{source}.tsv"
        with open(path, "w", encoding="utf-8") as out:
            print(*COLUMNS, sep="\t", file=out)
            for clause in clauses:
                print(*fields(clause), sep="\t", file=out)
        paths.append(path)
    return paths


def fields(clause):
    doc = "-" if clause.doc == "-" else clause.group.partition(":")[2]
    labels = ",".join(sorted(clause.labels)) or "-"
    return clause.id, doc, clause.lang, clause.register, labels, one_line(clause.text)


def one_line(text):
    return " ".join(text.split("\n"))


def matrices(records, areas):
    column = {area: number for number, area in enumerate(areas)}
    tags = np.zeros((len(records), len(areas)), bool)
    scores = np.zeros((len(records), len(areas)))
    for row, record in enumerate(records):
        for tag in record["tags"]:
            tags[row, column[tag["area"]]] = True
        for area, score in record["scores"].items():
            scores[row, column[area]] = score["s"]
    return tags, scores
