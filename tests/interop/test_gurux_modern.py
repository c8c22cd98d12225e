"""A foreign DLMS client, Gurux, against the modern profile of a running meter: clients 1 and 2 with keys.

Shows COM-2 and COM-15: HLS 5 under suite 0, reading and writing in glo- envelopes, that counters survive a
killed program, and that wrong keys, old counters and wrong files of keys are refused.
"""
import pathlib
import stat
import subprocess
import sys
import unittest

import peers

HERE = pathlib.Path(__file__).resolve().parent
peers.need("gurux_dlms")

sys.path.insert(0, str(HERE.parent / "cli"))
import gurux_read
from gurux_dlms.enums import AccessMode, Authentication, Conformance, DataType, InterfaceType, ObjectType, Security
from gurux_dlms.objects import (GXDLMSAccount, GXDLMSClock, GXDLMSCredit, GXDLMSData, GXDLMSRegister,
                                GXDLMSTokenGateway)
from gurux_dlms.secure import GXDLMSSecureClient
from program import PROGRAM, Case, Meter

PUBLIC, MANAGEMENT, READING = 16, 1, 2
KEYS = {
    "management.encryption": "000102030405060708090A0B0C0D0E0F",
    "management.authentication": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
    "management.master": "101112131415161718191A1B1C1D1E1F",
    "reading.encryption": "202122232425262728292A2B2C2D2E2F",
    "reading.authentication": "303132333435363738393A3B3C3D3E3F",
}
STEADY = "loads: [{name: furnace, kind: heater, phase: 123, power_w: 3000, on: on}]\n"
BALANCE = {"1.1.130.0.0.255", "1.1.130.0.1.255"}  # not known while prepayment is not in use
SPECIAL_DATA = "1.1.0.130.1.255"
ENERGY = "1.1.1.8.0.255"
GLO = {0xC8, 0xC9, 0xCB}
ASSOCIATE = {0x60}


def text_of(keys):
    return "# keys of a test\n\n" + "".join(f"{name} = {key}\n" for name, key in keys.items())


class SecureReader(gurux_read.Meter):
    """The client of gurux_read.py with keys of the modern profile."""

    def __init__(self, port, client, counter=1, keys=KEYS):
        mechanism = Authentication.NONE if client == PUBLIC else Authentication.HIGH_GMAC
        self.client = GXDLMSSecureClient(True, client, 1, mechanism, None, InterfaceType.WRAPPER)
        self.client.proposedConformance = (
            Conformance.GET | Conformance.SET | Conformance.ACTION | Conformance.SELECTIVE_ACCESS
            | Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ | Conformance.MULTIPLE_REFERENCES)
        if client != PUBLIC:
            role = "management" if client == MANAGEMENT else "reading"
            cipher = self.client.ciphering
            cipher.security = Security.AUTHENTICATION_ENCRYPTION
            cipher.systemTitle = b"CLI\0\0\0\0\1"
            cipher.blockCipherKey = bytes.fromhex(keys[f"{role}.encryption"])
            cipher.authenticationKey = bytes.fromhex(keys[f"{role}.authentication"])
            cipher.invocationCounter = counter
        self.largest = 0
        self.tags = set()  # first octets of what was sent
        self.socket = gurux_read.socket.create_connection(("127.0.0.1", port), timeout=30)

    def exchange(self, frame, reply):
        self.tags.add(bytes(frame)[8])
        super().exchange(frame, reply)

    def open(self):
        super().open()
        if self.client.authentication > Authentication.LOW:
            reply = self.request(self.client.getApplicationAssociationRequest())
            self.client.parseApplicationAssociationResponse(reply.data)

    def set_special_data(self, value):
        item = GXDLMSData(SPECIAL_DATA)
        item.value = value
        item.setDataType(2, DataType.UINT32)
        for frame in self.client.write(item, 2):
            self.request([frame])

    def special_data(self):
        return self.read(GXDLMSData(SPECIAL_DATA), 2)

    def is_refused(self):
        try:
            self.open()
        except Exception:  # whatever Gurux makes of a refusal
            return True
        return False


class Modern(Case):
    def setUp(self):
        super().setUp()
        self.state = self.folder / "state"
        self.keys = self.write("keys.txt", text_of(KEYS))

    def start(self):
        meter = Meter(self.state, "--keys", self.keys)
        self.addCleanup(meter.kill)
        return meter

    def connect(self, meter, client, **options):
        reader = SecureReader(meter.dlms_port, client, **options)
        self.addCleanup(reader.socket.close)
        return reader

    def counter(self, meter, client):
        public = self.connect(meter, PUBLIC)
        public.open()
        return public.read(GXDLMSData(f"0.0.43.1.{client - 1}.255"), 2)

    def open(self, meter, client):
        reader = self.connect(meter, client, counter=self.counter(meter, client) + 1)
        reader.open()
        return reader

    def test_both_clients(self):
        meter = self.start()
        management = self.open(meter, MANAGEMENT)
        management.set_special_data(4711)
        self.assertEqual(management.special_data(), 4711)
        self.assertEqual(management.tags - ASSOCIATE, GLO)
        reading = self.open(meter, READING)
        self.assertEqual(reading.special_data(), 4711)
        self.assertGreaterEqual(reading.read(GXDLMSRegister(ENERGY), 2), 0)
        self.assertEqual(len(reading.read(GXDLMSClock("0.1.1.0.0.255"), 2)), 12)
        with self.assertRaises(Exception):
            reading.set_special_data(1)
        names = {str(item.logicalName) for item in self.open(meter, READING).objects()}
        self.assertLessEqual({ENERGY, SPECIAL_DATA, "0.0.43.0.1.255", "1.1.99.1.0.255"}, names)
        setup = next(iter(self.open(meter, MANAGEMENT).objects().getObjects(ObjectType.SECURITY_SETUP)))
        self.assertEqual(setup.logicalName, "0.0.43.0.0.255")

    def take(self, reader, item, attribute):
        """Reads an attribute into Gurux's own object."""
        reader.client.updateValue(item, attribute, reader.read(item, attribute))

    def with_breaker(self):
        """Management at a meter with breaker and a steady load on every phase."""
        meter = Meter(self.state, "--keys", self.keys, "--breaker", "--scenario", self.write("steady.yaml", STEADY))
        self.addCleanup(meter.kill)
        meter.until("a load on every phase", lambda state: all((phase["p_w"] or 0) > 500 for phase in state["phase"]))
        return self.open(meter, MANAGEMENT)

    def use_prepayment(self, reader):
        basis = GXDLMSData("1.1.128.0.11.255")
        basis.value = 34
        basis.setDataType(2, DataType.UINT8)
        for frame in reader.client.write(basis, 2):
            reader.request([frame])

    def test_every_object(self):
        """COM-15: each attribute that the list promises is read, and Gurux takes it for what its class has there."""
        reader = self.with_breaker()
        seen = set()
        for item in reader.objects():
            seen.add(int(item.objectType))
            if item.logicalName in BALANCE:
                continue
            if int(item.objectType) in (7, 15, 63):  # test_gurux_logs.py; the list itself; Gurux has no such class
                continue
            for attribute in range(2, item.getAttributeCount() + 1):
                if item.getAccess(attribute) in (AccessMode.READ, AccessMode.READ_WRITE):
                    with self.subTest(name=item.logicalName, attribute=attribute):
                        self.take(reader, item, attribute)
        self.assertLessEqual({1, 3, 4, 5, 6, 8, 9, 11, 19, 20, 21, 22, 23, 41, 63, 64, 65, 70, 71, 111, 112, 113, 115}, seen)

    def test_token(self):
        """BRK-5: a token by Gurux is a payment; what Gurux makes of account and credit is what was paid."""
        reader = self.with_breaker()
        self.use_prepayment(reader)
        gateway = GXDLMSTokenGateway("0.0.19.40.0.255")
        token = bytes([1]) + (5000).to_bytes(4, "big") + (17).to_bytes(4, "big")
        reader.request(reader.client.method(gateway, 1, token, DataType.OCTET_STRING))
        with self.assertRaises(RuntimeError):
            reader.request(reader.client.method(gateway, 1, token, DataType.OCTET_STRING))
        credit, account = GXDLMSCredit("0.0.19.10.0.255"), GXDLMSAccount("0.0.19.0.0.255")
        for item, last in ((credit, 11), (account, 19), (gateway, 6)):
            for attribute in range(2, last + 1):
                self.take(reader, item, attribute)
        self.assertIn(credit.currentCreditAmount, range(4900, 5001))
        self.assertIn(account.availableCredit, range(4900, 5001))
        self.assertEqual([str(name) for name in account.creditReferences], ["0.0.19.10.0.255"])
        self.assertEqual(bytes(gateway.token), token)

    def test_what_is_wrong_is_refused(self):
        meter = self.start()
        other = dict(KEYS, **{"management.encryption": "FF" * 16})
        self.assertTrue(self.connect(meter, MANAGEMENT, keys=other).is_refused())
        self.open(meter, MANAGEMENT)
        self.assertTrue(self.connect(meter, MANAGEMENT, counter=1).is_refused(), "an old counter")
        self.open(meter, MANAGEMENT)

    def test_counters_survive_a_killed_program(self):
        meter = self.start()
        self.open(meter, MANAGEMENT).set_special_data(1)
        before = self.counter(meter, MANAGEMENT)
        meter.kill()
        record = self.state / "dlms.bin"
        self.assertEqual(stat.S_IMODE(record.stat().st_mode), 0o600)
        meter = self.start()
        self.assertGreaterEqual(self.counter(meter, MANAGEMENT), before)
        self.assertTrue(self.connect(meter, MANAGEMENT, counter=before).is_refused(), "a number of the former life")
        self.assertEqual(self.open(meter, MANAGEMENT).special_data(), 1)
        meter.kill()
        damaged = bytearray(record.read_bytes())
        damaged[60] ^= 1
        record.write_bytes(damaged)
        self.assertIn("dlms.bin: damaged", self.refused())

    def refused(self):
        done = subprocess.run([PROGRAM, "run", "--state", self.state, "--no-web", "--dlms", "127.0.0.1:0",
                               "--module-port", "127.0.0.1:0", "--keys", self.keys],
                              capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        for key in KEYS.values():
            self.assertNotIn(key, done.stderr)
        return done.stderr

    def test_files_of_keys(self):
        good = text_of(KEYS)
        cases = [
            (good.replace("reading.encryption", "reader.encryption"), "line 6 has no name of a key"),
            (good.replace("2F\n", "2\n"), "line 6 has no key of 32"),
            (good.replace("2F\n", "2G\n"), "line 6 has no key of 32"),
            (good + "management.master = " + "12" * 16, "line 8 gives a key a second time"),
            (good + "key", 'line 8 is no "name = key"'),
            (good + "#" * 400, "line 8 is too long"),
            (good.replace("3F\n", "3F").replace(f"reading.authentication = {KEYS['reading.authentication']}", ""),
             "reading.authentication is missing"),
            (good.replace(KEYS["reading.encryption"], KEYS["management.encryption"]), "two keys are the same"),
            (good.replace(KEYS["reading.encryption"], "00" * 16), "all zero"),
        ]
        for text, complaint in cases:
            with self.subTest(complaint=complaint):
                self.keys.write_text(text)
                self.assertIn(complaint, self.refused())
                self.assertFalse(self.state.exists(), "a meter was made")
        self.keys.unlink()
        self.assertIn("keys.txt: cannot be opened", self.refused())


if __name__ == "__main__":
    unittest.main()
