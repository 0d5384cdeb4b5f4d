"""Labelled clauses, taxonomy and term lists, as the repository and the shared corpus hold them."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from .text import normalise

REPOSITORY = Path(__file__).resolve().parents[3]
WRITTEN = REPOSITORY / "training" / "corpus"
TAXONOMY = REPOSITORY / "models" / "taxonomy.tsv"
REAL_SOURCES = ("policy", "filings-train", "various-train", "negatives", "filings-dev")


@dataclass
class Clause:
    id: str
    source: str   # the corpus file it comes from, without folder and ending
    doc: str      # "-": no document, a clause of its own
    lang: str
    register: str
    labels: frozenset
    text: str
    normal: str
    group: str    # clauses of one group never part: excerpts of one document share it

    @property
    def written(self):
        """Written for the project, not taken from a document."""
        return self.source not in REAL_SOURCES


def shared_folder():
    """SECTAG_SHARED, or ../shared beside the repository; None without the shared corpus."""
    folder = Path(os.environ.get("SECTAG_SHARED") or REPOSITORY.parent / "shared")
    return folder if (folder / "corpus" / "policy.tsv").is_file() else None


def read_table(path):
    with open(path, encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def read_clauses(path):
    source = Path(path).stem
    for row in read_table(path):
        labels = frozenset() if row["labels"] == "-" else frozenset(row["labels"].split(","))
        doc = row.get("doc") or "-"
        group = f"{source}:{row['id']}" if doc == "-" else f"{source}:{doc}"
        yield Clause(row["id"], source, doc, row.get("lang") or "-", row.get("register") or "-", labels,
                     row["text"], normalise(row["text"]), group)


def is_corpus(path):
    with open(path, encoding="utf-8") as lines:
        return {"id", "labels", "text"} <= set(lines.readline().rstrip("\n").split("\t"))


def corpus_files(shared):
    """The shared corpus and the project's own filings; without it, all written clauses of the repository."""
    if shared is None:
        return [path for path in sorted(WRITTEN.rglob("*.tsv")) if is_corpus(path)]
    corpus = shared / "corpus"
    written = [path for path in sorted((corpus / "original").glob("*.tsv")) if is_corpus(path)]
    own = sorted(WRITTEN.glob("filings-*.tsv"))
    return [corpus / f"{source}.tsv" for source in REAL_SOURCES] + written + own


def read_corpus(shared):
    return [clause for path in corpus_files(shared) for clause in read_clauses(path)]


def read_areas():
    """All area codes in the taxonomy's order, and the core ones among them."""
    rows = list(read_table(TAXONOMY))
    return [row["area"] for row in rows], [row["area"] for row in rows if row["core"] == "yes"]


def terms_file(shared):
    path = WRITTEN / "terms.tsv"
    if path.is_file() or shared is None:
        return path
    return shared / "corpus" / "original" / "terms.tsv"


def policy_titles(shared):
    return {row["doc"]: row["title"] for row in read_table(shared / "policy" / "INDEX.tsv")}
