"""The command line of tests/bench/retrain."""

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

from quality_bench.corpus import REPOSITORY

FOLDER = REPOSITORY / "build" / "bench" / "retrain"
PROGRAM = REPOSITORY / "build" / "release" / "classify" / "sectag"
VECTORS = REPOSITORY / "models" / "default"
LAUNCHER = REPOSITORY / "tests" / "bench" / "retrain"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/retrain", description=(
        "Trains on the shipped vectors with each solver, and with scikit-learn; prints seconds and peak memory."))
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count()))
    parser.add_argument("--million", type=int, nargs="?", const=1_000_000, metavar="N",
                        help="train on N synthetic clauses instead (default N: 1,000,000)")
    parser.add_argument("--sectag", type=Path, default=PROGRAM)
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)  # the child that runs scikit-learn
    return parser.parse_args()


def memory_of(pid):
    """Kilobytes in use by a process and its children (shared pages counted once, as their share)."""
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text().split()
            total += sum(memory_of(child) for child in children)
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    except OSError:
        pass
    return total


def measure(command):
    """(wall-clock seconds, processor seconds, peak memory in MB)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak, done = time.perf_counter(), 0, threading.Event()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    while child.poll() is None:
        peak = max(peak, memory_of(child.pid))
        done.wait(0.2)
    seconds = time.perf_counter() - start
    if child.returncode != 0:
        sys.exit(f"retrain: {command[0]} ended with {child.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak / 1024


def print_rows(rows):
    """Ratios are to the last row."""
    print("| what | seconds | processor seconds | peak memory, MB | seconds, ratio | memory, ratio |")
    print("|---|---|---|---|---|---|")
    for name, (seconds, work, memory) in rows:
        last = rows[-1][1]
        print(f"| {name} | {seconds:.1f} | {work:.1f} | {memory:.0f} | {seconds / last[0]:.2f} | {memory / last[2]:.2f} |")


def run_shipped(options):
    rows = []
    for solver in ("libsvm", "liblinear"):
        command = [options.sectag, "train", "-q", "--vectors", VECTORS, "--solver", solver, "--jobs", options.jobs,
                   "-o", FOLDER / f"{solver}.sectag"]
        rows.append((f"sectag, {solver}", measure(command)))
    peer = [sys.executable, LAUNCHER, "--peer", "--jobs", options.jobs]
    rows.append(("scikit-learn, LinearSVC", measure(peer)))
    print_rows(rows)


def run_synthetic(options):
    from . import synthetic
    rows = []
    for count in (options.million // 10, options.million):
        corpus = FOLDER / f"synthetic-{count}.tsv"
        if not corpus.is_file():
            synthetic.write(corpus, count)
        command = [options.sectag, "train", "-q", corpus, "--jobs", options.jobs, "-o", FOLDER / "synthetic.sectag"]
        rows.append((f"sectag, {count:,} clauses", measure(command)))
    print_rows(rows)


def main():
    options = parse_arguments()
    if options.peer:
        from .peer import run
        run(VECTORS, options.jobs)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    run_synthetic(options) if options.million else run_shipped(options)
