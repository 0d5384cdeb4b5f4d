"""The protocols: who is trained on what, scored on what, and tuned on which inner folds."""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from .corpus import REAL_SOURCES

OUTER_FOLDS = 5
INNER_FOLDS = 3
SHARED_TEXT = 0.1  # documents with this share of near-duplicate clauses are kept together
PARTS = (("d14", "d51"),)  # parts of one policy document that their titles do not show (an annex)
TITLE_DETAIL = re.compile(r"[（(〔\[].*?[）)〕\]]|[\s《》“”\"]")


@dataclass
class Task:
    """One training and the clauses it is scored on; all numbers are rows of the corpus."""
    name: str
    protocol: str
    train: np.ndarray
    test: np.ndarray
    inner: list = field(default_factory=list)  # (fit rows, held rows): tuning data
    digest: str = ""


class Splitter:
    def __init__(self, clauses, pairs):
        self.clauses = clauses
        self.twins = defaultdict(set)
        for i, j in pairs:
            self.twins[i].add(j)
            self.twins[j].add(i)

    def without_twins(self, rows, held):
        """The rows that are no near-duplicate of a held row."""
        excluded = set(held).union(*(self.twins[row] for row in held)) if len(held) else set()
        return np.array([row for row in rows if row not in excluded], dtype=int)

    def folds(self, rows, count):
        """Rows in `count` folds by group, greedily: the largest group goes to the smallest fold."""
        groups = defaultdict(list)
        for row in rows:
            groups[self.clauses[row].group].append(row)
        folds = [[] for _ in range(count)]
        for _, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
            min(folds, key=len).extend(members)
        return [np.array(sorted(fold), dtype=int) for fold in folds]

    def task(self, name, protocol, rows, test):
        train = self.without_twins(rows, test)
        return Task(name, protocol, train, np.array(test, dtype=int), self.inner_folds(train),
                    self.digest(train, test))

    def inner_folds(self, train):
        """Folds by document over each real source, so that each fold has its share of every source.
        Written clauses stay in training (they are unlike what is scored), unless there is nothing else."""
        by_source = defaultdict(list)
        for row in train:
            if not self.clauses[row].written:
                by_source[self.clauses[row].source].append(row)
        if not by_source:
            by_source["written"] = list(train)
        held = [[] for _ in range(INNER_FOLDS)]
        for rows in by_source.values():
            for fold, part in zip(held, self.folds(rows, INNER_FOLDS)):
                fold.extend(part)
        return [(self.without_twins(train, part), np.array(sorted(part), dtype=int)) for part in held]

    def digest(self, train, test):
        sha = hashlib.sha256()
        for rows in (train, test):
            for row in rows:
                clause = self.clauses[row]
                sha.update(f"{clause.id}\t{clause.group}\t{','.join(sorted(clause.labels))}\t{clause.text}\n".encode())
            sha.update(b"\0")
        return sha.hexdigest()


class Groups:
    """Disjoint sets of names."""

    def __init__(self):
        self.parent = {}

    def find(self, name):
        while self.parent.setdefault(name, name) != name:
            name = self.parent[name]
        return name

    def join(self, a, b):
        a, b = sorted((self.find(a), self.find(b)))
        self.parent[b] = a


def group_policy(clauses, pairs, titles):
    """Gives excerpts of one document one group: same title, or a tenth of the smaller one's clauses shared."""
    groups = Groups()
    first = {}
    for doc, title in sorted(titles.items()):
        groups.join(doc, first.setdefault(TITLE_DETAIL.sub("", title), doc))
    for a, b in [*PARTS, *documents_that_share_text(clauses, pairs)]:
        groups.join(a, b)
    for clause in clauses:
        if clause.source == "policy":
            clause.group = f"policy:{groups.find(clause.doc)}"


def documents_that_share_text(clauses, pairs):
    size = Counter(clause.doc for clause in clauses if clause.source == "policy")
    shared = defaultdict(set)  # (document, other document) -> its clauses that the other restates
    for i, j in pairs:
        a, b = clauses[i], clauses[j]
        if a.source == b.source == "policy" and a.doc != b.doc:
            shared[a.doc, b.doc].add(i)
            shared[b.doc, a.doc].add(j)
    for (a, b), rows in sorted(shared.items()):
        if size[a] <= size[b] and len(rows) >= max(2, SHARED_TEXT * size[a]):
            yield a, b


def group_written(clauses, pairs):
    """Near-duplicates among written clauses share a group."""
    groups = Groups()
    for i, j in pairs:
        groups.join(clauses[i].group, clauses[j].group)
    for clause in clauses:
        clause.group = groups.find(clause.group)


def fold_tasks(splitter, protocol, scored, others):
    """One task a fold of the scored rows; the rest of them and all others train."""
    tasks = []
    for number, test in enumerate(splitter.folds(scored, OUTER_FOLDS), start=1):
        rows = np.concatenate([np.setdiff1d(scored, test), others])
        tasks.append(splitter.task(f"{protocol}-{number}", protocol, rows, test))
    return tasks


def build_tasks(clauses, pairs, protocols):
    splitter = Splitter(clauses, pairs)
    source = np.array([clause.source for clause in clauses])
    everything = np.arange(len(clauses))
    if not set(source) & set(REAL_SOURCES):
        return fold_tasks(splitter, "written", everything, np.array([], dtype=int))
    policy, dev = everything[source == "policy"], everything[source == "filings-dev"]
    tasks = []
    if "policy" in protocols:
        tasks += fold_tasks(splitter, "policy", policy, np.setdiff1d(everything, np.union1d(policy, dev)))
    if "dev" in protocols:
        tasks.append(splitter.task("dev", "dev", np.setdiff1d(everything, dev), dev))
    return tasks
