"""tools/check_symbols.py on small libraries compiled on the spot: each check can fail."""
import shutil
import subprocess
import unittest

from toolbox import ToolTest


class CheckSymbols(ToolTest):
    tool = "check_symbols.py"
    objdump = "objdump"

    def run_tool(self, *arguments):
        return super().run_tool("--objdump", self.objdump, *arguments)

    def library(self, name, text):
        """Compiles text into an archive of that name. -> its path"""
        source = self.write(name + ".c", text)
        subprocess.run(["gcc", "-O2", "-c", source, "-o", self.tree / (name + ".o")], check=True)
        archive = str(self.tree / f"lib{name}.a")
        subprocess.run(["ar", "rc", archive, self.tree / (name + ".o")], check=True)
        return archive

    def test_closed_library_may_need_memcpy_and_its_neighbours(self):
        one = self.library("one", "#include <string.h>\nint two(void);\n"
                                  "int one(void *p, void *q, size_t n)\n{ memcpy(p, q, n); return two(); }\n")
        two = self.library("two", "int two(void) { return 2; }\n")
        self.assertEqual(self.run_tool("closed", one, two)[0], 0)
        code, output = self.run_tool("closed", one)
        self.assertEqual(code, 1)
        self.assertIn("libone.a(one.o): needs two from outside", output)

    def test_closed_library_needs_no_heap(self):
        heap = self.library("heap", "void *malloc(unsigned long);\nvoid *f(void) { return malloc(3); }\n")
        self.assertIn("needs malloc from outside", self.run_tool("closed", heap)[1])

    def test_constants_are_no_state(self):
        tables = self.library("tables", "static const char *const texts[] = {\"a\", \"b\"};\n"
                                        "const char *f(int i) { return texts[i]; }\nconst int table[2] = {1, 2};\n")
        self.assertEqual(self.run_tool("stateless", tables)[0], 0)

    def test_every_kind_of_state_is_found(self):
        for kind, text in {
                "initialised": "int state = 3;\n",
                "zeroed": "int state;\n",
                "common": "__attribute__((common)) int state;\n",
                "file scope": "static int state;\nint *f(void) { return &state; }\n",
                "inside a function": "int f(void) { static int state; return state++; }\n",
                "per thread": "_Thread_local int state;\n",
                "pointer that can change": "const char *state = \"a\";\n"}.items():
            with self.subTest(kind=kind):
                code, output = self.run_tool("stateless", self.library("state", text))
                self.assertEqual(code, 1)
                self.assertIn("state", output)

    def test_users_stay_behind_the_header(self):
        header = self.write("interface.h", "/* hidden() is no part of this */\nint shown(void);\n")
        legal = self.library("legal", "int shown(void) { return 1; }\nint hidden(void) { return 2; }\n")
        good = self.library("good", "int shown(void);\nint g(void) { return shown(); }\n")
        bad = self.library("bad", "int hidden(void);\nint b(void) { return hidden(); }\n")
        self.assertEqual(self.run_tool("behind", header, legal, good)[0], 0)
        code, output = self.run_tool("behind", header, legal, good, bad)
        self.assertEqual(code, 1)
        self.assertIn("libbad.a(bad.o): calls hidden past", output)


@unittest.skipUnless(shutil.which("llvm-objdump"), "no llvm-objdump here")
class CheckSymbolsAsLlvmPrintsThem(CheckSymbols):
    objdump = "llvm-objdump"


if __name__ == "__main__":
    unittest.main()
