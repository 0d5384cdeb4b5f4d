"""scikit-learn on the shipped vectors: LinearSVC one-vs-rest out of fold and on all rows, Platt for each area."""

import subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

FOLDS, C, REAL_COPIES, TERM_WEIGHT = 5, 2.0, 2, 0.15
_data = None  # inherited by the workers through fork


def unpacked(path):
    return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout.decode().splitlines()


def load(folder):
    """(matrix, truth, weights, documents): the rows as sectag weighs them; a document's row counts twice."""
    df = np.array([int(line.rsplit("\t", 1)[1]) for line in unpacked(folder / "vocab.tsv.zst")[1:]])
    docs = [line.split("\t")[1] for line in unpacked(folder / "clauses.tsv.zst")[1:]]
    lines = unpacked(folder / "vectors.svm.zst")
    idf = np.log((1 + len(lines)) / (1 + df)) + 1
    labels, indptr, columns, values = [], [0], [], []
    for line in lines:
        head, *entries = line.split(" ")
        labels.append([int(area) for area in head.split(",")] if head else [])
        pairs = np.array([entry.split(":") for entry in entries if entry], dtype=float).reshape(-1, 2)
        index = pairs[:, 0].astype(int) - 1
        weight = np.full(len(index), TERM_WEIGHT)
        grams = index < len(df)
        weight[grams] = (1 + np.log(pairs[grams, 1])) * idf[index[grams]]
        norm = np.sqrt((weight[grams] ** 2).sum())
        weight[grams] /= norm if norm else 1
        columns.append(index)
        values.append(weight)
        indptr.append(indptr[-1] + len(index))
    truth = np.zeros((len(lines), 1 + max(max(row, default=0) for row in labels)), dtype=bool)
    for row, areas in enumerate(labels):
        truth[row, areas] = True
    matrix = csr_matrix((np.concatenate(values), np.concatenate(columns), indptr))
    weights = np.array([1.0 if doc == "-" else REAL_COPIES for doc in docs]) / REAL_COPIES
    return matrix, truth, weights, np.array(docs)


def fit(rows, area):
    matrix, truth, weights, _, _ = _data
    machine = LinearSVC(C=C, dual=True, random_state=1, max_iter=5000)
    return machine.fit(matrix[rows], truth[rows, area], sample_weight=weights[rows])


def train_area(area):
    """The work of one area: out-of-fold scores of the documents' rows, Platt on them, the machine of all rows."""
    matrix, truth, _, docs, folds = _data
    scored = np.flatnonzero(docs != "-")
    scores = np.zeros(len(scored))
    for train, test in folds:
        scores[test] = fit(train, area).decision_function(matrix[scored[test]])
    platt = LogisticRegression(C=1e6).fit(scores[:, None], truth[scored, area])
    return fit(np.arange(matrix.shape[0]), area), platt


def run(folder, jobs):
    global _data
    matrix, truth, weights, docs = load(folder)
    scored, always = np.flatnonzero(docs != "-"), np.flatnonzero(docs == "-")
    folds = [(np.concatenate([scored[train], always]), test)
             for train, test in GroupKFold(FOLDS).split(scored, groups=docs[scored])]
    _data = matrix, truth, weights, docs, folds
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        return len(list(pool.map(train_area, range(truth.shape[1]))))
