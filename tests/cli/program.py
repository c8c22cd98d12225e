"""What the tests of the program share: running it to its end, and a meter that runs.

The program is named by the environment variable WATTHOUR. Whatever waits has a deadline and waits for
something to happen: a line, an answer, the next state that the page is sent.
"""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["WATTHOUR"]
DEADLINE_S = 30  # generous: a sanitized program on a busy machine


def run(*arguments, env=None):
    """Runs the program to its end. -> subprocess.CompletedProcess with text"""
    return subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="surrogateescape", timeout=4 * DEADLINE_S, check=False,
                          env={**os.environ, **(env or {})})


def listing(folder):
    """-> {relative path: content} of everything below a folder, None for folders"""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in pathlib.Path(folder).rglob("*")}


class Stream:
    """What a meter's page is sent: one state after another, over a WebSocket."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Protocol: watthour\r\n\r\n".encode())
        self.received = b""
        head = self._until(b"\r\n\r\n").decode()
        magic = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()
        assert head.startswith("HTTP/1.1 101"), head
        assert base64.b64encode(hashlib.sha1(magic).digest()).decode() in head, head

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the meter closed the stream")
        self.received += data

    def _until(self, mark):
        while mark not in self.received:
            self._more()
        head, self.received = self.received.split(mark, 1)
        return head

    def _take(self, count):
        while len(self.received) < count:
            self._more()
        data, self.received = self.received[:count], self.received[count:]
        return data

    def next(self):
        """The next state sent."""
        text = b""
        while True:
            first, length = self._take(2)
            if length == 126:
                length, = struct.unpack(">H", self._take(2))
            elif length == 127:
                length, = struct.unpack(">Q", self._take(8))
            payload = self._take(length)
            if first & 0x0F < 2:
                text += payload
                if first & 0x80:
                    return json.loads(text)

    def close(self):
        self.socket.close()


class Meter:
    """A running `watthour run`. Use in a with statement: what is still running at its end is killed."""

    def __init__(self, state, *options, env=None, web=True):
        self.stderr = tempfile.TemporaryFile()
        self.output = b""
        self.stream = None
        pages = ["--web", "127.0.0.1:0"] if web else ["--no-web"]
        folder = ["--state", str(state)] if state is not None else []
        self.process = subprocess.Popen(
            [PROGRAM, "run", *folder, *pages, "--dlms", "127.0.0.1:0", "--module-port", "127.0.0.1:0",
             *map(str, options)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.stderr, env={**os.environ, **(env or {})})
        try:
            self._read_ports(web)
        except BaseException:
            self.kill()
            raise

    def _read_ports(self, web):
        self.read_until(rb"Ctrl-C stores and stops\n")
        self.dlms_port = int(re.search(rb"DLMS on [^ ]+:(\d+) ", self.output)[1])
        self.module_port = int(re.search(rb"module port on [^ ]+:(\d+) ", self.output)[1])
        self.web_port = int(re.search(rb"page on http://[^ ]+:(\d+)/\n", self.output)[1]) if web else None

    def read_until(self, pattern):
        """Reads standard output until it contains a pattern."""
        while not re.search(pattern, self.output):
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                self.process.wait(DEADLINE_S)
                raise AssertionError(f"ended with {self.process.returncode}: {self.output} {self.complaints()}")
            self.output += data

    def complaints(self):
        """What was printed on standard error; a sanitizer's findings, too."""
        self.stderr.seek(0)
        return self.stderr.read().decode(errors="replace")

    def request(self, method, path, body=None, headers=None):
        """-> (status, text)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=DEADLINE_S)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def state(self):
        status, text = self.request("GET", "/api/state")
        assert status == 200, (status, text)
        return json.loads(text)

    def registers(self):
        return self.state()["registers"]

    def post(self, text):
        """-> (status, answer) of a command as it stands"""
        status, answer = self.request("POST", "/api/command", text, {"Content-Type": "application/json"})
        return status, json.loads(answer)

    def do(self, **command):
        """A command that has to succeed."""
        answer = self.post(json.dumps(command))
        assert answer[0] == 200, (command, answer)

    def until(self, what, condition):
        """Waits for the first state sent that fulfils a condition. -> the state"""
        if self.stream is None:
            self.stream = Stream(self.web_port)
        deadline = time.monotonic() + DEADLINE_S
        while True:
            state = self.stream.next()
            if condition(state):
                return state
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {DEADLINE_S} s: {what}; the state is {state}")

    def until_measured(self):
        """Waits until the instantaneous values are known."""
        return self.until("values", lambda state: state["p_w"] is not None)

    def signal(self, number):
        """Sends a signal and waits for the end. -> exit code"""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)

    def stop(self):
        """Ends the meter in order."""
        code = self.signal(signal.SIGINT)
        assert (code, self.complaints()) == (0, ""), (code, self.complaints())

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.stderr.close()
        if self.stream is not None:
            self.stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Case(unittest.TestCase):
    """A test with a folder of its own that goes with it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="watthour-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def assertRelative(self, value, expected, limit, what):
        """value is within a relative limit of what is expected."""
        error = abs(value / expected - 1)
        self.assertLessEqual(error, limit, f"{what}: {value} where {expected} is expected, {error:.4%} off")


def count_dwh(wh):
    """The registers' count of 0.1 Wh in a value with all its digits."""
    return int(wh * 10 + 1e-6)
