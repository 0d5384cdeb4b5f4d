"""The peers as Debian packages, and our own programs from the sources as they are."""

import subprocess
import sys

from quality_bench import setup

PACKAGES = {"fasttext": "fasttext", "liblinear-predict": "liblinear-tools", "svm-predict": "libsvm-tools"}
TARGETS = ("sectag", "bench_score", "bench_make_model", "bench_measure")


def install_peers():
    missing = setup.missing_packages(PACKAGES)
    if not setup.has_scikit_learn():
        missing.append("python3-sklearn")
    setup.install(missing, "speed")


def build(repository, targets=TARGETS, who="speed"):
    """Builds what is measured, so that a figure is never that of an older program."""
    if not (repository / "build" / "release" / "build.ninja").is_file():
        sys.exit(f"{who}: not set up yet; run ./bootstrap build first")
    done = subprocess.run(["cmake", "--build", "--preset", "release", "--target", *targets], cwd=repository,
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{who}: the build failed:\n{done.stdout[-2000:]}")
