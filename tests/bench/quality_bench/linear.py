"""Linear SVMs over tf-idf n-grams: scikit-learn's LinearSVC, LIBLINEAR's command line, and the reference recipe.

LinearSVC is scikit-learn's binding of LIBLINEAR, so the search over loss and C and the out-of-fold margins
serve both; LIBLINEAR's own final models are trained by its command line.
"""

import subprocess

import numpy as np
from sklearn.svm import LinearSVC

from .bench import Prediction, Stopwatch
from .operating import CANDIDATES, GlobalMargin, Platt, cross_validated

SETTINGS = (("squared_hinge", 0.5), ("squared_hinge", 1.0), ("squared_hinge", 2.0), ("hinge", 1.0), ("hinge", 2.0))
SOLVER = {"squared_hinge": "2", "hinge": "3"}  # liblinear-train -s
RECIPE = ("squared_hinge", 2.0)
RECIPE_PROBABILITY = 0.4
BIAS = 1.0


def run_peers(bench, task, folder):
    """scikit-learn and LIBLINEAR without terms."""
    clock = Stopwatch()
    truth = np.vstack([bench.truth[held] for _, held in task.inner])
    with clock.phase("search"):
        margins = out_of_fold(bench, task, SETTINGS)
        setting, kind = choose(margins, truth, held_positions(task))
    yield "scikit-learn", scikit(bench, task, setting, kind(margins[setting], truth), clock.seconds)
    yield from liblinear(bench, task, folder, setting, margins[setting], clock.seconds)


def run_recipe(bench, task, folder):
    """The reference recipe of the corpus' README: terms as features, Platt, p >= 0.4."""
    clock = Stopwatch()
    with clock.phase("train"):
        truth = np.vstack([bench.truth[held] for _, held in task.inner])
        margins = out_of_fold(bench, task, [RECIPE], with_terms=True)[RECIPE]
        calibration = Platt(margins, truth)
        train, test = bench.vectors.matrices(task.train, task.test, with_terms=True)
        machines = fit(train, bench.truth[task.train], RECIPE)
    with clock.phase("score"):
        margins = decide(machines, test)
        tags = calibration.probabilities(margins) >= RECIPE_PROBABILITY
    yield "scikit-learn + terms", Prediction(tags, margins, clock.seconds,
                                             f"{describe(RECIPE)}; Platt, p >= {RECIPE_PROBABILITY}")


def scikit(bench, task, setting, point, spent):
    clock = Stopwatch()
    clock.seconds["search"] = spent["search"]
    with clock.phase("train"):
        train, test = bench.vectors.matrices(task.train, task.test)
        machines = fit(train, bench.truth[task.train], setting)
    with clock.phase("score"):
        scores = decide(machines, test)
    return Prediction(point.decide(scores), scores, clock.seconds, f"{describe(setting)}; {point.label}")


def liblinear(bench, task, folder, setting, margins, spent):
    """LIBLINEAR as it comes (threshold 0), and with one tuned margin threshold."""
    clock = Stopwatch()
    truth = np.vstack([bench.truth[held] for _, held in task.inner])
    with clock.phase("train"):
        train, test = bench.vectors.matrices(task.train, task.test)
        machines = fit_liblinear(train, bench.truth[task.train], setting, folder)
    with clock.phase("score"):
        scores = decide(machines, test)
    option = f"-s {SOLVER[setting[0]]} -c {setting[1]:g} -B {BIAS:g}"
    tuned = GlobalMargin(margins, truth)
    yield "LIBLINEAR, margin > 0", Prediction(scores > 0, scores, clock.seconds, option)
    yield "LIBLINEAR", Prediction(tuned.decide(scores), scores, {**clock.seconds, "search": spent["search"]},
                                  f"{option}; margin >= {tuned.threshold:.2f}")


def describe(setting):
    return f"{setting[0]}, C = {setting[1]:g}"


def out_of_fold(bench, task, settings, with_terms=False):
    """{setting: margins of all held rows}, inner fold after inner fold."""
    margins = {setting: [] for setting in settings}
    for fitted, held in task.inner:
        train, test = bench.vectors.matrices(fitted, held, with_terms=with_terms)
        for setting in settings:
            margins[setting].append(decide(fit(train, bench.truth[fitted], setting), test))
    return {setting: np.vstack(parts) for setting, parts in margins.items()}


def held_positions(task):
    """The inner folds as positions in the stacked out-of-fold margins."""
    ends = np.cumsum([len(held) for _, held in task.inner])
    return [np.arange(end - len(held), end) for end, (_, held) in zip(ends, task.inner)]


def choose(margins, truth, folds):
    """The setting and the kind of operating point that do best together in inner cross-validation."""
    pairs = [(setting, kind) for setting in margins for kind in CANDIDATES]
    return max(pairs, key=lambda pair: cross_validated(pair[1], margins[pair[0]], truth, folds))


def fit(vectors, truth, setting):
    """Weights (areas x features) and offsets of one SVM an area."""
    machines = [fit_area(vectors, truth[:, area], setting) for area in range(truth.shape[1])]
    return np.array([weights for weights, _ in machines]), np.array([offset for _, offset in machines])


def fit_area(vectors, positive, setting):
    if not positive.any():
        return np.zeros(vectors.shape[1]), -1.0
    loss, c = setting
    machine = LinearSVC(loss=loss, C=c, dual=True, intercept_scaling=BIAS, random_state=1, max_iter=5000)
    machine.fit(vectors, positive)
    return machine.coef_[0], machine.intercept_[0]


def decide(machines, vectors):
    weights, offsets = machines
    return vectors @ weights.T + offsets


def fit_liblinear(vectors, truth, setting, folder):
    """One `liblinear-train` an area. Its weight vector w is read from the model file, because `liblinear-predict`
    prints no decision values for SVMs; the sign of w x + b is what it would predict."""
    lines = list(svmlight(vectors))
    machines = [train_area(lines, truth[:, area], setting, folder) for area in range(truth.shape[1])]
    width = vectors.shape[1]
    weights = np.zeros((len(machines), width))
    for row, values in enumerate(machines):
        weights[row, :len(values) - 1] = values[:-1]
    return weights, np.array([values[-1] * BIAS for values in machines])


def train_area(lines, positive, setting, folder):
    if not positive.any():
        return np.array([-1.0])
    data, model = folder / "train.svm", folder / "model"
    with open(data, "w", encoding="ascii") as out:
        out.writelines(f"{'+1' if yes else '-1'}{line}" for yes, line in zip(positive, lines))
    subprocess.run(["liblinear-train", "-q", "-s", SOLVER[setting[0]], "-c", str(setting[1]), "-B", str(BIAS),
                    data, model], check=True, stdout=subprocess.DEVNULL)
    data.unlink()
    return read_weights(model)


def read_weights(path):
    """w, the bias' weight last, for the label +1 (LIBLINEAR's w is for the label that it names first)."""
    header, _, weights = path.read_text().partition("\nw\n")
    sign = 1.0 if "\nlabel 1 -1" in header else -1.0
    return sign * np.array(weights.split(), dtype=float)


def svmlight(matrix):
    """The rows of a sparse matrix as lines of the LIBSVM format, without the label."""
    matrix = matrix.tocsr()
    matrix.sort_indices()
    for start, end in zip(matrix.indptr, matrix.indptr[1:]):
        pairs = zip(matrix.indices[start:end] + 1, matrix.data[start:end])
        yield "".join(f" {index}:{value:.6g}" for index, value in pairs) + "\n"
