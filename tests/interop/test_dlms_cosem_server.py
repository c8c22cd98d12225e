"""Our DLMS client, as `watthour read`, `profile` and `clock`, against a foreign meter: one made of the package
dlms-cosem (dlms_cosem_server.py), over the wrapper, and over HDLC as Gurux frames it (gurux_hdlc_server.py).

Shows COM-2 from the reader's side, and TOOL-1 on a meter of another make.
"""
import datetime
import json
import os
import pathlib
import sys
import time
import unittest

import peers

peers.need("dlms_cosem")
peers.need("gurux_dlms")
os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from dlms_cosem.dlms_data import (
    DataArray, DataStructure, DoubleLongUnsignedData, EnumData, IntegerData, OctetStringData, UnsignedLongData,
    VisibleStringData)
from dlms_cosem.enumerations import AuthenticationMechanism
from dlms_cosem.security import DecryptionError
from dlms_cosem.time import datetime_from_bytes, datetime_to_bytes
from dlms_cosem.utils import parse_as_dlms_data
from dlms_cosem_server import Secrets, Server
from gurux_hdlc_server import DISC, SNRM, HdlcServer
from program import Case, run

NO_ANSWER, REFUSED, ABSENT = 3, 4, 5
CLOCK, ENERGY, TEXT, PROFILE = "0.1.1.0.0.255", "1.0.1.8.0.255", "0.0.96.1.0.255", "1.1.99.1.0.255"
START = datetime.datetime(2035, 1, 8, 0, 0)
LONG = "longer-than-one-block;" * 5  # the package writes no longer ones
QUARTER = datetime.timedelta(minutes=15)
KEYS = Secrets(key=bytes(range(16)), authentication_key=bytes(range(0xD0, 0xE0)))


def octets(name):
    return OctetStringData(bytes(map(int, name.split("."))))


def column(class_id, name):
    return DataStructure([UnsignedLongData(class_id), octets(name), IntegerData(2), UnsignedLongData(0)])


def rows(selection):
    """A day of quarters, 25 Wh each, by range."""
    moments = [START + i * QUARTER for i in range(96)]
    return DataArray([
        DataStructure([OctetStringData(datetime_to_bytes(moment)), DoubleLongUnsignedData(1000 + 25 * i)])
        for i, moment in enumerate(moments) if selection.from_value <= moment <= selection.to_value]).to_bytes()


OBJECTS = {
    (3, ENERGY, 2): DoubleLongUnsignedData(4711).to_bytes(),
    (3, ENERGY, 3): DataStructure([IntegerData(1), EnumData(30)]).to_bytes(),
    (1, TEXT, 2): VisibleStringData(LONG).to_bytes(),
    (8, CLOCK, 2): OctetStringData(datetime_to_bytes(START)).to_bytes(),
    (7, PROFILE, 3): DataArray([column(8, CLOCK), column(3, ENERGY)]).to_bytes(),
    (7, PROFILE, 4): DoubleLongUnsignedData(900).to_bytes(),
    (7, PROFILE, 7): DoubleLongUnsignedData(96).to_bytes(),
    (7, PROFILE, 2): rows,
}
KEY_FILE = """\
encryption_key: {key}
authentication_key: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
system_title: 5754480000000001
suite: 0
"""
WRITABLE = [(8, CLOCK, 2)]


class OnAForeignMeter:
    """What holds on every line: `kind` of server, `scheme` of the endpoint."""

    def start(self, secrets=None, writable=WRITABLE, **more):
        server = self.kind(OBJECTS, writable, secrets, **more)
        self.addCleanup(server.close)
        return server

    def tool(self, server, command, *arguments):
        return run(command, f"{self.scheme}://127.0.0.1:{server.port}?client=18&server=1", *arguments)

    def key_file(self, key=KEYS.key):
        return "--key-file", self.write("keys.yaml", KEY_FILE.format(key=key.hex()))

    def ok(self, server, *arguments):
        done = self.tool(server, *arguments)
        self.assertEqual((done.returncode, done.stderr, server.fault), (0, "", None))
        return done.stdout

    def fails(self, code, words, server, *arguments):
        done = self.tool(server, *arguments)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertIn(words, done.stderr)

    def use(self, server, *secret):
        """Reads a register with its unit and a text in blocks, sets the clock, reads a profile by range."""
        read = json.loads(self.ok(server, "read", f"3/{ENERGY}/2", f"1/{TEXT}/2", "--json", *secret))
        self.assertEqual([(v["value"], v["unit"]) for v in read["values"]], [(47110, "Wh"), (LONG, "")])
        self.ok(server, "clock", "--set", "2035-01-09 10:00:00", *secret)
        moment, _ = datetime_from_bytes(parse_as_dlms_data(server.objects[8, CLOCK, 2]))
        self.assertEqual(moment.replace(tzinfo=None), datetime.datetime(2035, 1, 9, 10))
        lines = self.ok(server, "profile", "--from", "2035-01-08 00:30", "--to", "2035-01-08 08:00", "--csv", *secret)
        expected = [f"{START + i * QUARTER},{10 + i / 4:.2f}" for i in range(2, 33)]
        self.assertEqual(lines.splitlines(), ["time,a_plus [kWh]", *expected])

    def test_without_a_password(self):
        server = self.start()
        self.use(server)
        self.assertIn(("association", None), server.log)

    def test_with_a_password(self):
        server = self.start(Secrets(password=b"12345"))
        self.use(server, "--default-password")
        self.assertIn(("association", AuthenticationMechanism.LLS), server.log)

    def test_with_keys(self):
        """High level security with GMAC, both proofs; every service encrypted and authenticated, counters rising."""
        server = self.start(KEYS)
        self.use(server, *self.key_file())
        self.assertIn(("association", AuthenticationMechanism.HLS_GMAC), server.log)
        self.assertIn(("proof", True), server.log)

    def test_a_wrong_password(self):
        self.fails(REFUSED, "password or key is wrong", self.start(Secrets(password=b"54321")), "read", "1.8.0",
                   "--default-password")

    def test_a_wrong_key(self):
        server = self.start(KEYS)
        self.fails(NO_ANSWER, "", server, "read", "1.8.0", *self.key_file(bytes(16)))
        self.assertIsInstance(server.fault, DecryptionError)

    def test_a_meter_that_does_not_know_the_key(self):
        """Its proof is wrong: nothing is read from it."""
        server = self.start(KEYS, is_forger=True)
        self.fails(REFUSED, "cannot prove that it knows the key", server, "read", "1.8.0", *self.key_file())
        self.assertEqual([entry[0] for entry in server.log], ["association", "proof"])

    def test_what_it_refuses(self):
        server = self.start(writable=[])
        self.fails(ABSENT, "3/1.0.2.8.0.255/2", server, "read", "3/1.0.2.8.0.255/2")
        self.fails(REFUSED, "clock", server, "clock", "--set", "2035-01-09 10:00:00")
        self.assertEqual(server.objects[8, CLOCK, 2], OBJECTS[8, CLOCK, 2])


class OverTheWrapper(OnAForeignMeter, Case):
    kind, scheme = Server, "dlms"


class OverHdlc(OnAForeignMeter, Case):
    """In frames of 64 octets: what is ciphered goes in segments, both ways."""
    kind, scheme = HdlcServer, "hdlc"

    def test_frames(self):
        server = self.start(KEYS)
        self.ok(server, "read", f"1/{TEXT}/2", *self.key_file())
        self.assertEqual((server.frames[0], server.frames[-1]), (SNRM, DISC))
        self.assertTrue(any(control & 3 == 1 for control in server.frames))  # receive ready
        self.assertGreater(server.segments, 0)


if __name__ == "__main__":
    unittest.main()
