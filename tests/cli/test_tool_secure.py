"""The tool with keys, on the library's server with security: every mechanism that it has, and ciphering.

It is also a meter of another make: 1-0:1.8.0 is all that it registers. The server is named by SECURE_SERVER.
"""
import os
import socket
import subprocess
import time
import unittest

from program import DEADLINE_S, Case, run
from relay import Answering
from wire import frame

KEYS = """\
encryption_key: 000102030405060708090A0B0C0D0E0F
authentication_key: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
system_title: 4D4D4D0000000001
secret: SecretKey1234567
"""


# Of suite 1: the client's private key is 32 times 22, the server's 32 times 11.
PAIRS = f"""\
suite: 1
system_title: 4D4D4D0000000001
signing_key: {"22" * 32}
meter_signing_key: 0217E617F0B6443928278F96999E69A23A4F2C152BDF6D6CDF66E5B80282D4ED\
194A7DEBCB97712D2DDA3CA85AA8765A56F45FC758599652F2897C65306E5794
"""


def whole(answer):
    """For Answering: what answers whole requests, however they come in pieces."""
    held = b""

    def take(piece):
        nonlocal held
        held += piece
        if len(held) < 8 or len(held) < 8 + int.from_bytes(held[6:8], "big"):
            return b""
        request, held = held, b""
        return answer(request)

    return take


class Secure(Case):
    def setUp(self):
        super().setUp()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        server = subprocess.Popen([os.environ["SECURE_SERVER"], str(self.port)], stdout=subprocess.PIPE)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S).close()
                break
            except ConnectionRefusedError:
                self.assertLess(time.monotonic(), deadline)
        self.keys = self.write("keys.yaml", KEYS)
        self.counter = self.folder / "keys.yaml.counter"

    def read(self, parameters, *secrets, quantity="1-0:1.8.0"):
        return run("read", f"dlms://127.0.0.1:{self.port}?server=1&{parameters}", quantity, *secrets)

    def reads(self, parameters, *secrets):
        done = self.read(parameters, *secrets)
        self.assertEqual((done.returncode, done.stdout.split(), done.stderr), (0, ["1-0:1.8.0", "5.009", "kWh"], ""))

    def refuses(self, code, parameters, *secrets):
        done = self.read(parameters, *secrets)
        self.assertEqual((done.returncode, done.stdout), (code, ""))
        self.assertRegex(done.stderr, r"\Awatthour read: [^\n]+\n\Z")
        for secret in ("SecretKey", "0001020304", "Wr0ngSecret"):
            self.assertNotIn(secret, done.stderr)

    def test_each_mechanism(self):
        for client, mechanism in ((33, "md5"), (34, "sha1"), (35, "gmac"), (36, "sha256")):
            with self.subTest(mechanism=mechanism):
                self.reads(f"client={client}&auth={mechanism}&cipher=0", "--key-file", self.keys)

    def test_signed_proof(self):
        """HLS 7; with another's key, or for another meter, it fails."""
        pairs = self.write("pairs.yaml", PAIRS)
        self.reads("client=37&auth=ecdsa", "--key-file", pairs)
        self.reads("client=37", "--key-file", pairs)
        self.refuses(4, "client=37", "--key-file", self.write("other.yaml", PAIRS.replace("2222", "3333")))
        self.refuses(4, "client=37", "--key-file", self.write("meter.yaml", PAIRS.replace(
            PAIRS[PAIRS.index("0217E6"):].strip(), "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
            "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")))
        for name in ("signing_key", "meter_signing_key", "system_title"):
            part = "".join(row for row in PAIRS.splitlines(True) if not row.startswith(name))
            self.refuses(2, "client=37&auth=ecdsa", "--key-file", self.write("part.yaml", part))
        self.refuses(2, "client=37", "--key-file", self.write("short.yaml", PAIRS.replace("2222", "22", 1)))

    def test_dedicated_key(self):
        """Each association with a key of its own."""
        for _ in range(2):
            self.reads("client=48", "--key-file", self.write("keys.yaml", KEYS + "dedicated: true\n"))

    def played_back(self, keys):
        """A session is recorded, and its answers come again. -> what a reader makes of them"""
        answers = []
        secrets = ["1-0:1.8.0", "--key-file", keys, "--password-file", self.write("password", "SecretKey1234567")]
        with socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S) as meter, meter.makefile("rb") as stream:
            def record(request):
                meter.sendall(request)
                head = stream.read(8)  # of the wrapper, with the length
                answers.append(head + stream.read(int.from_bytes(head[6:], "big")))
                return answers[-1]

            with Answering(whole(record)) as line:
                done = run("read", f"dlms://127.0.0.1:{line.port}?server=1&client=49&auth=low", *secrets)
                self.assertEqual((done.returncode, done.stdout.split()), (0, ["1-0:1.8.0", "5.009", "kWh"]), done.stderr)
        self.assertGreater(len(answers), 1)
        with Answering(whole(lambda _: answers.pop(0) if answers else None)) as line:
            return run("read", f"dlms://127.0.0.1:{line.port}?server=1&client=49&auth=low", *secrets)

    def test_a_recorded_session_is_not_believed(self):
        """Without a challenge it is the dedicated key that is new; a key file can do without."""
        done = self.played_back(self.keys)
        self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
        done = self.played_back(self.write("keys.yaml", KEYS + "dedicated: false\n"))
        self.assertEqual((done.returncode, done.stdout.split()), (0, ["1-0:1.8.0", "5.009", "kWh"]), done.stderr)

    def test_meter_without_dedicated_keys(self):
        """It refuses without a reason, and the message has the likely one."""
        refusal = frame(bytes.fromhex("6117A109060760857405080103A203020101A305A103020101"), client=1, server=49)
        with Answering(whole(lambda _: refusal)) as meter:
            for more, hint in (("", True), ("dedicated: false\n", False)):
                keys = self.write("none.yaml", KEYS + more)
                done = run("read", f"dlms://127.0.0.1:{meter.port}?server=1&client=49&auth=none", "1.8.0", "--key-file", keys)
                self.assertEqual((done.returncode, done.stdout), (4, ""))
                self.assertIn("refuses client 49", done.stderr)
                self.assertEqual("dedicated" in done.stderr, hint)

    def test_client_of_the_key_file(self):
        """The endpoint goes before the key file."""
        keys = self.write("keys.yaml", KEYS + "client: 48\nserver: 1\n")
        done = run("read", f"dlms://127.0.0.1:{self.port}", "1-0:1.8.0", "--key-file", keys)
        self.assertEqual((done.returncode, done.stdout.split()), (0, ["1-0:1.8.0", "5.009", "kWh"]))
        self.refuses(4, "client=33&auth=sha1&cipher=0", "--key-file", keys)

    def test_wrong_secrets(self):
        wrong = self.write("wrong.yaml", KEYS.replace("SecretKey1234567", "Wr0ngSecret").replace("0001020304", "FF01020304"))
        for client, mechanism in ((33, "md5"), (34, "sha1"), (35, "gmac"), (36, "sha256")):
            with self.subTest(mechanism=mechanism):
                self.refuses(4, f"client={client}&auth={mechanism}&cipher=0", "--key-file", wrong)
        self.refuses(4, "client=33&auth=sha1&cipher=0", "--key-file", self.keys)  # not that client's mechanism

    def test_ciphered(self):
        """Again and again: no counter is used twice, whatever happens to the reader."""
        password = self.write("password", "SecretKey1234567")
        counters = []
        for _ in range(3):
            self.reads("client=48", "--key-file", self.keys)
            self.reads("client=49&auth=low", "--key-file", self.keys, "--password-file", password)
            self.reads("client=50&auth=sha256", "--key-file", self.keys)
            counters.append(int(self.counter.read_text()))
        self.assertEqual(counters, sorted(set(counters)))

    def test_old_counter(self):
        """A counter that was copied back is refused by the server, as it has to."""
        self.reads("client=48", "--key-file", self.keys)
        old = self.counter.read_text()
        for _ in range(2):
            self.reads("client=48", "--key-file", self.keys)
        self.counter.write_text("0\n")
        self.refuses(4, "client=48", "--key-file", self.keys)
        self.assertGreater(int(old), 0)

    def test_counter_that_cannot_be_kept(self):
        """Without a place for the counter nothing is sent."""
        self.counter.write_text("none\n")
        self.refuses(2, "client=48", "--key-file", self.keys)
        self.counter.unlink()
        self.counter.mkdir()
        self.refuses(2, "client=48", "--key-file", self.keys)

    def test_keys_that_are_missing(self):
        for line in ("encryption_key", "authentication_key", "system_title"):
            text = "".join(row for row in KEYS.splitlines(True) if not row.startswith(line))
            self.refuses(2, "client=48&auth=gmac", "--key-file", self.write("part.yaml", text))
        self.refuses(2, "client=33&auth=md5")


if __name__ == "__main__":
    unittest.main()
