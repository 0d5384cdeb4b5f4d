"""Tables, JSON and error lists from the answers."""

import json

import numpy as np

from .metrics import averages

FIGURES = (("macro_f1", "macro-F1"), ("core_f1", "core F1"), ("micro_f1", "micro-F1"), ("mean_ap", "mean AP"),
           ("core_ap", "core AP"))
# All systems, in the order of the tables.
ROWS = ("keyword search", "fastText", "LIBLINEAR, margin > 0", "LIBLINEAR", "scikit-learn", "scikit-learn + terms",
        "sectag without terms", "sectag")
PHASES = ("search", "train", "score")
NAME_WIDTH = 34
# shared/corpus/README.md: n-grams + terms, one run of scikit-learn on other folds.
REFERENCE = {"policy": (0.811, 0.892, 0.856, 0.876, 0.963), "filings-dev zh": (0.798, 0.911, 0.832, 0.885, 0.978),
             "filings-dev en": (0.718, 0.853, 0.775, 0.812, 0.993)}


class ScoredSet:
    """Rows of one table: clauses scored under one protocol, in one language where a protocol has several."""

    def __init__(self, name, bench, tasks, lang=None):
        self.name, self.bench = name, bench
        self.tasks = [(task.name, keep(bench, task, lang)) for task in tasks]
        self.rows = np.concatenate([task.test[kept] for task, (_, kept) in zip(tasks, self.tasks)])
        self.truth = bench.truth[self.rows]

    def collect(self, predictions):
        """(tags, scores) of all rows; scores is None for a system that does not rank."""
        tags = np.vstack([predictions[name].tags[kept] for name, kept in self.tasks])
        if any(predictions[name].scores is None for name, _ in self.tasks):
            return tags, None
        return tags, np.vstack([predictions[name].scores[kept] for name, kept in self.tasks])

    def figures(self, predictions):
        tags, scores = self.collect(predictions)
        row = averages(tags, self.truth, scores, self.bench.areas, self.bench.core)
        answers = [predictions[name] for name, _ in self.tasks]
        row["seconds"] = {phase: sum(answer.seconds[phase] for answer in answers) for phase in PHASES}
        row["settings"] = {name: predictions[name].settings for name, _ in self.tasks}
        return row


def keep(bench, task, lang):
    return np.array([lang in (None, bench.clauses[row].lang) for row in task.test], dtype=bool)


def scored_sets(bench, tasks):
    by_protocol = {}
    for task in tasks:
        by_protocol.setdefault(task.protocol, []).append(task)
    sets = []
    for protocol, members in by_protocol.items():
        if protocol == "dev":
            sets += [ScoredSet(f"filings-dev {lang}", bench, members, lang) for lang in ("zh", "en")]
        else:
            sets.append(ScoredSet(protocol, bench, members))
    return sets


def results(sets, answers):
    """{set: {"n", "systems": {system: figures}}}"""
    return {one.name: {"n": len(one.rows), "systems": {system: one.figures(predictions)
                                                       for system, predictions in answers.items()}} for one in sets}


def print_tables(figures, core, detail):
    for name, table in figures.items():
        print_summary(name, table)
        print_core(table["systems"], core)
        if detail in table["systems"]:
            print_areas(detail, table["systems"][detail]["areas"])
    print_settings(figures)


def print_summary(name, table):
    print(f"\n== {name} ({table['n']} clauses) ==")
    print(line("system", [title for _, title in FIGURES] + [f"{phase} s" for phase in PHASES]))
    for system, row in table["systems"].items():
        cells = [number(row[key]) for key, _ in FIGURES] + [f"{row['seconds'][phase]:.0f}" for phase in PHASES]
        print(line(system, cells))
    if name in REFERENCE:
        print(line("reference (README of the corpus)", [number(value) for value in REFERENCE[name]]))


def print_core(systems, core):
    print()
    print(line("F1 of the core areas", core, 19))
    for system, row in systems.items():
        print(line(system, [number(row["areas"].get(area, {}).get("f1")) for area in core], 19))
    positives = next(iter(systems.values()))["areas"]
    print(line("positives", [positives.get(area, {}).get("n", 0) for area in core], 19))


def print_areas(system, areas):
    print()
    print(line(f"{system}, by area", ["precision", "recall", "F1", "AP", "n"]))
    for area, row in areas.items():
        values = [number(row[key]) for key in ("precision", "recall", "f1", "ap")]
        print(line(area, values + [str(row["n"])]))


def print_settings(figures):
    """Each system's settings, with the trainings that chose them."""
    print("\n== settings, all from inner cross-validation ==")
    chosen = {}
    for table in figures.values():
        for system, row in table["systems"].items():
            for task, setting in row["settings"].items():
                chosen.setdefault((system, setting), {})[task] = True
    for (system, setting), tasks in sorted(chosen.items(), key=lambda item: ROWS.index(item[0][0])):
        print(f"{system:<{NAME_WIDTH}}{setting}  ({', '.join(tasks)})")


def line(name, cells, width=10):
    return f"{name:<{NAME_WIDTH}}" + "".join(f"{cell:>{width}}" for cell in cells)


def number(value):
    return "-" if value is None else f"{value:.3f}"


def write_json(path, figures):
    reference = {name: dict(zip([key for key, _ in FIGURES], values)) for name, values in REFERENCE.items()}
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"sets": figures, "reference": reference}, out, ensure_ascii=False, indent=1)
        out.write("\n")


def write_errors(path, sets, predictions):
    """What a system got wrong, the most confident errors first within an area: for reading."""
    with open(path, "w", encoding="utf-8") as out:
        print("set", "id", "area", "kind", "score", "text", sep="\t", file=out)
        for one in sets:
            for row in errors(one, predictions):
                print(one.name, *row, sep="\t", file=out)


def errors(one, predictions):
    tags, scores = one.collect(predictions)
    found = []
    for position, column in np.argwhere(tags != one.truth):
        clause = one.bench.clauses[one.rows[position]]
        p = 0.0 if scores is None else scores[position, column]
        kind = "fp" if tags[position, column] else "fn"
        sort_key = (column, kind, -p if kind == "fp" else p, clause.id)
        found.append((sort_key, (clause.id, one.bench.areas[column], kind, f"{p:.3f}", clause.text)))
    return [row for _, row in sorted(found, key=lambda item: item[0])]
