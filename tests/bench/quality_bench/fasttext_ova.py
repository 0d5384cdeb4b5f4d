"""fastText (Debian's `fasttext`): characters and words as tokens, one-vs-all loss, one probability threshold."""

import subprocess

import numpy as np

from .bench import Prediction, Stopwatch
from .metrics import objective
from .operating import PROBABILITIES, best_threshold
from .text import tokens

LABEL = "__label__"
NO_AREA = LABEL + "none"  # fastText passes over lines without a label
COMMON = "-loss ova -bucket 500000 -thread 1 -seed 1 -verbose 0"
SETTINGS = (  # more passes, larger steps or longer n-grams than these gained nothing on inner folds
    "-lr 0.5 -epoch 30 -dim 25 -wordNgrams 2",
    "-lr 1.0 -epoch 30 -dim 25 -wordNgrams 2",
    "-lr 1.0 -epoch 30 -dim 50 -wordNgrams 3",
    "-lr 1.0 -epoch 60 -dim 25 -wordNgrams 3",
    "-lr 1.0 -epoch 30 -dim 25 -wordNgrams 2 -minn 3 -maxn 6",
)


def run(bench, task, folder):
    clock = Stopwatch()
    with clock.phase("search"):
        setting, held_scores = search(bench, task, folder)
    with clock.phase("train"):
        scores, truth = out_of_fold(bench, task, folder, setting, held_scores)
        threshold = best_threshold(scores, truth, PROBABILITIES)
        model = train(bench, task.train, folder, setting)
    with clock.phase("score"):
        scores = predict(bench, task.test, folder, model)
    model.unlink()
    yield "fastText", Prediction(scores >= threshold, scores, clock.seconds, f"{setting}; p >= {threshold:.2f}")


def search(bench, task, folder):
    """The setting with the best objective on the first inner fold, each at its own best threshold there."""
    fit, held = task.inner[0]
    truth = bench.truth[held]
    best = (-1.0, None, None)
    for setting in SETTINGS:
        scores = fit_and_score(bench, fit, held, folder, setting)
        threshold = best_threshold(scores, truth, PROBABILITIES)
        value = objective(scores >= threshold, truth)
        if value > best[0]:
            best = (value, setting, scores)
    return best[1:]


def out_of_fold(bench, task, folder, setting, first_scores):
    """Scores and truth of all held rows; those of the first inner fold are known from the search."""
    scores = [first_scores] + [fit_and_score(bench, fit, held, folder, setting) for fit, held in task.inner[1:]]
    return np.vstack(scores), np.vstack([bench.truth[held] for _, held in task.inner])


def fit_and_score(bench, fit, held, folder, setting):
    model = train(bench, fit, folder, setting)
    scores = predict(bench, held, folder, model)
    model.unlink()
    return scores


def train(bench, rows, folder, setting):
    corpus, model = folder / "train.txt", folder / "model"
    with open(corpus, "w", encoding="utf-8") as out:
        for row in rows:
            clause = bench.clauses[row]
            labels = [LABEL + area for area in sorted(clause.labels)] or [NO_AREA]
            print(*labels, *tokens(clause.normal), file=out)
    subprocess.run(["fasttext", "supervised", "-input", corpus, "-output", model, *COMMON.split(), *setting.split()],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (folder / "model.vec").unlink(missing_ok=True)
    return folder / "model.bin"


def predict(bench, rows, folder, model):
    text = folder / "test.txt"
    with open(text, "w", encoding="utf-8") as out:
        for row in rows:
            print(*tokens(bench.clauses[row].normal), file=out)
    answer = subprocess.run(["fasttext", "predict-prob", model, text, "-1", "0"], check=True, encoding="utf-8",
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return parse(answer.split("\n")[:len(rows)], bench.areas)


def parse(lines, areas):
    """`label probability label probability ...`, one line a clause; an area that is not named scores 0."""
    column = {LABEL + area: number for number, area in enumerate(areas)}
    scores = np.zeros((len(lines), len(areas)))
    for row, line in enumerate(lines):
        fields = line.split()
        for label, probability in zip(fields[::2], fields[1::2]):
            if label in column:
                scores[row, column[label]] = min(float(probability), 1.0)
    return scores
