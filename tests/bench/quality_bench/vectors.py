"""n-gram counts of all clauses, and unit-norm tf-idf vectors whose vocabulary and idf come from the rows fitted on."""

from itertools import chain

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from .text import ngrams

MIN_CLAUSES = 2  # an n-gram has to occur in that many of the fitted clauses
TERM_WEIGHT = 0.15


class Vectors:
    """`terms`: 0/1 term features (one row a clause) that may stand beside the n-grams."""

    def __init__(self, texts, terms):
        self.counts = CountVectorizer(analyzer=lambda text: list(ngrams(text)), min_df=MIN_CLAUSES,
                                      dtype=np.float32).fit_transform(texts)
        self.terms = sparse.csr_matrix(terms * TERM_WEIGHT)

    def matrices(self, fit, *others, with_terms=False):
        """The vectors of the fitted rows and of each further selection of rows."""
        counts = self.counts[fit]
        columns = np.flatnonzero(counts.getnnz(axis=0) >= MIN_CLAUSES)
        tfidf = TfidfTransformer(sublinear_tf=True).fit(counts[:, columns])
        return [self._select(rows, columns, tfidf, with_terms) for rows in chain([fit], others)]

    def _select(self, rows, columns, tfidf, with_terms):
        matrix = tfidf.transform(self.counts[rows][:, columns])
        if with_terms:
            matrix = sparse.hstack([matrix, self.terms[rows]], format="csr", dtype=np.float32)
        return matrix
