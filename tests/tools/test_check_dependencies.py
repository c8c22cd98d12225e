"""tools/check_dependencies.py finds each kind of violation in a small tree, and nothing else."""
import unittest

from toolbox import ROOT, ToolTest


class CheckDependencies(ToolTest):
    tool = "check_dependencies.py"

    def check(self, path, text):
        self.write(path, text)
        return self.run_tool("--root", str(self.tree), "--table", str(ROOT / "tools/dependencies.toml"))

    def assert_allowed(self, path, text):
        self.assertEqual(self.check(path, text), (0, ""))

    def assert_found(self, path, text, where, what):
        code, output = self.check(path, text)
        self.assertEqual(code, 1)
        self.assertIn(where, output)
        self.assertIn(what, output)

    def test_application_may_include_the_protective_interface(self):
        self.assert_allowed("app/reading.c", '#include "legal/interface.h"\n#include <stdint.h>\n')

    def test_application_must_not_include_a_private_header_of_legal(self):
        self.assert_found("app/reading.c", '/* x */\n\n#include "legal/registers.h"\n',
                          'app/reading.c:3: "legal/registers.h"', "protective interface")

    def test_legal_sees_the_report_of_an_element_and_nothing_else_of_it(self):
        self.assert_allowed("legal/bus.c", '#include "metrology/report.h"\n')
        self.assert_found("legal/bus.h", '#include "metrology/element.h"\n', "legal/bus.h:1:", "")

    def test_protective_interface_shows_nothing_of_what_is_behind_it(self):
        self.assert_allowed("legal/interface.h", '#include "common/err.h"\n')
        self.assert_found("legal/interface.h", '#include "legal/registers.h"\n', "legal/interface.h:1:",
                          "shows nothing")

    def test_unusual_spellings_are_seen(self):
        for text in ('  #  include   "legal/registers.h"', '#include \\\n "legal/registers.h"',
                     '#include/**/"legal/registers.h"', '#include_next "legal/registers.h"'):
            with self.subTest(text=text):
                self.assert_found("app/a.c", text + "\n", "app/a.c:", "legal/registers.h")

    def test_ways_around_the_table_are_found(self):
        self.assert_found("app/a.c", '#include "../legal/registers.h"\n', "app/a.c:1:", "start at the root")
        self.assert_found("app/a.c", "#define H \"x\"\n#include H\n", "app/a.c:2:", "macro")
        self.assert_found("app/a.c", '#include "registers.h"\n', "app/a.c:1:", "may include only")
        self.assert_found("app/a.c", '#include <legal/registers.h>\n', "app/a.c:1:", "core folders")

    def test_comments_and_strings_are_not_code(self):
        self.assert_allowed("store/a.c", '/* #include "app/a.h"\n#include "app/a.h"\n double 1.5 */\n'
                                         '// malloc(1) float\nconst char t[] = "free( 2.5 /* double";\n'
                                         "const char c = '\"'; int x = 0x1e5 + 10;\n")

    def test_core_has_no_heap_and_no_operating_system(self):
        self.assert_found("dlms/a.c", "\nvoid *p(void) { return malloc (3); }\n", "dlms/a.c:2:", "heap")
        self.assert_found("dlms/a.c", "#include <time.h>\n", "dlms/a.c:1: <time.h>", "core folders")

    def test_examples_in_a_core_folder_are_hosted(self):
        self.assert_allowed("dlms/examples/a.c", '#include <stdio.h>\n#include "dlms/server.h"\n')
        self.assert_found("dlms/examples.c", "#include <stdio.h>\n", "dlms/examples.c:1: <stdio.h>", "core")

    def test_hosted_folders_may_have_both(self):
        self.assert_allowed("sim/a.c", "#include <math.h>\nvoid f(void) { free(0); double d = 1.5; }\n")

    def test_legally_relevant_code_has_no_floating_point(self):
        for text in ("double x;", "int x = 1.5;", "int x = (int)(a * .5f);", "int x = 1e3;", "float f(void);"):
            with self.subTest(text=text):
                self.assert_found("metrology/a.c", text + "\n", "metrology/a.c:1:", "floating point")
        self.assert_allowed("metrology/a.c", "struct a b = c.d; uint32_t e = 0x1e3u, f = 15u; /* 1.5 */\n")

    def test_folder_without_a_row_is_found(self):
        self.assert_found("extra/a.c", "int a;\n", "extra/a.c:1:", "no row")

    def test_empty_tree_is_no_success(self):
        self.assertNotEqual(self.run_tool("--root", str(self.tree))[0], 0)

    def test_generated_and_hidden_folders_are_left_out(self):
        self.write("build/host/a.c", '#include "x"\n')
        self.assert_allowed("common/a.c", "#include <stdint.h>\n")

    def test_stamp_only_on_success(self):
        stamp = self.tree / "stamp"
        self.write("common/a.c", "#include <stdio.h>\n")
        arguments = ("--root", str(self.tree), "--table", str(ROOT / "tools/dependencies.toml"),
                     "--stamp", str(stamp))
        self.assertEqual((self.run_tool(*arguments)[0], stamp.exists()), (1, False))
        self.write("common/a.c", "#include <stdint.h>\n")
        self.assertEqual((self.run_tool(*arguments)[0], stamp.exists()), (0, True))


if __name__ == "__main__":
    unittest.main()
