"""tools/traceability.py: whose test is it, and is the page fresh."""
import unittest

from toolbox import ToolTest

REQUIREMENTS = """# Promises
## AAA · First
| ID | Promise | Models |
|---|---|---|
| AAA-1 | The *first* thing. And more. | all |
| AAA-2 | The second | all |
| AAA-3 | The third | all |
| AAA-4 | The fourth | all |
## BBB · Second
| ID | Promise |
|---|---|
| BBB-1 | Another |
"""


class Traceability(ToolTest):
    tool = "traceability.py"

    def setUp(self):
        super().setUp()
        self.write("docs/requirements.md", REQUIREMENTS)
        self.write("tests/CMakeLists.txt", "# AAA-4: no test\n")

    def rows(self):
        """-> {ID: [promise, tests]} of the page that is written"""
        self.assertEqual(self.run_tool("--root", str(self.tree)), (0, ""))
        page = (self.tree / "docs/traceability.md").read_text(encoding="utf-8")
        rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line[:5] in ("| AAA", "| BBB")]
        return {row[0]: row[1:] for row in rows}

    def test_promise_without_a_test_is_said_so(self):
        self.assertEqual(self.rows()["AAA-1"], ["The first thing", "not yet shown"])

    def test_names_in_c(self):
        self.write("tests/x/test_c.c", """/* Opening words on BBB-1.
 */
#include "a.h"

static void helper(void)
{
}

/* AAA-1: about the
 * first thing. */
static void test_above(void **state)
{
    check(1);
}

static void test_inside(void **state)
{
    check(2); /* AAA-2 */
}

static void test_aaa_3_in_the_name(void **state)
{
}
""")
        link = "[x/test_c.c](../tests/x/test_c.c)"
        rows = self.rows()
        self.assertEqual(rows["AAA-1"][1], link + ": test_above")
        self.assertEqual(rows["AAA-2"][1], link + ": test_inside")
        self.assertEqual(rows["AAA-3"][1], link + ": test_aaa_3_in_the_name")
        self.assertEqual(rows["BBB-1"][1], link)
        self.assertEqual(rows["AAA-4"][1], "not yet shown")

    def test_a_python_test_ends_where_its_block_does(self):
        self.write("tests/p/test_p.py", """import x


class First:
    def test_first(
            self):
        \"\"\"AAA-1

        of several lines\"\"\"

        check(1)  # AAA-2

    def helper(self):
        check(2)  # AAA-3


class Second:
    \"\"\"AAA-4: the whole class\"\"\"

    # BBB-1
    def test_second(self):
        check(3)
""")
        link = "[p/test_p.py](../tests/p/test_p.py)"
        rows = self.rows()
        for identifier, name in (("AAA-1", ": test_first"), ("AAA-2", ": test_first"), ("AAA-3", ""), ("AAA-4", ""),
                                 ("BBB-1", ": test_second")):
            self.assertEqual(rows[identifier][1], link + name, identifier)

    def test_ranges_in_python_and_javascript(self):
        self.write("tests/p/test_p.py", 'class T:\n    def test_range(self):\n        """AAA-1…3"""\n')
        self.write("tests/w/page.test.mjs", "test('shows BBB-1 on the page', async () => {\n});\n"
                                            "// AAA-2..3\ntest('more', () => {});\n")
        rows = self.rows()
        self.assertIn("test_range", rows["AAA-1"][1])
        self.assertIn("test_range<br>[w/page.test.mjs](../tests/w/page.test.mjs): more", rows["AAA-2"][1])
        self.assertIn("more", rows["AAA-3"][1])
        self.assertIn("shows BBB-1 on the page", rows["BBB-1"][1])

    def test_id_that_does_not_exist_is_an_error(self):
        self.write("tests/test_x.c", "/* AAA-9 */\n")
        code, output = self.run_tool("--root", str(self.tree))
        self.assertEqual(code, 1)
        self.assertIn("tests/test_x.c:1: AAA-9", output)

    def test_stale_page_is_found(self):
        check = ("--root", str(self.tree), "--check")
        self.assertEqual(self.run_tool(*check)[0], 1)
        self.rows()
        self.assertEqual(self.run_tool(*check)[0], 0)
        self.write("tests/test_x.c", "/* AAA-4 */\n")
        self.assertEqual(self.run_tool(*check)[0], 1)


if __name__ == "__main__":
    unittest.main()
