"""The command line of tests/bench/loop."""

import argparse
import hashlib
import json
import random
import sys
from pathlib import Path

from quality_bench.corpus import REPOSITORY, WRITTEN, is_corpus, read_clauses, shared_folder

from .program import MEASURES, Program, write_corpus, write_decisions

FOLDER = REPOSITORY / "build" / "bench" / "loop"
PROGRAM = REPOSITORY / "build" / "release" / "classify" / "sectag"
REAL = ("policy", "filings-train", "various-train", "negatives", "filings-dev")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/loop", description=(
        "Rounds of suggested clauses, answers from the gold labels and retraining, beside as many random answers."))
    parser.add_argument("--set", default="filings-dev", choices=["filings-dev", "filings-train", "various-train"],
                        help="whose documents are pool and test; choices are made on others than filings-dev")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--count", type=int, default=40, help="answers a round (default: 40)")
    parser.add_argument("--seeds", type=int, default=3, help="runs of random answers (default: 3)")
    parser.add_argument("--pool", type=int, default=0, metavar="N", help="at most about N clauses in the pool")
    parser.add_argument("--every", type=int, default=2, metavar="N",
                        help="random answers are trained on and measured every N rounds (default: 2)")
    parser.add_argument("--copies", help="passed to retrain (default: its own)")
    parser.add_argument("--folds", type=int, default=3, help="of each training (default: 3)")
    parser.add_argument("--solver", default="liblinear", choices=["libsvm", "liblinear"])
    parser.add_argument("--sectag", type=Path, default=PROGRAM)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def split(clauses, most):
    """Documents in the order of their digests, in turn to the pool and to the test half."""
    docs = sorted({c.doc for c in clauses}, key=lambda doc: hashlib.sha256(doc.encode()).hexdigest())
    halves = ([], [])
    for number, doc in enumerate(docs):
        halves[number % 2].extend(c for c in clauses if c.doc == doc)
    pool, test = halves
    return (pool[:most] if most else pool), test


def curve(name, program, task, choose, every=1):
    """[(answers, *measures)] after every so many rounds, the last one included."""
    folder = task.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    decisions, model = folder / "decisions.tsv", task.base
    answered, points = [], [(0, *program.evaluate(task.base, task.test))]
    for number in range(1, task.options.rounds + 1):
        write_decisions(decisions, answered)
        more = choose(model, decisions, answered)
        if not more:
            break
        answered = answered + more
        if number % every and number < task.options.rounds:
            continue
        write_decisions(decisions, answered)
        model = folder / f"{number % 2}.sectag"
        program.retrain(task.vectors, task.base, decisions, model, task.options.copies)
        points.append((len(answered), *program.evaluate(model, task.test)))
        say(f"{name}: {len(answered)} answers, {sum(bool(c.labels) for c in answered)} with an area: "
            + ", ".join(f"{name} {value:.4f}" for name, value in zip(MEASURES.values(), points[-1][1:])))
    return points


def ceiling(program, task):
    """(answers, *measures) when the whole pool is answered."""
    everything, model = task.folder / "everything.tsv", task.folder / "everything.sectag"
    write_decisions(everything, task.pool_clauses)
    program.retrain(task.vectors, task.base, everything, model, task.options.copies)
    return (len(task.pool_clauses), *program.evaluate(model, task.test))


class Task:
    def __init__(self, options, program, shared):
        self.options, self.folder = options, FOLDER / options.set
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pool_clauses, test = split(list(read_clauses(shared / "corpus" / f"{options.set}.tsv")), options.pool)
        self.pool, self.test = self.folder / "pool.tsv", self.folder / "test.tsv"
        self.base, self.vectors = self.folder / "base.sectag", self.folder / "vectors"
        write_corpus(self.pool, self.pool_clauses)
        write_corpus(self.test, test)
        without = {options.set, "filings-dev"}
        corpora = [shared / "corpus" / f"{name}.tsv" for name in REAL if name not in without]
        corpora += [path for path in sorted(WRITTEN.glob("*-*.tsv")) if is_corpus(path)]
        say(f"{options.set}: pool {len(self.pool_clauses)} clauses, test {len(test)}; training without them")
        program.train(corpora, self.base, self.vectors)
        self.by_text = {" ".join(c.text.split()): c for c in self.pool_clauses}

    def suggested(self, program):
        def choose(model, decisions, answered):
            texts = program.suggest(model, self.pool, decisions, self.options.count)
            return [self.by_text[" ".join(text.split())] for text in texts]
        return choose

    def at_random(self, seed):
        order = random.Random(seed).sample(self.pool_clauses, len(self.pool_clauses))
        return lambda model, decisions, answered: order[len(answered):len(answered) + self.options.count]


def say(message):
    print(f"loop: {message}", file=sys.stderr, flush=True)


def mean_curve(curves):
    length = min(map(len, curves))
    return [tuple(sum(c[i][k] for c in curves) / len(curves) for k in range(len(curves[0][0]))) for i in range(length)]


def answers_to(points, column, goal):
    """The least answers with at least that score, None if it is never reached."""
    return next((int(p[0]) for p in points if p[column] >= goal), None)


def at(points, answers, column):
    """The score at so many answers; None where it was not measured."""
    return next((p[column] for p in points if p[0] == answers), None)


def print_reach(suggested, randoms, most, column, name):
    """How far both got of what the whole pool would bring, and how many suggestions do what all random answers do."""
    mean = mean_curve(randoms)
    base, goal, room = suggested[0][column], mean[-1][column], most[column] - suggested[0][column]
    needed = answers_to(suggested, column, goal)
    print(f"{name}: {base:.4f} without answers, {most[column]:.4f} with all {most[0]} of the pool ({room:+.4f}); "
          f"{int(mean[-1][0])} random answers {goal:.4f}, reached by "
          f"{'no number of' if needed is None else needed} suggested ones", end="")
    if room > 0:
        print(f"; of that gain {(suggested[-1][column] - base) / room:.0%} by {int(suggested[-1][0])} suggested, "
              f"{(goal - base) / room:.0%} by as many random answers", end="")
    print()


def print_table(suggested, randoms, most):
    print("| answers |" + "".join(f" {name}, suggested | {name}, random |" for name in MEASURES.values()))
    print("|---|" + "---|---|" * len(MEASURES))
    for point in suggested:
        cells = []
        for k in range(1, len(point)):
            values = [v for v in (at(c, point[0], k) for c in randoms) if v is not None]
            cells += [f"{point[k]:.4f}", f"{sum(values) / len(values):.4f} ({min(values):.4f}-{max(values):.4f})"
                      if values else "-"]
        print(f"| {point[0]} | " + " | ".join(cells) + " |")
    for column, name in enumerate(MEASURES.values(), 1):
        print_reach(suggested, randoms, most, column, name)


def main():
    options = parse_arguments()
    shared = shared_folder()
    if shared is None:
        sys.exit("loop: needs the shared corpus (SECTAG_SHARED)")
    program = Program(options.sectag, options.solver, options.folds)
    task = Task(options, program, shared)
    suggested = curve("suggested", program, task, task.suggested(program))
    randoms = [curve(f"random-{seed}", program, task, task.at_random(seed), options.every)
               for seed in range(1, options.seeds + 1)]
    most = ceiling(program, task)
    print_table(suggested, randoms, most)
    if options.json:
        options.json.write_text(json.dumps({"suggested": suggested, "random": randoms, "pool": most}), encoding="utf-8")
