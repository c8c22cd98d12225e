"""KMP frames and IEC 62056-21 messages in bytes, and the places where a running meter speaks them. Independent of the
project's own codecs."""
import functools
import operator
import os
import select
import socket
import termios
import time
import tty

from program import DEADLINE_S

STUFFED = (0x80, 0x40, 0x0D, 0x06, 0x1B)


def crc(data):
    """CRC-16/XMODEM"""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021) & 0xFFFF if value & 0x8000 else value << 1
    return value


def kmp(*body):
    """A request to address 3F: CID and data."""
    plain = bytes([0x3F, *body])
    plain += crc(plain).to_bytes(2, "big")
    return b"\x80" + b"".join(bytes([0x1B, b ^ 0xFF]) if b in STUFFED else bytes([b]) for b in plain) + b"\x0D"


def ids(*registers):
    return b"".join(r.to_bytes(2, "big") for r in registers)


def body_of(frame):
    """-> CID and data of an answer; fails if it is none"""
    assert frame[0] == 0x40 and frame[-1] == 0x0D, frame.hex()
    plain, stuffed = bytearray(), False
    for byte in frame[1:-1]:
        if stuffed:
            assert byte ^ 0xFF in STUFFED, frame.hex()
            plain.append(byte ^ 0xFF)
        elif byte != 0x1B:
            plain.append(byte)
        stuffed = byte == 0x1B and not stuffed
    assert crc(plain) == 0 and plain[0] == 0x3F, frame.hex()
    return bytes(plain[1:-2])


def registers_of(answer):
    """GetRegister's answer -> {id: (unit, exponent byte, value)}"""
    found, at = {}, 1
    while at < len(answer):
        number, unit, size, exponent = int.from_bytes(answer[at:at + 2], "big"), *answer[at + 2:at + 5]
        found[number] = (unit, exponent, answer[at + 5:at + 5 + size])
        at += 5 + size
    return found


def number(register):
    """The value of one of registers_of."""
    _, exponent, value = register
    power = (exponent & 0x3F) * (-1 if exponent & 0x40 else 1)
    return int.from_bytes(value, "big") * 10 ** power * (-1 if exponent & 0x80 else 1)


def bcc(text):
    """Of what follows SOH or STX, ETX or EOT included."""
    return functools.reduce(operator.xor, text, 0)


def command(code, data):
    text = code.encode() + b"\x02" + data.encode() + b"\x03"
    return b"\x01" + text + bytes([bcc(text)])


def with_parity(data):
    return bytes(b | (bin(b).count("1") & 1) << 7 for b in data)


class Line:
    """Bytes to and from a meter."""

    def send(self, data):
        raise NotImplementedError

    def some(self):
        """The next bytes; b'' at the end."""
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def until(self, is_whole):
        data, deadline = b"", time.monotonic() + DEADLINE_S
        while not is_whole(data):
            part = self.some()
            assert part and time.monotonic() < deadline, f"the meter stopped after {data!r}"
            data += part
        return data

    def ask(self, *body):
        """A KMP request -> CID and data of the answer"""
        self.send(kmp(*body))
        return body_of(self.until(lambda data: data.endswith(b"\x0D")))

    def read(self, *registers):
        """GetRegister, up to eight."""
        answer = self.ask(0x10, len(registers), *ids(*registers))
        assert answer[0] == 0x10, answer
        return registers_of(answer)

    def frame(self, text):
        """An HDLC frame in hexadecimal -> the answer"""
        self.send(bytes.fromhex(text))
        return self.until(lambda data: len(data) > 2 and len(data) >= (data[1] << 8 & 0x700 | data[2]) + 2)

    def identify(self, sign_on=b"/?!\r\n"):
        self.send(sign_on)
        return self.until(lambda data: data.endswith(b"\n"))

    def block(self):
        """From STX or SOH to the check, which is right."""
        data = self.until(lambda data: len(data) > 1 and data[-2] & 0x7F in (3, 4))
        plain = bytes(b & 0x7F for b in data)
        assert bcc(plain[1:]) == 0, data
        return plain

    def command(self, code, data):
        """Programming mode -> what stands between STX and ETX; "ACK"; or the message from SOH"""
        self.send(command(code, data))
        data = self.some()
        if data[:1] == b"\x06":
            return "ACK"
        while not (len(data) > 1 and data[-2] in (3, 4)):
            data += self.some()
        assert bcc(data[1:]) == 0, data
        return data[1 if data[0] == 2 else 0:-2].decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Tcp(Line):
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)

    def send(self, data):
        self.socket.sendall(data)

    def some(self):
        return self.socket.recv(65536)

    def close(self):
        self.socket.close()


class Head(Line):
    """A pseudo-terminal."""

    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.descriptor)
        termios.tcflush(self.descriptor, termios.TCIOFLUSH)

    def send(self, data):
        while data:
            data = data[os.write(self.descriptor, data):]

    def some(self):
        readable, _, _ = select.select([self.descriptor], [], [], DEADLINE_S)
        return os.read(self.descriptor, 65536) if readable else b""

    def close(self):
        os.close(self.descriptor)
