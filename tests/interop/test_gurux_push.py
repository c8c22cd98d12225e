"""Pushes of a running meter, taken by a foreign parser, Gurux, and by watthour listen.

Shows COM-14: Gurux sets the push up as management, over DLMS; a magnet at the meter then is a ciphered
DataNotification that Gurux deciphers and names; what cannot be delivered is repeated; supply that failed
is told when it is back.
"""
import datetime
import os
import pathlib
import socket
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".venv/bin/python"
if "gurux" not in os.environ.get("WATTHOUR_PEERS", "") and __name__ == "__main__":
    if not PEERS.exists():
        print("skipped: .venv with the foreign client is absent; tools/install.sh test makes it")
        sys.exit(77)
    os.execve(PEERS, [str(PEERS), *sys.argv], {**os.environ, "WATTHOUR_PEERS": "gurux"})

sys.path.insert(0, str(HERE.parent / "cli"))
from gurux_dlms import GXByteBuffer, GXDateTime, GXReplyData
from gurux_dlms.enums import Authentication, DateTimeSkips, InterfaceType, Security
from gurux_dlms.objects import GXDLMSActionSchedule, GXDLMSData, GXDLMSPushSetup, GXDLMSRegisterMonitor
from gurux_dlms.objects.enums import MessageType, ServiceType
from gurux_dlms.secure import GXDLMSSecureClient
from program import DEADLINE_S, Case, Meter
from test_gurux_modern import KEYS, MANAGEMENT, PUBLIC, SecureReader, text_of
from test_listen import OF_READING, Listener

ALARM_SETUP = "0.4.25.9.0.255"
DESCRIPTOR_1, DESCRIPTOR_2 = "0.0.97.98.20.255", "0.0.97.98.21.255"
FRAUD = 1 << 13
POWER_FAILED_AND_BACK = 3


class Receiver:
    """Somebody who is pushed to, with Gurux's parser."""

    def __init__(self, case):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(DEADLINE_S)
        case.addCleanup(self.server.close)
        self.destination = f"127.0.0.1:{self.server.getsockname()[1]}"

    def frame(self):
        """What comes on the next connection, to its end."""
        line, _ = self.server.accept()
        with line:
            line.settimeout(DEADLINE_S)
            received = b""
            while data := line.recv(4096):
                received += data
        return received

    def push(self):
        """-> {(logical name, attribute): value} of the next push"""
        client = GXDLMSSecureClient(True, 102, 1, Authentication.NONE, None, InterfaceType.WRAPPER)
        cipher = client.ciphering
        cipher.security = Security.AUTHENTICATION_ENCRYPTION
        cipher.systemTitle = b"CLI\0\0\0\0\2"
        cipher.blockCipherKey = bytes.fromhex(KEYS["reading.encryption"])
        cipher.authenticationKey = bytes.fromhex(KEYS["reading.authentication"])
        reply, notify = GXReplyData(), GXReplyData()
        client.getData(GXByteBuffer(self.frame()), reply, notify)
        assert notify.isComplete() and not notify.isMoreData()
        objects = client.parsePushObjects(notify.value[0])
        return {(str(item.logicalName), index): value
                for (item, index), value in zip(objects, notify.value, strict=True)}


class Manager(SecureReader):
    def write_object(self, item, index):
        for frame in self.client.write(item, index):
            self.request([frame])

    def set_up(self, destination, randomisation=0, delay=0):
        setup = GXDLMSPushSetup(ALARM_SETUP)
        setup.version = 0
        setup.service = ServiceType.TCP
        setup.destination = destination
        setup.message = MessageType.COSEM_APDU
        setup.randomisationStartInterval = randomisation
        setup.repetitionDelay = delay
        for index in (3, 5, 7):
            self.write_object(setup, index)

    def acknowledge(self):
        for name in (DESCRIPTOR_1, DESCRIPTOR_2):
            item = GXDLMSData(name)
            item.value = 0
            item.setDataType(2, 6)
            self.write_object(item, 2)


class Push(Case):
    def setUp(self):
        super().setUp()
        keys = self.write("keys.txt", text_of(KEYS))
        self.meter = Meter(self.folder / "state", "--keys", keys)
        self.addCleanup(self.meter.kill)

    def manager(self):
        public = SecureReader(self.meter.dlms_port, PUBLIC)
        self.addCleanup(public.socket.close)
        public.open()
        counter = public.read(GXDLMSData("0.0.43.1.0.255"), 2)
        manager = Manager(self.meter.dlms_port, MANAGEMENT, counter=counter + 1)
        self.addCleanup(manager.socket.close)
        manager.open()
        return manager

    def test_gurux_takes_an_alarm(self):
        receiver = Receiver(self)
        manager = self.manager()
        manager.set_up(receiver.destination)
        read_back = GXDLMSPushSetup(ALARM_SETUP)
        read_back.version = 0
        for index in (2, 3, 4, 5, 6, 7):
            manager.read_parsed(read_back, index)
        self.assertEqual((read_back.destination, len(read_back.pushObjectList)), (receiver.destination, 7))
        self.meter.do(magnet=True)
        values = receiver.push()
        self.assertEqual(values[DESCRIPTOR_1, 2], FRAUD)
        self.assertEqual(values[DESCRIPTOR_2, 2], 0)
        name = bytes(values["0.0.42.0.0.255", 2]).decode()
        self.assertIn(self.meter.state()["number"], name)
        self.assertEqual(manager.read(GXDLMSData(DESCRIPTOR_1), 2), FRAUD)
        manager.acknowledge()
        self.assertEqual(manager.read(GXDLMSData(DESCRIPTOR_1), 2), 0)

    def test_times_as_gurux_writes_them(self):
        manager = self.manager()
        setup = GXDLMSPushSetup(ALARM_SETUP)
        setup.version = 0
        start, end = GXDateTime(None), GXDateTime(None)
        for moment, hour in ((start, 22), (end, 6)):
            moment.value = datetime.datetime(2026, 1, 1, hour, 30)
            moment.skip = (DateTimeSkips.YEAR | DateTimeSkips.MONTH | DateTimeSkips.DAY | DateTimeSkips.DAY_OF_WEEK
                           | DateTimeSkips.MILLISECOND | DateTimeSkips.DEVITATION | DateTimeSkips.STATUS)
        setup.communicationWindow = [(start, end)]
        manager.write_object(setup, 4)
        window, = manager.read(setup, 4)
        self.assertEqual([bytes(moment)[:8].hex() for moment in window],
                         ["ffffffffff161e00", "ffffffffff061e00"])
        schedule = GXDLMSActionSchedule("0.0.15.0.4.255")
        schedule.executionTime = [start]
        manager.write_object(schedule, 4)
        (time, date), = manager.read(schedule, 4)
        self.assertEqual((bytes(time).hex(), bytes(date).hex()), ("161e0000", "ffffffffff"))
        for index in (2, 3, 4):
            manager.read_parsed(schedule, index)
        self.assertEqual((schedule.executedScriptSelector, len(schedule.executionTime)), (1, 1))
        monitor = GXDLMSRegisterMonitor("0.0.16.1.0.255")
        for index in (2, 3, 4):
            manager.read_parsed(monitor, index)
        self.assertEqual((monitor.monitoredValue.logicalName, monitor.actions[0].actionUp.scriptSelector),
                         (DESCRIPTOR_1, 4))

    def test_an_attempt_that_failed_is_repeated(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        manager = self.manager()
        manager.set_up(f"127.0.0.1:{port}", delay=1)
        self.meter.do(magnet=True)
        self.meter.read_until(rb"alarm push to 127\.0\.0\.1:\d+ failed: connection refused")
        receiver = Receiver(self)  # another port: the set-up counts at each attempt
        manager.set_up(receiver.destination, delay=1)
        self.assertEqual(receiver.push()[DESCRIPTOR_1, 2], FRAUD)

    def test_supply_that_failed(self):
        listener = Listener(self, "--json", "--key-file", self.write("reading.yaml", OF_READING))
        self.manager().set_up(f"127.0.0.1:{listener.port}")
        self.meter.do(mains=False)
        self.meter.until("no supply", lambda state: not state["powered"])
        self.meter.do(mains=True)
        push = listener.push()
        self.assertEqual((push["status"], push["alarms"]), ("good", ["power failed", "power returned"]))
        first = push["counter"]
        self.meter.do(magnet=True)
        push = listener.push()
        self.assertEqual(push["alarms"], ["fraud attempt", "power failed", "power returned"])
        self.assertGreater(push["counter"], first)
        self.meter.do(mains=False)  # a magnet stays where it is
        self.meter.until("no supply", lambda state: not state["powered"])
        self.meter.do(mains=True)
        self.meter.until("supply", lambda state: state["powered"] and state["tamper"]["alarms"] == ["fraud attempt"])


if __name__ == "__main__":
    unittest.main()
