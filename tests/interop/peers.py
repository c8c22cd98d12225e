"""Where the foreign programs of the tests are: .venv/ and .jars/, made by tools/install.sh test."""
import importlib.util
import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
JARS = ROOT / ".jars"


def absent(what):
    """Ends the test: skipped, or failed where the peers had to be installed (make test)."""
    print(f"{what}; tools/install.sh test puts it there")
    sys.exit(1 if os.environ.get("WATTHOUR_PEERS") == "required" else 77)


def need(package):
    """Goes on in the Python that has a package."""
    if importlib.util.find_spec(package):
        return
    python = str(FOLDER / "bin/python")
    if os.path.exists(python) and not os.path.samefile(sys.prefix, FOLDER):
        os.execv(python, [python, *sys.argv])
    absent(f"{package} is not in .venv")


def need_java():
    if not shutil.which("javac"):
        absent("there is no Java compiler")
    if not any(JARS.glob("gurux.dlms-*.jar")):
        absent("gurux.dlms is not in .jars")
