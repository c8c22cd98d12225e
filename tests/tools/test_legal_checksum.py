"""tools/legal_checksum.py: the value is that of the legally relevant sources and of nothing else."""
import hashlib
import unittest

from toolbox import ToolTest


class LegalChecksum(ToolTest):
    tool = "legal_checksum.py"

    def setUp(self):
        super().setUp()
        self.write("legal/b.c", "two\n")
        self.write("common/a.h", "one\n")

    def checksum(self):
        return self.run_tool("--root", str(self.tree))[1].strip()

    def test_value_is_the_documented_one(self):
        documented = hashlib.sha256(b"common/a.h\0004\0one\nlegal/b.c\0004\0two\n").hexdigest()
        self.assertEqual(self.checksum(), documented)

    def test_only_sources_of_the_four_folders_count(self):
        before = self.checksum()
        for path in ("app/a.c", "legal/notes.md", "legal/CMakeLists.txt", "build/legal/x.c"):
            self.write(path, "else\n")
        self.assertEqual(self.checksum(), before)

    def test_line_endings_do_not_count(self):
        before = self.checksum()
        (self.tree / "legal/b.c").write_bytes(b"two\r\n")
        self.assertEqual(self.checksum(), before)

    def test_every_change_counts(self):
        seen = {self.checksum()}
        for path, text in (("legal/b.c", "two \n"), ("store/c.c", ""), ("metrology/deep/d.h", "x"),
                           ("common/a.h", "onet"), ("legal/b.c", "wo\n")):
            self.write(path, text)
            seen.add(self.checksum())
        (self.tree / "legal/b.c").rename(self.tree / "legal/e.c")
        seen.add(self.checksum())
        self.assertEqual(len(seen), 7)

    def test_header_is_only_touched_when_it_changes(self):
        output = self.tree / "legal_checksum.h"
        arguments = ("--root", str(self.tree), "--output", str(output))
        self.assertEqual(self.run_tool(*arguments), (0, ""))
        value = self.checksum()
        self.assertIn(f'WH_LEGAL_CHECKSUM_HEX "{value}"', output.read_text())
        self.assertRegex(output.read_text(), rf"WH_LEGAL_CHECKSUM_32 +0x{value[:8]}u")
        before = output.stat().st_mtime_ns
        self.run_tool(*arguments)
        self.assertEqual(output.stat().st_mtime_ns, before)


if __name__ == "__main__":
    unittest.main()
