"""A second foreign DLMS client, dlms-cosem, reads and sets a running meter: over TCP, and over HDLC at the
module port.

Shows COM-2, COM-7 and COM-15; with what is read REG-1, LOG-1 and REG-6. Time passes by setting the clock forward. The
meter and this program are in a zone of their own.
"""
import datetime
import os
import pathlib
import sys
import time
import unittest

import peers

peers.need("dlms_cosem")
os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import dlms_cosem_read
from dlms_cosem import dlms_data
from dlms_cosem.client import DataResultError
from dlms_cosem.cosem import CosemAttributeWithSelection
from dlms_cosem.cosem.capture_object import CaptureObject
from dlms_cosem.cosem.selective_access import RangeDescriptor
from dlms_cosem.enumerations import DataAccessResult
from dlms_cosem.exceptions import DlmsClientException
from dlms_cosem.parsers import AssociationObjectListParser, ProfileGenericBufferParser
from dlms_cosem.time import datetime_from_bytes, datetime_to_bytes
from program import Case, Meter

SCENARIO = """
mains: {drift_v: 0, step_v: 0, frequency_wander_mhz: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 30000, on: on}
"""
PUBLIC, MODULE = 16, 18
MANAGEMENT, METER = 1, 16
PASSWORD = b"12345"
# Class and logical name.
A_PLUS, DEVICE_NAME, STOP = (3, "1.1.1.8.0.255"), (1, "0.0.42.0.0.255"), (1, "1.1.0.1.5.128")
CLOCK, PROFILE, DEBITING = (8, "0.1.1.0.0.255"), (7, "1.1.99.1.0.255"), (7, "1.1.98.1.0.255")
OBJECTS = dlms_cosem_read.attribute((15, "0.0.40.0.0.255"), 2)
WH = 30
START = datetime.datetime(2035, 1, 8, 10, 0, 0)  # in winter: the clock shows the normal time of the stamps
SUMMER = datetime.datetime(2034, 7, 2, 10, 0, 0)
INTERVAL = datetime.timedelta(minutes=15)


class OnALine:
    """What holds on every line; `connect` is the line."""

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

    def reader(self, client=MODULE, server=METER, password=PASSWORD, pdu=65535):
        reader = dlms_cosem_read.Reader.on(self.connect(client, server), password, pdu)
        reader.connect()
        self.addCleanup(lambda: reader.transport.io.tcp_socket and reader.transport.io.tcp_socket.close())
        return reader

    def opened(self, **settings):
        reader = self.reader(**settings)
        reader.associate()
        return reader

    def set_clock(self, reader, moment):
        stamp = dlms_data.OctetStringData(datetime_to_bytes(moment.astimezone()))
        self.assertEqual(reader.write(CLOCK, 2, stamp), DataAccessResult.SUCCESS)
        seen, status = datetime_from_bytes(reader.value(CLOCK, 2))
        self.assertFalse(status.invalid)
        self.assertTrue(moment <= seen <= moment + datetime.timedelta(seconds=2), f"{seen}, set to {moment}")
        return status

    def rows(self, reader, first, last):
        """The load profile from first to last -> rows, the moment in front."""
        columns = [dlms_cosem_read.attribute((class_id, ".".join(map(str, name))), index)
                   for class_id, name, index, _ in reader.value(PROFILE, 3)]
        parser = ProfileGenericBufferParser(columns, reader.value(PROFILE, 4) // 60)
        clock = CaptureObject(dlms_cosem_read.attribute(CLOCK, 2))
        buffer = reader.get(dlms_cosem_read.attribute(PROFILE, 2), RangeDescriptor(clock, first, last))
        return [[column.value for column in row] for row in parser.parse_bytes(buffer)]

    def test_public_client(self):
        """COM-2: without a password the name of the device and the clock are read, and no register."""
        self.set_clock(self.opened(), START)
        reader = self.opened(client=PUBLIC, server=MANAGEMENT, password=None)
        self.assertEqual(len(reader.value(DEVICE_NAME, 2)), 16)
        seen, _ = datetime_from_bytes(reader.value(CLOCK, 2))
        self.assertTrue(START <= seen <= START + datetime.timedelta(seconds=5), seen)
        with self.assertRaises(DataResultError):
            reader.value(A_PLUS, 2)
        reader.release_association()
        reader.disconnect()

    def test_wrong_password(self):
        """COM-2: refused, and the line is good for another try."""
        reader = self.reader(password=b"54321")
        with self.assertRaisesRegex(DlmsClientException, "AUTHENTICATION_FAILED"):
            reader.associate()
        reader.dlms_connection.authentication.secret = PASSWORD
        reader.associate()
        self.assertEqual(reader.value(A_PLUS, 3), [0, WH])

    def test_register(self):
        """REG-1: as the page has it, the one state before and the other behind."""
        reader = self.opened()
        before = self.meter.until("energy", lambda state: state["registers"]["a_plus_wh"] > 1)
        value = reader.value(A_PLUS, 2)
        after = self.meter.state()
        self.assertEqual(reader.value(A_PLUS, 3), [0, WH])
        self.assertGreaterEqual(value, int(before["registers"]["a_plus_wh"]))
        self.assertLessEqual(value, int(after["registers"]["a_plus_wh"]))

    def test_objects_in_blocks(self):
        """COM-2: the list is the same in one piece and in blocks of a small PDU, and has what was read."""
        seen, requests = [], []
        for pdu in (65535, 200):
            reader = self.opened(pdu=pdu)
            items = AssociationObjectListParser.parse_bytes(reader.get(OBJECTS))
            requests.append(len(reader.transport.io.sent))
            seen.append([(item.interface, item.logical_name.to_string(), item.version) for item in items])
        self.assertEqual(seen[0], seen[1])
        self.assertGreater(requests[1], requests[0] + 5)
        names = {(int(interface), name) for interface, name, _ in seen[0]}
        for class_id, name in (A_PLUS, CLOCK, PROFILE, STOP):
            self.assertIn((class_id, dlms_cosem_read.obis(name).to_string()), names)

    def test_list(self):
        """COM-2: GET with-list, a good one and one that there is not."""
        reader = self.opened()
        good, absent = (dlms_cosem_read.attribute(what, 3) for what in (A_PLUS, (3, "1.1.77.8.0.255")))
        first, second = reader.get_many([CosemAttributeWithSelection(attribute=item, access_selection=None)
                                         for item in (good, absent)]).response_data
        self.assertEqual(first.to_python(), [0, WH])
        self.assertEqual(second, DataAccessResult.OBJECT_UNDEFINED)

    def test_clock_and_profile(self):
        """COM-15: the clock is set in winter and in summer; LOG-1: rows by range are those of the intervals."""
        reader = self.opened()
        self.assertTrue(self.set_clock(reader, SUMMER).daylight_saving_active)
        for i in range(6):
            self.assertFalse(self.set_clock(reader, START + i * INTERVAL).daylight_saving_active)
        rows = self.rows(reader, START + 2 * INTERVAL, START + 4 * INTERVAL)
        self.assertEqual([row[0] for row in rows], [START + i * INTERVAL for i in (2, 3, 4)])
        energies = [row[4] for row in rows]
        self.assertEqual(energies, sorted(energies))

    def test_writing(self):
        """REG-6, COM-15: a debiting stop by writing; what must not be written is refused and stays."""
        reader = self.opened()
        before = reader.value(DEBITING, 7)
        self.assertEqual(reader.write(STOP, 2, dlms_data.UnsignedIntegerData(1)), DataAccessResult.SUCCESS)
        self.assertEqual(reader.value(DEBITING, 7), before + 1)
        value = reader.value(A_PLUS, 2)
        refused = reader.write(A_PLUS, 2, dlms_data.DoubleLongUnsignedData(0))
        self.assertEqual(refused, DataAccessResult.READ_WRITE_DENIED)
        self.assertGreaterEqual(reader.value(A_PLUS, 2), value)


class OverTcp(OnALine, Case):
    """COM-7."""

    def connect(self, client, server):
        return dlms_cosem_read.wrapper(self.meter.dlms_port, client, server)


class OverHdlc(OnALine, Case):
    """At the module port."""

    def connect(self, client, server):
        return dlms_cosem_read.hdlc(self.meter.module_port, client, server)


if __name__ == "__main__":
    unittest.main()
