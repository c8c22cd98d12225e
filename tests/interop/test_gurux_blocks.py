"""A foreign DLMS client, Gurux, reads long answers of the library's server by general block transfer, with
windows of one and of several blocks. Shows COM-2.

    test_gurux_blocks.py dlms_tcp_server
"""
import socket
import subprocess
import sys
import time
import unittest

import peers

peers.need("gurux_dlms")

from gurux_dlms import GXByteBuffer, GXDLMSClient, GXReplyData
from gurux_dlms.enums import Authentication, Conformance, InterfaceType

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "dlms_tcp_server"
OBJECTS = 64  # that the association shows: its own, three of the device's, 60 registers


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port):
    """The server may not listen yet."""
    for _ in range(500):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise ConnectionError("the server does not listen")


class Reader:
    def __init__(self, port, window, pdu):
        self.client = GXDLMSClient(True, 18, 1, Authentication.LOW, "12345", InterfaceType.WRAPPER)
        self.client.proposedConformance = Conformance.GET | Conformance.GENERAL_BLOCK_TRANSFER
        self.client.maxReceivePDUSize = pdu
        self.client.gbtWindowSize = window
        self.socket = connect(port)
        self.pending = b""
        self.tags = []

    def apdu(self):
        """The next wrapper frame."""
        while len(self.pending) < 8 or len(self.pending) < 8 + int.from_bytes(self.pending[6:8]):
            data = self.socket.recv(4096)
            if not data:
                raise ConnectionError("the server closed the connection")
            self.pending += data
        end = 8 + int.from_bytes(self.pending[6:8])
        frame, self.pending = self.pending[:end], self.pending[end:]
        self.tags.append(frame[8])
        return frame

    def request(self, frames):
        reply = GXReplyData()
        for frame in frames:
            reply.clear()
            self.exchange(frame, reply)
            while reply.isMoreData():
                self.exchange(None if reply.isStreaming() else self.acknowledge(reply), reply)
        return reply

    def acknowledge(self, reply):
        """Release 1.0.203 takes the number from settings.blockNumber, which nothing sets."""
        self.client.settings.blockNumber = self.client.settings.blockIndex
        return self.client.receiverReady(reply)

    def exchange(self, frame, reply):
        if frame:
            self.socket.sendall(frame)
        self.client.getData(GXByteBuffer(self.apdu()), reply)

    def objects(self):
        self.client.parseAareResponse(self.request(self.client.aarqRequest()).data)
        self.tags.clear()
        reply = self.request([self.client.getObjectsRequest()])
        return self.client.parseObjects(reply.data, False, False)


class GeneralBlockTransfer(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.server = subprocess.Popen([PROGRAM, str(self.port)])

    def tearDown(self):
        self.server.kill()
        self.server.wait()

    def read(self, window, pdu):
        reader = Reader(self.port, window, pdu)
        objects = reader.objects()
        reader.socket.close()
        self.assertEqual(len(objects), OBJECTS)
        self.assertEqual(set(reader.tags), {0xE0})
        return reader.tags

    def test_one_block_at_a_time(self):
        self.assertGreater(len(self.read(1, 200)), 10)

    def test_windows(self):
        for window in (2, 5, 8, 20):
            for pdu in (100, 250):
                self.read(window, pdu)


if __name__ == "__main__":
    unittest.main()
