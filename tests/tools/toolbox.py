"""What the tests of the tools share: running a tool, and trees of files made up on the spot."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class ToolTest(unittest.TestCase):
    """A test with a folder of its own, self.tree, and the tool of that name."""

    tool = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="watthour-")
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)

    def write(self, path, text):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return str(file)

    def run_tool(self, *arguments):
        """-> (exit code, everything printed)"""
        done = subprocess.run([sys.executable, ROOT / "tools" / self.tool, *arguments], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout
