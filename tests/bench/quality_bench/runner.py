"""Runs every selected system on every task, two at a time, and keeps the answers in a cache."""

import hashlib
import pickle
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from subprocess import CalledProcessError
from typing import Callable

from . import fasttext_ova, keyword_search, linear, sectag
from .corpus import TAXONOMY
from .report import ROWS

PACKAGE = Path(__file__).resolve().parent
SHARED_MODULES = ("text", "metrics", "bench", "splits")


@dataclass(frozen=True)
class Family:
    """Systems that one run answers for, and what that run's answer depends on."""
    name: str
    run: Callable       # (bench, task, folder) -> (row name, Prediction) ...
    modules: tuple
    vectors: bool = False
    terms: bool = False
    program: bool = False


FAMILIES = (
    Family("keyword", keyword_search.run, ("keyword_search", "terms"), terms=True),
    Family("fasttext", fasttext_ova.run, ("fasttext_ova", "operating")),
    Family("svm", linear.run_peers, ("linear", "operating", "vectors"), vectors=True),
    Family("svm-terms", linear.run_recipe, ("linear", "operating", "vectors", "terms"), vectors=True, terms=True),
    Family("sectag-no-terms", sectag.run_without_terms, ("sectag",), program=True),
    Family("sectag", sectag.run_with_terms, ("sectag",), terms=True, program=True),
)
_bench = None  # inherited by the workers through fork


def run_all(bench, tasks, families, folder):
    """({row name: {task name: Prediction}} of all rows that have an answer to every task, number of failures)"""
    global _bench
    _bench = bench
    answers, failures = {}, 0
    jobs = [(family.name, task) for family in families for task in tasks]
    with ProcessPoolExecutor(bench.options.jobs, mp_context=get_context("fork")) as pool:
        running = {pool.submit(run_one, name, task, folder): (name, task) for name, task in jobs}
        for done, future in enumerate(as_completed(running), start=1):
            name, task = running[future]
            try:
                results, outcome = future.result()
            except (RuntimeError, OSError, ValueError, KeyError, CalledProcessError) as error:
                results, outcome, failures = [], f"failed: {error!r}", failures + 1
            print(f"quality: {done}/{len(jobs)} {name} on {task.name}: {outcome}", file=sys.stderr)
            for row, prediction in results:
                answers.setdefault(row, {})[task.name] = prediction
    return {row: answers[row] for row in ROWS if len(answers.get(row, ())) == len(tasks)}, failures


def run_one(name, task, folder):
    """A family's answers on one task, from the cache if nothing that they depend on has changed."""
    family = next(family for family in FAMILIES if family.name == name)
    cached = folder / "cache" / f"{name}-{task.name}-{cache_key(family, task)[:16]}.pickle"
    if cached.is_file() and not _bench.options.no_cache:
        return pickle.loads(cached.read_bytes()), "cached"
    work = folder / "folds" / f"{task.name}-{name}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    start = time.perf_counter()
    results = list(family.run(_bench, task, work))
    store(cached, results)
    return results, f"{time.perf_counter() - start:.0f} s"


def store(path, results):
    """By rename, so that an interrupted run leaves no half of an answer."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(results))
    part.replace(path)


def cache_key(family, task):
    sha = hashlib.sha256(f"{family.name} {task.digest} ".encode())
    for module in SHARED_MODULES + family.modules:
        sha.update((PACKAGE / f"{module}.py").read_bytes())
    if family.terms:
        sha.update(Path(_bench.terms_path).read_bytes())
    if family.program:
        sha.update(Path(_bench.options.sectag).read_bytes())
        sha.update(TAXONOMY.read_bytes())
        sha.update((_bench.options.solver or "").encode())
    return sha.hexdigest()
