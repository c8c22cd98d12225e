"""Just enough of DLMS on TCP, in bytes, to see whether a meter answers. Reading is tests/interop's matter."""
import socket
import struct

from program import DEADLINE_S

# AARQ: LN referencing, no password; proposes GET and blocks (Green Book, 11.1).
AARQ = bytes.fromhex("601da109060760857405080101be10040e01000000065f1f0400001010ffff")
GET_DEVICE_NAME = bytes.fromhex("c001c1 0001 00002a0000ff 02 00")
PUBLIC, MANAGEMENT = 16, 1


def frame(apdu, client=PUBLIC, server=MANAGEMENT):
    return struct.pack(">4H", 1, client, server, len(apdu)) + apdu


class Client:
    def __init__(self, port, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout=DEADLINE_S)

    def _take(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                return None
            data += part
        return data

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """-> the next APDU; None if the meter has closed the connection"""
        try:
            header = self._take(8)
            return header and self._take(struct.unpack(">4H", header)[3])
        except ConnectionError:
            return None

    def ask(self, apdu):
        self.send(frame(apdu))
        return self.receive()

    def associate(self):
        """Whether the meter accepts."""
        try:
            answer = self.ask(AARQ)
        except ConnectionError:
            return False
        return answer is not None and answer[0] == 0x61 and bytes.fromhex("a203020100") in answer

    def device_name(self):
        answer = self.ask(GET_DEVICE_NAME)
        assert answer[:4] == bytes.fromhex("c401c100"), answer
        return answer[6:].decode()

    def abort(self):
        """Hangs up with a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
