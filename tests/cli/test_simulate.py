"""watthour simulate: days of a meter in a folder, the same bytes whenever and however they are simulated.

Shows MEM-1 and MEM-2 (registers go on over power cuts and between runs) and LOG-1 (intervals go on likewise) in the
program as its users run it.
"""
import fcntl
import json
import os
import signal
import subprocess
import unittest

from program import DEADLINE_S, PROGRAM, Case, listing, run

IMAGES = ["eeprom.bin", "flash.bin"]

# Something of everything in the first two days, and a power cut over the first midnight (UTC).
EVENTFUL = """\
site: home
seed: 77
start: "2025-03-29 00:00:00"
grid: {impedance_ohm: 0.2, dips_per_year: 9000, swells_per_year: 5000, phase_losses_per_year: 700}
loads:
  - {kind: base, phase: 1, power_w: 300}
  - {kind: kettle, phase: 2}
  - {kind: heat-pump, phase: 123, power_w: 1500}
pv: {kwp: 5, phase: 123}
pulse_input: {per_day: 600}
outages:
  - {at: "2025-03-29 05:00:10", duration_s: 40}
  - {at: "2025-03-29 23:50:00", duration_s: 4000}
events:
  - {at: "2025-03-29 08:00:00", do: clock-shift, value: 90}
  - {at: "2025-03-29 09:00:00", do: debiting-stop}
  - {at: "2025-03-29 10:00:00", do: cover, on: on}
  - {at: "2025-03-29 23:55:00", do: cover, on: off}
  - {at: "2025-03-29 11:00:00", do: tariff, value: 2}
  - {at: "2025-03-30 11:00:00", do: tariff, value: 0}
  - {at: "2025-03-29 12:00:00", do: magnet, on: on}
  - {at: "2025-03-29 12:01:00", do: magnet, on: off}
  - {at: "2025-03-30 00:10:00", do: tariff, value: 4}
"""


class Simulation(Case):
    def setUp(self):
        super().setUp()
        self.scenario = self.write("eventful.yaml", EVENTFUL)

    def simulate(self, state, days, *more, scenario=None):
        done = run("simulate", scenario or self.scenario, "--days", days, "--state", self.folder / state, "--json", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.stderr = done.stderr
        return json.loads(done.stdout)

    def show(self, state, what, *more):
        done = run("show", what, "--state", self.folder / state, "--json", *more)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)["rows"]

    def test_tariff_plan(self):
        """TAR-1: the internal schedule that is given switches the tariff, also of a meter that is there."""
        plan = "name Night; working 1 2 3 4 5 6 7; season 0 working 00:00 T2 06:00 T1 22:00 T2; " \
               "season 0 other 00:00 T2; season 0 holiday 00:00 T2"
        site = self.write("site.yaml", "site: home\nseed: 1\nstart: \"2025-06-02 00:00:00\"\n"
                                       "loads:\n  - {kind: base, phase: 1, power_w: 1000}\n")
        self.simulate("by-plan", 1, "--config", "tariff_source=3", "--tariff-plan", plan, scenario=site)
        self.simulate("later", 0.001, "--config", "tariff_source=3", scenario=site)
        for _ in range(2):
            self.simulate("later", 0.5, "--tariff-plan", plan, scenario=site)
        value = {row["name"]: row["value"] for row in self.show("by-plan", "registers")}
        self.assertAlmostEqual(value["a_plus_t1"], value["a_plus"] * 16 / 24, delta=0.3)
        self.assertAlmostEqual(value["a_plus_t1"] + value["a_plus_t2"], value["a_plus"], delta=0.0002)
        self.assertEqual(self.show("later", "plan"), self.show("by-plan", "plan"))
        self.assertGreater({row["name"]: row["value"] for row in self.show("later", "registers")}["a_plus_t2"], 0)
        for text, named in (("season 0 working 06:00 T1", "switch"), ("nothing", '"nothing"')):
            before = listing(self.folder)
            done = run("simulate", site, "--days", 1, "--state", self.folder / "later", "--tariff-plan", text)
            self.assertEqual(done.returncode, 2)
            self.assertIn(named, done.stderr)
            self.assertEqual(listing(self.folder), before)

    def images(self, state):
        return [(self.folder / state / name).read_bytes() for name in IMAGES]


class Deterministic(Simulation):
    def test_same_bytes(self):
        """Two meters of the same scenario are the same, in all their memories (what is in RAM shows when they go on)."""
        for state in ("a", "b"):
            self.simulate(state, 3, "--config", "pulse_unit=2", "pulse_factor_milli=10000")
        self.assertEqual(self.images("a"), self.images("b"))

    def test_cut_in_pieces(self):
        """A simulation in pieces is the same as one: cut in ordinary hours, within a power cut, while a cover is open,
        seconds after a start, and between two boundaries."""
        self.simulate("whole", 3)
        cuts_s = [0, 5 * 3600 - 60, 5 * 3600 + 33, 10 * 3600 + 1800, 86400 - 300, 86400 + 3600, 130000, 3 * 86400]
        for at, to in zip(cuts_s, cuts_s[1:]):
            self.simulate("pieces", repr((to - at) / 86400))
        self.assertEqual(self.images("pieces"), self.images("whole"))

    def test_interrupted(self):
        """Ctrl-C keeps what was reached, and what follows does not know of it."""
        process = subprocess.Popen([PROGRAM, "simulate", str(self.scenario), "--days", "36525", "--state",
                                    str(self.folder / "cut"), "--json"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not (self.folder / "cut/eeprom.bin").exists():
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        output, complaints = process.communicate(timeout=4 * DEADLINE_S)
        self.assertEqual((process.returncode, complaints), (0, ""))
        result = json.loads(output)
        self.assertIs(result["interrupted"], True)
        self.simulate("cut", 1)
        self.simulate("whole", repr(result["seconds"] / 86400 + 1))
        self.assertEqual(self.images("cut"), self.images("whole"))


class Life(Simulation):
    def test_memories_are_for_their_owner_only(self):
        """They hold the meter's passwords; also where an older program left them open to all, when they are replaced."""
        self.addCleanup(os.umask, os.umask(0o022))
        self.simulate("home", 0.01)
        images = [file for file in (self.folder / "home").iterdir() if file.suffix == ".bin"]
        self.assertLessEqual(set(IMAGES), {file.name for file in images})
        self.assertEqual({file.name: oct(file.stat().st_mode & 0o777) for file in images},
                         {file.name: "0o600" for file in images})
        for file in images:
            file.chmod(0o644)
        self.simulate("home", 0.01)
        self.assertEqual({file.stat().st_mode & 0o777 for file in images}, {0o600})

    def test_events(self):
        """LOG-5, LOG-6, REG-6, TAR-1: what happens at the site is what the meter logs."""
        result = self.simulate("home", 3)
        events = [(row["event"], row["detail"]) for row in self.show("home", "events") if row["log"] != "quality"]
        for expected in [("supply lost", None), ("supply returned", "after 40.00 s"), ("clock set", None),
                         ("debiting period ended", "period 1, by command"), ("terminal cover opened", None),
                         ("tariff commanded", "T2"), ("magnetic field", None), ("magnetic field gone", None)]:
            self.assertTrue(any(event == expected[0] and (expected[1] is None or detail == expected[1])
                                for event, detail in events), (expected, events))
        # The cover was closed and a tariff sent while the meter had no supply: it did not see the one, nor obey the other.
        self.assertNotIn(("terminal cover closed", None), events)
        self.assertNotIn(("tariff commanded", "T4"), events)
        self.assertEqual((result["supply_losses"], result["refused"]), (2, 1))
        self.assertEqual(result["off_seconds"], 40 + 4000)

    def test_energy_of_the_summary(self):
        """REG-1: the energies told are those of the registers, and tariffs add up to them."""
        first = self.simulate("home", 2)
        second = self.simulate("home", 1)
        rows = {row["name"]: row["value"] for row in self.show("home", "registers")}
        for key, name in [("a_plus_kwh", "a_plus"), ("a_minus_kwh", "a_minus")]:
            self.assertAlmostEqual(first["energy"][key] + second["energy"][key], rows[name], places=6)
            self.assertAlmostEqual(sum(rows[f"{name}_t{tariff}"] for tariff in range(1, 5)), rows[name], places=6)
        self.assertGreater(rows["a_plus_t2"], 0)

    def test_clock_is_lost_with_its_backup(self):
        """CLK-2: a supercap that had a day to charge does not last two weeks."""
        scenario = self.write("dark.yaml", EVENTFUL.replace(
            "events:", '  - {at: "2025-03-31 00:00:00", duration_s: 1296000}\nevents:'))
        self.simulate("dark", 18, scenario=scenario)
        self.assertTrue(any(row["event"].startswith("clock lost") for row in self.show("dark", "events")))
        last = self.show("dark", "profile", "--last", 1)[0]
        self.assertIn("time invalid", last["status"])

    def test_parameters(self):
        self.simulate("home", 1.5, "--config", "energy_type=0", "--config", "profile_min=60", "logger=u_l1,u_l3",
                      "logger_min=30", "disconnect_k_tenths=12,11,10")
        rows = {row["parameter"]: row["value"] for row in self.show("home", "config")}
        self.assertEqual((rows["profile_min"], rows["logger"], rows["energy_type"]), (60, "u_l1,u_l3", 0))
        self.assertEqual(rows["disconnect_k_tenths"], "12,11,10")
        self.assertEqual([row["minutes"] for row in self.show("home", "profile")][1:5], [60] * 4)
        self.assertEqual(list(self.show("home", "logger")[0]), ["time", "u_l1_v", "u_l3_v", "status"])
        self.simulate("home", 1, "--config", "profile_min=15")
        rows = {row["parameter"]: row["value"] for row in self.show("home", "config")}
        self.assertEqual(rows["profile_min"], 15)

    def test_transformers(self):
        """VAR-14: behind transformers the registers of the primary side are those of the secondary times the ratio."""
        scenario = self.write("works.yaml", EVENTFUL.replace("grid:", "meter: {transformer_a: 400}\ngrid:"))
        result = self.simulate("works", 1, "--config", "display_side=1", scenario=scenario)
        self.assertEqual(result["model"], "351C")
        rows = {row["name"]: row["value"] for row in self.show("works", "registers")}
        self.assertEqual(rows["transformer_ratio"], 80)
        self.assertAlmostEqual(rows["a_plus"], 80 * rows["a_plus_secondary"], places=6)

    def test_other_life(self):
        """A meter goes on with another scenario, or after it lived elsewhere: registers and time only go forward."""
        self.simulate("home", 2)
        before = {row["name"]: row["value"] for row in self.show("home", "registers")}
        other = self.write("other.yaml", EVENTFUL.replace("seed: 77", "seed: 78"))
        result = self.simulate("home", 1, scenario=other)
        self.assertRegex(self.stderr, "started from its memories: the scenario is another")
        self.assertRegex(result["from"], r"2025-03-31T01:0[01]:", "the meter's clock was set forward by 90 s")
        after = {row["name"]: row["value"] for row in self.show("home", "registers")}
        self.assertGreater(after["a_plus"], before["a_plus"])
        self.assertEqual(after["serial_number"], before["serial_number"])
        profile = self.show("home", "profile")
        self.assertEqual(sum(1 for row in profile if "gap" in (row["status"] or "")), 1, "the one of the night without supply")


class Refused(Simulation):
    """A line that names what is wrong, exit code 2, and nothing in the folder has changed."""

    def refuse(self, arguments, *named):
        before = listing(self.folder)
        done = run("simulate", *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour simulate: [^\n]+\n\Z")
        for name in named:
            self.assertIn(str(name), done.stderr)
        self.assertEqual(listing(self.folder), before)

    def test_command_line(self):
        state = ["--state", self.folder / "new"]
        self.refuse([self.scenario, *state], "--days")
        self.refuse([self.scenario, "--days", 1], "--state")
        self.refuse(["--days", 1, *state], "SCENARIO")
        self.refuse([self.scenario, "--days", 0, *state], "--days")
        self.refuse([self.scenario, "--days", "many", *state], "--days", "many")
        self.refuse([self.scenario, "--days", 1, *state, "--model", "381"], "381", "382M")
        self.refuse([self.scenario, "more.yaml", "--days", 1, *state], "more.yaml")
        self.refuse([self.folder / "none.yaml", "--days", 1, *state], "none.yaml")

    def test_scenario(self):
        broken = self.write("broken.yaml", "site: home\nstart: \"2025-01-01 00:00:00\"\nlods: []\n")
        self.refuse([broken, "--days", 1, "--state", self.folder / "new"], "broken.yaml", "lods")

    def test_state(self):
        self.simulate("home", 1)
        state = ["--state", self.folder / "home"]
        self.refuse([self.scenario, "--days", 1, *state, "--model", "382L"], "382M", "382L")
        with open(self.folder / "home/eeprom.bin", "rb") as eeprom:
            fcntl.flock(eeprom, fcntl.LOCK_EX)
            self.refuse([self.scenario, "--days", 1, *state], "eeprom.bin", "in use")
        folder = os.open(self.folder / "home", os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        self.refuse([self.scenario, "--days", 1, *state], "home", "in use")

    def test_parameters_of_a_meter(self):
        self.simulate("home", 1.5)
        for wrong in ("profile_min=7", "profile_min=", "no_such=1", "logger=u_l1,,u_l2", "logger_min=7", "code=1",
                      "zone_min=60x", "disconnect_k_tenths=10"):
            with self.subTest(wrong):
                self.refuse([self.scenario, "--days", 1, "--state", self.folder / "home", "--config", wrong],
                            wrong.split("=")[0])

    def test_damaged_memory(self):
        """MEM-2"""
        self.simulate("home", 1)
        (self.folder / "home/eeprom.bin").write_bytes(b"diary" * 100000 + bytes(24288))
        self.refuse([self.scenario, "--days", 1, "--state", self.folder / "home"], "eeprom.bin", "nothing was changed")

    def test_damaged_freeze(self):
        """What is in simulation.bin is used whole or not at all."""
        self.simulate("home", 1)
        path = self.folder / "home/simulation.bin"
        good = path.read_bytes()
        for bad in (b"", good[:-1], good[:1000] + bytes([good[1000] ^ 1]) + good[1001:]):
            path.write_bytes(bad)
            done = run("simulate", self.scenario, "--days", 0.01, "--state", self.folder / "home")
            self.assertEqual(done.returncode, 0)
            self.assertIn("started from its memories: its simulation.bin cannot be used", done.stderr)


if __name__ == "__main__":
    unittest.main()
