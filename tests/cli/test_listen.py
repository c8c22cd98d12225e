"""watthour listen, and the options of watthour run that send to it.

Shows COM-14 with a meter that is set up as the factory leaves it: a magnet at the meter is told within
the random delay.
"""
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest

from program import DEADLINE_S, PROGRAM, Case, Meter, run

KEYS = {
    "management.encryption": "000102030405060708090A0B0C0D0E0F",
    "management.authentication": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
    "management.master": "101112131415161718191A1B1C1D1E1F",
    "reading.encryption": "202122232425262728292A2B2C2D2E2F",
    "reading.authentication": "303132333435363738393A3B3C3D3E3F",
}
OF_MANAGEMENT = (f"encryption_key: {KEYS['management.encryption']}\n"
                 f"authentication_key: {KEYS['management.authentication']}\n"
                 "system_title: 5754430000000001\nclient: 1\nserver: 1\n")
OF_READING = (f"encryption_key: {KEYS['reading.encryption']}\n"
              f"authentication_key: {KEYS['reading.authentication']}\n")
IN_CLEAR = bytes.fromhex("0F000000010002011107")  # a DataNotification of one number, 7


def wrapped(apdu, version=1):
    return version.to_bytes(2, "big") + b"\0\1\0\x66" + len(apdu).to_bytes(2, "big") + apdu


class Listener:
    """A running `watthour listen`. What is still running at the end of a test is killed."""

    def __init__(self, case, *options):
        self.stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen([PROGRAM, "listen", "127.0.0.1:0", *map(str, options)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={k: v for k, v in os.environ.items() if k != "WATTHOUR_KEY_FILE"})
        case.addCleanup(self.end)
        line = self.process.stderr.readline().decode()
        self.port = int(re.search(r"on 127\.0\.0\.1:(\d+), ", line)[1])

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        self.stderr.close()

    def line(self):
        """The next line it prints."""
        return self.process.stdout.readline().decode()

    def push(self):
        """The next push, of --json."""
        return json.loads(self.line())

    def send(self, data):
        """Sends bytes on a connection of their own and waits for its end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            self.rest(line)

    @staticmethod
    def rest(line):
        try:
            while line.recv(4096):
                pass
        except ConnectionResetError:
            pass


class Listen(Case):
    def keys(self):
        return self.write("keys.yaml", OF_READING)

    def test_in_clear(self):
        listener = Listener(self, "--json", "--count", 3)
        listener.send(wrapped(IN_CLEAR))
        push = listener.push()
        self.assertEqual((push["status"], push["from"], push["ciphered"]), ("good", "127.0.0.1", False))
        self.assertEqual(push["values"], [{"value": 7}])
        listener.send(wrapped(IN_CLEAR) + wrapped(b"\xC4\1\2"))  # two frames at once
        self.assertEqual([listener.push()["status"] for _ in range(2)], ["good", "no push"])
        self.assertEqual(listener.process.wait(DEADLINE_S), 0)

    def test_text(self):
        """Who sent it is told wherever no key proves it."""
        title, forged = "57544800049A4F1A", bytes(20)
        listener = Listener(self, "--key-file", self.keys())
        listener.send(wrapped(IN_CLEAR))
        self.assertEqual(listener.line(), "in clear from 127.0.0.1: NOT TAKEN, not protected\n")
        listener.send(wrapped(b"\xDB\x08" + bytes.fromhex(title) + bytes([5 + len(forged), 0x30, 0, 0, 0, 7]) + forged))
        self.assertEqual(listener.line(), f"{title}, counter 7, from 127.0.0.1: NOT TAKEN, not genuine\n")
        open_to_all = Listener(self)
        open_to_all.send(wrapped(IN_CLEAR))
        self.assertRegex(open_to_all.line(), r"\Ain clear from 127\.0\.0\.1, ")
        listener.process.send_signal(signal.SIGINT)
        self.assertEqual(listener.process.wait(DEADLINE_S), 0)

    def test_what_is_no_wrapper_ends_its_connection_only(self):
        listener = Listener(self, "--json")
        with socket.create_connection(("127.0.0.1", listener.port), timeout=DEADLINE_S) as line:
            listener.send(wrapped(IN_CLEAR, version=2))
            self.assertIn("does not speak the DLMS wrapper", listener.process.stderr.readline().decode())
            line.sendall(wrapped(IN_CLEAR))
            self.assertEqual(listener.push()["status"], "good")

    def test_connections_that_push_nothing_give_way(self):
        """With all 64 places taken the next meter is heard; who goes is the one without a push for longest."""
        listener = Listener(self, "--json", "--key-file", self.keys())
        lines = []
        for _ in range(64):
            lines.append(socket.create_connection(("127.0.0.1", listener.port), timeout=DEADLINE_S))
            self.addCleanup(lines[-1].close)
            lines[-1].sendall(wrapped(IN_CLEAR) + b"\0")  # what is not taken keeps no place
            self.assertEqual(listener.push()["status"], "not protected")
        listener.send(wrapped(IN_CLEAR))
        self.assertEqual(listener.push()["status"], "not protected")
        self.assertEqual(lines[0].recv(1), b"")
        lines[1].sendall(wrapped(IN_CLEAR)[1:])
        self.assertEqual(listener.push()["status"], "not protected")

    def test_command_line(self):
        busy = Listener(self)
        cases = [
            (["127.0.0.1:x"], 'is not HOST:PORT'),
            ([f"127.0.0.1:{busy.port}"], "in use"),
            (["127.0.0.1:0", "--count", "0"], "--count"),
            (["127.0.0.1:0", "--key-file", self.folder / "none"], "none"),
            (["127.0.0.1:0", "--key-file", self.write("half.yaml", OF_READING.splitlines()[0] + "\n")],
             "authentication_key"),
        ]
        for arguments, complaint in cases:
            with self.subTest(complaint=complaint):
                done = run("listen", *arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertRegex(done.stderr, r"\Awatthour listen: [^\n]+\n\Z")
                self.assertIn(complaint, done.stderr)


class FromMeter(Case):
    def setUp(self):
        super().setUp()
        self.modern = self.write("modern.txt", "".join(f"{name} = {key}\n" for name, key in KEYS.items()))

    def start(self, port):
        meter = Meter(self.folder / "state", "--keys", self.modern, "--push", f"127.0.0.1:{port}")
        self.addCleanup(meter.kill)
        return meter

    def test_a_magnet_is_told(self):
        listener = Listener(self, "--json", "--key-file", self.write("keys.yaml", OF_READING))
        meter = self.start(listener.port)
        meter.do(magnet=True)
        push = listener.push()
        self.assertEqual((push["status"], push["ciphered"], push["alarms"]), ("good", True, ["fraud attempt"]))
        self.assertIn(meter.state()["number"], push["meter"])
        names = {value["name"]: value for value in push["values"]}
        self.assertEqual(names["alarms_1"]["text"], "fraud attempt")
        self.assertEqual(names["clock"]["value"], push["time"])
        meter.read_until(rb"alarm push to 127\.0\.0\.1:\d+ delivered")
        meter.stop()

    def tool(self, meter, command, *arguments):
        keys = self.folder / "management.yaml"
        keys.write_text(OF_MANAGEMENT)
        done = run(command, f"dlms://127.0.0.1:{meter.dlms_port}", *arguments, "--key-file", keys)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return re.sub(" +", " ", done.stdout)

    def test_alarms_are_acknowledged(self):
        """With the tool, by the names that a push has for them; other parameters are no alarms."""
        meter = self.start(9)
        meter.do(magnet=True)
        meter.until("an alarm", lambda state: state["tamper"]["alarms"] == ["fraud attempt"])
        self.assertEqual(self.tool(meter, "read", "alarms_1", "alarm_descriptor_1"),
                         "alarms_1 8192 (fraud attempt)\nalarm_descriptor_1 8192 (fraud attempt)\n")
        told = self.tool(meter, "set", "alarm_descriptor_1=0", "alarm_descriptor_2=0", "alarm_input=1")
        self.assertIn("alarm_descriptor_1 8192 -> 0\n", told)
        self.assertEqual(self.tool(meter, "read", "alarms_1", "alarm_descriptor_1", "alarm_input"),
                         "alarms_1 8192 (fraud attempt)\nalarm_descriptor_1 0\nalarm_input 1\n")

    def test_options(self):
        for arguments, complaint in ((["--push", "127.0.0.1:4060"], "--keys"),
                                     (["--keys", self.modern, "--push", "127.0.0.1:0"], "no destination"),
                                     (["--keys", self.modern, "--push", "nowhere:x"], "is not HOST:PORT")):
            with self.subTest(complaint=complaint):
                done = run("run", "--state", self.folder / "none", "--no-web", "--dlms", "127.0.0.1:0",
                           "--module-port", "127.0.0.1:0", *arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(complaint, done.stderr)
                self.assertFalse((self.folder / "none").exists(), "a meter was made")

    def test_bench(self):
        meter = self.start(9)
        for wrong in ('{"magnet": 1}', '{"cover_open": "yes"}'):
            self.assertEqual(meter.post(wrong)[0], 400)
        meter.do(cover_open=True)
        meter.do(cover_open=False)


if __name__ == "__main__":
    unittest.main()
