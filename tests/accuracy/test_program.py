"""watthour accuracy and watthour calibrate from outside: what they print, and what they refuse.

Shows MET-7, VAR-6 (classes of the models), REG-7 and VAR-15 (the seal).
"""
import json
import unittest

from program import Case, listing, run
from test_bad_input import Refusal

KEYS = {"test", "u_pct", "i_a", "pf", "f_hz", "t_c", "reference_wh", "registered_wh", "error_pct", "limit_pct"}


class BadLines(Refusal):
    CASES = [
        (["accuracy", "--model", "999X"], "999X", "382M"),
        (["accuracy", "--class", "D"], "class D", "382M"),
        (["accuracy", "--model", "382M", "--class", "C"], "class C", "382M", "direct"),
        (["accuracy", "--model", "382L", "--class", "0.5"], "class 0.5", "382L"),
        (["accuracy", "--model", "351C", "--class", "A"], "class A", "351C", "transformers"),
        (["accuracy", "--model", "351C", "--wiring", "1-phase"], "1-phase", "351C"),
        (["accuracy", "--wiring", "delta"], "delta", "aron"),
        (["accuracy", "--range", "7"], "range 7", "0.25–5(85) A"),
        (["accuracy", "--range", ""], "range"),
        (["accuracy", "--frequency", "55"], "55"),
        (["accuracy", "--frequency", "fifty"], "--frequency", "fifty"),
        (["accuracy", "--units", "0"], "--units", "0"),
        (["accuracy", "--units", "many"], "--units", "many"),
        (["accuracy", "--first-unit", "-1"], "--first-unit", "-1"),
        (["accuracy", "--points", "all"], "--points", "all"),
        (["accuracy", "--report", ""], "--report"),
        (["accuracy", "--report", "/nowhere/at/all"], "--report", "/nowhere/at/all"),
        (["accuracy", "382M"], '"382M"'),
        (["calibrate", "--model", "999X"], "999X"),
        (["calibrate", "--unit", "first"], "--unit", "first"),
        (["calibrate", "--seal", "broken"], "--seal", "broken"),
        (["calibrate", "--state", "", "--seal", "open"], "--state"),
    ]

    def test_each(self):
        for arguments, *named in self.CASES:
            with self.subTest(arguments=arguments):
                self.refuse(arguments, *named)

    def test_seal_closed(self):
        """REG-7: nothing is stored, nor is a meter made."""
        for seal in ([], ["--seal", "closed"]):
            self.refuse(["calibrate", "--state", self.state, *seal], "seal is closed", self.state)

    def test_seal_closed_on_a_meter(self):
        self.assertEqual(run("calibrate", "--state", self.state, "--seal", "open").returncode, 0)
        self.refuse(["calibrate", "--state", self.state], "seal is closed")

    def test_memory_of_another_model(self):
        self.assertEqual(run("calibrate", "--state", self.state, "--seal", "open").returncode, 0)
        self.refuse(["calibrate", "--model", "351C", "--state", self.state, "--seal", "open"], "382M", "351C")

    def test_no_gnuplot(self):
        """Told before the work, not after it."""
        nothing = self.folder / "nothing"
        nothing.mkdir()
        report = self.folder / "report"
        report.mkdir()
        self.refuse(["accuracy", "--report", report], "gnuplot", env={"PATH": str(nothing)})


class Accuracy(Case):
    def test_json(self):
        done = run("accuracy", "--model", "351C", "--class", "0.5", "--units", "2", "--first-unit", "5", "--points",
                   "quick", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        result = json.loads(done.stdout)
        self.assertEqual((result["model"], result["class"], result["units"]), ("351C", "0.5", 2))
        self.assertEqual({point["unit"] for point in result["points"]}, {5, 6})
        for point in result["points"]:
            self.assertLessEqual(KEYS, set(point))
            if point["test"] == "load":
                error = (point["registered_wh"] / point["reference_wh"] - 1) * 100
                self.assertAlmostEqual(error, point["error_pct"], 6)
                self.assertLess(abs(point["error_pct"]), point["limit_pct"])
        self.assertTrue(result["within"])

    def test_text(self):
        done = run("accuracy", "--ideal", "--points", "quick")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("All points are within their limits.", done.stdout)
        self.assertIn("not verified", done.stdout)

    def test_report(self):
        report = self.folder / "report"
        done = run("accuracy", "--ideal", "--points", "quick", "--report", report)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        page = (report / "index.html").read_text()
        for text in ("382M", "All points are within their limits.", "SHA-256", "not verified"):
            self.assertIn(text, page)


class Calibrate(Case):
    def test_prints_before_and_after(self):
        done = run("calibrate", "--model", "351C", "--unit", "17", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        result = json.loads(done.stdout)
        self.assertEqual(len(result["phases"]), 3)
        for phase in result["phases"]:
            self.assertLess(abs(phase["after"]["active_pct"]["Ib"]), 0.005)
            self.assertEqual(len(phase["constants"]["points"]), 6)

    def test_stores(self):
        """VAR-15: in the meter's memory, and only there."""
        state = self.folder / "state"
        done = run("calibrate", "--unit", "3", "--state", state, "--seal", "open")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        before = listing(state)
        self.assertEqual(sorted(before), ["eeprom.bin", "flash.bin"])
        again = run("calibrate", "--unit", "4", "--state", state, "--seal", "open")
        self.assertEqual(again.returncode, 0)
        self.assertNotEqual(listing(state), before)


if __name__ == "__main__":
    unittest.main()
