"""watthour show: every view of a meter's memories in every form, read without changing them.

Shows LOG-1 (intervals of the load profile add up to the registers), LOG-5, LOG-7, REG-4 and REG-6 (what the logs hold can
be read back) in the program as its users run it.
"""
import csv
import datetime
import decimal
import fcntl
import io
import json
import re
import subprocess
import unittest
import xml.etree.ElementTree

from program import DEADLINE_S, PROGRAM, Case, listing, run

SCENARIO = """\
site: home
seed: 5
start: "2025-06-01 00:00:00"
grid: {impedance_ohm: 0.2, dips_per_year: 4000, swells_per_year: 2000}
loads:
  - {kind: base, phase: 1, power_w: 300}
  - {kind: kettle, phase: 2}
  - {kind: hob, phase: 3}
pv: {kwp: 5, phase: 123}
outages:
  - {at: "2025-06-02 05:00:10", duration_s: 5400}
  - {at: "2025-06-04 12:00:00", duration_s: 30}
events:
  - {at: "2025-06-03 08:00:00", do: clock-shift, value: 90}
  - {at: "2025-06-03 09:00:00", do: debiting-stop}
  - {at: "2025-06-05 09:00:00", do: debiting-stop}
  - {at: "2025-06-03 11:00:00", do: tariff, value: 2}
  - {at: "2025-06-03 14:00:00", do: seal, on: on}
  - {at: "2025-06-03 14:30:00", do: seal, on: off}
"""
DAYS = 20
VIEWS = ["registers", "profile", "logger", "debiting", "debiting2", "events", "quality", "config", "plan", "audit"]
DRAWN = ["profile", "logger", "debiting", "debiting2", "quality"]
TIMELESS = ["registers", "config", "plan"]
SVG = "{http://www.w3.org/2000/svg}"


class Show(Case):
    @classmethod
    def setUpClass(cls):
        """One meter for all tests: none of them can change it."""
        case = Case()
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.state = case.folder / "meter"
        scenario = case.write("home.yaml", SCENARIO)
        done = run("simulate", scenario, "--days", DAYS, "--state", cls.state, "--model", "382L", "--config", "energy_type=3", "profile_of_power=1")
        assert done.returncode == 0, done.stderr

    def show(self, what, *more, stderr=""):
        done = run("show", what, "--state", self.state, *more)
        self.assertEqual((done.returncode, done.stderr), (0, stderr))
        return done.stdout

    def json(self, what, *more, stderr=""):
        """Numbers as they are written, every digit."""
        return json.loads(self.show(what, "--json", *more, stderr=stderr), parse_float=decimal.Decimal)

    def raw(self, what, *more):
        """The bytes of CSV, with their line ends."""
        done = subprocess.run([PROGRAM, "show", what, "--state", self.state, "--csv", *more], capture_output=True,
                              check=True, timeout=DEADLINE_S)
        return done.stdout.decode()

    def csv(self, what, *more):
        return list(csv.DictReader(io.StringIO(self.raw(what, *more), newline="")))

    def refuse(self, arguments, *named):
        before = listing(self.folder)
        done = run("show", *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour show: [^\n]+\n\Z")
        for name in named:
            self.assertIn(str(name), done.stderr)
        self.assertEqual(listing(self.folder), before)


class Forms(Show):
    def test_all_say_the_same(self):
        """CSV and JSON have the same cells, and people read the same numbers."""
        for what in VIEWS:
            with self.subTest(what):
                rows = self.json(what)["rows"]
                table = self.csv(what)
                self.assertGreater(len(rows), 0)
                self.assertEqual([{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in rows],
                                 [dict(row) for row in table])
                text = self.show(what)
                for cell in list(rows[-1].values())[1:3]:
                    said = "" if cell is None else str(cell)
                    time = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)[+]01:00", said)
                    self.assertIn(f"{time[1]} {time[2]}" if time else said, text)

    def test_rfc_4180(self):
        raw = self.raw("profile")
        self.assertEqual(raw.count("\n"), raw.count("\r\n"))
        self.assertEqual(raw.count("\r\n"), 1 + len(self.json("profile")["rows"]))
        self.assertTrue(raw.startswith("interval_end,minutes,a_plus_kwh,") and raw.endswith("\r\n"))
        self.assertIn('"outage, summer"', raw)
        self.assertEqual(len({len(row) for row in csv.reader(io.StringIO(raw, newline=""))}), 1)

    def test_head(self):
        result = self.json("registers")
        self.assertEqual((result["what"], result["model"], result["meter_number"]), ("registers", "382L", 10000005))
        as_of = datetime.datetime.fromisoformat(result["as_of"])
        self.assertEqual(as_of.utcoffset(), datetime.timedelta(hours=1))
        self.assertIs(result["clock_valid"], True)

    def test_last(self):
        for what in VIEWS:
            rows = self.json(what)["rows"]
            self.assertEqual(self.json(what, "--last", 2)["rows"], rows[-2:], what)
            self.assertEqual(self.json(what, "--last", 1000000)["rows"], rows, what)

    def test_read_only(self):
        """Nothing in the folder changes, and two can look at a time."""
        before = listing(self.state)
        with open(self.state / "eeprom.bin", "rb") as eeprom, open(self.state / "flash.bin", "rb") as flash:
            fcntl.flock(eeprom, fcntl.LOCK_SH)
            fcntl.flock(flash, fcntl.LOCK_SH)
            for what in VIEWS:
                self.show(what)
        self.assertEqual(listing(self.state), before)


class Contents(Show):
    def profile(self, *more):
        return self.json("profile", *more)["rows"]

    def test_intervals_add_up(self):
        """LOG-1: over outages, a clock that was set and another tariff, to the last digit."""
        rows = self.profile()
        for energy in ("a_plus_kwh", "a_minus_kwh", "r_plus_kvarh", "r_minus_kvarh"):
            register = energy.replace("_k", "_register_k")
            self.assertEqual(sum(row[energy] for row in rows[1:]), rows[-1][register] - rows[0][register])
        self.assertGreater(rows[-1]["a_plus_register_kwh"], 50)
        self.assertGreater(rows[-1]["a_minus_register_kwh"], 50)
        self.assertIsNone(rows[0]["a_plus_kwh"], "what was before the first record nobody knows")
        registers = {row["name"]: row["value"] for row in self.json("registers")["rows"]}
        self.assertGreaterEqual(registers["a_plus"], rows[-1]["a_plus_register_kwh"])

    def test_a_day(self):
        """LOG-1: 96 intervals, the last ends at midnight, in normal time though it is summer."""
        rows = self.profile("--from", "2025-06-10", "--to", "2025-06-11")
        self.assertEqual(len(rows), 96)
        self.assertEqual((rows[0]["interval_end"], rows[-1]["interval_end"]),
                         ("2025-06-10T00:15:00+01:00", "2025-06-11T00:00:00+01:00"))
        self.assertEqual({row["minutes"] for row in rows}, {15})
        self.assertTrue(all("summer" in row["status"] for row in rows))
        self.assertEqual(self.profile("--from", "2025-06-10T00:00", "--to", "2025-06-11 00:00:00"), rows)

    def test_mean_powers(self):
        """LOG-3: the power of an interval is its energy by its time."""
        for row in self.profile("--from", "2025-06-10", "--to", "2025-06-11"):
            self.assertEqual(row["p_plus_mean_w"], row["a_plus_kwh"] * 4000)

    def test_outage(self):
        """An hour and a half without supply is one long interval, and says so."""
        rows = [row for row in self.profile() if row["minutes"] not in (15, None)]
        self.assertEqual([row["interval_end"] for row in rows], ["2025-06-02T07:45:00+01:00"])
        self.assertEqual(rows[0]["minutes"], 90)
        self.assertIn("gap", rows[0]["status"])

    def test_relative_times(self):
        self.assertEqual(len(self.profile("--from", "-1d")), 96)
        self.assertEqual(self.profile("--from", "-1d"), self.profile("--from", "-24h"))
        self.assertEqual(self.profile("--from=-3h", "--to=-60m"), self.profile("--from=-180m", "--to=-1h"))
        self.assertEqual(len(self.profile("--from=-3h", "--to=-60m")), 8)

    def test_debiting(self):
        """REG-4, REG-6: periods ended by command are numbered, tariffs add up in each."""
        rows = self.json("debiting")["rows"]
        self.assertEqual([row["period"] for row in rows], [1, 2])
        self.assertEqual({row["cause"] for row in rows}, {"by command"})
        for row in rows:
            self.assertEqual(sum(row[f"a_plus_t{tariff}_kwh"] for tariff in range(1, 5)), row["a_plus_kwh"])
        self.assertEqual(rows[0]["a_plus_t2_kwh"], 0)
        self.assertGreater(rows[1]["a_plus_t2_kwh"], 0)

    def test_debiting_2(self):
        """REG-6, the second register: a record a day, with what the load profile has at that moment."""
        profile = {row["interval_end"]: row for row in self.profile()}
        rows = self.json("debiting2")["rows"]
        self.assertEqual(len(rows), DAYS)
        for row in rows:
            self.assertEqual(row["a_plus_kwh"], profile[row["time"]]["a_plus_register_kwh"])

    def test_events_are_in_order(self):
        times = [row["time"] for row in self.json("events")["rows"]]
        self.assertEqual(times, sorted(times))
        day = self.json("events", "--from", "2025-06-03", "--to", "2025-06-04")["rows"]
        self.assertEqual({row["time"][:10] for row in day}, {"2025-06-03"})
        shift = [row for row in day if row["event"] == "clock set"]
        self.assertEqual(len(shift), 1)
        self.assertIn("(+90 s)", shift[0]["detail"])

    def test_start_of_the_view_is_no_event(self):
        """Looking starts a meter from copies; what that logs is not shown."""
        starts = [row for row in self.json("events")["rows"] if row["event"] == "meter started"]
        self.assertEqual(len(starts), 3, "new, and after two power cuts")
        counts = {row["name"]: row["value"] for row in self.json("registers")["rows"]}
        lasted = [row["duration_s"] for row in self.json("quality")["rows"] if row["event"] == "interruption"]
        self.assertEqual((counts["interruptions_short"], counts["interruptions_long"]),
                         (sum(span <= 180 for span in lasted), sum(span > 180 for span in lasted)))

    def test_quality(self):
        """LOG-7: each with its time and duration."""
        rows = self.json("quality")["rows"]
        self.assertEqual([row["duration_s"] for row in rows if row["event"] == "interruption" and row["duration_s"] > 10],
                         [decimal.Decimal("5400.000"), decimal.Decimal("30.000")], "dips are shorter")
        under = [row for row in rows if row["event"] == "under-voltage"]
        self.assertGreater(len(under), 20)
        for row in under:
            self.assertTrue(row["phase"] in ("L1", "L2", "L3") and row["extreme_v"] < 207 and row["duration_s"] > 0, row)

    def test_nothing_in_range(self):
        done = run("show", "debiting", "--state", self.state, "--csv", "--from", "2031-01-01")
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 1))
        self.assertIn("nothing in that range; the meter last lived at 2025-06-2", done.stderr)


class Pictures(Show):
    def plot(self, what, *more):
        path = self.folder / f"{what}.svg"
        self.show(what, "--plot", path, *more)
        root = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(root.tag, SVG + "svg")
        return root

    def drawn(self, root):
        return sum(1 for element in root.iter() if element.tag in (SVG + "path", SVG + "use", SVG + "polygon", SVG + "image"))

    def test_all(self):
        """Each is a whole SVG, alone in its folder, with much more drawn in it than a frame."""
        for what in DRAWN:
            with self.subTest(what):
                self.assertGreater(self.drawn(self.plot(what)), 60)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), sorted(f"{what}.svg" for what in DRAWN))

    def test_long_and_short(self):
        """Up to two weeks a curve; longer a map of days and hours, small in any case."""
        self.assertEqual(len(list(self.plot("profile", "--last", 960).iter(SVG + "image"))), 0)
        self.assertEqual(len(list(self.plot("profile").iter(SVG + "image"))), 1)
        for what in DRAWN:
            self.plot(what, "--last", 1)

    def test_refused(self):
        for what in set(VIEWS) - set(DRAWN):
            self.refuse([what, "--state", self.state, "--plot", self.folder / "x.svg"], "--plot")
        self.refuse(["quality", "--state", self.state, "--plot", self.folder / "x.svg", "--from", "2031-01-01"], "nothing")

    def test_failures(self):
        for path, env in ((self.folder / "none/x.svg", {}), (self.folder / "x.svg", {"PATH": ""}),
                          (self.folder / "x.svg", {"TMPDIR": str(self.folder / "none")})):
            done = run("show", "profile", "--state", self.state, "--plot", path, env=env)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r"\Awatthour show: --plot: [^\n]+\n\Z")
            self.assertEqual(list(self.folder.iterdir()), [])


class Refused(Show):
    def test_command_line(self):
        state = ["--state", self.state]
        self.refuse([], "WHAT")
        self.refuse(["profil", *state], "profil", *VIEWS)
        self.refuse(["profile"], "--state")
        self.refuse(["profile", *state, "--csv", "--json"], "--csv")
        self.refuse(["profile", *state, "--last", 0], "--last")
        self.refuse(["profile", *state, "--last", "few"], "--last", "few")
        for what in TIMELESS:
            self.refuse([what, *state, "--from", "2025-06-02"], "--from")

    def test_dates(self):
        for wrong in ("yesterday", "", "2025", "2025-6-1", "2025-06-31", "2025-02-29", "2025-06-01 24:00", "2025-06-01 12",
                      "2025-06-01 12:60", "2025-06-01 12:00:00Z", "2025-06-01x", "-", "-d", "-7", "-7y", "-7dd", "--7d",
                      "- 7d", "-1e9d", "1999-06-01", "2137-01-01", "-inf"):
            for option in ("--from", "--to"):
                with self.subTest(wrong, option=option):
                    self.refuse(["profile", "--state", self.state, f"{option}={wrong}"], option, f'"{wrong}"')

    def test_empty_range(self):
        for first, last in (("2025-06-03", "2025-06-02"), ("2025-06-03", "2025-06-03"), ("-1d", "-2d")):
            self.refuse(["profile", "--state", self.state, f"--from={first}", f"--to={last}"], "empty")

    def test_no_meter(self):
        self.refuse(["profile", "--state", self.folder], "no meter in", self.folder)
        self.refuse(["profile", "--state", self.folder / "none"], "no meter in", self.folder / "none")
        self.refuse(["profile", "--state", "x" * 5000], "4095")
        self.refuse(["profile", "--state", self.write("file", "")], "file")

    def test_running_meter(self):
        """Its memories are on the move: what would be read is of no moment."""
        for name in ("eeprom.bin", "flash.bin"):
            with open(self.state / name, "rb") as image:
                fcntl.flock(image, fcntl.LOCK_EX)
                self.refuse(["profile", "--state", self.state], name, "in use")

    def test_damaged_memory(self):
        """MEM-2"""
        copy = self.folder / "copy"
        copy.mkdir()
        good = (self.state / "eeprom.bin").read_bytes()
        for data in (good[:-1], b"\0" * len(good), b"diary" * (len(good) // 5) + b"diar"):
            (copy / "eeprom.bin").write_bytes(data)
            self.refuse(["registers", "--state", copy], copy / "eeprom.bin")

    def test_lost_logs(self):
        """A meter without its flash still has its registers."""
        copy = self.folder / "copy"
        copy.mkdir()
        (copy / "eeprom.bin").write_bytes((self.state / "eeprom.bin").read_bytes())
        rows = {row["name"]: row["value"] for row in self.json("registers")["rows"]}
        done = run("show", "registers", "--state", copy, "--json")
        lost = {row["name"]: row["value"] for row in json.loads(done.stdout, parse_float=decimal.Decimal)["rows"]}
        self.assertEqual(lost["a_plus"], rows["a_plus"])
        self.assertEqual([path.name for path in copy.iterdir()], ["eeprom.bin"])


if __name__ == "__main__":
    unittest.main()
