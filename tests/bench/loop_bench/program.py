"""The program's commands that the loop runs."""

import csv
import json
import subprocess

MEASURES = {"mean_ap": "mean AP", "macro_f1": "macro-F1", "micro_f1": "micro-F1", "core_f1": "core F1"}
COLUMNS = ("id", "doc", "lang", "register", "labels", "text")


class Program:
    def __init__(self, path, solver, folds):
        self.path, self.solver, self.folds = str(path), solver, folds

    def call(self, *arguments):
        command = [self.path, *map(str, arguments)]
        done = subprocess.run(command, encoding="utf-8", capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command[:2])}: exit code {done.returncode}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def train(self, corpora, model, vectors):
        vectors.mkdir(parents=True, exist_ok=True)
        self.call("train", "-q", "--solver", self.solver, "--folds", self.folds,
                  "--save-vectors", vectors, "-o", model, *corpora)

    def retrain(self, vectors, current, decisions, model, copies):
        self.call("retrain", "-q", "--no-gate", "--solver", self.solver, "--vectors", vectors, "--model", current,
                  "--decisions", decisions, "--folds", self.folds, "-o", model,
                  *(["--correction-copies", copies] if copies else []))

    def suggest(self, model, pool, decided, count):
        out = self.call("suggest", "-n", count, "--model", model, "--decided", decided, pool)
        rows = csv.DictReader(out.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["text"] for row in rows]

    def evaluate(self, model, gold):
        """The figures of MEASURES."""
        figures = json.loads(self.call("eval", "--model", model, "--gold", gold, "--replicates", 0, "--json"))
        return tuple(value[0] if isinstance(value, list) else value for value in (figures[key] for key in MEASURES))


def write_table(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write("\t".join(columns) + "\n")
        out.writelines("\t".join(row) + "\n" for row in rows)


def write_corpus(path, clauses):
    write_table(path, COLUMNS, ((c.id, c.doc, c.lang, c.register, ",".join(sorted(c.labels)) or "-", c.text)
                                for c in clauses))


def write_decisions(path, clauses):
    write_table(path, ("text", "doc", "labels"), ((c.text, c.doc, ",".join(sorted(c.labels)) or "-") for c in clauses))
