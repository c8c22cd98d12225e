"""The tool on a running meter over DLMS: read, logs, set, clock, dump and restore, objects, scan.

Shows TOOL-1 (a meter is read and configured: meter numbers, loggers, profile, tariffs, clock; legal data are refused) and
COM-15 (read-out, tariff and settings from elsewhere). The oracles are the page of the same meter, and watthour show on
its memory.
"""
import json
import socket
import struct
import unittest

from program import Case, Meter, listing, run
from relay import Answering, Relay
from tool_case import ABSENT, DAYS, IDLE, NO_ANSWER, RANGE, REFUSED, SITE, Tool, rows

class Read(Tool):
    def test_values_are_those_of_the_page(self):
        """TOOL-1, COM-15: between two states of the page."""
        before = self.meter.until_measured()
        answer = {v["name"]: v for v in self.json("read")["values"]}
        after = self.meter.state()
        self.assertEqual(answer["serial_number"]["value"], int(before["number"]))
        self.assertEqual(answer["type"]["value"], before["model"])
        self.assertEqual(answer["a_plus"]["unit"], "Wh")
        self.assertGreaterEqual(answer["a_plus"]["value"], int(before["registers"]["a_plus_wh"]))
        self.assertLessEqual(answer["a_plus"]["value"], after["registers"]["a_plus_wh"])
        self.assertEqual((answer["p_plus"]["unit"], answer["u_l1"]["unit"]), ("W", "V"))
        self.assertRelative(answer["p_plus"]["value"], before["p_w"], 0.01, "P")
        self.assertRelative(answer["u_l2"]["value"], before["phase"][1]["u_rms_v"], 0.01, "U")
        self.assertRelative(answer["i_l3"]["value"], before["phase"][2]["i_rms_a"], 0.02, "I")

    def test_forms(self):
        """What does not change is the same in text, CSV and JSON, with its unit."""
        asked = ["serial_number", "power_threshold", "profile_min", "a_minus"]
        text = dict(line.split(maxsplit=1) for line in self.ok("read", *asked).splitlines())
        table = {row["name"]: row for row in rows(self.ok("read", *asked, "--csv"))}
        answer = {v["name"]: v for v in self.json("read", *asked)["values"]}
        self.assertEqual(text["a_minus"], "0.000 kWh")
        self.assertEqual((table["a_minus"]["value"], table["a_minus"]["unit"]), ("0.000", "kWh"))
        self.assertEqual((answer["a_minus"]["value"], answer["a_minus"]["unit"]), (0, "Wh"))
        self.assertEqual((answer["power_threshold"]["value"], text["power_threshold"]), (99000, "99000 W"))
        self.assertEqual(answer["profile_min"]["value"], 15)
        for name in asked[:3]:
            self.assertEqual(text[name].split()[0], table[name]["value"])
            self.assertEqual(int(table[name]["value"]), answer[name]["value"])

    def test_codes(self):
        """The same register by name, by OBIS code in every form, and as class, name and attribute."""
        for code in ("serial_number", "1-1:96.1.0", "1-1:96.1.0*255", "1-1:96.1.0.255", "1.1.96.1.0.255", "96.1.0",
                     "1/1-1:96.1.0/2", "1/1.1.96.1.0.255/2"):
            self.assertEqual(self.value(code), int(self.meter.state()["number"]), code)

    def test_codes_of_the_help(self):
        """The examples of help and of docs/tool.md are objects of the meter."""
        for code in ("1-1:1.8.0", "1.8.0", "1-1:0.1.6*128"):
            self.ok("read", code)

    def test_what_is_not_there(self):
        """What can be read is read; the rest is named, and the exit code says so."""
        done = self.tool("read", "serial_number", "1-0:9.9.9", "kmp:3", "type", "--json")
        self.assertEqual(done.returncode, ABSENT)
        answer = json.loads(done.stdout)
        self.assertEqual([v["name"] for v in answer["values"]], ["serial_number", "type"])
        self.assertEqual([e["name"] for e in answer["errors"]], ["1-0:9.9.9", "kmp:3"])
        self.assertEqual(len(done.stderr.splitlines()), 2)

    def test_public_client(self):
        """Without a password a meter says who it is, and no register."""
        done = self.tool("read", password=[])
        self.assertEqual(done.returncode, 0)
        self.assertIn("public client", done.stderr)
        self.assertIn("serial_number", done.stdout)
        self.assertNotIn("a_plus", done.stdout)
        needed = "read as the public client; a password may be needed"
        self.fails(ABSENT, ["read", "a_plus"], "a_plus", needed, password=[])
        self.assertNotIn(needed, self.fails(ABSENT, ["read", "9.9.9"], "9.9.9").stderr)

    def test_passwords(self):
        """From a file or the environment; a wrong one is refused, and never shown."""
        right = self.write("right", "12345\n")
        wrong = self.write("wrong", "sEcReT\n")
        for arguments, env in ((["--password-file", right], {}), ([], {"WATTHOUR_PASSWORD": "12345"}),
                               ([], {"WATTHOUR_PASSWORD_FILE": str(right)}),
                               (["--password-file", right], {"WATTHOUR_PASSWORD": "sEcReT"})):
            self.assertIn("kWh", self.ok("read", "a_plus", password=arguments, env=env))
        for arguments, env in ((["--password-file", wrong], {}), ([], {"WATTHOUR_PASSWORD": "sEcReT"})):
            done = self.fails(REFUSED, ["read", "a_plus"], "password", password=arguments, env=env)
            self.assertNotIn("sEcReT", done.stderr)

    def test_detection(self):
        """TOOL-1: a port alone is enough; the language is found without sending a password."""
        place = f"127.0.0.1:{self.meter.dlms_port}"
        self.assertIn(self.meter.state()["number"], self.ok("read", "serial_number", endpoint=place))
        found = json.loads(run("scan", place, "--json").stdout)
        self.assertEqual([f["language"] for f in found], ["dlms"])
        self.assertEqual(found[0]["serial_number"], self.meter.state()["number"])
        self.assertIn("dlms://", run("scan", place).stdout)

    def test_clients(self):
        """Each password client of the family; one that there is not is refused."""
        for client in (18, 19, 20):
            self.ok("read", "a_plus", endpoint=f"{self.endpoint}?client={client}&server=16&auth=low")
        self.fails(REFUSED, ["read", "a_plus"], "client 77", endpoint=f"{self.endpoint}?client=77")
        self.fails(NO_ANSWER, ["read", "a_plus"], "logical device 5", endpoint=f"{self.endpoint}?server=5&timeout=300")


class Objects(Tool):
    def test_list(self):
        """Every object once, with its class; values are those that read gives."""
        objects = self.json("objects", "--values")
        codes = [(o["class"], o["obis"]) for o in objects]
        self.assertEqual(len(set(codes)), len(codes))
        self.assertGreater(len(codes), 100)
        by_name = {o["name"]: o for o in objects}
        self.assertEqual(by_name["a_plus"]["class"], 3)
        self.assertEqual(by_name["load profile"]["class"], 7)
        self.assertEqual(by_name["serial_number"]["value"], int(self.meter.state()["number"]))
        self.assertEqual(by_name["a_plus"]["attributes"], "2r 3r")
        self.assertEqual(by_name["special_1"]["attributes"], "2rw")
        self.assertEqual([o["obis"] for o in objects if o["name"] == ""], [])
        self.assertEqual(by_name["integration_min"]["value"], self.value("integration_min"))

    def test_forms(self):
        """Text and CSV have the same objects."""
        objects = self.json("objects")
        table = rows(self.ok("objects", "--csv"))
        self.assertEqual([row["obis"] for row in table], [o["obis"] for o in objects])
        self.assertEqual(len(self.ok("objects").splitlines()), len(objects))
        named = self.ok("objects", "--attributes")
        for line in ("      2 value rw", "      3 scaler_unit r", "      9 device_address r", "      8 profile_entries r"):
            self.assertIn(line + "\n", named)
        self.assertNotIn("?", named)
        public = json.loads(self.tool("objects", "--json", password=[]).stdout)
        self.assertLess(len(public), len(objects))


class Logs(Tool):
    """TOOL-1, COM-15: profile, logger, debiting and events of a meter with days behind it."""
    scenario = IDLE

    @classmethod
    def prepare(cls, case):
        done = run("simulate", case.write("site.yaml", SITE), "--days", DAYS, "--state", cls.state, "--model", "382M")
        assert done.returncode == 0, done.stderr
        shown = rows(run("show", "profile", "--state", cls.state, "--csv").stdout)
        cls.shown = [row for row in shown if row["interval_end"] < "2025-06-07"]
        cls.shown_debiting = rows(run("show", "debiting", "--state", cls.state, "--csv").stdout)

    def profile(self, *more, **others):
        return rows(self.ok("profile", *RANGE, "--csv", *more, **others))

    def test_profile_is_that_of_the_memory(self):
        """LOG-1: every row of the memory, once, in order; registers as whole Wh."""
        read = self.profile()
        self.assertEqual(len(read), len(self.shown))
        for row, shown in zip(read, self.shown):
            self.assertEqual(row["time"].replace(" ", "T") + "+01:00", shown["interval_end"])
            if shown["a_plus_register_kwh"]:
                self.assertEqual(row["a_plus [kWh]"], shown["a_plus_register_kwh"][:-1])
                self.assertEqual(row["r_minus [kvarh]"], shown["r_minus_register_kvarh"][:-1])
            self.assertEqual("outage" in shown["status"], int(row["data_quality"]) >> 10 & 1 == 1)

    def test_forms(self):
        table = self.profile()
        answer = self.json("profile", *RANGE)
        lines = self.ok("profile", *RANGE).splitlines()
        self.assertTrue(answer["complete"])
        self.assertEqual((len(answer["rows"]), len(lines) - 1), (len(table), len(table)))
        for row, item, line in zip(table, answer["rows"], lines[1:]):
            self.assertEqual(item["time"], row["time"].replace(" ", "T"))
            self.assertEqual(f"{item['a_plus'] / 1000:.3f}", row["a_plus [kWh]"])
            self.assertTrue(line.startswith(row["time"]), line)
            self.assertIn(row["a_plus [kWh]"], line)

    def test_ranges(self):
        """Both ends belong to it; what is asked piece by piece is what is asked at once."""
        everything = self.profile()
        days = [self.profile("--from", f"2025-06-0{day}", "--to", f"2025-06-0{day}") for day in range(1, 7)]
        self.assertEqual([row for day in days for row in day], everything)
        one = self.profile("--from", "2025-06-02 12:00", "--to", "2025-06-02T12:00:00")
        self.assertEqual([row["time"] for row in one], ["2025-06-02 12:00:00"])
        self.assertEqual(rows(self.ok("profile", "--csv", "--from", "-5m", "--to", "now")), [])
        recent = rows(self.ok("profile", "--csv"))  # the last day
        everything = rows(self.ok("profile", "--csv", "--from", "all"))
        self.assertEqual(everything[len(everything) - len(recent):], recent)
        self.assertEqual(everything[:len(self.shown)], self.profile())

    def test_cut_connections(self):
        """A line that breaks again and again costs nothing: every row once."""
        wanted = self.profile()
        with Relay(self.meter.dlms_port, cuts=[2000, 9000, 15000, 4000, 100]) as relay:
            done = self.tool("profile", *RANGE, "--csv", endpoint=f"dlms://127.0.0.1:{relay.port}")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(rows(done.stdout), wanted)
            self.assertGreater(relay.connections, 3)
            self.assertIn("connecting again", done.stderr)

    def test_line_that_stays_broken(self):
        """It ends, says what is there, and that it is not all."""
        with Relay(self.meter.dlms_port, cuts=[12000] + [100] * 20) as relay:
            done = self.tool("profile", *RANGE, "--json", "--retries", "2", endpoint=f"dlms://127.0.0.1:{relay.port}")
            self.assertEqual(done.returncode, NO_ANSWER)
            self.assertEqual(relay.connections, 3)
        answer = json.loads(done.stdout)
        self.assertFalse(answer["complete"])
        self.assertGreater(len(answer["rows"]), 90)
        self.assertLess(len(answer["rows"]), len(self.shown))

    def test_append(self):
        """A reading that was broken off goes on where it ended; the file is what one reading gives."""
        whole, parts = self.folder / "whole.csv", self.folder / "parts.csv"
        note = f"watthour profile: {len(self.shown)} rows added to {whole}\n"
        self.assertEqual(self.ok("profile", *RANGE, "--append", whole, stderr=note), "")
        self.assertEqual(rows(whole.read_text()), self.profile())
        with Relay(self.meter.dlms_port, cuts=[12000]) as relay:
            self.fails(NO_ANSWER, ["profile", *RANGE, "--append", parts, "--retries", "0"],
                       endpoint=f"dlms://127.0.0.1:{relay.port}")
        with open(parts, "a", encoding="utf-8") as file:
            file.write("2025-06-0")  # as a kill leaves it
        for _ in range(2):  # the second has nothing to add
            self.assertEqual(self.tool("profile", *RANGE, "--append", parts).returncode, 0)
            self.assertEqual(parts.read_bytes(), whole.read_bytes())

    def test_append_to_what_is_none(self):
        for text in ("time,other\n2025-06-01 00:00:00,1\n", "no table\nat all\n"):
            path = self.write("other.csv", text)
            self.fails(2, ["profile", *RANGE, "--append", path], str(path))
            self.assertEqual(path.read_text(), text)

    def test_refusal_loses_no_log(self):
        """LOG-1, LOG-4: what deletes a log is written last, so a refusal of anything else leaves the log."""
        def logs():
            return self.profile(), self.profile("--logger")

        before = logs()
        self.assertTrue(all(before))
        destructive = ["profile_min=30", "logger_min=30"]
        self.fails(REFUSED, ["set", *destructive, "special_1=9", "tariff=3"], "tariff")
        settings = "settings:\n  profile_min: 30\n  logger_min: 30\n  special_1: 9\n  number_1: 1\n"
        path = self.write("refused.yaml", settings)
        done = self.fails(REFUSED, ["restore", path], "number_1")
        self.assertNotIn("deleted", done.stderr)
        self.assertEqual(logs(), before)
        told = self.json("restore", path, "--dry-run")["changes"]
        self.assertEqual([(c["name"], c["deletes"]) for c in told],
                         [("special_1", None), ("number_1", None), ("profile_min", "load profile"),
                          ("logger_min", "analysis logger")])

    def test_logger(self):
        """LOG-4: the quantities of the logger, with the load profile's times."""
        read = rows(self.ok("profile", "--logger", *RANGE, "--csv"))
        self.assertEqual([row["time"] for row in read], [row["time"] for row in self.profile()])
        self.assertIn("p_plus_mean [W]", read[0])
        self.assertIn("u_l1 [V]", read[0])

    def test_debiting(self):
        """REG-6: the period that the simulation ended; then one that is ended from here."""
        read = rows(self.ok("debiting", "--csv"))
        for row, shown in zip(read, self.shown_debiting):
            self.assertEqual(row["a_plus [kWh]"], shown["a_plus_kwh"][:-1])
            self.assertEqual(row["time"].replace(" ", "T") + "+01:00", shown["time"])
        self.ok("debiting", "--stop")
        after = rows(self.ok("debiting", "--csv"))
        self.assertEqual(after[:-1], read)
        self.assertEqual(after[-1]["a_plus [kWh]"], read[-1]["a_plus [kWh]"])  # idle since
        self.assertGreater(len(self.ok("debiting").splitlines()), 20)
        self.assertTrue(rows(self.ok("debiting", "--second", "--csv")))

    def test_events(self):
        """LOG-5, LOG-7: each log that there is, in words."""
        text = self.ok("events", *RANGE)
        for words in ("meter started", "supply lost", "supply returned", "seal opened"):
            self.assertIn(words, text)
        quality = self.json("events", "--log", "quality")["rows"]
        self.assertTrue(quality)
        self.assertTrue({row["phase"] for row in quality} <= {0, 1, 2, 3})
        for log in ("clock", "profile-events", "neutral"):
            self.assertTrue(self.json("events", "--log", log)["complete"])
        self.fails(2, ["events", "--log", "nothing"], '"nothing"')


class Set(Tool):
    scenario = IDLE

    def numbers(self):
        return {item["name"]: item["value"] for item in self.json("set")}

    def test_settings_last(self):
        """TOOL-1: meter numbers, intervals, threshold; read back, and by another client."""
        wanted = {"number_2": 22334455, "special_1": 77, "power_threshold_w": 12345, "profile_min": 30, "logger_min": 60,
                  "debiting_2_interval": 2}
        before = self.numbers()
        answer = self.json("set", *(f"{name}={value}" for name, value in wanted.items()))
        self.assertEqual({c["name"]: (c["before"], c["after"]) for c in answer["changes"]},
                         {name: (before[name], value) for name, value in wanted.items()})
        now = self.numbers()
        self.assertEqual(now, {**before, **wanted})
        self.assertEqual(self.value("number_2", password=[]), 22334455)
        text = self.ok("set", "1-1:0.130.1=77", "0.130.2=5", "1-1:199.12.0=2")  # by their codes
        self.assertIn("debiting_2_interval      2 (as it was)", text)
        self.assertIn("as it was", text)
        self.assertIn("-> 5", text)

    def test_all_or_none(self):
        """What the meter refuses takes back what came before it."""
        self.ok("set", "special_1=1", "special_2=2")
        before = self.numbers()
        self.fails(REFUSED, ["set", "special_1=9", "special_2=9", "tariff=3"], "tariff")  # which goes by nothing
        self.assertEqual(self.numbers(), before)
        self.fails(REFUSED, ["set", "special_1=9", "logger_min=7"], "logger_min")  # no divisor of a day's hours
        self.assertEqual(self.numbers(), before)
        self.fails(REFUSED, ["set", "profile_min=60", "logger_min=7"], "logger_min", "load profile is deleted")
        self.assertEqual(self.numbers(), before)

    def test_any_order(self):
        """VAR-15: what depends on something else is set whichever stands first."""
        self.ok("set", "under_mv=230000", "over_mv=245000")
        for wanted in (["under_mv=250000", "over_mv=270000"], ["under_mv=100000", "over_mv=120000"],
                       ["over_mv=253000", "under_mv=207000"]):
            self.ok("set", "special_1=1", *wanted)
        self.fails(REFUSED, ["set", "under_mv=250000", "over_mv=240000"], "under_mv")
        self.assertEqual((self.value("under_mv"), self.value("over_mv")), (207000, 253000))

    def test_lost_answer(self):
        """A line that breaks within the answer to a write: the parameter is changed, and the message leaves that open."""
        self.ok("set", "special_1=1")
        set_answer, get_answer = 12, 17  # octets of wrapper and APDU
        with Relay(self.meter.dlms_port) as relay:
            self.ok("set", "special_1=2", endpoint=f"dlms://127.0.0.1:{relay.port}")
            whole = relay.bytes[0]
        with Relay(self.meter.dlms_port, cuts=[whole - get_answer - set_answer + 1]) as relay:
            done = self.fails(NO_ANSWER, ["set", "special_1=3"], "special_1: may have been changed",
                              endpoint=f"dlms://127.0.0.1:{relay.port}")
        self.assertNotIn("stays", done.stderr)
        self.assertEqual(self.value("special_1"), 3)

    def test_bad_input(self):
        before = self.numbers()
        for arguments, *named in ((["nothing=1"], '"nothing"'), (["special_1"], "NAME=VALUE"), (["=3"], "NAME=VALUE"),
                                  (["special_1=x"], "special_1=x"), (["special_1=100000000"], "99999999"),
                                  (["special_1=-1"], "special_1=-1"), (["special_1=1.5"], "special_1=1.5"),
                                  (["special_1=1", "special_1=2"], "twice"), (["0.130.1=1", "special_1=2"], "twice"),
                                  (["1-1:1.8.0=1"], '"1-1:1.8.0"'), (["breaker_state=1"], "only be read")):
            self.fails(2, ["set", *arguments], *named)
        self.fails(ABSENT, ["set", "special_1=4", "disconnect_k1_tenths=12"], "disconnect_k1_tenths")  # this meter has no breaker
        self.assertEqual(self.numbers(), before)

    def test_legal_data(self):
        """TOOL-1, REG-7: legal data have no names to be set by, and the meter's number refuses while it is sealed."""
        legal = {name: self.value(name) for name in ("a_plus", "serial_number", "type", "software", "checksum")}
        for name in legal:
            self.fails(2, ["set", f"{name}=1"], name)
        self.fails(REFUSED, ["set", "number_1=1"], "number_1", "a seal is closed")
        self.assertEqual({name: self.value(name) for name in legal}, legal)

    def test_public_client_changes_nothing(self):
        before = self.numbers()
        self.fails(REFUSED, ["set", "special_1=31"], "special_1", "a password may be needed", password=[])
        self.fails(ABSENT, ["tariff"], "a password may be needed", password=[])
        self.assertEqual(self.numbers(), before)

    def test_dump_and_restore(self):
        """TOOL-1, VAR-15: a meter is as it was; and another becomes like it."""
        self.ok("set", "number_3=333", "special_2=44", "power_threshold_w=5000")
        dump = self.folder / "meter.yaml"
        self.ok("dump", "--output", dump)
        self.assertEqual(self.ok("dump"), dump.read_text())
        answer = self.json("dump")
        self.assertEqual((answer["type"], answer["settings"]["number_3"]), ("382M", 333))
        before = self.numbers()
        self.ok("set", "number_3=0", "special_2=0", "power_threshold_w=99000")
        told = self.json("restore", dump, "--dry-run")
        self.assertEqual([c["name"] for c in told["changes"] if c["before"] != c["after"]],
                         ["number_3", "special_2", "power_threshold_w"])
        self.assertNotEqual(self.numbers(), before)
        self.assertIn("0 -> 333", self.ok("restore", dump))
        self.assertEqual(self.numbers(), before)
        with Meter(self.folder / "other", "--scenario", self.write("idle.yaml", IDLE)) as other:
            number = other.state()["number"]
            text = "".join(line for line in dump.read_text().splitlines(True) if "number_1" not in line)
            endpoint = f"dlms://127.0.0.1:{other.dlms_port}"
            self.ok("restore", self.write("for-other.yaml", text), endpoint=endpoint)
            read = {item["name"]: item["value"] for item in self.json("set", endpoint=endpoint)}
            self.assertEqual({**read, "number_1": 0}, {**before, "number_1": 0})
            self.assertEqual(self.value("number_1", endpoint=endpoint), int(number))

    def test_restore_refuses_whole(self):
        """VAR-15: a file of which anything does not fit changes nothing, and the fault is named with its line."""
        before = self.numbers()
        for text, code, *named in (
                ("settings:\n  special_1: 5\n  wrong: 1\n", 2, ":3", '"wrong"'),
                ("settings:\n  special_1: 5\n  logger_min: 99999\n", 2, ":3", "logger_min"),
                ("settings:\n  special_1: 5\n  special_1: 6\n", 2, ":3", "twice"),
                ("settings:\n  special_1: 5\n  tariff: 1\n", 2, ":3", "no setting"),
                ("settings:\n  special_1: 5\nother: 1\n", 2, ":3", '"other"'),
                ("settings:\n  special_1: [5]\n", 2, ":2"),
                ("settings: {special_1: 5", 2, ":"),
                ("- 1\n", 2, "name: value"), ("", 2), ("type: 382M\n", 2, "no settings"),
                ('type: "351C"\nsettings:\n  special_1: 5\n', REFUSED, "351C", "--any-type"),
                ("settings:\n  special_1: 5\n  disconnect_k1_tenths: 10\n", ABSENT, "disconnect_k1_tenths"),
                ("settings:\n  special_1: 5\n  logger_min: 7\n", REFUSED, "logger_min")):
            with self.subTest(text=text):
                self.fails(code, ["restore", self.write("bad.yaml", text)], *named)
                self.assertEqual(self.numbers(), before)
        self.fails(2, ["restore", self.folder / "not there.yaml"], "not there.yaml")
        self.fails(2, ["restore"], "one file")

    def test_clock(self):
        """TOOL-1, CLK-1: shown beside the computer's, set to a time and to now."""
        shown = self.json("clock")
        self.assertLess(abs(shown["difference_s"]), 5)
        shown = self.json("clock", "--set", "2026-01-15 12:00:00")
        self.assertRegex(shown["meter"], r"\A2026-01-15T12:00:0\d\Z")
        self.assertFalse(shown["summer_time"])
        shown = self.json("clock", "--set", "2026-07-15 12:00:00")
        self.assertRegex(shown["meter"], r"\A2026-07-15T12:00:0\d\Z")
        self.assertTrue(shown["summer_time"])
        self.assertLess(abs(self.json("clock", "--set", "now")["difference_s"]), 5)
        self.assertRegex(self.ok("clock"), r"difference +[+-]\d+ s\n")
        before = self.json("clock")["meter"]
        for text in ("never", "2026-13-01", "-1d", "2026-02-30 12:00", "2026-01-01 25:00", ""):
            self.fails(2, ["clock", "--set", text], "--set")
        self.fails(REFUSED, ["clock", "--set", "2020-01-01"], password=[])
        self.assertGreaterEqual(self.json("clock")["meter"], before)

    def test_states(self):
        """Tariff by nothing is T1 and cannot be switched; a meter without a breaker says so."""
        self.assertEqual(self.json("tariff")["tariff"], 1)
        self.assertIn("tariff", self.ok("tariff"))
        self.fails(REFUSED, ["tariff", "--set", "2"], "tariff")
        self.fails(2, ["tariff", "--set", "9"], "tariff=9")
        for command in (["breaker"], ["breaker", "open"], ["prepay"]):
            self.fails(ABSENT, command)
        self.fails(2, ["breaker", "explode"], '"explode"')
        self.fails(2, ["prepay", "--top-up", "0"], "--top-up")


class Appending(Tool):
    """Rows are known by their stamps, of which a clock that is set back makes the same ones again."""
    scenario = IDLE

    def test_clock_set_back(self):
        """LOG-5, TOOL-1: no event is lost and none comes twice, whatever the clock was set to in between."""
        path, whole = self.folder / "clock.csv", self.folder / "whole.csv"
        for moment in ("2026-11-20 12:00:00", "2026-11-20 11:10:00", "2026-11-20 12:00:00", "2026-11-20 12:00:00"):
            self.ok("clock", "--set", moment)
            done = self.tool("events", "--log", "clock", "--append", path)
            self.assertEqual(done.returncode, 0, done.stderr)
        done = self.tool("events", "--log", "clock", "--append", whole)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreaterEqual(len(rows(whole.read_text())), 3)
        self.assertEqual(rows(path.read_text()), rows(whole.read_text()))

    def test_same_second(self):
        """Two periods that end in the same second are two rows, also when the file has but the first."""
        path = self.folder / "debiting.csv"
        self.ok("debiting", "--stop")
        self.tool("debiting", "--append", path)
        lines = path.read_text().splitlines(True)
        again = self.write("again.csv", "".join(lines))
        self.tool("debiting", "--append", again)
        self.assertEqual(again.read_text(), path.read_text())
        cut = self.write("cut.csv", "".join(lines[:-1]))
        self.tool("debiting", "--append", cut)
        self.assertEqual(cut.read_text(), path.read_text())


class Endpoints(Case):
    """Wrong endpoints and wrong peers: one line that says what, and an exit code that says whose fault."""

    def fails(self, code, arguments, *named):
        before = listing(self.folder)
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertRegex(done.stderr, rf"\Awatthour {arguments[0]}: [^\n]+\n\Z")
        for text in named:
            self.assertIn(text, done.stderr)
        self.assertEqual(listing(self.folder), before)

    def test_bad_endpoints(self):
        for endpoint, *named in (
                ("", "endpoint"), ("http://meter", '"http"'), ("dlms://", "host"), ("dlms://meter:0", '"0"'),
                ("dlms://meter:99999", '"99999"'), ("dlms://meter:x", '"x"'), ("dlms:///dev/ttyUSB0", "hdlc://"),
                ("dlms://[::1", "bracket"), ("dlms://user:12345@meter", "--password-file"),
                ("dlms://meter?password=12345", "--password-file"), ("dlms://meter?client", "name=value"),
                ("dlms://meter?client=0", "client=0"), ("dlms://meter?client=x", "client=x"),
                ("dlms://meter?auth=high", "auth=high"), ("dlms://meter?baud=9600", '"baud"'),
                ("kmp://meter?client=1", '"client"'), ("kmp://meter?address=300", "address=300"),
                ("iec://meter?address=" + "1" * 33, "32 characters"), ("hdlc://meter?timeout=1", "timeout=1"),
                ("x" * 300, "255")):
            with self.subTest(endpoint=endpoint):
                self.fails(2, ["read", endpoint], *named)

    def test_bad_lines(self):
        nobody = "dlms://127.0.0.1:1"
        for arguments, *named in (
                (["read"], "ENDPOINT"), (["read", nobody, "--nothing"], "--nothing"),
                (["read", nobody, "a_pluss"], '"a_pluss"'), (["read", nobody, "1-1:1.8"], '"1-1:1.8"'),
                (["read", nobody, "1-1:1.8.999"], '"1-1:1.8.999"'), (["read", nobody, "1.8.0.0.0.0.0"], "1.8.0"),
                (["read", nobody, "kmp:0"], '"kmp:0"'), (["read", nobody, "3/1.8.0/300"], "300"),
                (["read", nobody, "--password-file", "not there"], "not there"),
                (["read", nobody, "--password-file", self.write("empty", "")], "empty"),
                (["read", nobody, "--password-file", self.write("long", "x" * 65)], "long"),
                (["read", nobody, "--default-password", "--password-file", "x"], "exclude"),
                (["read", nobody, "--key-file", self.write("keys", "nothing: 1\n")], ":1", "nothing"),
                (["read", nobody, "--key-file", self.write("keys2", "encryption_key: 0011\n")], "encryption_key"),
                (["read", "dlms://127.0.0.1:1?auth=low"], "--password-file"),
                (["read", "dlms://127.0.0.1:1?auth=gmac"], "encryption_key"),
                (["profile", nobody, "--from", "yesterday"], "--from", '"yesterday"'),
                (["profile", nobody, "--to", "all"], "--to"), (["profile", nobody, "--retries", "-1"], "--retries"),
                (["profile", nobody, "--append", "x", "--csv"], "--append"),
                (["scan", nobody], "dlms://"), (["breaker", nobody, "open", "close"], "one")):
            with self.subTest(arguments=arguments):
                self.fails(2, arguments, *named)

    def test_unreachable(self):
        """Nobody listens; nobody has that name; no such device; a file is no line."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        for language in ("dlms", "hdlc", "kmp", "iec"):
            self.fails(NO_ANSWER, ["read", f"{language}://127.0.0.1:{port}"], str(port), "refused")
        self.fails(NO_ANSWER, ["read", f"127.0.0.1:{port}"], str(port))
        self.fails(NO_ANSWER, ["scan", f"127.0.0.1:{port}"], "nothing answers")
        self.fails(NO_ANSWER, ["read", "dlms://no such host"], "no such host")
        self.fails(NO_ANSWER, ["read", "hdlc:///dev/no such device"], "/dev/no such device")
        self.fails(2, ["read", f"kmp://{self.write('file', 'text')}"], "is not a serial port")

    def test_peers_that_are_no_meters(self):
        """Silence, noise, echo and hanging up, in every language: an end, in time, with one line."""
        noise = struct.pack("<200I", *((i * 2654435761) % 2**32 for i in range(200)))
        for answer in (lambda data: b"", lambda data: noise, lambda data: data, lambda data: None):
            with Answering(answer) as peer:
                for language in ("dlms", "hdlc", "kmp", "iec"):
                    self.fails(NO_ANSWER, ["read", f"{language}://127.0.0.1:{peer.port}?timeout=100"])

    def test_detection_of_nothing(self):
        with Answering(lambda data: b"HTTP/1.1 400 Bad Request\r\n\r\n") as peer:
            self.fails(NO_ANSWER, ["read", f"127.0.0.1:{peer.port}?timeout=100"], str(peer.port))


if __name__ == "__main__":
    unittest.main()
