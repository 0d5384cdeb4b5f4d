"""From margins to decisions: operating points fitted on out-of-fold margins, chosen by cross-validation."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from .metrics import objective

MARGINS = np.linspace(-1.5, 1.0, 51)
PROBABILITIES = np.linspace(0.02, 0.8, 40)


def platt(margins, positive):
    """(a, b) of p = 1 / (1 + exp(-(a m + b))), with the soft targets of Platt (1999), as Lin et al. (2007) fit it."""
    positives, negatives = positive.sum(), (~positive).sum()
    target = np.where(positive, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(parameters):
        z = parameters[0] * margins + parameters[1]
        slope = expit(z) - target
        return np.sum(np.logaddexp(0, z) - target * z), np.array([slope @ margins, slope.sum()])

    start = [1.0, np.log((positives + 1) / (negatives + 1))]
    a, b = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(1e-3, None), (None, None)]).x
    return a, b


class Platt:
    """A probability for each area."""

    def __init__(self, margins, truth):
        fitted = [platt(margins[:, area], truth[:, area]) for area in range(truth.shape[1])]
        self.slope, self.offset = np.array(fitted).T

    def probabilities(self, margins):
        return expit(self.slope * margins + self.offset)


class GlobalMargin:
    """One margin threshold for all areas."""
    label = "one margin threshold"

    def __init__(self, margins, truth):
        self.threshold = best_threshold(margins, truth, MARGINS)

    def decide(self, margins):
        return margins >= self.threshold


class AreaMargins:
    """A margin threshold for each area, at its best F1."""
    label = "margin threshold per area"

    def __init__(self, margins, truth):
        self.thresholds = np.array([best_f1_threshold(margins[:, area], truth[:, area])
                                    for area in range(truth.shape[1])])

    def decide(self, margins):
        return margins >= self.thresholds


class GlobalProbability:
    """Platt scaling per area, then one probability threshold for all."""
    label = "Platt, one probability threshold"

    def __init__(self, margins, truth):
        self.platt = Platt(margins, truth)
        self.threshold = best_threshold(self.platt.probabilities(margins), truth, PROBABILITIES)

    def decide(self, margins):
        return self.platt.probabilities(margins) >= self.threshold


CANDIDATES = (GlobalMargin, AreaMargins, GlobalProbability)


def best_threshold(scores, truth, grid):
    return max(grid, key=lambda threshold: objective(scores >= threshold, truth))


def best_f1_threshold(margins, positive):
    """Half-way between the two neighbours in rank where F1 is highest; 0 without positives."""
    if not positive.any():
        return 0.0
    order = np.argsort(-margins, kind="stable")
    hits = np.cumsum(positive[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + hits[-1])
    best = int(np.argmax(f1))
    return float(margins[order[best:best + 2]].mean())


def cross_validated(kind, margins, truth, folds):
    """The objective of a kind of operating point, fitted on all but one inner fold and applied to that one."""
    tags = np.zeros(truth.shape, bool)
    for number, held in enumerate(folds):
        fit = np.concatenate([rows for other, rows in enumerate(folds) if other != number])
        tags[held] = kind(margins[fit], truth[fit]).decide(margins[held])
    return objective(tags, truth)
