"""The peers' models, trained once on all labelled clauses and kept; how good they are is the other bench's business."""

import pickle
import subprocess
from functools import cached_property
from types import SimpleNamespace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from quality_bench import fasttext_ova, linear
from quality_bench.corpus import REPOSITORY
from quality_bench.text import ngrams

from .place import FOLDER, digest, kept, modules, say

QUALITY = REPOSITORY / "tests" / "bench" / "quality_bench"
MIN_CLAUSES = 2
SETTING = ("squared_hinge", 1.0)
FASTTEXT = fasttext_ova.SETTINGS[0]  # the smallest and fastest of those that the quality bench searches
SHARE = 8  # libsvm (its training is slow) and with --quick all peers train on every eighth clause


def own_ngrams(text):
    """The n-grams of the quality bench, those of sectag."""
    return list(ngrams(text))


VECTORISERS = {
    "ngrams": dict(analyzer=own_ngrams),
    "char": dict(analyzer="char", ngram_range=(1, 3), lowercase=False),
}


class Models:
    def __init__(self, labelled, areas, quick):
        self.clauses = labelled[::SHARE] if quick else labelled
        self.svm_share = 1 if quick else SHARE
        self.areas = areas
        self.truth = np.array([[area in clause.labels for area in areas] for clause in self.clauses])
        texts = [f"{clause.normal}\t{','.join(sorted(clause.labels))}" for clause in self.clauses]
        sources = [QUALITY / f"{name}.py" for name in ("fasttext_ova", "linear", "text")]
        self.name = digest(*modules("models"), *sources, *areas, *texts)
        self.folder = FOLDER / "models" / self.name

    def _kept(self, name, what, make, share=1):
        path = self.folder / name
        if not path.exists():
            say(f"training {what} on {len(self.clauses[::share])} clauses")
        return kept(path, make)

    @property
    def fasttext(self):
        def make(part):
            work = self.folder / "fasttext"
            work.mkdir(exist_ok=True)
            bench = SimpleNamespace(clauses=self.clauses)
            fasttext_ova.train(bench, range(len(self.clauses)), work, FASTTEXT).replace(part)
        return self._kept("fasttext.bin", "fastText", make)

    def scikit(self, kind):
        """A pickle of vectoriser, weights (features x areas) and offsets, all in single precision."""
        def make(part):
            vectoriser = TfidfVectorizer(**VECTORISERS[kind], min_df=MIN_CLAUSES, sublinear_tf=True, dtype=np.float32)
            vectors = vectoriser.fit_transform(clause.normal for clause in self.clauses)
            weights, offsets = linear.fit(vectors, self.truth, SETTING)
            model = vectoriser, np.ascontiguousarray(weights.T, np.float32), offsets.astype(np.float32)
            part.write_bytes(pickle.dumps(model))
        return self._kept(f"scikit-{kind}.pickle", f"scikit-learn ({kind})", make)

    @cached_property
    def machines(self):
        return pickle.loads(self.scikit("ngrams").read_bytes())

    @property
    def liblinear(self):
        """One LIBLINEAR model of all areas (see write_liblinear)."""
        return self._kept("liblinear.model", "LIBLINEAR", lambda part: write_liblinear(part, *self.machines[1:]))

    @property
    def libsvm(self):
        """A folder with one libsvm model an area."""
        return self._kept("libsvm", "libsvm", self._train_libsvm, self.svm_share)

    def _train_libsvm(self, part):
        part.mkdir(exist_ok=True)
        texts = [clause.normal for clause in self.clauses[::self.svm_share]]
        lines = list(linear.svmlight(self.machines[0].transform(texts)))
        data = self.folder / "libsvm.train"
        for column, area in enumerate(self.areas):
            positive = self.truth[::self.svm_share, column]
            if not positive.any():
                positive = np.arange(len(lines)) == 0  # a model all the same: it is the time that counts
            with open(data, "w", encoding="ascii") as out:
                out.writelines(f"{'+1' if yes else '-1'}{line}" for yes, line in zip(positive, lines))
            subprocess.run(["svm-train", "-q", "-t", "0", "-c", "1", "-m", "400", data, part / area], check=True)
        data.unlink()

    def vectors(self, corpus, n):
        """A file of the first n clauses in the LIBSVM format, in the n-grams of the quality bench."""
        def make(part):
            with open(part, "w", encoding="ascii") as out:
                matrix = self.machines[0].transform(corpus.normal_lines(n).read_text(encoding="utf-8").split("\n")[:-1])
                out.writelines(f"+1{line}" for line in linear.svmlight(matrix))
        return kept(corpus.folder / f"vectors-{self.name}-{n}.svm", make)


def write_liblinear(path, weights, offsets):
    """All areas' weight vectors as one model of as many classes: liblinear-predict then computes every area's margin
    in one pass over the vectors, where one binary model an area would read them again each time."""
    with open(path, "w", encoding="ascii") as out:
        print("solver_type L2R_L2LOSS_SVC_DUAL", file=out)
        print("nr_class", len(offsets), file=out)
        print("label", *range(1, len(offsets) + 1), file=out)
        print(f"nr_feature {len(weights)}\nbias 1\nw", file=out)
        for row in (*weights, offsets):
            print(*(f"{value:.9g}" for value in row), file=out)
