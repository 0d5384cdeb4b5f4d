"""Where things are, and how files that take long to make are kept."""

import hashlib
import sys
from pathlib import Path

from quality_bench.corpus import REPOSITORY

FOLDER = REPOSITORY / "build" / "bench" / "speed"
RELEASE = REPOSITORY / "build" / "release"
PROGRAM = RELEASE / "classify" / "sectag"
MODEL = REPOSITORY / "models" / "default" / "default.sectag"
PACKAGE = Path(__file__).resolve().parent


def tool(name):
    """A program of tests/bench."""
    return RELEASE / "tests" / "bench" / name


def say(message):
    print(f"speed: {message}", file=sys.stderr, flush=True)


def digest(*parts):
    """Sixteen digits that name a file by all that it is made from; a Path stands for its bytes."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        sha.update(len(data).to_bytes(8, "little") + data)
    return sha.hexdigest()[:16]


def modules(*names):
    """Sources of this package, for digests."""
    return [PACKAGE / f"{name}.py" for name in names]


def kept(path, make):
    """The path, made by make(part) and renamed if it is not there yet: an interrupted run leaves no half of a file."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        make(part)
        part.replace(path)
    return path
