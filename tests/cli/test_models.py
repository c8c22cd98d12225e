"""watthour info and watthour decode, from outside."""
import json
import subprocess
import unittest

from program import PROGRAM, Case, Meter, listing, run

MODELS = ("382M", "382L", "351C")
METER = ("685-351C423010", "1-1-072-05", "2-123-01-01-1", "00-0-03-0-01-012-001-01", "000-020-1-1")
FAULTS = [
    (["1-2-047-05"], "1-2-047-05", "configuration 1", "character 7", "CCC", "072"),
    (["config1=1-2-047-05"], "character 15", "CCC"),
    (["--", "1-2-047-05"], "--"),
    (["685-351C423011"], "character 14", "X8-X10", "allowed: 010"),
    (["685-951C423010"], "character 5", "X1", "allowed: 2–4"),
    (["2-123-28-02-1"], "character 11", "HH", "00, 01, 13–24"),
    (["382LxA"], "letter", "B, C, D, E, F, G"),
    (["382LxB", "382LxA"], "382LxA"),
    (["letter="], "letter", "missing"),
    (["38"], '"38"', "config3=JJ-K-LL-M-NN-OOO-PPP-QQ"),
    ([""], '""', "type=685-"),
    (["x\ny"], '"x?y"'),
    (["9" * 4000], '"9999'),
    (["1-2-000-03"], "contradiction", "DD", "CCC"),
    (["685-351C123010", "1-1-069-16"], '"1-1-069-16"', "contradiction", "X5", "A−"),
    (["382LxB", "000-020-1-1"], "contradiction", "382L", "351C"),
    ([], "CODE... is missing"),
    (["382LxB"] * 33, "32"),
    (["382LxB", "--verbose"], "--verbose"),
]


class Good(Case):
    def good(self, *arguments):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout


class Models(Good):
    def refuse(self, arguments, *named):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour[^\n]*: [^\n]+\n\Z", "one line")
        for thing in named:
            self.assertIn(thing, done.stderr)

    def test_list(self):
        lines = self.good("info").splitlines()
        self.assertEqual([line[:4] for line in lines[:3]], list(MODELS))
        self.assertEqual([model["model"] for model in json.loads(self.good("info", "--json"))], list(MODELS))

    def test_text(self):
        """VAR-2…6 as they are printed, and MET-11: own consumption and short-circuit figures are shown"""
        for model, *wanted in [
            ("382M", "−20…+15 % of Un", "0.25–5(100) A, without breaker", "0.25–5(85) A, with breaker",
             "50 or 60 Hz ±5 %", "MID B or A, IEC 1 or 2", "0.4 VA 0.1 W without breaker", "4500 A", "IP54"),
            ("382L", "−10…+10 % of Un", "0.5–10(65) A, with breaker", "50 or 60 Hz ±2 %", "382LxB",
             "0.5 VA 0.27 W without breaker", "4500 A", "IP52"),
            ("351C", "3×230 V, Aron, 50 Hz only", "Un +20 %", "0.05–5(6) A\n", "reactive 2", "5000 imp/kWh",
             "685-X1…X10", "0.02 VA per phase"),
        ]:
            text = self.good("info", model)
            for part in wanted:
                self.assertIn(part, text, model)
            self.assertLess(max(map(len, text.splitlines())), 150)

    def test_breaker_is_no_safety(self):
        """It is said wherever a breaker is shown, and only there."""
        sentence = "The breaker is never a safety function"
        for arguments, wanted in [(("info", "382M"), True), (("info", "382L"), True), (("info", "351C"), False),
                                  (("decode", "382LxB"), True), (("decode", "382Lx7"), False)]:
            self.assertEqual(sentence in self.good(*arguments), wanted, arguments)

    def test_json_of_a_model(self):
        model = json.loads(self.good("info", "351C", "--json"))
        self.assertFalse(model["direct"])
        self.assertEqual(model["profile_days"]["A+/R+"], {"5": 77, "15": 231, "30": 462, "60": 924})
        self.assertEqual([offer["hz"] for offer in model["ranges"]["connections"]], [[50, 60], [50]])
        self.assertEqual(model["ranges"]["currents"][0]["imax_ma"], 6000)
        self.assertEqual(model["codes"]["config2"]["fields"][3]["allowed"], "00, 01, 13–24")
        self.assertIn({"group": "Case", "name": "Protection", "value": "IP54"}, model["facts"])
        self.assertEqual(json.loads(self.good("info", "382M", "--json"))["codes"], {})

    def test_bad_models(self):
        self.refuse(["info", "999"], "unknown model 999; known: 382M, 382L, 351C")
        self.refuse(["info", ""], "known: 382M, 382L, 351C")
        self.refuse(["info", "382M", "382L"], '"382L"')
        self.refuse(["info", "--all"], "--all")

    def test_decode(self):
        """VAR-9, VAR-10, VAR-11, VAR-12, VAR-13: each code comes back, each field with digits and meaning"""
        text = self.good("decode", *METER)
        for code in METER:
            self.assertIn(f"{code}: ", text)
        for line in ("X5 4 energy type A+/A−/R+/R−", "CCC 072 communication module RS-485; port 1 input, port 2 output",
                     "GG 01 auto-reading day day 1 of the month", "LL 03 time zone UTC+3 h, Moscow",
                     "SSS 020 current transformers 100/5 A"):
            self.assertIn(line, [" ".join(row.split()) for row in text.splitlines()])

    def test_decode_json(self):
        """VAR-8"""
        codes = json.loads(self.good("decode", "--json", "382lg", "letter=8"))
        self.assertEqual([code["code"] for code in codes], ["382LxG", "382Lx8"])
        self.assertEqual(codes[0]["model"], "382L")
        self.assertEqual(codes[0]["fields"], [{"name": "letter", "title": "variant", "digits": "G",
                                               "meaning": "with breaker, with integrated radio"}])

    def test_a_second_of_a_kind_is_another_meter(self):
        self.good("decode", "685-351C123010", "1-1-069-00", "685-351C423010", "1-1-069-16")
        self.refuse(["decode", "685-351C423010", "1-1-069-16", "685-351C123010", "1-1-069-16"], "X5")

    def test_bad_codes(self):
        for arguments, *named in FAULTS:
            with self.subTest(arguments=arguments):
                self.refuse(["decode", *arguments], *named)

    def test_output_that_cannot_be_written(self):
        for arguments in (["info"], ["info", "382M"], ["info", "--json"], ["decode", "382LxB"],
                          ["decode", "--json", "382LxB"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 1, arguments)


SITE = """\
site: industry
seed: 1
start: "2025-06-01 00:00:00"
meter: {transformer_a: 100}
loads:
  - {kind: base, phase: 1, power_w: 300}
"""


class Orders(Good):
    """VAR-9 to VAR-13: a new meter is as its codes say."""

    def config(self, state):
        answer = json.loads(self.good("show", "config", "--state", state, "--json"))
        return answer["model"], {row["parameter"]: row["value"] for row in answer["rows"]}

    def simulate(self, state, *more):
        return run("simulate", self.write("site.yaml", SITE), "--days", "0.01", "--state", state, *more)

    def check(self, state):
        model, config = self.config(state)
        self.assertEqual(model, "351C")
        wanted = {"energy_type": 3, "integration_min": 15, "debiting_day": 1, "debiting_interval": 1, "zone_min": 180,
                  "daylight": 1, "tariff_source": 3, "display_side": 1, "debiting_2_interval": 0, "module_code": 72}
        self.assertEqual({name: config[name] for name in wanted}, wanted)

    def test_run(self):
        """A meter that runs; the same codes fit it, others and other models are refused by name and change nothing."""
        state = self.folder / "state"
        codes = " ".join(METER)
        for _ in range(2):
            with Meter(state, "--codes", codes) as meter:
                self.assertEqual(meter.state()["model"], "351C")
                meter.stop()
        self.check(state)
        before = listing(self.folder)
        for options, *named in ((["--codes", "config2=3-123-01-01-1"], str(state), "integration_min is 15", "30"),
                                (["--codes", "config5=000-040-1-1"], str(state), "transformer ratio is 20", "40"),
                                (["--codes", "382LxB"], str(state), "351C", "382L"),
                                (["--codes", codes, "--model", "382M"], "351C", "382M"),
                                (["--codes", "382Lx8", "--breaker"], "--breaker", "8"),
                                (["--codes", " "], "no code"), (["--codes", f"{codes} {METER[1]}"], "twice"),
                                (["--codes", f"{codes} 382LxB"], "382LxB", "contradiction"),
                                (["--codes", METER[0] + "1"], "X8-X10")):
            with self.subTest(options=options):
                done = run("run", "--state", state, "--no-web", *options)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertRegex(done.stderr, r"\Awatthour run: [^\n]+\n\Z")
                for text in named:
                    self.assertIn(text, done.stderr)
                self.assertEqual(listing(self.folder), before)

    def test_simulate(self):
        """The same of a simulated meter, whose transformers are the scenario's."""
        state = self.folder / "state"
        codes = " ".join(METER)
        for _ in range(2):
            done = self.simulate(state, "--codes", codes)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check(state)
        for more, *named in ((["--codes", codes.replace("2-123-01-01-1", "3-123-01-01-1")], "integration_min is 15"),
                             (["--codes", codes, "--model", "382M"], "351C", "382M")):
            done = self.simulate(state, *more)
            self.assertEqual(done.returncode, 2)
            for text in named:
                self.assertIn(text, done.stderr)
        done = self.simulate(self.folder / "other", "--codes", codes.replace("000-020", "000-040"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("ratio is 40", done.stderr)

    def test_breaker(self):
        """VAR-8: the letter of the 382L says whether there is a breaker."""
        for letter, has_one in (("B", 1), ("8", 0)):
            state = self.folder / letter
            with Meter(state, "--codes", f"382Lx{letter}", web=False) as meter:
                meter.stop()
            model, config = self.config(state)
            self.assertEqual((model, config["breaker"]), ("382L", has_one))


if __name__ == "__main__":
    unittest.main()
