"""The tool over the lines of a meter: HDLC, KMP and IEC 62056-21 on the module's port and at the optical head.

Shows TOOL-1 (a meter is read and configured over the optical head, here as a pseudo-terminal) and COM-1; the oracle is what
the same meter says over DLMS on TCP, which test_tool.py compares with its memory.
"""
import contextlib
import json
import socket
import threading
import unittest

from optical import Tcp, body_of, kmp
from program import run
from relay import Answering, Relay
from tool_case import ABSENT, DAYS, NO_ANSWER, RANGE, REFUSED, SITE, STEADY, Tool, rows


def tenth(text):
    """A register as the display has it: 6.1 digits, cut."""
    whole, decimals = text.split(".")
    return f"{whole}.{decimals[:1]}"


class Lines(Tool):
    scenario = STEADY

    @classmethod
    def options_in(cls, folder):
        cls.head = folder / "head"
        return ["--optical", cls.head]

    @classmethod
    def prepare(cls, case):
        done = run("simulate", case.write("site.yaml", SITE), "--days", DAYS, "--state", cls.state, "--model", "382M")
        assert done.returncode == 0, done.stderr

    def at(self, language, port=None):
        return f"{language}://127.0.0.1:{port or self.meter.module_port}"


class Reading(Lines):
    def check_values(self, endpoint):
        """Between two readings over DLMS on TCP."""
        names = ["serial_number", "a_plus", "a_minus_t1", "p_plus_max", "hours"]
        before = {v["name"]: v["value"] for v in self.json("read", *names)["values"]}
        answer = {v["name"]: v for v in self.json("read", *names, endpoint=endpoint)["values"]}
        self.assertEqual(list(answer), names)
        self.assertEqual(answer["serial_number"]["value"], before["serial_number"])
        self.assertEqual(answer["a_plus"]["unit"], "Wh")
        self.assertGreaterEqual(answer["a_plus"]["value"], before["a_plus"] // 100 * 100)
        self.assertLess(answer["a_plus"]["value"], before["a_plus"] + 200)
        self.assertEqual(answer["a_minus_t1"]["value"] // 100, before["a_minus_t1"] // 100)

    def test_module_port(self):
        """COM-1, TOOL-1: the same values in every language."""
        for language in ("hdlc", "kmp", "iec"):
            with self.subTest(language=language):
                self.check_values(self.at(language))

    def test_optical_head(self):
        """TOOL-1, COM-1: the head is a serial port; the client of the optical port is found."""
        for endpoint in (f"hdlc://{self.head}", f"kmp://{self.head}", f"iec://{self.head}", f"iec://{self.head}?baud=9600"):
            with self.subTest(endpoint=endpoint):
                self.check_values(endpoint)

    def test_detection(self):
        """TOOL-1: what answers is found, and named by a scan."""
        number = self.meter.state()["number"]
        for place in (f"127.0.0.1:{self.meter.module_port}", str(self.head)):
            self.assertIn(number, self.ok("read", "serial_number", endpoint=place))
            done = run("scan", place, "--json")
            found = {f["language"]: f for f in json.loads(done.stdout)}
            self.assertEqual(set(found), {"hdlc", "kmp", "iec"})
            self.assertEqual((found["hdlc"]["serial_number"], found["kmp"]["serial_number"]), (number, number))
            self.assertEqual(found["kmp"]["more"], "type 6800, revision A2")
            self.assertEqual(found["iec"]["type"], "382M")

    def test_what_is_usual(self):
        """Without names: the usual set, and by IEC 62056-21 what the meter reads out, no password needed."""
        for language in ("kmp", "iec"):
            answer = json.loads(self.ok("read", "--json", endpoint=self.at(language), password=[]))
            names = [v["name"] for v in answer["values"]]
            self.assertIn("a_plus", names)
            self.assertIn("clock", names)
            self.assertGreater(len(names), 15)

    def test_what_there_is_not(self):
        self.fails(ABSENT, ["read", "kmp:9999"], "9999", endpoint=self.at("kmp"))
        self.fails(ABSENT, ["read", "kmp:1"], "kmp:1", endpoint=self.at("iec"))
        self.fails(ABSENT, ["read", "u_l1"], "password", endpoint=self.at("iec"), password=[])
        self.fails(ABSENT, ["read", "9.9.9"], "9.9.9", endpoint=self.at("iec"))
        for language in ("kmp", "iec"):
            self.fails(ABSENT, ["objects"], "dlms://", endpoint=self.at(language))

    def test_addresses(self):
        """Who is not meant does not answer: KMP's address, the serial number of IEC 62056-21, HDLC's device."""
        number = self.meter.state()["number"]
        self.ok("read", "1.8.0", endpoint=f"{self.at('iec')}?address={number}", password=[])
        for endpoint in (f"{self.at('iec')}?address=99999999&timeout=300", f"{self.at('kmp')}?address=127&timeout=300",
                         f"{self.at('hdlc')}?physical=77&timeout=300"):
            self.fails(NO_ANSWER, ["read", "1.8.0"], endpoint=endpoint, password=[])


class LineLogs(Lines):
    def profile(self, endpoint=None, *more):
        return rows(self.ok("profile", *RANGE, "--csv", *more, endpoint=endpoint))

    def test_profile(self):
        """LOG-1, TOOL-1: the same rows in every language, in the digits that it has."""
        wanted = self.profile()
        self.assertEqual(self.profile(self.at("hdlc")), wanted)
        self.assertEqual(self.profile(f"hdlc://{self.head}"), wanted)
        for language in ("kmp", "iec"):
            read = self.profile(self.at(language))
            self.assertEqual([row["time"] for row in read], [row["time"] for row in wanted])
            for name in ("a_plus [kWh]", "a_minus [kWh]", "r_minus [kvarh]"):
                self.assertEqual([row[name] for row in read], [tenth(row[name]) for row in wanted], (language, name))

    def test_cut_connections(self):
        """Every row once, though the line breaks on the way."""
        for language, cuts in (("hdlc", [9000, 200, 14000]), ("kmp", [6000, 5000, 40]), ("iec", [9000, 300, 12000])):
            with self.subTest(language=language), Relay(self.meter.module_port, cuts=cuts) as relay:
                wanted = self.profile(self.at(language))
                done = self.tool("profile", *RANGE, "--csv", endpoint=self.at(language, relay.port))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(rows(done.stdout), wanted)
                self.assertEqual(relay.connections, 4)

    def test_rows_that_are_gone(self):
        """LOG-1: KMP's "out of range" in the middle of a log: what follows is shown, and what is missing is told."""
        wanted = self.profile(self.at("kmp"))
        with Tcp(self.meter.module_port) as meter:
            def answer(request):
                meter.send(request)
                body = body_of(meter.until(lambda data: data.endswith(b"\x0D")))
                if body[0] == 0xA2:
                    body = body[:-1] + bytes([body[-1] | 0x04])
                return b"\x40" + kmp(*body)[1:]

            with Answering(answer) as peer:
                done = self.tool("profile", *RANGE, "--csv", endpoint=self.at("kmp", peer.port))
        self.assertEqual((done.returncode, rows(done.stdout)), (0, wanted), done.stderr)
        self.assertIn("rows are missing behind row", done.stderr)

    def test_other_logs(self):
        """Debiting and events: as many as over DLMS, at the same times."""
        for command, *more in (["profile", "--logger", *RANGE], ["debiting"], ["debiting", "--second"], ["events"],
                               ["events", "--log", "quality"], ["events", "--log", "clock"]):
            wanted = [row["time"] for row in rows(self.ok(command, *more, "--csv"))]
            for language in ("kmp", "iec"):
                read = rows(self.ok(command, *more, "--csv", endpoint=self.at(language)))
                self.assertEqual([row["time"] for row in read], wanted, (language, command, *more))

    def test_quality_log_of_kmp(self):
        """LOG-5: the phases of DLMS, and its extremes in whole volts, there rounded and here cut."""
        wanted = self.json("events", "--log", "quality")["rows"]
        read = self.json("events", "--log", "quality", endpoint=self.at("kmp"))["rows"]
        self.assertTrue(wanted)
        self.assertEqual([row["phase"] for row in read], [row["phase"] for row in wanted])
        self.assertEqual({row["quality_event"] for row in read}, {2, 3, 4})  # lowest, highest, outage
        for row, other in zip(read, wanted):
            if row["phase"] != 0:
                name = "highest_v" if row["quality_event"] == 3 else "lowest_v"
                self.assertIn(other[name] - row[name], (0, 1))

    def test_names_of_iec(self):
        """REG-6: columns have the names that they have over DLMS; a peak's time is a time."""
        self.ok("debiting", "--stop")
        row = self.json("debiting", endpoint=self.at("iec"))["rows"][-1]
        self.assertIn("hours", row)
        self.assertRegex(str(row["p_plus_max_time"]), r"\A(None|20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)\Z")
        for name in row:
            self.assertRegex(name, r"\A[a-z]", row)
        events = self.json("events", endpoint=self.at("iec"))
        self.assertIn("event", [column["name"] for column in events["columns"]])

    def test_debiting_stop(self):
        """REG-6: by every language."""
        for number, language in enumerate(("hdlc", "kmp", "iec")):
            before = len(rows(self.ok("debiting", "--csv")))
            self.ok("debiting", "--stop", endpoint=self.at(language))
            self.assertEqual(len(rows(self.ok("debiting", "--csv"))), before + 1, number)


class LineSettings(Lines):
    def test_settings(self):
        """TOOL-1, COM-1: meter numbers, threshold, tariff; read back over DLMS on TCP."""
        for n, language in enumerate(("hdlc", "kmp", "iec")):
            endpoint = self.at(language)
            wanted = {"number_2": 1000 + n, "special_1": 50 + n, "power_threshold_w": 12345 + n}
            self.ok("set", *(f"{name}={value}" for name, value in wanted.items()), endpoint=endpoint)
            for name, value in wanted.items():
                self.assertEqual(self.value(name), value, (language, name))
                self.assertEqual(self.value(name, endpoint=endpoint), value, (language, name))

    def test_codes(self):
        """TOOL-1: what is set by its code, with A-B or without, is what is set by its name."""
        for n, language in enumerate(("hdlc", "kmp", "iec")):
            self.ok("set", f"1-1:0.0.3={900 + n}", f"0.130.1={70 + n}", endpoint=self.at(language))
            self.assertEqual((self.value("number_3"), self.value("special_1")), (900 + n, 70 + n), language)

    def test_clock(self):
        """CLK-1: in winter, which all three can say."""
        for language in ("hdlc", "kmp", "iec"):
            shown = self.json("clock", "--set", "2026-11-25 12:00:00", endpoint=self.at(language))
            self.assertRegex(shown["meter"], r"\A2026-11-25T12:00:0\d\Z", language)
            shown = self.json("clock", "--set", "now", endpoint=self.at(language))
            self.assertLess(abs(shown["difference_s"]), 5, language)

    def test_display(self):
        """TOOL-1, DSP-3, COM-15: lists are shown and set, at the module's port and at the optical head."""
        for endpoint in (self.at("kmp"), f"kmp://{self.head}", self.endpoint, self.at("hdlc")):
            before = self.json("display", endpoint=endpoint)
            self.assertEqual(set(before), {"automatic", "manual", "backup"})
            for name, wanted in (("automatic", ["p_plus", "a_plus", "clock"]), ("backup", ["a_plus"]),
                                 ("manual", before["manual"][::-1]), ("manual", before["manual"][:-1])):
                self.assertEqual(self.json("display", name, *wanted, endpoint=endpoint), {name: wanted})
                self.assertEqual(self.json("display", endpoint=endpoint)[name], wanted)
            for name, wanted in before.items():
                self.json("display", name, *wanted, endpoint=endpoint)
            self.assertEqual(self.json("display", endpoint=endpoint), before)
            self.assertIn("a_plus", self.ok("display", "automatic", endpoint=endpoint))

    def test_display_that_cannot_be(self):
        """DSP-3, REG-7: legal readings cannot be deselected; nothing twice, nothing that is not shown."""
        endpoint = self.at("kmp")
        before = self.json("display", endpoint=endpoint)
        self.fails(REFUSED, ["display", "manual", "p_plus"], "manual", endpoint=endpoint)
        self.fails(REFUSED, ["display", "automatic", "p_plus", "p_plus"], "automatic", endpoint=endpoint)
        for arguments, *named in ((["nothing"], '"nothing"'), (["automatic", "nothing"], '"nothing"'),
                                  (["automatic", "type"], '"type"'), (["backup", *["a_plus"] * 9], "8")):
            self.fails(2, ["display", *arguments], *named, endpoint=endpoint)
        self.fails(ABSENT, ["display"], "kmp", endpoint=self.at("iec"))
        self.assertEqual(self.json("display", endpoint=endpoint), before)

    def test_lists_and_plan(self):
        """TAR-1, LOG-4, VAR-15: what is no single number is dumped, changed and restored, too, as one."""
        plan = ("name Winter%2FSummer; working 1 2 3 4 5; season 0 from 10-01; season 1 from 04-01; "
                "season 0 working 00:00 T2 07:00 T1 22:15 T2; season 0 other 00:00 T2; season 0 holiday 00:00 T3; "
                "season 1 working 00:00 T1; season 1 other 00:00 T3; season 1 holiday 00:00 T4; "
                "exceptions 2026-12-25 2027-01-01")
        names = ("logger", "automatic_list", "tariff_plan")
        dump = self.folder / "meter.yaml"
        self.ok("dump", "--output", dump)
        before = self.json("dump")["settings"]
        for endpoint in (self.endpoint, self.at("hdlc"), self.at("kmp"), f"kmp://{self.head}", f"hdlc://{self.head}"):
            self.ok("set", "logger=u_l1,u_l2 p_plus_mean", "automatic_list=p_plus", f"tariff_plan={plan}", endpoint=endpoint)
            now = self.json("dump", endpoint=endpoint)["settings"]
            self.assertEqual([now[name].count(" ") for name in names[:2]], [2, 0])
            self.assertEqual(sorted(now["tariff_plan"].split("; ")), sorted(plan.split("; ")))
            text = self.ok("restore", dump, endpoint=endpoint)
            self.assertIn("-> a new one", text)
            self.assertEqual({name: self.json("dump", endpoint=endpoint)["settings"][name] for name in names},
                             {name: before[name] for name in names})
        for text, *named in (("tariff_plan=name x", "season"), ("tariff_plan=week 1", '"week 1"'),
                             ("tariff_plan=season 0 working 24:00 T1", "24:00"), ("logger=u_l9", '"u_l9"'),
                             (f"logger={'u_l1 ' * 17}", "16"), ("tariff_plan=exceptions 2026-02-30", "2026-02-30")):
            self.fails(2, ["set", text], *named, endpoint=self.at("kmp"))
        self.fails(REFUSED, ["set", "logger=u_l1 u_l1"], "logger")
        self.fails(REFUSED, ["set", "tariff_plan=" + plan.replace("2027", "2090")], "tariff_plan")
        self.fails(ABSENT, ["set", "logger=u_l1"], "logger", endpoint=self.at("iec"))
        self.assertEqual(self.json("dump")["settings"], before)

    def test_legal_data(self):
        """TOOL-1, REG-7: the meter's own number is sealed, in every language."""
        before = self.value("number_1")
        for language in ("hdlc", "kmp", "iec"):
            self.fails(REFUSED, ["set", "number_1=1"], "number_1", endpoint=self.at(language))
            self.assertEqual(self.value("number_1"), before)

    def test_dump_and_restore(self):
        """What one language dumps another restores; what it does not have is named, and nothing is changed."""
        dumps = {}
        for language in ("dlms", "hdlc", "kmp", "iec"):
            dump = self.folder / f"{language}.yaml"
            endpoint = self.endpoint if language == "dlms" else self.at(language)
            self.ok("dump", "--output", dump, endpoint=endpoint)
            dumps[language] = self.json("dump", endpoint=endpoint)["settings"]
        self.assertEqual(dumps["hdlc"], dumps["dlms"])
        self.assertEqual(dumps["kmp"], dumps["dlms"])
        lists = {"automatic_list", "manual_list", "backup_list", "logger", "tariff_plan"}
        self.assertEqual(set(dumps["dlms"].items()) - set(dumps["iec"].items()),
                         {(name, dumps["dlms"][name]) for name in lists})
        self.ok("set", "number_3=77", "zone_min=-180", "under_mv=199000", "clock_log_s=11")
        self.fails(ABSENT, ["restore", self.folder / "iec.yaml"], "iec_list_module", endpoint=self.at("hdlc"))
        self.assertEqual(self.value("number_3"), 77)
        common = {name: value for name, value in dumps["iec"].items() if not name.startswith("iec_")}
        text = self.write("iec.yaml", "settings:\n" + "".join(f"  {name}: {value}\n" for name, value in common.items()))
        for language, file in (("hdlc", "kmp.yaml"), ("kmp", "dlms.yaml"), ("iec", text), ("kmp", text)):
            self.ok("set", "number_3=77", "zone_min=-180", "under_mv=199000", "clock_log_s=11")
            self.ok("restore", self.folder / file, endpoint=self.at(language))
            self.assertEqual(self.json("dump")["settings"], dumps["dlms"], language)


class Pushed(Lines):
    """Mode D: a meter that sends by itself, here another maker's."""
    LINES = ("0.0.0(14410000)", "1-1:1.8.0*255(0036886*kWh)", "1.6.0(1.078*kW)", "1.0.0(01131212114656)")

    @classmethod
    def setUpClass(cls):
        """No meter of ours runs."""

    def listen(self, text, *arguments, options="&timeout=3000"):
        """What the tool makes of text, sent from its middle on and then whole, as often as somebody connects."""
        data = text.encode()
        with socket.create_server(("127.0.0.1", 0)) as server:
            def serve():
                with contextlib.suppress(OSError):
                    while True:
                        with server.accept()[0] as reader:
                            reader.sendall(data[len(data) // 2:] + data)
                            reader.recv(1)  # until the reader goes
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            done = run(arguments[0], f"iec://127.0.0.1:{server.getsockname()[1]}?mode=D{options}", *arguments[1:])
            server.shutdown(socket.SHUT_RDWR)
        thread.join()
        return done

    def telegram(self, end="!\r\n"):
        return "/KAM 68535CC453010\r\n\r\n" + "".join(f"{line}\r\n" for line in self.LINES) + end

    def test_read(self):
        """COM-1: nothing is sent to the meter; all that it says, or what is asked for."""
        done = self.listen(self.telegram(), "read", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        values = {v["name"]: v["value"] for v in json.loads(done.stdout)["values"]}
        self.assertEqual((values["a_plus"], values["p_plus_max"]), (36886000, 1078))
        done = self.listen(self.telegram(), "read", "1.8.0", "a_plus", "clock")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("a_plus                   36886 kWh\n", done.stdout)
        self.assertIn("2013-12-12 11:46:56", done.stdout)

    def test_what_it_does_not_say(self):
        done = self.listen(self.telegram(), "read", "u_l1", "--default-password")
        self.assertEqual(done.returncode, ABSENT)
        self.assertIn("not in the read-out that the meter sent", done.stderr)
        for arguments in (["set", "special_1=1"], ["profile", "--from", "all"], ["debiting", "--stop"]):
            done = self.listen(self.telegram(), *arguments)
            self.assertEqual(done.returncode, ABSENT, done.stderr)
            self.assertIn("mode D has only what the meter sends by itself", done.stderr)

    def test_nothing_whole(self):
        for text in ("", self.telegram(end=""), "HTTP/1.1 400 Bad Request\r\n"):
            done = self.listen(text, "read", options="&timeout=300")
            self.assertEqual((done.returncode, done.stdout), (NO_ANSWER, ""), done.stderr)
            self.assertRegex(done.stderr, r"\Awatthour read: [^\n]+ was sent within 0.3 s [^\n]+\n\Z")
        done = run("read", "iec://127.0.0.1?mode=X")
        self.assertEqual(done.returncode, 2)
        self.assertIn("mode=X", done.stderr)


class Breaker(Lines):
    """A meter with breaker; its commands may come through every port (modules.md, section 6)."""

    @classmethod
    def options_in(cls, folder):
        return [*super().options_in(folder), "--breaker"]

    @classmethod
    def prepare(cls, case):
        """A new one."""

    def breaker(self, endpoint, *action):
        return self.json("breaker", *action, endpoint=endpoint)["breaker_state"]

    def test_commands(self):
        """TOOL-1, COM-15, BRK-2: opened, released and closed; what the state does not allow is refused."""
        for endpoint in (f"{self.at('kmp')}?timeout=400", f"kmp://{self.head}?timeout=400"):
            self.assertEqual(self.breaker(endpoint), 4)
            self.fails(REFUSED, ["breaker", "close"], "close", endpoint=endpoint)
            self.assertEqual(self.breaker(endpoint, "open"), 1)
            self.assertEqual(self.value("breaker_state"), 1)  # over DLMS
            self.fails(REFUSED, ["breaker", "close"], "close", endpoint=endpoint)
            self.assertEqual(self.breaker(endpoint, "release"), 8)
            self.assertEqual(self.breaker(endpoint, "close"), 4)
        log = [row["breaker_state"] for row in self.json("events", "--log", "breaker", endpoint=self.at("kmp"))["rows"]]
        self.assertEqual(log, [1, 8, 4] * 2)

    def test_words(self):
        """BRK-6: whoever commands it reads that it is no safety function."""
        self.assertIn("no safety function", self.ok("breaker", endpoint=self.at("kmp")))
        self.assertIn("no safety function", run("help", "breaker").stdout)

    def test_prepayment_out_of_use(self):
        """BRK-5, TOOL-1: read or paid in, in every language, the same words and code say what to do; and that helps."""
        self.ok("set", "cut_off_basis=64", endpoint=self.at("hdlc"))
        self.addCleanup(self.ok, "set", "cut_off_basis=0", endpoint=self.at("hdlc"))
        for endpoint in (self.endpoint, self.at("hdlc"), self.at("kmp"), self.at("iec")):
            for arguments in (["prepay"], ["prepay", "--top-up", "5"]):
                with self.subTest(endpoint=endpoint, arguments=arguments):
                    self.fails(REFUSED, arguments, "prepayment: not in use", "cut_off_basis=66", endpoint=endpoint)
        self.ok("set", "cut_off_basis=66", endpoint=self.at("hdlc"))
        paid = self.json("prepay", "--top-up", "500", endpoint=self.at("hdlc"))["prepayment_balance_wh"]
        self.assertIn(paid, range(490000, 500001))  # the furnace draws from it
        self.assertIn("prepayment_balance_wh", self.ok("prepay"))


class Passwords(Lines):
    def test_wrong_passwords(self):
        """One try each: the meter locks itself after some."""
        wrong = ["--password-file", str(self.write("wrong", "999\n"))]
        before = self.value("special_1")
        self.fails(REFUSED, ["set", "special_1=3"], "password", "--default-password", endpoint=self.at("kmp"),
                   password=wrong)
        self.fails(REFUSED, ["set", "special_1=3"], "password", endpoint=self.at("hdlc"), password=wrong)
        self.assertEqual(self.value("special_1"), before)
        with self.subTest("the default password goes out when it is asked for only"):
            self.fails(REFUSED, ["set", "special_1=3"], "--default-password", endpoint=self.at("kmp"), password=[])
            self.assertEqual(self.value("special_1"), before)
        letters = ["--password-file", str(self.write("letters", "abc\n"))]
        self.fails(2, ["set", "special_1=3"], "number", endpoint=self.at("kmp"), password=letters)


class PasswordOfIec(Lines):
    """A meter of its own, since it takes no password for a while after these."""

    def test_wrong_password_of_iec(self):
        """It goes out once, however much is to be read or set."""
        wrong = ["--password-file", str(self.write("wrong", "999\n"))]
        for arguments in (["read", "u_l1"], ["dump"], ["set"], ["set", "special_1=3", "special_2=3"]):
            with self.subTest(arguments=arguments), Relay(self.meter.module_port) as relay:
                self.fails(REFUSED, arguments, "password is wrong", endpoint=self.at("iec", relay.port), password=wrong)
                signs = bytes(octet & 0x7F for octet in relay.sent)  # without parity
                self.assertEqual(signs.count(b"\x01P1\x02"), 1)


if __name__ == "__main__":
    unittest.main()
