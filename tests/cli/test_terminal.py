"""watthour run --tty under a pseudo-terminal: the glass as text, keys, and the terminal given back."""
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
import unittest

from program import DEADLINE_S, PROGRAM, Case, Meter
from screen import Screen, last_drawing

SCENARIO = """
mains: {drift_v: 0, step_v: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 60000, on: on}
"""


class Terminal(Case):
    def setUp(self):
        super().setUp()
        self.state = self.folder / "state"
        self.home = self.write("home.yaml", SCENARIO)
        self.ours, self.theirs = pty.openpty()
        self.mode = termios.tcgetattr(self.theirs)
        self.text = ""
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--tty", "--state", str(self.state), "--scenario", str(self.home),
             "--web", "127.0.0.1:0", "--dlms", "127.0.0.1:0", "--module-port", "127.0.0.1:0"],
            stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, start_new_session=True)
        self.addCleanup(self.clean_up)

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def read(self):
        readable, _, _ = select.select([self.ours], [], [], 0.1)
        if readable:
            self.text += os.read(self.ours, 65536).decode(errors="replace")

    def until(self, what, condition):
        """Reads until the glass fulfils a condition. -> Screen"""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            self.read()
            drawing = last_drawing(self.text)
            if drawing and condition(Screen(drawing)):
                return Screen(drawing)
        self.fail(f"not within {DEADLINE_S} s: {what}; the terminal shows {self.text[-2000:]}")

    def press(self, key):
        os.write(self.ours, key)

    def wait(self):
        """Waits for the program's end, taking what it prints. -> exit code"""
        deadline = time.monotonic() + DEADLINE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read()
        return self.process.poll()

    def check_end(self):
        self.assertEqual(self.wait(), 0, self.text[-2000:])
        self.assertEqual(termios.tcgetattr(self.theirs), self.mode, "the terminal's mode is as it was")
        self.assertNotIn("Sanitizer", self.text)

    def test_value_button_and_end(self):
        """DSP-1, DSP-3: the value counts, space is the button, q stops and stores."""
        first = self.until("A+", lambda glass: (glass.id, glass.text, glass.unit) == ("1.8.0", "A+", "kWh"))
        self.assertRegex(first.value, r"\A\d+\.\d\Z")
        self.press(b" ")
        self.until("the same in the manual list", lambda glass: glass.id == "1.8.0")
        for expected in ("2.8.0", "3.8.0", "4.8.0", "5.8.0", "6.8.0", "7.8.0", "8.8.0", "1.8.0"):
            self.press(b" ")
            glass = self.until(expected, lambda glass: glass.id == expected)
        self.assertEqual(glass.text, "A+/HR")
        self.assertRegex(glass.value, r"\A\d+\.\d{4}\Z")
        later = self.until("A+ counts", lambda glass: float(glass.value) > 0.005)
        self.assertIn("L1→ L2→ L3→", later.indicators)
        self.press(b"q")
        self.check_end()
        with Meter(self.state, "--scenario", self.write("idle.yaml", "loads: []\n")) as meter:
            self.assertGreaterEqual(meter.registers()["a_plus_wh"], 1000 * float(later.value))

    def test_frame_is_straight(self):
        """Every line of the glass is as wide as its frame."""
        glass = self.until("current", lambda glass: "→" in glass.indicators)
        lines = glass.drawing[:7]
        self.assertEqual({len(line) for line in lines}, {48}, "\n".join(lines))
        self.assertEqual([line[0] + line[-1] for line in lines], ["┌┐", *["││"] * 5, "└┘"])
        self.assertIn("Q I ", glass.indicators)

    def test_mains_key(self):
        """DSP-3: m cuts the mains, the glass goes dark; space shows the backup list; m brings it back."""
        self.until("A+", lambda glass: glass.id == "1.8.0")
        self.press(b"m")
        self.until("dark", lambda glass: glass.id == "" and "no supply" in glass.note)
        self.press(b" ")
        self.until("the backup list", lambda glass: glass.id == "1.8.0")
        self.press(b"m")
        self.until("light", lambda glass: glass.id == "1.8.0" and "L1" in glass.indicators)
        self.press(b"\x03")
        self.check_end()

    def test_signals_give_the_terminal_back(self):
        self.until("A+", lambda glass: glass.id == "1.8.0")
        self.assertNotEqual(termios.tcgetattr(self.theirs), self.mode, "keys are taken one by one")
        self.process.send_signal(signal.SIGTERM)
        self.check_end()

    def test_other_keys_are_ignored(self):
        self.until("A+", lambda glass: glass.id == "1.8.0")
        self.press(b"xyz\x1b[A\t\r\x00\xff" * 20)
        self.press(b" ")
        self.press(b" ")
        self.until("A- in the manual list", lambda glass: glass.id == "2.8.0")
        self.press(b"q")
        self.check_end()

    def test_says_where_it_listens(self):
        self.until("A+", lambda glass: glass.id == "1.8.0")
        self.assertRegex(self.text, re.compile(r"page on http://127\.0\.0\.1:\d+/\r\n"))
        self.press(b"q")
        self.check_end()


if __name__ == "__main__":
    unittest.main()
