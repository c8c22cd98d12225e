"""A foreign DLMS client, Gurux, sets a running meter's clock and reads its logs and peaks over TCP.

Shows COM-2, COM-15; with what is read LOG-1, REG-2, REG-6. Time passes by setting the clock forward: each
boundary that is crossed ends an interval. The meter and this program are in a zone of their own.
"""
import argparse
import datetime
import os
import pathlib
import sys
import time
import unittest

import peers

HERE = pathlib.Path(__file__).resolve().parent
peers.need("gurux_dlms")

os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
sys.path.insert(0, str(HERE.parent / "cli"))
import gurux_read
from gurux_dlms import GXDateTime
from gurux_dlms.enums import Conformance, ObjectType
from program import Case, Meter

SCENARIO = """
mains: {drift_v: 0, step_v: 0, frequency_wander_mhz: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 30000, on: on}
"""
MODULE, OPTICAL, METER = 18, 19, 16
CLOCK, PROFILE, CLOCK_LOG, DEBITING = "0.1.1.0.0.255", "1.1.99.1.0.255", "1.1.99.98.3.255", "1.1.98.1.0.255"
START = datetime.datetime(2035, 1, 8, 10, 0, 0)  # in winter: the clock shows the normal time of the stamps
SUMMER = datetime.datetime(2035, 7, 2, 10, 0, 0)
INTERVAL = datetime.timedelta(minutes=15)


def plain(value):
    """-> naive time of the meter's zone that Gurux read, normal time or local"""
    return value.value.replace(tzinfo=None)


class Logs(Case):

    def setUp(self):
        super().setUp()
        self.meter = Meter(self.folder / "state", "--scenario", self.write("steady.yaml", SCENARIO))
        self.addCleanup(self.meter.kill)

    def open(self, client=MODULE, pdu=0xFFFF):
        reader = gurux_read.Meter(argparse.Namespace(host="127.0.0.1", port=self.meter.dlms_port, client=client,
                                                     server=METER, password="12345", pdu=pdu, timeout=30))
        self.addCleanup(reader.socket.close)
        reader.client.proposedConformance |= Conformance.SET
        reader.open()
        reader.items = reader.objects()
        return reader

    def set_clock(self, reader, moment):
        clock = reader.items.findByLN(ObjectType.CLOCK, CLOCK)
        clock.time = GXDateTime(moment.astimezone())  # with the deviation that is in force then
        reader.request(reader.client.write(clock, 2))
        reader.read_parsed(clock, 2)
        seen = plain(clock.time)
        self.assertTrue(moment <= seen <= moment + datetime.timedelta(seconds=2), f"{seen}, set to {moment}")

    def pass_intervals(self, reader, count, start=START):
        for i in range(count + 1):
            self.set_clock(reader, start + i * INTERVAL + datetime.timedelta(seconds=i))

    def profile(self, reader, name=PROFILE):
        profile = reader.items.findByLN(ObjectType.PROFILE_GENERIC, name)
        for attribute in (3, 4, 6, 7, 8):
            reader.read_parsed(profile, attribute)
        return profile

    def rows_of(self, reader, profile, request):
        reader.client.updateValue(profile, 2, reader.request(request).value)
        return profile.buffer

    def test_clock_in_winter_and_summer(self):
        """COM-15: as Gurux writes it, with deviation and status of the zone."""
        reader = self.open(OPTICAL)
        self.set_clock(reader, START)
        self.set_clock(reader, SUMMER)

    def test_profile_by_range_and_by_entry(self):
        """LOG-1: the rows of the intervals, oldest first by range; entry 0 is the newest."""
        reader = self.open()
        self.pass_intervals(reader, 6)
        profile = self.profile(reader)
        self.assertEqual(profile.capturePeriod, 900)
        self.assertEqual([(int(o.objectType), o.logicalName, a.attributeIndex) for o, a in profile.captureObjects],
                         [(8, CLOCK, 2), (7, PROFILE, -1), (7, PROFILE, -2), (1, "1.1.134.0.1.255", 2),
                          (3, "1.1.1.8.0.255", 2), (3, "1.1.2.8.0.255", 2), (3, "1.1.3.8.0.255", 2),
                          (3, "1.1.4.8.0.255", 2)])
        by_range = self.rows_of(reader, profile, reader.client.readRowsByRange(profile, START + 2 * INTERVAL,
                                                                               START + 5 * INTERVAL))
        self.assertEqual([plain(row[0]) for row in by_range], [START + i * INTERVAL for i in (2, 3, 4, 5)])
        energies = [row[4] for row in by_range]
        self.assertEqual(energies, sorted(energies))
        by_entry = self.rows_of(reader, profile, reader.client.readRowsByEntry(profile, 1, 4))
        self.assertEqual([str(row[0]) for row in by_entry], [str(row[0]) for row in reversed(by_range)])
        self.assertEqual([row[1:] for row in by_entry], [row[1:] for row in reversed(by_range)])
        (newest,) = self.rows_of(reader, profile, reader.client.readRowsByEntry(profile, 0, 1))
        self.assertEqual(plain(newest[0]), START + 6 * INTERVAL)

    def test_profile_in_blocks(self):
        """COM-2: the same in one piece and in blocks of a small PDU."""
        seen = []
        self.pass_intervals(self.open(), 12)
        for pdu in (0xFFFF, 128):
            reader = self.open(pdu=pdu)
            profile = self.profile(reader)
            reader.read_parsed(profile, 2)
            seen.append([(str(row[0]), *row[1:]) for row in profile.buffer])
            self.assertLessEqual(reader.largest, pdu)
        self.assertEqual(len(seen[0]), profile.entriesInUse)
        self.assertEqual(seen[0], seen[1])

    def test_columns(self):
        """COM-2: by range only the columns asked for."""
        reader = self.open()
        self.pass_intervals(reader, 2)
        profile = self.profile(reader)
        columns = [profile.captureObjects[0], profile.captureObjects[4]]
        answer = reader.request(reader.client.readRowsByRange(profile, START, START + 2 * INTERVAL, columns)).value
        self.assertEqual([len(row) for row in answer], [2, 2])

    def test_extended_registers(self):
        """REG-2: a peak and the end of its period."""
        reader = self.open()
        self.set_clock(reader, START)
        before_wh = self.meter.state()["registers"]["a_plus_wh"]
        self.meter.until("10 Wh more", lambda state: state["registers"]["a_plus_wh"] > before_wh + 10)
        self.set_clock(reader, START + INTERVAL)
        peaks = reader.items.getObjects(ObjectType.EXTENDED_REGISTER)
        self.assertEqual({item.logicalName for item in peaks},
                         {f"1.1.{c}.6.0.255" for c in (1, 2, 3, 4)} | {f"1.1.1.6.{t}.255" for t in (1, 2)})
        peak = reader.items.findByLN(ObjectType.EXTENDED_REGISTER, "1.1.1.6.0.255")
        for attribute in (2, 3, 5):
            reader.read_parsed(peak, attribute)
        self.assertGreater(peak.value, 0)
        self.assertEqual(peak.scaler, 1)
        self.assertEqual(plain(peak.captureTime), START + INTERVAL)

    def test_debiting_stop(self):
        """REG-6: by command; CLK-1: what was done to the clock is in its log."""
        reader = self.open()
        self.set_clock(reader, START)
        before = self.profile(reader, DEBITING).entriesInUse
        stop = reader.items.findByLN(ObjectType.DATA, "1.1.0.1.5.128")
        stop.value = 1
        stop.setDataType(2, 17)
        reader.request(reader.client.write(stop, 2))
        debiting = self.profile(reader, DEBITING)
        self.assertEqual(debiting.entriesInUse, before + 1)
        (row,) = self.rows_of(reader, debiting, reader.client.readRowsByEntry(debiting, 0, 1))
        self.assertEqual(len(row), len(debiting.captureObjects))
        log = self.profile(reader, CLOCK_LOG)
        (change,) = self.rows_of(reader, log, reader.client.readRowsByEntry(log, 0, 1))
        self.assertEqual(plain(change[0]), START)


if __name__ == "__main__":
    unittest.main()
