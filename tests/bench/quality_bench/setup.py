"""The peers as Debian packages, and a Python that has scikit-learn."""

import importlib.util
import os
import shutil
import subprocess
import sys

DEBIAN_PYTHON = "/usr/bin/python3"
PACKAGES = {"fasttext": "fasttext", "liblinear-train": "liblinear-tools"}  # program: package


def install_peers():
    missing = missing_packages(PACKAGES)
    if not has_scikit_learn():
        missing.append("python3-sklearn")
    install(missing, "quality")


def missing_packages(packages):
    return [package for program, package in packages.items() if shutil.which(program) is None]


def install(missing, who):
    """Installs packages with apt-get (as root, else through sudo)."""
    if not missing:
        return
    print(f"{who}: installing", *missing, file=sys.stderr)
    root = [] if os.geteuid() == 0 else ["sudo"]
    environment = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    subprocess.run([*environment, "update"], check=True, stdout=sys.stderr)
    subprocess.run([*environment, "install", "-y", "--no-install-recommends", *missing], check=True, stdout=sys.stderr)


def has_scikit_learn():
    if importlib.util.find_spec("sklearn"):
        return True
    return os.path.exists(DEBIAN_PYTHON) and subprocess.run([DEBIAN_PYTHON, "-c", "import sklearn"],
                                                            stderr=subprocess.DEVNULL).returncode == 0


def use_python_with_scikit_learn():
    """Starts this program again with Debian's Python if the current one cannot import scikit-learn."""
    if importlib.util.find_spec("sklearn"):
        return
    if os.path.realpath(sys.executable) == os.path.realpath(DEBIAN_PYTHON):
        sys.exit("quality: scikit-learn cannot be imported (package python3-sklearn)")
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])
