"""A foreign DLMS client, Gurux, reads a running meter over TCP, and finds what the page's API says.

Shows COM-2 and COM-7; with what is read MET-3, MET-4, REG-1 and REG-3. Which object is which value
is written down here a second time, on purpose: OBIS codes of IEC 62056-61.
"""
import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import threading
import unittest

import peers

HERE = pathlib.Path(__file__).resolve().parent
peers.need("gurux_dlms")

sys.path.insert(0, str(HERE.parent / "cli"))
import gurux_read
from gurux_dlms.GXDLMSException import GXDLMSException
from gurux_dlms.enums import ObjectType
from program import Case, Meter

SCENARIO = """
mains: {drift_v: 0, step_v: 0, frequency_wander_mhz: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 30000, on: on}
  - {name: motor, kind: motor, phase: 123, power_w: 9000, on: on}
"""
PASSWORD = "12345"
PUBLIC, MODULE, OPTICAL, CONSUMER = 16, 18, 19, 20
MANAGEMENT, METER = 1, 16
WH, VARH, W, VAR, VA, V, A, HZ, HOUR, COUNT = 30, 32, 27, 29, 28, 35, 33, 44, 5, 255


def register(name):
    return lambda state: state["registers"][name]


def phase(index, name):
    return lambda state: state["phase"][index][name]


def positive(value):
    return lambda state: max(value(state), 0)


def negative(value):
    return lambda state: max(-value(state), 0)


def total(name):
    return lambda state: state[name]


def factor(state):
    return state["p_w"] / sum(phase["s_va"] for phase in state["phase"])


# OBIS: (value by the API, scaler, unit)
ENERGIES = {
    "1.1.1.8.0.255": (register("a_plus_wh"), 0, WH),
    "1.1.2.8.0.255": (register("a_minus_wh"), 0, WH),
    "1.1.3.8.0.255": (register("r_plus_varh"), 0, VARH),
    "1.1.4.8.0.255": (register("r_minus_varh"), 0, VARH),
    "1.1.5.8.0.255": (register("r1_varh"), 0, VARH),
    "1.1.6.8.0.255": (register("r2_varh"), 0, VARH),
    "1.1.7.8.0.255": (register("r3_varh"), 0, VARH),
    "1.1.8.8.0.255": (register("r4_varh"), 0, VARH),
    "1.1.1.8.0.128": (register("a_plus_wh"), -1, WH),
    "1.1.2.8.0.128": (register("a_minus_wh"), -1, WH),
    "1.1.3.8.0.128": (register("r_plus_varh"), -1, VARH),
    "1.1.4.8.0.128": (register("r_minus_varh"), -1, VARH),
    "1.1.15.8.0.255": (lambda state: state["registers"]["a_plus_wh"] + state["registers"]["a_minus_wh"], 0, WH),
    "1.1.16.8.0.255": (lambda state: state["registers"]["a_plus_wh"] - state["registers"]["a_minus_wh"], 0, WH),
    **{f"1.1.{20 * p + 21}.8.0.255": (phase(p, "a_plus_wh"), 0, WH) for p in range(3)},
    **{f"1.1.{20 * p + 22}.8.0.255": (phase(p, "a_minus_wh"), 0, WH) for p in range(3)},
}
INSTANTS = {
    "1.1.1.7.0.255": (positive(total("p_w")), 0, W),
    "1.1.2.7.0.255": (negative(total("p_w")), 0, W),
    "1.1.3.7.0.255": (positive(total("q_var")), 0, VAR),
    "1.1.4.7.0.255": (negative(total("q_var")), 0, VAR),
    "1.1.13.7.0.255": (factor, -3, COUNT),
    "1.1.14.7.0.255": (total("f_hz"), -2, HZ),
    **{f"1.1.{20 * p + 21}.7.0.255": (positive(phase(p, "p_w")), 0, W) for p in range(3)},
    **{f"1.1.{20 * p + 22}.7.0.255": (negative(phase(p, "p_w")), 0, W) for p in range(3)},
    **{f"1.1.{20 * p + 23}.7.0.255": (positive(phase(p, "q_var")), 0, VAR) for p in range(3)},
    **{f"1.1.{20 * p + 24}.7.0.255": (negative(phase(p, "q_var")), 0, VAR) for p in range(3)},
    **{f"1.1.{20 * p + 29}.7.0.255": (phase(p, "s_va"), 0, VA) for p in range(3)},
    **{f"1.1.{20 * p + 31}.7.0.255": (phase(p, "i_rms_a"), -2, A) for p in range(3)},
    **{f"1.1.{20 * p + 32}.7.0.255": (phase(p, "u_rms_v"), -1, V) for p in range(3)},
    **{f"1.1.{20 * p + 33}.7.0.255": (phase(p, "pf"), -3, COUNT) for p in range(3)},
}
# Registers that the API does not show: scaler, unit.
POWERS = {1: W, 2: W, 3: VAR, 4: VAR}
OTHERS = {
    **{f"1.1.{c}.8.{t}.255": (0, unit) for c, unit in ((1, WH), (2, WH), (3, VARH), (4, VARH)) for t in (1, 2, 3, 4)},
    **{f"1.1.{c}.{d}.0.255": (0, unit) for c, unit in POWERS.items() for d in (2, 25)},  # sums of peaks, means
    "1.1.9.7.0.255": (0, VA),
    "1.1.96.51.1.255": (0, W),
    "0.1.96.8.0.255": (0, HOUR),
    **{f"1.1.134.0.{n}.255": (0, V) for n in (9, 10, 12, 13)},  # limits of neutral fault and voltage
}
PEAKS = {f"1.1.{c}.6.0.255": (0, unit) for c, unit in POWERS.items()} | {f"1.1.1.6.{t}.255": (0, W) for t in (1, 2)}
DATA = {"1.1.96.54.1.255", "1.1.97.97.0.255", "1.1.96.2.0.255", "0.1.96.3.1.255", "0.1.96.10.1.255", "0.1.96.10.2.255",
        "1.1.0.1.0.255", "1.1.0.1.5.128", "1.1.0.1.6.128", "1.1.0.2.1.128", "1.1.0.128.1.255", "1.1.96.5.1.255",
        "1.1.96.51.2.255", "1.1.96.52.6.255", "1.1.96.52.11.255", "1.1.129.0.0.255", "1.1.134.0.1.255",
        "1.1.134.0.11.255", *(f"1.1.0.129.{n}.255" for n in range(1, 6))}
LOGS = {"1.1.99.1.0.255", "1.1.99.1.1.255", "1.1.98.1.0.255", "1.1.98.2.0.255",
        *(f"1.1.99.98.{n}.255" for n in (2, 3, 4, 10, 12))}
CLOCK = "0.1.1.0.0.255"
NAMES = {"0.0.40.0.0.255", "0.0.41.0.0.255", "0.0.42.0.0.255"}  # association, SAP assignment, device name
IDENTITY = {"1.1.0.0.0.255", "1.1.0.0.1.255", "1.1.0.0.2.255", "1.1.0.0.3.255", "1.1.0.130.1.255", "1.1.0.130.2.255",
            "1.1.96.1.0.255", "1.1.96.1.1.255", "1.1.0.2.0.255", "1.1.0.2.2.128"}
PARAMETERS = "1.1.199."  # of the configuration, in the project's own numbering
HDLC = "0.0.22.0.0.255"
PUBLIC_OBJECTS = NAMES | IDENTITY | {CLOCK, HDLC}
REGISTERS = set(ENERGIES) | set(INSTANTS) | set(OTHERS)
ALL_OBJECTS = PUBLIC_OBJECTS | REGISTERS | set(PEAKS) | DATA | LOGS


class Gurux(Case):
    """One meter with steady loads serves all tests; each opens associations of its own."""

    @classmethod
    def setUpClass(cls):
        case = Case()
        case.setUp()
        cls.addClassCleanup(case.doCleanups)
        cls.meter = Meter(case.folder / "state", "--scenario", case.write("steady.yaml", SCENARIO))
        cls.addClassCleanup(cls.meter.kill)
        cls.meter.until("motors at speed", lambda state: state["registers"]["r1_varh"] > 5)

    @classmethod
    def tearDownClass(cls):
        cls.meter.stop()

    def connect(self, client=MODULE, server=METER, password=PASSWORD, pdu=0xFFFF):
        """A connection that is not associated yet."""
        reader = gurux_read.Meter(argparse.Namespace(host="127.0.0.1", port=self.meter.dlms_port, client=client,
                                                     server=server, password=password, pdu=pdu, timeout=30))
        self.addCleanup(reader.socket.close)
        return reader

    def open(self, *place, **options):
        reader = self.connect(*place, **options)
        reader.open()
        return reader

    def check_energies(self, values, before, after):
        """Each is what the register was at some moment between two looks at the API, cut off."""
        for name, value in values.items():
            of, scaler, _ = ENERGIES[name]
            lowest, highest = (int(of(state) * 10 ** -scaler + 1e-6) for state in (before, after))
            self.assertTrue(lowest <= value <= highest, f"{name}: {value} is not in {lowest} … {highest}")

    def check_instants(self, values, before, after):
        for name, value in values.items():
            of, scaler, _ = INSTANTS[name]
            seen = [of(state) * 10 ** -scaler for state in (before, after)]
            room = 0.5 + 0.002 * max(seen)  # its rounding, and a second of another mean
            self.assertTrue(min(seen) - room <= value <= max(seen) + room, f"{name}: {value} is not near {seen}")

    def check_values(self, values, before, after):
        self.assertEqual(set(values), REGISTERS)
        self.check_energies({name: value for name, value in values.items() if name in ENERGIES}, before, after)
        self.check_instants({name: value for name, value in values.items() if name in INSTANTS}, before, after)

    def test_public_client(self):
        """COM-2, REG-3: identification and clock without a password, and nothing else."""
        reader = self.open(PUBLIC, MANAGEMENT, None)
        objects = reader.objects()
        self.assertEqual({item.logicalName for item in objects}, PUBLIC_OBJECTS)
        number = self.meter.state()["number"]
        read = {name: reader.read(objects.findByLN(ObjectType.DATA, name), 2) for name in IDENTITY}
        self.assertEqual(bytes(read["1.1.0.0.0.255"]).decode(), number)
        self.assertEqual(read["1.1.0.0.1.255"], int(number))
        self.assertEqual(read["1.1.96.1.0.255"], int(number))
        self.assertEqual(read["1.1.96.1.1.255"], "382M")
        self.assertEqual(read["1.1.0.2.0.255"], self.meter.state()["software"]["legal_version"])
        reader.close()

    def test_all_password_clients_see_all_objects(self):
        """COM-2"""
        for client in (MODULE, OPTICAL, CONSUMER):
            reader = self.open(client)
            objects = reader.objects()
            seen = [item.logicalName for item in objects if not item.logicalName.startswith(PARAMETERS)]
            self.assertEqual(set(seen), ALL_OBJECTS)
            self.assertEqual(len(seen), len(ALL_OBJECTS))
            reader.close()

    def test_wrong_password_is_refused(self):
        """COM-2: with the reason, and nothing can be read afterwards."""
        for password, reason in (("12346", "Authentication failure"), ("1234", "Authentication failure"),
                                 ("123456", "Authentication failure"), (None, "Authentication is required")):
            with self.subTest(password=password):
                reader = self.connect(password=password)
                with self.assertRaisesRegex(GXDLMSException, reason):
                    reader.open()
                with self.assertRaises(Exception):
                    reader.objects()
                self.open(MODULE)  # a right one: the next is judged at once

    def test_unknown_clients_are_refused(self):
        """COM-2: the public client at the meter, and clients that do not exist"""
        for client, server in ((PUBLIC, METER), (17, MANAGEMENT), (21, METER), (MODULE, MANAGEMENT)):
            with self.subTest(client=client, server=server), self.assertRaisesRegex(GXDLMSException, "rejected"):
                self.open(client, server)

    def test_devices_and_names(self):
        """COM-2: SAP assignment and logical device names belong together."""
        number = self.meter.state()["number"]
        names = {MANAGEMENT: f"WTH382M{number}M", METER: f"WTH382M{number}E"}
        for client, server, password in ((PUBLIC, MANAGEMENT, None), (MODULE, METER, PASSWORD)):
            reader = self.open(client, server, password)
            objects = reader.objects()
            saps = gurux_read.read_saps(reader, objects)
            self.assertEqual({sap["sap"]: sap["name"] for sap in saps}, names)
            self.assertEqual(gurux_read.read_device_name(reader, objects, saps, server), names[server])
            reader.close()

    def test_clock(self):
        """REG-3: within 2 s of the page's."""
        reader = self.open()
        clock = datetime.datetime.fromisoformat(gurux_read.read_clock(reader, reader.objects()))
        shown = datetime.datetime.fromisoformat(self.meter.state()["clock"])
        self.assertLessEqual(abs(clock - shown), datetime.timedelta(seconds=2))
        reader.close()

    def test_scalers_and_units(self):
        """COM-2"""
        reader = self.open()
        for item in reader.objects().getObjects([ObjectType.REGISTER, ObjectType.EXTENDED_REGISTER]):
            scaler, unit = {**ENERGIES, **INSTANTS, **OTHERS, **PEAKS}[item.logicalName][-2:]
            self.assertEqual(list(reader.read(item, 3)), [scaler, unit], item.logicalName)
        reader.close()

    def test_each_register_alone(self):
        """MET-3, MET-4, REG-1: every value is what the page shows."""
        reader = self.open()
        registers = reader.objects().getObjects(ObjectType.REGISTER)
        before = self.meter.state()
        values = {item.logicalName: reader.read(item, 2) for item in registers}
        self.check_values(values, before, self.meter.state())
        reader.close()

    def test_registers_in_lists(self):
        """MET-3, MET-4, REG-1: the same by GET with list, and in answers of several blocks."""
        for pdu in (0xFFFF, 200):
            reader = self.open(pdu=pdu)
            registers = reader.objects().getObjects(ObjectType.REGISTER)
            before = self.meter.state()
            values = reader.read_list([(item, 2) for item in registers])
            self.check_values(dict(zip((item.logicalName for item in registers), values)), before, self.meter.state())
            self.assertLessEqual(reader.largest, pdu)
            reader.close()

    def test_energy_counts_on(self):
        """MET-3: two readings some time apart differ by what the page counted."""
        reader = self.open()
        fine = reader.objects().findByLN(ObjectType.REGISTER, "1.1.1.8.0.128")
        before = self.meter.state()
        first = reader.read(fine, 2)
        later = self.meter.until("5 Wh more", lambda state: register("a_plus_wh")(state) > register("a_plus_wh")(before) + 5)
        self.assertGreaterEqual(reader.read(fine, 2) - first, 49)
        self.check_energies({"1.1.1.8.0.128": reader.read(fine, 2)}, later, self.meter.state())
        reader.close()

    def test_two_clients_at_once(self):
        """COM-7: each gets its own answers, whatever the other asks."""
        failures = []

        def read_often(reader, names):
            try:
                objects = reader.objects()
                items = [objects.findByLN(ObjectType.REGISTER, name) for name in names]
                for _ in range(20):
                    before = self.meter.state()
                    single = {item.logicalName: reader.read(item, 2) for item in items}
                    listed = dict(zip(names, reader.read_list([(item, 2) for item in items])))
                    after = self.meter.state()
                    self.check_energies(single, before, after)
                    self.check_energies(listed, before, after)
            except Exception as error:
                failures.append(error)

        halves = list(ENERGIES)[::2], list(ENERGIES)[1::2]
        readers = [self.open(MODULE), self.open(OPTICAL)]
        threads = [threading.Thread(target=read_often, args=pair) for pair in zip(readers, halves)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_reading_program(self):
        """COM-2: gurux_read.py, the program for people, finds the same."""
        done = subprocess.run([sys.executable, HERE / "gurux_read.py", "--port", str(self.meter.dlms_port), "--client", "16",
                               "--server", "1"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = json.loads(done.stdout)
        self.assertEqual(found["logical_device_name"], f"WTH382M{self.meter.state()['number']}M")
        self.assertEqual({item["ln"] for item in found["objects"]}, PUBLIC_OBJECTS)
        refused = subprocess.run([sys.executable, HERE / "gurux_read.py", "--port", str(self.meter.dlms_port), "--client",
                                  "18", "--server", "16", "--password", "wrong"],
                                 capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("Authentication failure", refused.stderr)


if __name__ == "__main__":
    unittest.main()
