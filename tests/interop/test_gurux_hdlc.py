"""A foreign DLMS client, Gurux, reads the library's example server over HDLC: with a password, in
segments and in blocks, with addresses of 1, 2 and 4 octets. Shows COM-2.

    test_gurux_hdlc.py dlms_example_server
"""
import os
import subprocess
import sys
import unittest

import peers

peers.need("gurux_dlms")

from gurux_dlms import GXByteBuffer, GXDLMSClient, GXReplyData
from gurux_dlms.GXDLMSException import GXDLMSException
from gurux_dlms.enums import Authentication, InterfaceType
from gurux_dlms.objects import GXDLMSData, GXDLMSRegister

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "dlms_example_server"


class Line:
    """The example server at the other end of a pipe."""

    def __init__(self, address, size, password="12345"):
        self.server = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        mechanism = Authentication.LOW if password else Authentication.NONE
        self.client = GXDLMSClient(True, 18 if password else 16, address, mechanism, password,
                                   InterfaceType.HDLC)
        self.client.hdlcSettings.maxInfoTX = size
        self.client.hdlcSettings.maxInfoRX = size
        self.frames = 0
        self.last = b""

    def request(self, frames):
        reply = GXReplyData()
        for frame in frames if isinstance(frames, list) else [frames]:
            reply.clear()
            self.exchange(frame, reply)
            while reply.isMoreData():
                self.exchange(self.client.receiverReady(reply), reply)
        return reply

    def exchange(self, frame, reply):
        self.last = bytes(frame)
        self.server.stdin.write(self.last)
        self.server.stdin.flush()
        received = GXByteBuffer()
        while True:
            data = os.read(self.server.stdout.fileno(), 4096)
            if not data:
                raise ConnectionError("the server has ended")
            received.set(data)
            if self.client.getData(received, reply):
                self.frames += 1
                return

    def open(self):
        self.client.parseUAResponse(self.request(self.client.snrmRequest()).data)
        self.client.parseAareResponse(self.request(self.client.aarqRequest()).data)
        return self

    def read(self, target, attribute):
        return self.client.updateValue(target, attribute,
                                       self.request(self.client.read(target, attribute)).value)

    def close(self):
        self.request(self.client.disconnectRequest())
        self.server.stdin.close()
        self.server.stdout.close()
        return self.server.wait(timeout=10)


class GuruxOverHdlc(unittest.TestCase):
    def dialogue(self, address, size, octets=1):
        line = Line(address, size).open()
        register = GXDLMSRegister("1.0.1.8.0.255")
        line.read(register, 3)
        self.assertGreaterEqual(line.read(register, 2), 0)
        text = GXDLMSData("0.0.96.1.0.255")
        text.value = "thirty-one characters of a text"
        line.request(line.client.write(text, 2))
        text.value = None
        self.assertEqual(line.read(text, 2), "thirty-one characters of a text")
        objects = line.client.parseObjects(line.request(line.client.getObjectsRequest()).data, True)
        self.assertIn("1.0.1.8.0.255", [str(o.logicalName) for o in objects])
        self.assertEqual(line.close(), 0)
        # The DISC: 7E, format, destination, source, control, HCS, 7E.
        self.assertEqual(len(line.last), 8 + octets)
        return line.frames

    def test_one_octet(self):
        self.dialogue(1, 128)

    def test_two_octets(self):
        self.dialogue(GXDLMSClient.getServerAddress(1, 17), 128, 2)

    def test_four_octets(self):
        self.dialogue(GXDLMSClient.getServerAddress(1, 17, 4), 128, 4)

    def test_segments(self):
        """The same in frames of 32 octets: more of them."""
        self.assertGreater(self.dialogue(1, 32), self.dialogue(1, 128))

    def test_wrong_password(self):
        line = Line(1, 128, "54321")
        with self.assertRaises(GXDLMSException):
            line.open()
        self.assertEqual(line.close(), 0)


if __name__ == "__main__":
    unittest.main()
