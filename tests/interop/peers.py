"""Where the foreign programs of the tests are: .venv/, made by tools/install.sh test."""
import importlib.util
import os
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[2] / ".venv"


def need(package):
    """Goes on in the Python that has a package. Without one the test ends as skipped."""
    if importlib.util.find_spec(package):
        return
    python = str(FOLDER / "bin/python")
    if os.path.exists(python) and not os.path.samefile(sys.prefix, FOLDER):
        os.execv(python, [python, *sys.argv])
    print(f"skipped: {package} is not in .venv; tools/install.sh test puts it there")
    sys.exit(77)
