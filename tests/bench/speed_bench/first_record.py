"""How long sectag takes to give its first record."""

from statistics import median

from . import measure
from .systems import TINY, tag

TIMES = 5


def print_first_records(bench, corpus, n):
    """Three ways to start: one clause; a long list of clauses in a pipe; a long document in a pipe."""
    print("\nfirst record of sectag, 1 job, least and median of", TIMES)
    tiny = bench.tiny("tiny.txt", TINY + "\n")
    ways = (("a pipe with one clause", tiny, "--lines"), (f"a pipe with {n:,} clauses", corpus.lines(n), "--lines"),
            (f"a pipe with {n:,} clauses as one document", corpus.lines(n), "--all"))
    for what, path, option in ways:
        command = tag(bench, "--jobs", 1, option, "-")
        seconds = [measure.run_from_pipe(path, command, want_first=True).first for _ in range(TIMES)]
        print(f"  {min(seconds) * 1000:6.1f} ms {median(seconds) * 1000:6.1f} ms  {what}")
