"""A client of the package dlms-cosem on a TCP port, over the wrapper or over HDLC.

It owes nothing to Gurux: encoding, HDLC and ciphering are of its own.
"""
import logging

import structlog
from dlms_cosem import cosem, enumerations
from dlms_cosem.client import DlmsClient
from dlms_cosem.io import BlockingTcpIO, HdlcTransport, TcpTransport
from dlms_cosem.security import LowLevelSecurityAuthentication, NoSecurityAuthentication
from dlms_cosem.utils import parse_as_dlms_data

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
TIMEOUT_S = 30


class Socket(BlockingTcpIO):
    """Keeps what was sent, and tells when the other end is gone, where the package would wait for ever."""

    def __init__(self, port):
        super().__init__("127.0.0.1", port, TIMEOUT_S)
        self.sent = []

    def send(self, data):
        self.sent.append(bytes(data))
        super().send(data)

    def recv(self, amount=1):
        data = b""
        while len(data) < amount:
            piece = self.tcp_socket.recv(amount - len(data))
            if not piece:
                raise ConnectionError("the server closed the connection")
            data += piece
        return data


def wrapper(port, client, server):
    return TcpTransport(client_logical_address=client, server_logical_address=server, io=Socket(port))


def hdlc(port, client, server):
    return HdlcTransport(client_logical_address=client, server_logical_address=server, io=Socket(port))


def obis(text):
    """The package's own parser of codes drops the last part."""
    return cosem.Obis(*map(int, text.split(".")))


def attribute(what, index):
    """what: (class, logical name)"""
    return cosem.CosemAttribute(enumerations.CosemInterface(what[0]), obis(what[1]), index)


class Reader(DlmsClient):
    """One association; without a password that of the public client."""

    @classmethod
    def on(cls, transport, password=None, pdu=65535):
        authentication = LowLevelSecurityAuthentication(password) if password else NoSecurityAuthentication()
        return cls(transport=transport, authentication=authentication, max_pdu_size=pdu)

    def value(self, what, index):
        return parse_as_dlms_data(self.get(attribute(what, index)))

    def write(self, what, index, data):
        """-> what the server says of it"""
        return self.set(attribute(what, index), data.to_bytes()).result
