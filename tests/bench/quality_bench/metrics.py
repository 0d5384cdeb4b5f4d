"""Per-area and averaged precision, recall, F1 and average precision."""

import numpy as np
from sklearn.metrics import average_precision_score


def f1(tp, fp, fn):
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def per_area(tags, truth, scores, areas):
    """{area: figures} for areas with at least one positive; AP is None for a system that does not rank."""
    figures = {}
    for column, area in enumerate(areas):
        predicted, actual = tags[:, column], truth[:, column]
        if not actual.any():
            continue
        tp, fp = int((predicted & actual).sum()), int((predicted & ~actual).sum())
        fn = int(actual.sum()) - tp
        ap = None if scores is None else float(average_precision_score(actual, scores[:, column]))
        figures[area] = {"n": tp + fn, "tp": tp, "fp": fp, "fn": fn, "precision": tp / (tp + fp) if tp else 0.0,
                         "recall": tp / (tp + fn), "f1": f1(tp, fp, fn), "ap": ap}
    return figures


def averages(tags, truth, scores, areas, core):
    """The figures of one table row, and those by area."""
    by_area = per_area(tags, truth, scores, areas)
    core_here = [by_area[area] for area in core if area in by_area]
    tp, fp, fn = (tags & truth).sum(), (tags & ~truth).sum(), (~tags & truth).sum()
    return {"macro_f1": mean(by_area.values(), "f1"), "core_f1": mean(core_here, "f1"),
            "micro_f1": float(f1(tp, fp, fn)), "mean_ap": mean(by_area.values(), "ap"),
            "core_ap": mean(core_here, "ap"), "areas": by_area}


def mean(figures, key):
    values = [figure[key] for figure in figures]
    return float(np.mean(values)) if values and None not in values else None


def objective(tags, truth):
    """What tuning maximises: the mean of macro-F1 (over areas with positives) and micro-F1."""
    tp, fp, fn = (tags & truth).sum(0), (tags & ~truth).sum(0), (~tags & truth).sum(0)
    present = truth.any(0)
    macro = np.mean(2 * tp[present] / np.maximum(2 * tp + fp + fn, 1)[present])
    return (macro + f1(tp.sum(), fp.sum(), fn.sum())) / 2
