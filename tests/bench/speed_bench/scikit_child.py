"""Scores a file of clauses with a model of models.py and prints the seconds that took; run as a program of its own.

The clock starts when everything is imported, unpickled and read.
"""

import pickle
import sys
import time
from pathlib import Path

BATCH = 1000


def main(model_path, text_path):
    vectoriser, weights, offsets = pickle.loads(Path(model_path).read_bytes())
    texts = Path(text_path).read_text(encoding="utf-8").split("\n")[:-1]
    tags = 0
    start, had = time.perf_counter(), time.process_time()
    for at in range(0, len(texts), BATCH):
        margins = vectoriser.transform(texts[at:at + BATCH]) @ weights + offsets
        tags += int((margins >= 0).sum())
    print("seconds", time.perf_counter() - start)
    print("processor", time.process_time() - had)
    print("tags", tags)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.dont_write_bytecode = True
    main(*sys.argv[1:])
