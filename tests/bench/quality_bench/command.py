"""The command line of tests/bench/quality."""

import argparse
import os
import sys
from pathlib import Path

from . import report, runner
from .bench import Bench
from .corpus import REPOSITORY, policy_titles, read_areas, read_corpus, shared_folder, terms_file
from .splits import build_tasks, group_policy, group_written
from .terms import TermList
from .text import near_duplicates
from .vectors import Vectors

FOLDER = REPOSITORY / "build" / "bench" / "quality"
PROGRAM = REPOSITORY / "build" / "release" / "classify" / "sectag"
NAMES = [family.name for family in runner.FAMILIES]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/quality", description=(
        "Trains and scores sectag and its peers on the same folds and prints one table a scored set."))
    parser.add_argument("--systems", default=",".join(NAMES), help=f"of {','.join(NAMES)} (default: all)")
    parser.add_argument("--sets", default="policy,dev", help="of policy,dev (default: both)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    parser.add_argument("--errors", type=Path, metavar="FILE", nargs="?", const=FOLDER / "errors.tsv",
                        help=f"write a system's errors as TSV (default FILE: {FOLDER / 'errors.tsv'})")
    parser.add_argument("--errors-of", default="sectag", metavar="ROW",
                        help="a row of the table, whose errors and figures by area are shown (default: sectag)")
    parser.add_argument("--sectag", default=str(PROGRAM), help="the program (default: build/release/classify/sectag)")
    parser.add_argument("--solver", choices=["libsvm", "liblinear"], help="passed to `sectag train`")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count()), help="trainings at a time (default: 2)")
    parser.add_argument("--no-cache", action="store_true", help="train again what was trained before")
    options = parser.parse_args()
    options.systems, options.sets = options.systems.split(","), set(options.sets.split(","))
    unknown = [name for name in options.systems if name not in NAMES] + sorted(options.sets - {"policy", "dev"})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    if options.errors_of not in report.ROWS:
        parser.error(f"--errors-of takes one of: {'; '.join(report.ROWS)}")
    return options


def say(message):
    print(f"quality: {message}", file=sys.stderr)


def select_families(options):
    families = [family for family in runner.FAMILIES if family.name in options.systems]
    if not Path(options.sectag).is_file() and any(family.program for family in families):
        say(f"{options.sectag} is not built: peers only")
        families = [family for family in families if not family.program]
    if not families:
        sys.exit("quality: nothing to run")
    return families


def load():
    """The clauses with their groups, the near-duplicates among them, and the file of terms."""
    shared = shared_folder()
    if shared is None:
        say("no shared corpus (SECTAG_SHARED): 5 folds over the written clauses of training/corpus; "
            "their figures say little about real text")
    clauses = read_corpus(shared)
    if not clauses:
        sys.exit("quality: no corpus found")
    pairs = near_duplicates([clause.normal for clause in clauses])
    if shared is None:
        group_written(clauses, pairs)
    else:
        group_policy(clauses, pairs, policy_titles(shared))
    say(f"{len(clauses)} clauses, {len(pairs)} near-duplicate pairs, terms of {terms_file(shared)}")
    return clauses, pairs, terms_file(shared)


def prepare(options, families, clauses, terms_path):
    """The bench, with the features that the selected systems share."""
    areas, core = read_areas()
    texts = [clause.normal for clause in clauses]
    vectors = None
    if any(family.vectors for family in families):
        vectors = Vectors(texts, TermList(terms_path, areas).features(texts))
    return Bench(clauses, areas, core, str(terms_path), vectors, options)


def describe(tasks):
    for task in tasks:
        say(f"{task.name}: train {len(task.train)}, score {len(task.test)} clauses")


def main():
    options = parse_arguments()
    families = select_families(options)
    FOLDER.mkdir(parents=True, exist_ok=True)
    clauses, pairs, terms_path = load()
    bench = prepare(options, families, clauses, terms_path)
    tasks = build_tasks(clauses, pairs, options.sets)
    describe(tasks)
    answers, failures = runner.run_all(bench, tasks, families, FOLDER)
    sets = report.scored_sets(bench, tasks)
    figures = report.results(sets, answers)
    report.print_tables(figures, bench.core, options.errors_of)
    if options.json:
        report.write_json(options.json, figures)
    if options.errors:
        write_errors(options, sets, answers)
    if failures:
        sys.exit(f"quality: {failures} runs failed; systems without an answer to every task are not in the tables")


def write_errors(options, sets, answers):
    if options.errors_of not in answers:
        sys.exit(f"quality: {options.errors_of} was not run, so it has no errors to write")
    report.write_errors(options.errors, sets, answers[options.errors_of])
