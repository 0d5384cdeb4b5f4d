"""The command line of tests/bench/speed."""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from quality_bench.corpus import REPOSITORY, read_areas, read_corpus, shared_folder

from . import growth, measure, setup, table
from .corpora import KINDS, make_corpus
from .first_record import print_first_records
from .models import Models
from .place import FOLDER, MODEL, PROGRAM, kept, say
from .systems import NAMES, SYSTEMS, Entrant

CLAUSES, QUICK_CLAUSES = 300_000, 20_000
STARTS = 5


@dataclass
class Bench:
    options: argparse.Namespace
    models: Models

    def tiny(self, name, text):
        return kept(FOLDER / name, lambda part: part.write_text(text, encoding="utf-8"))


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/speed", description=(
        "Measures sectag and its peers on the same clauses in one run; with --growth, how sectag grows."))
    parser.add_argument("--systems", default=",".join(NAMES), help=f"of {','.join(NAMES)} (default: all)")
    parser.add_argument("--corpora", default=",".join(KINDS), help=f"of {','.join(KINDS)} (default: both)")
    parser.add_argument("--clauses", type=int, metavar="N", help=f"clauses of a corpus (default: {CLAUSES})")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of every system (default: 3)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CLAUSES} clauses, peers trained on less")
    parser.add_argument("--growth", nargs="?", const=",".join(growth.PARTS), metavar="PARTS", help=(
        f"growth of time and memory instead of the comparison: of {','.join(growth.PARTS)} (default: all)"))
    parser.add_argument("--stream-gb", type=float, metavar="GB", help="--growth: length of the streams (default: 1)")
    parser.add_argument("--core", type=int, default=measure.core, metavar="N", help="what is pinned runs on this core "
                        f"(default: {measure.core})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    parser.add_argument("--sectag", default=str(PROGRAM), metavar="FILE",
                        help="the program (default: what is built here; scoring alone is always that)")
    parser.add_argument("--model", default=str(MODEL), metavar="FILE", help="sectag's model (default: the shipped one)")
    options = parser.parse_args()
    options.sectag, options.model = str(Path(options.sectag).resolve()), str(Path(options.model).resolve())
    options.systems, options.corpora = options.systems.split(","), options.corpora.split(",")
    options.clauses = options.clauses or (QUICK_CLAUSES if options.quick else CLAUSES)
    options.growth = options.growth.split(",") if options.growth else []
    unknown = sorted((set(options.systems) - set(NAMES)) | (set(options.corpora) - set(KINDS)) |
                     (set(options.growth) - set(growth.PARTS)))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    if options.clauses < 1 or options.rounds < 1:
        parser.error("--clauses and --rounds are at least 1")
    return options


def load():
    shared = shared_folder()
    if shared is None:
        say("no shared corpus (SECTAG_SHARED): the clauses are those of training/corpus")
    return read_corpus(shared)


def compare(bench, labelled):
    systems = [system for system in SYSTEMS if system.name in bench.options.systems]
    figures = {}
    for kind in bench.options.corpora:
        corpus = make_corpus(kind, labelled, bench.options.clauses)
        say(f"{corpus.title}: preparing")
        entrants = [Entrant(bench, system, corpus, bench.options.clauses) for system in systems]
        run_rounds(entrants, bench.options.rounds)
        table.print_corpus(corpus, bench.options.clauses, entrants)
        if "sectag" in bench.options.systems:
            print_first_records(bench, corpus, bench.options.clauses)
        figures[kind] = table.as_json(entrants)
    return figures


def run_rounds(entrants, rounds):
    """All systems in turn, then all again: a slow minute of the machine falls on everyone."""
    for entrant in entrants:
        entrant.measure_start(STARTS if len(entrant.commands) == 1 else 1)
    for number in range(rounds):
        for entrant in entrants:
            entrant.measure_round()
        say(f"round {number + 1} of {rounds} done")


def main():
    options = parse_arguments()
    measure.core = options.core
    FOLDER.mkdir(parents=True, exist_ok=True)
    setup.build(REPOSITORY)
    labelled = load()
    bench = Bench(options, Models(labelled, read_areas()[0], options.quick))
    try:
        if options.growth:
            figures, steady = growth.run(bench, make_corpus("unrepeated", labelled, options.clauses))
        else:
            figures, steady = compare(bench, labelled), True
    except measure.Failed as failure:
        sys.exit(f"speed: {failure}")
    print(f"\none core is core {measure.core} of {os.cpu_count()}; load average now {os.getloadavg()[0]:.1f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    if not steady:
        sys.exit(1)
