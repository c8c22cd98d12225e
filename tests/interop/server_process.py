"""A test against a server program that takes the port to listen on as its argument."""
import os
import socket
import subprocess
import time
import unittest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess(unittest.TestCase):
    """Each test has the program of SECURE_SERVER to itself. It serves one connection at a time."""

    def setUp(self):
        self.port = free_port()
        self.server = subprocess.Popen([os.environ["SECURE_SERVER"], str(self.port)])
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.02)
        self.fail("the server does not listen")
