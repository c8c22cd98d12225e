"""What the tests of the tool share: running its commands on a meter that runs."""
import csv
import io
import json
import os
import time

from program import Case, Meter, run

NO_ANSWER, REFUSED, ABSENT = 3, 4, 5
ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
os.environ["TZ"] = ZONE  # a zone that a meter can have, in every season
time.tzset()
for name in ("WATTHOUR_PASSWORD", "WATTHOUR_PASSWORD_FILE", "WATTHOUR_KEY_FILE"):
    os.environ.pop(name, None)

IDLE = "loads: []\n"
STEADY = """
mains: {drift_v: 0, step_v: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 6000, on: on}
"""
SITE = """\
site: home
seed: 7
start: "2025-06-01 00:00:00"
grid: {impedance_ohm: 0.2, dips_per_year: 4000, swells_per_year: 2000}
loads:
  - {kind: base, phase: 1, power_w: 300}
  - {kind: kettle, phase: 2}
pv: {kwp: 5, phase: 123}
outages:
  - {at: "2025-06-02 05:00:10", duration_s: 5400}
events:
  - {at: "2025-06-03 09:00:00", do: debiting-stop}
  - {at: "2025-06-03 14:00:00", do: seal, on: on}
  - {at: "2025-06-03 14:30:00", do: seal, on: off}
"""
DAYS = 6
RANGE = ["--from", "2025-06-01", "--to", "2025-06-06"]  # normal time; behind it the meter that runs adds its own


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


class Tool(Case):
    """A running meter for all tests of a class."""
    scenario = STEADY
    password = ["--default-password"]

    @classmethod
    def setUpClass(cls):
        case = Case()
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.state = case.folder / "state"
        cls.prepare(case)
        cls.meter = Meter(cls.state, "--scenario", case.write("home.yaml", cls.scenario), *cls.options_in(case.folder))
        cls.addClassCleanup(cls.meter.kill)
        cls.endpoint = f"dlms://127.0.0.1:{cls.meter.dlms_port}"

    @classmethod
    def options_in(cls, folder):
        """More options of watthour run."""
        return []

    @classmethod
    def prepare(cls, case):
        """What is to be in the meter's memory before it runs."""

    def tool(self, command, *arguments, endpoint=None, password=None, env=None):
        secret = self.password if password is None else password
        return run(command, endpoint or self.endpoint, *arguments, *secret, env=env)

    def ok(self, *arguments, stderr="", **more):
        done = self.tool(*arguments, **more)
        self.assertEqual((done.returncode, done.stderr), (0, stderr))
        return done.stdout

    def json(self, *arguments, **more):
        return json.loads(self.ok(*arguments, "--json", **more))

    def fails(self, code, arguments, *named, stdout="", **more):
        """Ends with a code and one line on stderr that names what is to be named."""
        done = self.tool(*arguments, **more)
        self.assertEqual((done.returncode, done.stdout), (code, stdout), done.stderr)
        self.assertRegex(done.stderr, rf"\Awatthour {arguments[0]}: [^\n]+\n\Z")
        for text in named:
            self.assertIn(text, done.stderr)
        return done

    def value(self, name, **more):
        return self.json("read", name, **more)["values"][0]["value"]
