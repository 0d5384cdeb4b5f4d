"""One run of one command: wall-clock and processor seconds, peak memory, time to the first byte of output."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .place import REPOSITORY, tool

core = max(os.sched_getaffinity(0))  # what is pinned runs here; interrupts tend to be served by the first core


@dataclass
class Run:
    seconds: float
    first: float        # to the first byte of output, 0 if that was not asked for
    peak_mb: float
    processor: float    # user and system seconds
    output: str


class Failed(RuntimeError):
    pass


def run(command, pinned=True, stdin=None, want_output=False, want_first=False, directory=REPOSITORY):
    """Runs a command through bench_measure, on `core` if pinned. Its output is thrown away unless it is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result"
        pin = ["taskset", "-c", str(core)] if pinned else []
        full = [tool("bench_measure"), ("first:" if want_first else "") + str(result), *pin, *map(str, command)]
        done = subprocess.run(full, stdin=stdin or subprocess.DEVNULL, cwd=directory, encoding="utf-8",
                              stdout=subprocess.PIPE if want_output else subprocess.DEVNULL, stderr=subprocess.PIPE)
        fields = result.read_text().split() if result.exists() else ["0"] * 4 + ["-1"]
    seconds, first, peak, processor, status = map(float, fields)
    if done.returncode or status:
        raise Failed(f"{' '.join(map(str, command))[:200]}: exit code {status:.0f}: {done.stderr.strip()[-500:]}")
    return Run(seconds, first, peak / 1000 * 1.024, processor, done.stdout or "")


def run_from_pipe(path, command, **options):
    """The same with a file through a pipe as standard input."""
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as source:
        return run(command, stdin=source.stdout, **options)
