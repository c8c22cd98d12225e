"""A third foreign DLMS client, Gurux for Java, reads and sets a running meter: over TCP and over HDLC at the module
port, with a password, and with keys of suites 0, 1 and 2.

Shows COM-2, COM-7 and COM-15; with what is read REG-1, LOG-1 and REG-6. Time passes by setting the clock forward. The
meter, the client and this program are in a zone of their own.
"""
import datetime
import os
import pathlib
import sys
import time
import unittest

import java_peer
import peers

peers.need_java()
os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from program import Case, Meter

SCENARIO = """
mains: {drift_v: 0, step_v: 0, frequency_wander_mhz: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 30000, on: on}
"""
PUBLIC, MODULE, MANAGEMENT_CLIENT, READING_CLIENT = 16, 18, 1, 2
MANAGEMENT, METER = 1, 16  # logical devices
DEVICE_NAME, A_PLUS = (1, "0.0.42.0.0.255"), (3, "1.1.1.8.0.255")
CLOCK, STOP, SPECIAL_DATA = (8, "0.1.1.0.0.255"), (1, "1.1.0.1.5.128"), (1, "1.1.0.130.1.255")
PROFILE, DEBITING = (7, "1.1.99.1.0.255"), (7, "1.1.98.1.0.255")
CALENDAR, DISCONNECT = (20, "0.0.13.0.0.255"), (70, "0.0.96.3.10.255")
PASSIVE_DAYS = 9  # attribute of the calendar
REGISTER = 3
WH = 30
AARQ, GLO = 0x60, {0xC8, 0xC9, 0xCB}
START = datetime.datetime(2035, 1, 8, 10, 0, 0)  # in winter: the clock shows the normal time of the stamps
SUMMER = datetime.datetime(2034, 7, 2, 10, 0, 0)
INTERVAL = datetime.timedelta(minutes=15)
SYMMETRIC = ("management.encryption", "management.authentication", "management.master", "reading.encryption",
             "reading.authentication")
PAIRS = ("meter.signing", "meter.agreement", "management.signing", "management.agreement", "reading.signing",
         "reading.agreement")


def setUpModule():
    OnALine.peer = WithKeys.peer = java_peer.Peer()
    unittest.addModuleCleanup(OnALine.peer.stop)


def stamp(moment):
    """date-time of a moment of the zone, with its deviation"""
    aware = moment.astimezone()
    deviation = -int(aware.utcoffset().total_seconds()) // 60 & 0xFFFF
    return bytes([*moment.year.to_bytes(2), moment.month, moment.day, moment.isoweekday(), moment.hour, moment.minute,
                  moment.second, 0, *deviation.to_bytes(2), 0x80 if aware.dst() else 0])


def moment_of(text):
    octets = bytes.fromhex(text)
    return datetime.datetime(int.from_bytes(octets[:2]), octets[2], octets[3], *octets[5:8])


def since_1970(moment):
    return int(moment.timestamp() * 1000)


def days(count, switches):
    """-> the table of a calendar's days: octets, and as it is read"""
    scripts = bytes([0, 0, 10, 0, 100, 255])
    table = [[day, [[bytes([hour, 0, 0, 0]), scripts, hour % 4 + 1] for hour in range(switches)]]
             for day in range(1, count + 1)]
    octets = bytes([1, count]) + b"".join(
        bytes([2, 2, 0x11, day, 1, len(actions)]) + b"".join(
            bytes([2, 3, 9, 4]) + time_of_day + bytes([9, 6]) + script + bytes([0x12, 0, selector])
            for time_of_day, script, selector in actions)
        for day, actions in table)
    return octets, [[day, [[moment.hex(), script.hex(), selector] for moment, script, selector in actions]]
                    for day, actions in table]


class OnALine:
    """What holds on every line; `port` and `line` are the line."""

    @classmethod
    def setUpClass(cls):
        case = Case()
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.meter = Meter(case.folder / "state", "--scenario", case.write("steady.yaml", SCENARIO))
        cls.addClassCleanup(cls.meter.kill)

    @classmethod
    def tearDownClass(cls):
        cls.meter.stop()

    def connect(self, client=MODULE, server=METER, password="12345", **how):
        if password:
            how |= {"mechanism": "LOW", "secret": password}
        self.addCleanup(self.peer.do, "drop")
        return java_peer.Client(self.peer, self.port(), client, server, line=self.line, **how)

    def opened(self, **how):
        client = self.connect(**how)
        client.open()
        return client

    def set_clock(self, client, moment):
        client.set(CLOCK, 2, "OCTET_STRING", stamp(moment).hex())
        seen = moment_of(client.get(CLOCK, 2))
        self.assertTrue(moment <= seen <= moment + datetime.timedelta(seconds=30), f"{seen}, set to {moment}")

    def test_public_client(self):
        """COM-2: without a password name and clock are read, and no register."""
        client = self.connect(PUBLIC, MANAGEMENT, None)
        self.assertNotIn("SET", client.open())
        number = self.meter.state()["number"]
        self.assertEqual(bytes.fromhex(client.get(DEVICE_NAME, 2)).decode(), f"WTH382M{number}M")
        self.assertEqual(len(client.get(CLOCK, 2)), 24)
        with self.assertRaisesRegex(java_peer.Refused, "undefined"):
            client.get(A_PLUS, 2)
        client.release()

    def test_wrong_password(self):
        """COM-2"""
        client = self.connect(password="12346")
        with self.assertRaisesRegex(java_peer.Refused, "Authentication failure"):
            client.open()
        with self.assertRaises(java_peer.Refused):
            client.get(A_PLUS, 2)
        self.opened().release()

    def test_registers(self):
        """REG-1: A+ as the page has it before and behind; the units of all registers are in lists what they are alone."""
        client = self.opened()
        before = self.meter.until("energy", lambda state: state["registers"]["a_plus_wh"] > 1)
        value = client.get(A_PLUS, 2)
        after = self.meter.state()
        self.assertTrue(int(before["registers"]["a_plus_wh"]) <= value <= after["registers"]["a_plus_wh"])
        registers = [(row[0], row[1]) for row in client.objects() if row[0] == REGISTER]
        self.assertIn(A_PLUS, registers)
        units = [client.get(what, 3) for what in registers]
        self.assertEqual(units[registers.index(A_PLUS)], [0, WH])
        for first in range(0, len(registers), 10):
            self.assertEqual(client.get_list([(what, 3) for what in registers[first:first + 10]]),
                             units[first:first + 10])

    def test_objects_in_blocks(self):
        """COM-2: the list is the same in one piece and in blocks of a small PDU."""
        whole = self.opened()
        objects, exchanges = whole.objects(), whole.seen()[1]
        whole.release()
        small = self.opened(pdu=200)
        self.assertEqual(small.objects(), objects)
        self.assertGreaterEqual(small.seen()[1], exchanges)
        self.assertLessEqual(small.seen()[0], 200 + 12)
        for what in (A_PLUS, CLOCK, PROFILE, STOP):
            self.assertIn(what, [(row[0], row[1]) for row in objects])

    def test_clock_and_profile(self):
        """COM-15: the clock is set in summer and in winter; LOG-1: rows by range and by entry, also in blocks."""
        client = self.opened()
        self.set_clock(client, SUMMER)
        for i in range(7):
            self.set_clock(client, START + i * INTERVAL)
        by_range = client.range(PROFILE, since_1970(START + 2 * INTERVAL), since_1970(START + 5 * INTERVAL))
        self.assertEqual([moment_of(row[0]) for row in by_range], [START + i * INTERVAL for i in (2, 3, 4, 5)])
        energies = [row[4] for row in by_range]
        self.assertEqual(energies, sorted(energies))
        self.assertEqual(client.entries(PROFILE, 1, 4), by_range[::-1])  # 0 is the newest, from 1 newest first
        client.release()
        small = self.opened(pdu=128)
        self.assertEqual(small.range(PROFILE, since_1970(START + 2 * INTERVAL), since_1970(START + 5 * INTERVAL)),
                         by_range)

    def test_writing(self):
        """REG-6, COM-15: a debiting stop by writing; what must not be changed is refused and stays."""
        client = self.opened()
        before = client.get(DEBITING, 7)
        client.set(STOP, 2, "UINT8", 1)
        self.assertEqual(client.get(DEBITING, 7), before + 1)
        value = client.get(A_PLUS, 2)
        with self.assertRaisesRegex(java_peer.Refused, "denied"):
            client.set(A_PLUS, 2, "UINT32", 0)
        self.assertGreaterEqual(client.get(A_PLUS, 2), value)
        with self.assertRaises(java_peer.Refused):
            client.invoke(A_PLUS, 1)  # reset; there is no ACTION
        self.assertGreaterEqual(client.get(A_PLUS, 2), value)


class OverTcp(OnALine, Case):
    """COM-7."""

    line = "WRAPPER"

    def port(self):
        return self.meter.dlms_port


class OverHdlc(OnALine, Case):
    """At the module port."""

    line = "HDLC"

    def port(self):
        return self.meter.module_port

    def test_segments(self):
        """COM-2: the same in frames of 40 octets of information: more of them."""
        large = self.opened()
        name = large.get(DEVICE_NAME, 2)
        objects, exchanges = large.objects(), large.seen()[1]
        large.release()
        small = self.opened(frame=40)
        self.assertEqual(small.get(DEVICE_NAME, 2), name)
        self.assertEqual(small.objects(), objects)
        self.assertGreater(small.seen()[1], 2 * exchanges)
        self.assertLessEqual(small.seen()[0], 40 + 12)


class WithKeys:
    """The clients with keys, on every line."""

    suite = 0

    def make_keys(self):
        """-> those of the file that the meter takes"""
        keys = {name: os.urandom(32 if self.suite == 2 else 16) for name in SYMMETRIC}
        self.private, self.public = {}, {}
        for name in PAIRS if self.suite else ():
            self.private[name], self.public[name] = self.peer.pair(384 if self.suite == 2 else 256)
            is_own = name.startswith("meter")
            keys[name + ("_private" if is_own else "_public")] = (self.private if is_own else self.public)[name]
        return keys

    def setUp(self):
        super().setUp()
        self.keys = self.make_keys()
        keys = self.write("keys.txt", f"suite = {self.suite}\n" + "".join(
            f"{name} = {key.hex()}\n" for name, key in self.keys.items()))
        self.meter = Meter(self.folder / "state", "--breaker", "--keys", keys)
        self.addCleanup(self.meter.kill)
        self.addCleanup(self.peer.do, "drop")

    def opened(self, client, role, **how):
        public = java_peer.Client(self.peer, self.port(), PUBLIC, MANAGEMENT, line=self.line)
        public.open()
        counter = public.get((1, f"0.0.43.1.{client - 1}.255"), 2)
        public.release()
        how |= {"line": self.line, "suite": self.suite, "security": "AUTHENTICATION_ENCRYPTION",
                "title": b"CLI\0\0\0\0\1", "key": self.keys[f"{role}.encryption"],
                "authentication_key": self.keys[f"{role}.authentication"], "counter": counter + 1,
                "mechanism": "HIGH_ECDSA" if self.suite else "HIGH_GMAC"}
        if self.suite:
            how |= {"private_key": self.private[f"{role}.signing"], "public_key": self.public["meter.signing"],
                    "challenge": os.urandom(32)}
        secure = java_peer.Client(self.peer, self.port(), client, MANAGEMENT, **how)
        secure.open()
        return secure

    def test_management(self):
        """COM-15: reads, writes and invokes, what is long in blocks, all ciphered."""
        client = self.opened(MANAGEMENT_CLIENT, "management", pdu=300)
        client.set(SPECIAL_DATA, 2, "UINT32", 4711)
        self.assertEqual(client.get_list([(SPECIAL_DATA, 2), (A_PLUS, 3)]), [4711, [0, WH]])
        self.assertIn(list(PROFILE), [row[:2] for row in client.objects()])
        octets, table = days(12, 10)
        client.set(CALENDAR, PASSIVE_DAYS, "ARRAY", octets.hex())
        self.assertEqual(client.get(CALENDAR, PASSIVE_DAYS), table)
        for method, state in ((1, 0), (2, 2)):  # disconnected, ready to be connected at the meter
            client.invoke(DISCONNECT, method)
            self.assertEqual(client.get(DISCONNECT, 3), state)
        with self.assertRaisesRegex(java_peer.Refused, "temporary"):
            client.invoke(DISCONNECT, 2)  # out of turn
        largest, _, tags = client.seen()
        self.assertLessEqual(largest, 300 + 12)
        self.assertEqual(set(tags), {AARQ} | GLO if self.line == "WRAPPER" else set())
        client.release()

    def test_profile(self):
        """LOG-1: by range and by entry, ciphered, and in blocks."""
        client = self.opened(MANAGEMENT_CLIENT, "management")
        for i in range(7):
            client.set(CLOCK, 2, "OCTET_STRING", stamp(START + i * INTERVAL).hex())
        client.release()
        seen = []
        for pdu in (0xFFFF, 160):
            client = self.opened(READING_CLIENT, "reading", pdu=pdu)
            rows = client.range(PROFILE, since_1970(START + 2 * INTERVAL), since_1970(START + 5 * INTERVAL))
            self.assertEqual([moment_of(row[0]) for row in rows], [START + i * INTERVAL for i in (2, 3, 4, 5)])
            self.assertEqual(client.entries(PROFILE, 1, 4), rows[::-1])
            seen.append(rows)
            client.release()
        self.assertEqual(seen[0], seen[1])

    def test_reading(self):
        """COM-2"""
        client = self.opened(READING_CLIENT, "reading")
        self.assertGreaterEqual(client.get(A_PLUS, 2), 0)
        with self.assertRaisesRegex(java_peer.Refused, "not allowed"):
            client.set(SPECIAL_DATA, 2, "UINT32", 1)
        self.assertEqual(client.get(SPECIAL_DATA, 2), 0)
        client.release()


class WithKeysOverTcp(WithKeys, Case):
    line = "WRAPPER"

    def port(self):
        return self.meter.dlms_port


class WithKeysOverHdlc(WithKeys, Case):
    """At the module port."""

    line = "HDLC"

    def port(self):
        return self.meter.module_port


class Suite1OverTcp(WithKeysOverTcp):
    suite = 1


class Suite2OverHdlc(WithKeysOverHdlc):
    suite = 2


if __name__ == "__main__":
    unittest.main()
