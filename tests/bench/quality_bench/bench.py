"""What all systems share: clauses, truth, vectors, and the form of their answers."""

import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np


@dataclass
class Prediction:
    """One system's answer on one task: rows are the task's test clauses, columns the areas."""
    tags: np.ndarray
    scores: np.ndarray = None  # comparable within an area; None: the system does not rank
    seconds: dict = None       # search, train, score
    settings: str = ""


@dataclass
class Bench:
    clauses: list
    areas: list
    core: list
    terms_path: str
    vectors: object     # Vectors, or None if no selected system needs them
    options: object     # the command line

    def __post_init__(self):
        self.truth = np.array([[area in clause.labels for area in self.areas] for clause in self.clauses])


class Stopwatch:
    """Adds up wall-clock seconds by phase."""

    def __init__(self):
        self.seconds = {"search": 0.0, "train": 0.0, "score": 0.0}

    @contextmanager
    def phase(self, name):
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start
