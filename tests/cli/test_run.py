"""watthour run: a meter in real time, its page's API, its memory, its terminal.

Shows MEM-1 and MEM-2 by killing the program, DSP-1…3 by what the glass shows, and COM-7 by
connections.
"""
import datetime
import json
import os
import pathlib
import random
import re
import resource
import signal
import socket
import subprocess
import time
import unittest

import comtrade
import eeprom
from program import DEADLINE_S, PROGRAM, Case, Meter, Stream, count_dwh
from wire import AARQ, GET_DEVICE_NAME, Client, frame

STRONG_W = 60000
STRONG = f"""
mains: {{drift_v: 0, step_v: 0}}
loads:
  - {{name: furnace, kind: heater, phase: 123, power_w: {STRONG_W}, on: on}}
  - {{name: kiln, kind: heater, phase: 2, power_w: 9000}}
"""
IDLE = "loads: []\n"

os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"  # a zone that a meter can have, in every season
time.tzset()

NUMBER, MAYBE = (int, float), (int, float, type(None))
REGISTERS = {name: NUMBER for name in ("a_plus_wh", "a_minus_wh", "r_plus_varh", "r_minus_varh",
                                       "r1_varh", "r2_varh", "r3_varh", "r4_varh")}
PHASE = {"u_rms_v": MAYBE, "i_rms_a": MAYBE, "p_w": MAYBE, "q_var": MAYBE, "s_va": MAYBE, "pf": MAYBE,
         "a_plus_wh": NUMBER, "a_minus_wh": NUMBER}
SCHEMA = {
    "model": str, "number": str,
    "plate": {"voltage": str, "current": str, "frequency": str, "constant": str, "accuracy": str},
    "software": {"version": str, "legal_version": str, "legal_checksum": str},
    "powered": bool, "clock": str, "source": str,
    "lcd": {"value": str, "decimals": int, "unit": str, "id": str, "text": str, "quadrant": int, "tariff": int,
            "voltage": [bool], "current": [str], "sequence": str, "symbols": [str], "list": str},
    "led": {"pulses": int}, "registers": REGISTERS, "phase": [PHASE],
    "f_hz": MAYBE, "p_w": MAYBE, "q_var": MAYBE, "breaker": type(None),
    "bench": {"controllable": bool, "mains": bool, "phases": [{"u_v": NUMBER, "reversed": bool}],
              "loads": [{"name": str, "phases": [int], "on": bool, "rated_w": NUMBER, "p_w": NUMBER}]},
    "tamper": {"magnet": bool, "cover_open": bool, "alarms": [str]}, "messages": [{"time": str, "text": str}],
}


def mismatches(value, schema, place="state"):
    """-> where a value is not of the shape of a schema"""
    if isinstance(schema, dict):
        if not isinstance(value, dict) or set(value) != set(schema):
            return [f"{place} has {sorted(value)}, not {sorted(schema)}"]
        return [m for key in schema for m in mismatches(value[key], schema[key], f"{place}.{key}")]
    if isinstance(schema, list):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [m for n, item in enumerate(value) for m in mismatches(item, schema[0], f"{place}[{n}]")]
    allowed = schema if isinstance(schema, tuple) else (schema,)
    return [] if type(value) in allowed else [f"{place} is {value!r}"]


def resident_bytes(pid):
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def messages(state):
    return [message["text"] for message in state["messages"]]


class Run(Case):
    def setUp(self):
        super().setUp()
        self.memory = self.folder / "state"
        self.strong = self.write("strong.yaml", STRONG)
        self.idle = self.write("idle.yaml", IDLE)

    def meter(self, *options, state=None, **more):
        meter = Meter(self.folder / state if state else self.memory, *options, **more)
        self.addCleanup(meter.kill)
        return meter

    def strong_meter(self, state=None):
        return self.meter("--scenario", self.strong, state=state)

    def idle_meter(self):
        return self.meter("--scenario", self.idle)

    def assertNotBehind(self, after, before, scale=count_dwh):
        """No register is behind what was read before."""
        for name in before:
            self.assertGreaterEqual(scale(after[name]), scale(before[name]), name)


class Api(Run):
    """The page's API on the home that is built in."""

    def setUp(self):
        super().setUp()
        self.home = self.meter()

    def test_state_is_what_the_page_expects(self):
        """MET-4, DSP-1: from the first moment, and when all is measured."""
        first = self.home.state()
        later = self.home.until_measured()
        for state in (first, later):
            self.assertEqual(mismatches(state, SCHEMA), [])
            self.assertEqual([len(state["phase"]), len(state["lcd"]["voltage"]), len(state["lcd"]["current"]),
                              len(state["bench"]["phases"])], [3, 3, 3, 3])
            self.assertRegex(state["number"], r"\A\d{8}\Z")
        self.assertTrue(later["powered"] and later["bench"]["mains"] and later["bench"]["controllable"])
        self.assertAlmostEqual(later["f_hz"], 50, delta=0.5)
        self.assertEqual(later["lcd"]["voltage"], [True] * 3)
        self.assertEqual(later["lcd"]["sequence"], "right")
        self.assertRelative(sum(phase["p_w"] for phase in later["phase"]), later["p_w"], 1e-3, "P")

    def test_clock_is_the_computers(self):
        """REG-3"""
        clock = datetime.datetime.fromisoformat(self.home.state()["clock"])
        self.assertLess(abs(clock - datetime.datetime.now()), datetime.timedelta(seconds=2))

    def test_button_changes_the_reading(self):
        """DSP-3: from the automatic list to the manual one, and on in it."""
        self.assertEqual(self.home.state()["lcd"]["list"], "automatic")
        for expected in ("1.8.0", "2.8.0", "3.8.0"):
            self.home.do(button="left")
            lcd = self.home.state()["lcd"]
            self.assertEqual((lcd["list"], lcd["id"]), ("manual", expected))

    def test_load_changes_power(self):
        """MET-4: by what the load is rated, on its phases."""
        meter = self.strong_meter("changing")
        before = meter.until("values", lambda state: state["p_w"])
        meter.do(load="kiln", on=True)
        after = meter.until("a hot kiln", lambda state: state["p_w"] > before["p_w"] + 8900)
        self.assertEqual([load["on"] for load in after["bench"]["loads"]], [True, True])
        for index, rise_w in enumerate((0, 9000, 0)):
            rise = after["phase"][index]["p_w"] - before["phase"][index]["p_w"]
            self.assertAlmostEqual(rise, rise_w, delta=150)
        meter.do(load="kiln", on=False)
        meter.until("a cold kiln", lambda state: state["p_w"] < before["p_w"] + 100)

    def test_voltage_of_a_phase(self):
        """DSP-2: its mark goes off below 160 V."""
        self.home.do(phase=2, u_v=207)
        self.home.until("207 V", lambda state: abs((state["phase"][1]["u_rms_v"] or 0) - 207) < 1)
        self.home.do(phase=3, u_v=150)
        state = self.home.until("L3's mark off", lambda state: state["lcd"]["voltage"] == [True, True, False])
        self.assertAlmostEqual(state["bench"]["phases"][2]["u_v"], 150, delta=1)
        self.assertTrue(state["powered"])

    def test_reversed_phases_export(self):
        """MET-3, DSP-1: A- counts, A+ rests, the arrows point out."""
        meter = self.strong_meter("reversed")
        meter.until("import", lambda state: (state["p_w"] or 0) > STRONG_W / 2)
        for phase in (1, 2, 3):
            meter.do(phase=phase, reversed=True)
        first = meter.until("export", lambda state: state["p_w"] < -STRONG_W / 2)
        later = meter.until("A- counts", lambda state: state["registers"]["a_minus_wh"] >
                            first["registers"]["a_minus_wh"] + 1)
        self.assertEqual(later["registers"]["a_plus_wh"], first["registers"]["a_plus_wh"])
        self.assertEqual(later["lcd"]["current"], ["export"] * 3)
        self.assertIn(later["lcd"]["quadrant"], (2, 3))
        self.assertEqual([phase["reversed"] for phase in later["bench"]["phases"]], [True] * 3)

    def test_bad_commands_are_refused_with_a_reason(self):
        before = self.home.state()["bench"]
        for text, reason in [
            ("", "empty"),
            ("{", "JSON object"),
            ("[]", "JSON object"),
            ('"button"', "JSON object"),
            ("null", "JSON object"),
            ("\xff", "JSON object"),
            ('{"button":"left","button":"left"}', "JSON object"),
            ("{}", "unknown command"),
            ('{"explode":true}', "unknown command"),
            ('{"button":"right"}', "button"),
            ('{"button":1}', "button"),
            ('{"mains":"off"}', "mains"),
            ('{"mains":null}', "mains"),
            ('{"load":"toaster","on":true}', "toaster"),
            ('{"load":"kettle"}', "on"),
            ('{"load":"kettle","on":1}', "on"),
            ('{"load":3,"on":true}', "load"),
            ('{"phase":0,"u_v":230}', "phase"),
            ('{"phase":4,"u_v":230}', "phase"),
            ('{"phase":1.5,"u_v":230}', "phase"),
            ('{"phase":"1","u_v":230}', "phase"),
            ('{"phase":-9223372036854775808,"u_v":230}', "phase"),
            ('{"phase":4294967297,"u_v":230}', "phase"),
            ('{"phase":1}', "u_v or reversed"),
            ('{"phase":1,"u_v":230,"reversed":true}', "u_v or reversed"),
            ('{"phase":1,"u_v":461}', "u_v"),
            ('{"phase":1,"u_v":-1}', "u_v"),
            ('{"phase":1,"u_v":1e999}', "JSON object"),
            ('{"phase":1,"u_v":"230"}', "u_v"),
            ('{"phase":1,"reversed":0}', "reversed"),
            ("[" * 500, "JSON object"),
        ]:
            with self.subTest(command=text[:60]):
                status, answer = self.home.post(text.encode("latin-1"))
                self.assertEqual((status, list(answer)), (400, ["error"]))
                self.assertIn(reason, answer["error"])
        after = self.home.state()["bench"]
        self.assertEqual([load["on"] for load in after["loads"]], [load["on"] for load in before["loads"]])
        self.assertTrue(after["mains"])
        self.assertEqual([phase["reversed"] for phase in after["phases"]], [False] * 3)

    def test_two_pages_see_the_same(self):
        streams = [Stream(self.home.web_port) for _ in range(2)]
        self.home.do(button="left")
        for stream in streams:
            self.addCleanup(stream.close)
            while stream.next()["lcd"]["list"] != "manual":
                pass


class PowerCut(Run):
    """The mains goes and comes back while the program runs."""

    def test_registers_and_connections(self):
        """MEM-1, MEM-2: nothing registered is lost; DSP-3: without mains there is the backup list; COM-7"""
        meter = self.strong_meter()
        meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 5)
        with Client(meter.dlms_port) as reader:
            self.assertTrue(reader.associate())
            before = meter.registers()
            meter.do(mains=False)
            off = meter.until("off", lambda state: not state["powered"])
            self.assertIsNone(reader.receive(), "the connection is closed")
        self.assertNotBehind(off["registers"], before)
        self.assertEqual((off["lcd"]["list"], off["bench"]["mains"]), ("off", False))
        with Client(meter.dlms_port) as reader:
            self.assertFalse(reader.associate(), "and no new one is served")
        meter.do(button="left")
        lcd = meter.state()["lcd"]
        self.assertEqual((lcd["list"], lcd["id"]), ("backup", "1.8.0"))
        self.assertEqual(count_dwh(meter.registers()["a_plus_wh"]), count_dwh(off["registers"]["a_plus_wh"]))

        meter.do(mains=True)
        on = meter.until("on", lambda state: state["powered"])
        self.assertNotBehind(on["registers"], off["registers"])
        self.assertEqual(on["lcd"]["list"], "automatic")
        meter.until("energy again", lambda state: state["registers"]["a_plus_wh"] > off["registers"]["a_plus_wh"] + 1)
        with Client(meter.dlms_port) as reader:
            self.assertTrue(reader.associate())
            self.assertEqual(reader.device_name(), f"WTH382M{on['number']}M")
        for event in ("bench: mains cut", "supply lost: the meter is off", "bench: mains back"):
            self.assertIn(event, messages(on))
        meter.stop()

    def test_voltages_of_the_bench_are_kept(self):
        """While the mains is cut its voltages are those before, or set since."""
        meter = self.idle_meter()
        meter.do(phase=2, u_v=207)
        meter.until("207 V", lambda state: abs((state["phase"][1]["u_rms_v"] or 0) - 207) < 1)
        meter.do(mains=False)
        off = meter.until("off", lambda state: not state["powered"])
        self.assertAlmostEqual(off["bench"]["phases"][0]["u_v"], 230, delta=25)
        self.assertEqual(off["bench"]["phases"][1]["u_v"], 207)
        meter.do(phase=3, u_v=198)
        self.assertEqual(meter.state()["bench"]["phases"][2]["u_v"], 198)
        meter.do(mains=True)
        on = meter.until("198 V", lambda state: abs((state["phase"][2]["u_rms_v"] or 0) - 198) < 1)
        self.assertEqual([phase["u_v"] for phase in on["bench"]["phases"][1:]], [207, 198])
        meter.stop()

    def test_stopped_while_it_is_off(self):
        """MEM-2"""
        meter = self.strong_meter()
        meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 5)
        meter.do(mains=False)
        off = meter.until("off", lambda state: not state["powered"])["registers"]
        meter.stop()
        self.assertNotBehind(self.idle_meter().registers(), off)


class Memory(Run):
    """What is still there when the program starts again."""

    def restored_dwh(self, state):
        """A+ as found in the memory, before anything was measured."""
        (text,) = [text for text in messages(state) if text.startswith("power-up: registers restored")]
        return round(float(re.search(r"A\+ ([\d.]+) kWh", text)[1]) * 10000)

    def test_killed_at_any_moment(self):
        """MEM-1, MEM-2: kill -9 takes nothing that the API had told, and adds nothing."""
        moments = random.Random(382)
        number = None
        last, begun, lived_s = dict.fromkeys(REGISTERS, 0), 0, 0
        for _ in range(16):
            started = time.monotonic()
            meter = self.strong_meter()
            state = meter.state()
            number = number or state["number"]
            self.assertEqual(state["number"], number)
            self.assertNotBehind(state["registers"], last)
            restored = self.restored_dwh(state)
            self.assertGreaterEqual(restored, count_dwh(last["a_plus_wh"]))
            self.assertLessEqual(restored - begun, STRONG_W * 1.1 / 3600 * 10 * lived_s)
            for _ in range(moments.randrange(3)):
                meter.stream = meter.stream or Stream(meter.web_port)
                meter.stream.next()  # a fifth of a second each
            for _ in range(1 + moments.randrange(60)):
                last = meter.registers()
            meter.process.kill()
            meter.process.wait()
            begun, lived_s = restored, time.monotonic() - started
        self.assertGreater(last["a_plus_wh"], 10, "energy was counted meanwhile")

    def test_killed_while_the_memory_is_made(self):
        """MEM-2: the first start can be cut, too: what it leaves is finished by the next."""
        memory = self.memory / "eeprom.bin"
        for least in (0, 1, 100_000, 200_000, 300_000, 400_000, 500_000, 524_288):
            with subprocess.Popen([PROGRAM, "run", "--state", str(self.memory), "--web", "127.0.0.1:0", "--dlms",
                                   "127.0.0.1:0", "--module-port", "127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                deadline = time.monotonic() + DEADLINE_S
                while not (memory.exists() and memory.stat().st_size >= least):
                    self.assertLess(time.monotonic(), deadline)
                process.kill()
            meter = self.idle_meter()
            self.assertEqual(meter.registers()["a_plus_wh"], 0)
            meter.stop()
            memory.unlink()

    def test_beginning_of_a_memory(self):
        """MEM-2: the same, at each length that a kill may leave"""
        self.memory.mkdir()
        for size in (1, 512, 524_287):
            (self.memory / "eeprom.bin").write_bytes(b"\xFF" * size)
            meter = self.idle_meter()
            self.assertIn("registers start at zero", "\n".join(messages(meter.state())))
            meter.stop()

    def check_orderly_stop(self, number):
        meter = self.strong_meter()
        meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 5)
        before = meter.registers()
        self.assertEqual((meter.signal(number), meter.complaints()), (0, ""))
        after = self.idle_meter().registers()
        self.assertNotBehind(after, before, scale=lambda value: round(value, 7))
        self.assertLess(after["a_plus_wh"], before["a_plus_wh"] + STRONG_W / 3600)

    def test_interrupt_stores_all_digits(self):
        """Ctrl-C"""
        self.check_orderly_stop(signal.SIGINT)

    def test_terminate_stores_all_digits(self):
        """kill"""
        self.check_orderly_stop(signal.SIGTERM)

    def limit_memory(self, meter, limit):
        """From here on the meter can write no file beyond limit bytes: the memory refuses."""
        _, hard = resource.prlimit(meter.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(meter.process.pid, resource.RLIMIT_FSIZE, (limit, hard))

    def test_memory_that_refuses(self):
        """It is said while the meter runs, once, and at the end, by the exit code, too."""
        meter = self.strong_meter()
        meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 5)
        slots, _ = eeprom.Image((self.memory / "eeprom.bin").read_bytes()).rings[eeprom.REGISTERS]
        self.limit_memory(meter, slots[0])
        meter.until("failing", lambda state: any("MEMORY FAILS" in text for text in messages(state)))
        self.limit_memory(meter, resource.RLIM_INFINITY)
        state = meter.until("again", lambda state: "memory: the registers are stored again" in messages(state))
        self.assertEqual(sum("MEMORY FAILS" in text for text in messages(state)), 1)
        self.limit_memory(meter, slots[0])
        self.assertEqual(meter.signal(signal.SIGINT), 1)
        self.assertRegex(meter.complaints(), r"\Awatthour run: the registers could not be stored: [^\n]+\n\Z")

    def test_state_survives_unchanged(self):
        """An idle meter that comes and goes changes no digit."""
        meter = self.strong_meter()
        meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 5)
        meter.stop()
        seen = []
        for _ in range(3):
            meter = self.idle_meter()
            seen.append(meter.registers())
            meter.stop()
        self.assertEqual(seen[1:], seen[:-1])


class Options(Run):
    def test_no_page(self):
        """COM-7: DLMS works alone."""
        meter = self.meter("--scenario", self.idle, web=False)
        self.assertNotIn(b"page on", meter.output)
        with Client(meter.dlms_port) as reader:
            self.assertTrue(reader.associate())
        meter.stop()

    def test_names_of_hosts(self):
        """A host may be a name, for both ports."""
        meter = self.meter("--scenario", self.idle, "--dlms", "localhost:0", "--web", "localhost:0")
        self.assertIn(b"DLMS on localhost:", meter.output)
        self.assertIn(b"page on http://localhost:", meter.output)
        with Client(meter.dlms_port, host="localhost") as reader:
            self.assertTrue(reader.associate())
        with socket.create_connection(("localhost", meter.web_port), timeout=DEADLINE_S):
            pass
        meter.stop()

    def test_recording(self):
        """A synthetic one, single-phase on all three; names of files may be anything."""
        phase = comtrade.Phase("A", 230, 10, 30)
        folder = self.folder / ("æøå" * 25 + "\udcff")
        folder.mkdir()
        path = comtrade.write(folder, "bench", [phase])
        meter = self.meter("--recording", path, "--three-phase")
        state = meter.until("values", lambda state: state["phase"][2]["p_w"])
        self.assertEqual(mismatches(state, SCHEMA), [])
        self.assertRelative(state["p_w"], 3 * phase.p_w, 1e-3, "P")
        self.assertRelative(state["q_var"], 3 * phase.q_var, 1e-3, "Q")
        self.assertFalse(state["bench"]["controllable"])
        self.assertTrue(state["source"].startswith("recording "))
        for command in ({"load": "kettle", "on": True}, {"phase": 1, "u_v": 230}):
            status, answer = meter.post(json.dumps(command))
            self.assertEqual(status, 400)
            self.assertIn("a recording plays", answer["error"])
        meter.do(mains=False)
        meter.until("off", lambda state: not state["powered"])
        meter.stop()

    def test_breaker(self):
        """BRK-1, BRK-2, BRK-6: cuts the load, is as it was when the program starts again, and says what it is not."""
        meter = self.meter("--scenario", self.idle, "--breaker")
        state = meter.state()
        breaker = {"state": int, "text": str, "led": str, "note": str, "prepaid_wh": type(None)}
        self.assertEqual(mismatches(state["breaker"], breaker), [])
        self.assertIn("never a safety function", state["breaker"]["note"])
        self.assertIn(state["breaker"]["note"], messages(state))
        for command, reason in (({"breaker": "release"}, "not possible in this state"),
                                ({"breaker": "explode"}, "disconnect, release or reconnect"),
                                ({"pay_wh": 1000, "number": 1}, "not supported"), ({"pay_wh": -1, "number": 1}, "pay_wh")):
            status, answer = meter.post(json.dumps(command))
            self.assertEqual(status, 400)
            self.assertIn(reason, answer["error"])
        meter.do(breaker="disconnect")
        meter.until("open", lambda state: any("contacts open" in text for text in messages(state)))
        self.assertIn("breaker_open", meter.state()["lcd"]["symbols"])
        meter.stop()
        meter = self.meter("--scenario", self.idle)
        self.assertEqual(meter.state()["breaker"]["state"], 1)
        meter.do(breaker="release")
        meter.until("released", lambda state: state["breaker"]["led"] == "flashing")
        meter.stop()

    def test_clipping_is_said_once(self):
        """60 A are beyond the converter of a 6 A meter: one line, however long it lasts."""
        path = comtrade.write(self.folder, "bench", [comtrade.Phase("A", 230, 60, 0)])
        meter = self.meter("--model", "351C", "--recording", path)
        meter.until("some energy", lambda state: state["registers"]["a_plus_wh"] > 1)
        lines = [text for text in messages(meter.state()) if "clipped at the converter" in text]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"I1 \(full scale [\d.]+ A\)\Z")
        meter.stop()

    def test_default_folder(self):
        """$XDG_DATA_HOME, or what stands for it; the model's name is the last part."""
        for env, place in (({"XDG_DATA_HOME": str(self.folder / "data"), "HOME": str(self.folder)}, "data"),
                           ({"XDG_DATA_HOME": "", "HOME": str(self.folder / "me")}, "me/.local/share"),
                           ({"XDG_DATA_HOME": "relative", "HOME": str(self.folder / "us")}, "us/.local/share")):
            with Meter(None, "--scenario", self.idle, env=env) as meter:
                path = self.folder / place / "watthour/382M/eeprom.bin"
                self.assertIn(f"memory: {path}", messages(meter.state()))
                self.assertEqual(path.stat().st_size, 524288)
                meter.stop()

    def test_open_shows_the_page(self):
        """--open gives the address to the desktop, if there is one, and goes on without."""
        opened = self.folder / "opened"
        self.write("bin/xdg-open", f'#!/bin/sh\necho "$1" >{opened}.new && mv {opened}.new {opened}\n').chmod(0o755)
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        meter = self.meter("--scenario", self.idle, "--open", env={"PATH": path, "DISPLAY": ":0"})
        deadline = time.monotonic() + DEADLINE_S
        while not opened.exists():
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(opened.read_text(), f"http://127.0.0.1:{meter.web_port}/\n")
        meter.stop()
        for env in ({"PATH": path, "DISPLAY": ""}, {"PATH": "", "DISPLAY": ":0"}):
            with Meter(self.memory, "--scenario", self.idle, "--open", env=env) as meter:
                meter.stop()

    def test_state_in_folders_that_do_not_exist(self):
        self.memory = self.folder / "a/b/c"
        self.idle_meter().stop()
        self.assertTrue((self.memory / "eeprom.bin").exists())

    def test_memories_are_for_their_owner_only(self):
        """They hold the meter's passwords."""
        self.addCleanup(os.umask, os.umask(0o022))
        self.idle_meter().stop()
        self.assertEqual({name: oct((self.memory / name).stat().st_mode & 0o777)
                          for name in ("eeprom.bin", "flash.bin")}, {"eeprom.bin": "0o600", "flash.bin": "0o600"})


class Connections(Run):
    """COM-7: DLMS clients of all kinds."""

    def test_many_clients(self):
        """COM-7: up to 32 at once, the next is turned away, and served when there is room again."""
        meter = self.idle_meter()
        clients = [Client(meter.dlms_port) for _ in range(32)]
        for client in clients:
            self.addCleanup(client.socket.close)
            self.assertTrue(client.associate())
        with Client(meter.dlms_port) as late:
            self.assertFalse(late.associate())
        names = {client.device_name() for client in clients}
        self.assertEqual(len(names), 1)
        for client in clients[:16]:
            client.socket.close()
        deadline = time.monotonic() + DEADLINE_S
        while True:
            with Client(meter.dlms_port) as again:
                if again.associate():
                    break
            self.assertLess(time.monotonic(), deadline)
        meter.stop()

    def test_noise_is_hung_up_on(self):
        meter = self.idle_meter()
        for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 64, frame(b"")[:6] + b"\xff\xff" + b"x" * 100):
            with Client(meter.dlms_port) as client:
                client.send(noise)
                self.assertIsNone(client.receive(), noise)
        with Client(meter.dlms_port) as client:
            self.assertTrue(client.associate())
        meter.stop()

    def test_unknown_logical_device_is_silent(self):
        """COM-7: as a wrapper that knows no such port, it leaves the connection to others."""
        meter = self.idle_meter()
        with Client(meter.dlms_port) as client:
            client.send(frame(AARQ, server=2) + frame(AARQ))
            self.assertEqual(client.receive()[0], 0x61)
            self.assertIn("WTH382M", client.device_name(), "and this is the answer to the next request")
        meter.stop()

    def test_clients_that_hang_up(self):
        """A client that goes away before its answers come stops nothing, with the page or without."""
        meter = self.meter("--scenario", self.idle, web=False)
        for n in range(40):
            client = Client(meter.dlms_port)
            client.send(frame(AARQ) + frame(GET_DEVICE_NAME) * 60)
            if n % 2:
                client.socket.shutdown(socket.SHUT_WR)
            client.abort()
        with Client(meter.dlms_port) as client:
            self.assertTrue(client.associate())
        meter.stop()

    def test_client_that_never_listens(self):
        """Who asks without taking the answers is left waiting, and others are served."""
        meter = self.meter("--scenario", self.idle, env={"ASAN_OPTIONS": "quarantine_size_mb=1"})
        size = resident_bytes(meter.process.pid)
        with Client(meter.dlms_port) as deaf:
            self.assertTrue(deaf.associate())
            requests, sent = frame(GET_DEVICE_NAME) * 1000, 0
            deaf.socket.settimeout(0.5)
            with self.assertRaises(TimeoutError):
                while sent < 40e6:
                    sent += deaf.socket.send(requests[sent % len(requests):])
            self.assertLess(resident_bytes(meter.process.pid) - size, 20e6)
            with Client(meter.dlms_port) as client:
                self.assertTrue(client.associate())
            deaf.socket.settimeout(DEADLINE_S)
            for _ in range(sent // len(frame(GET_DEVICE_NAME))):  # once it listens, all goes on
                self.assertEqual(deaf.receive()[:4], bytes.fromhex("c401c100"))
        meter.stop()

    def test_requests_in_pieces(self):
        """A frame may come byte by byte, and several at once."""
        meter = self.idle_meter()
        with Client(meter.dlms_port) as client:
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in frame(AARQ):
                client.send(bytes([byte]))
            self.assertEqual(client.receive()[0], 0x61)
            client.send(frame(GET_DEVICE_NAME) * 20)
            self.assertEqual(len({client.receive() for _ in range(20)}), 1)
        meter.stop()


if __name__ == "__main__":
    unittest.main()
