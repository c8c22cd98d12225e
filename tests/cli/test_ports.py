"""watthour run's byte ports: the module's UART on TCP 1025, the optical head as pseudo-terminal and on TCP.

Shows COM-1 (reading over the optical port in KMP, IEC 62056-21 modes A and C, DLMS over HDLC; a setting written), COM-2
(HDLC on the module's port) and COM-7 (the IP module's port).
"""
import os
import re
import time
import unittest

from optical import Head, Tcp, body_of, kmp, ids, number, with_parity
from program import Case, Meter

os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()

HOME = """
mains: {drift_v: 0, step_v: 0}
loads:
  - {name: furnace, kind: heater, phase: 123, power_w: 60000, on: on}
"""

# The client's side of a dialogue recorded of a 351C, and what that answered.
SNRM = "7EA0200321937DD981801405020200060202000704000000010804000000016FEF7E"
UA = "7EA0202103737398818014050202000602008007040000000108040000000119D47E"
AARQ = "7EA02B032110FBAFE6E600601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF5FAF7E"
GET_NUMBER = "7EA0190321326FD8E6E600C0018100010101000001FF0200A8E37E"
DISC, DISC_UA = "7EA00703215303C77E", "7EA00721037301407E"
SNRM_18 = "7EA0202125939E0881801405020200060202000704000000010804000000016FEF7E"
AARQ_18 = ("7EA041212510523BE6E6006033A1090607608574050801018A0207808B0760857405080201AC0780053132333435BE10040E01"
           "000000065F1F040000FE1FFFFF0CFF7E")

ACCEPTED = bytes.fromhex("A203020100")


class Ports(Case):
    def meter(self, *options):
        meter = Meter(self.folder / "state", "--scenario", self.write("home.yaml", HOME), *options)
        self.addCleanup(meter.kill)
        return meter

    def module(self, meter):
        line = Tcp(meter.module_port)
        self.addCleanup(line.close)
        return line

    def meter_with_heads(self, *options):
        """-> meter, path of the pseudo-terminal, TCP port of the other head"""
        path = self.folder / "head"
        meter = self.meter("--optical", path, "--optical-tcp", "127.0.0.1:0", *options)
        return meter, path, int(re.search(rb"optical head on 127.0.0.1:(\d+)\n", meter.output)[1])


class Kmp(Ports):
    def test_registers_are_those_of_the_page(self):
        """COM-1, COM-7: over every port; between two states of the page."""
        meter, path, optical = self.meter_with_heads()
        meter.until_measured()
        for line in (self.module(meter), Tcp(optical), Head(path)):
            with line:
                before = meter.state()
                read = line.read(1, 13, 1001, 51, 1054, 1023, 1047, 1126)
                after = meter.state()
                low, high = before["registers"]["a_plus_wh"] / 1000, after["registers"]["a_plus_wh"] / 1000
                self.assertLessEqual(low - 1e-4, number(read[13]))
                self.assertLessEqual(number(read[13]), high + 1e-9)
                self.assertEqual(read[1][:2], (2, 0x41), "kWh with the display's one decimal")
                self.assertEqual(f"{number(read[51]):.0f}", before["number"])
                self.assertEqual(number(read[1054]), 230)
                self.assertRelative(number(read[1023]), 60, 0.01, "power")
                self.assertEqual(read[1126], (54, 0, b"382M".ljust(13)))
        meter.stop()

    def test_what_is_not_understood_has_no_answer(self):
        """Not the frame itself, nor what a wrong one stops: the next answer is to the next request."""
        meter = self.meter()
        line = self.module(meter)
        line.send(bytes.fromhex("807F0108460D 803F1002000155A10D 803F1001000265CF0D 803F10 8080"))
        line.send(kmp(0x02))
        self.assertEqual(body_of(line.until(lambda data: data.endswith(b"\x0D")))[0], 0x02)
        self.assertEqual(line.ask(0x10, 1, *ids(9999)), b"\x10")
        meter.stop()

    def test_a_number_of_the_utility(self):
        """COM-1: written with the password, refused without; a legal register is refused (REG-7)."""
        meter = self.meter()
        line = self.module(meter)
        line.send(kmp(0x11, 0, 0, *ids(52), 51, 4, 0, *(4711).to_bytes(4, "big")))
        self.assertEqual(line.some(), b"\x06")
        self.assertEqual(number(line.read(52)[52]), 4711)
        line.send(kmp(0x11, 0, 1, *ids(52), 51, 4, 0, 0, 0, 0, 1))
        line.send(kmp(0x11, 0, 0, *ids(1), 2, 4, 0, 0, 0, 0, 1))
        self.assertEqual(number(line.read(52)[52]), 4711)
        meter.stop()


class Iec(Ports):
    def read_out(self, line, sign_on, option):
        identification = line.identify(sign_on)
        line.send(option)
        return identification, line.block()[1:].decode().split("\r\n")

    def test_read_out(self):
        """COM-1: mode C, with bare characters and with parity in bit 7, on each port."""
        meter, path, optical = self.meter_with_heads()
        meter.until_measured()
        bare, parity = (b"/?!\r\n", b"\x06050\r\n"), (with_parity(b"/?!\r\n"), with_parity(b"\x06050\r\n"))
        for line, (sign_on, option) in ((self.module(meter), bare), (Tcp(optical), parity), (Head(path), parity)):
            with line:
                identification, sets = self.read_out(line, sign_on, option)
                self.assertEqual(bytes(b & 0x7F for b in identification), b"/WTH5382M\r\n")
                self.assertEqual(identification, with_parity(b"/WTH5382M\r\n") if sign_on[0] == 0xAF
                                 else b"/WTH5382M\r\n")
                self.assertEqual(sets[0], f"0.0.1({meter.state()['number']})")
                self.assertRegex(sets[2], r"\A1\.8\.0\(0{5}\d\.\d\*kWh\)\Z")
                self.assertEqual(sets[-2:], ["!", "\x03" + sets[-1][1:]])
        meter.stop()

    def test_mode_a(self):
        """COM-1: without option select the read-out comes by itself."""
        meter = self.meter()
        line = self.module(meter)
        line.identify()
        self.assertIn(b"1.8.0(", line.block())
        meter.stop()

    def test_programming_mode(self):
        meter = self.meter()
        line = self.module(meter)
        line.identify()
        line.send(b"\x06051\r\n")
        self.assertEqual(line.block()[:4], b"\x01P0\x02")
        self.assertEqual(line.command("P1", "(12345)"), "ACK")
        self.assertRegex(line.command("R5", "1.0.0()"), r"\A1\.0\.0\([01]1\d{12}\)\Z")
        self.assertEqual(line.command("W1", "0.0.2(4711)"), "ACK")
        self.assertEqual(line.command("R1", "0.0.2()"), "0.0.2(4711)")
        self.assertEqual(line.command("W1", "1.8.0(1)"), "(ER ACCESS DENIED)")
        line.send(b"\x01B0\x03q")
        self.assertTrue(line.identify().startswith(b"/WTH5"))
        meter.stop()

    def test_wrong_password(self):
        meter = self.meter()
        line = self.module(meter)
        line.identify()
        line.send(b"\x06051\r\n")
        line.block()
        self.assertEqual(line.command("P1", "(54321)"), "\x01B0")
        meter.stop()


class Hdlc(Ports):
    def test_recorded_dialogue(self):
        """COM-1, COM-2: the frames of a client made for the family; answers of the same shape."""
        meter = self.meter()
        line = self.module(meter)
        self.assertEqual(line.frame(SNRM).hex().upper(), UA)
        self.assertIn(ACCEPTED, line.frame(AARQ))
        answer = line.frame(GET_NUMBER)
        self.assertEqual(answer[:16].hex().upper(), "7EA0152103525D8AE6E700C401810006")
        self.assertEqual(int.from_bytes(answer[16:20], "big"), int(meter.state()["number"]))
        self.assertEqual(line.frame(DISC).hex().upper(), DISC_UA)
        meter.stop()

    def test_clients_by_port(self):
        """COM-1, COM-2: client 18 belongs to the module's port and is refused at the optical head."""
        meter, path, _ = self.meter_with_heads()
        with self.module(meter) as line:
            line.frame(SNRM_18)
            self.assertIn(ACCEPTED, line.frame(AARQ_18))
        with Head(path) as line:
            line.frame(SNRM_18)
            self.assertNotIn(ACCEPTED, line.frame(AARQ_18))
        meter.stop()


class All(Ports):
    def test_languages_by_turns(self):
        """COM-1: one connection, each language after the other, the association of HDLC stays open."""
        meter = self.meter()
        line = self.module(meter)
        line.frame(SNRM)
        line.frame(AARQ)
        for _ in range(3):
            self.assertEqual(line.ask(0x02)[0], 0x02)
            line.identify()
            line.send(b"\x06050\r\n")
            line.block()
            line.send(b"\x06")  # the read-out has come
        self.assertEqual(line.frame(GET_NUMBER)[16:20], int(meter.state()["number"]).to_bytes(4, "big"))
        meter.stop()

    def test_byte_by_byte_and_in_one_piece(self):
        meter = self.meter()
        line = self.module(meter)
        for byte in kmp(0x02):
            line.send(bytes([byte]))
        one = line.until(lambda data: data.endswith(b"\x0D"))
        line.send(kmp(0x02) * 50)
        self.assertEqual(line.until(lambda data: data.count(b"\x0D") == 50), one * 50)
        meter.stop()

    def test_many_clients(self):
        """COM-7: sixteen at once, each in the middle of a request of its own; the next is turned away."""
        meter = self.meter()
        lines = [self.module(meter) for _ in range(16)]
        request = kmp(0x10, 1, *ids(1001))
        for line in lines:
            line.send(request[:5])
        for line in reversed(lines):
            line.send(request[5:])
        answers = {line.until(lambda data: data.endswith(b"\x0D")) for line in lines}
        self.assertEqual(len(answers), 1)
        self.assertEqual(self.module(meter).some(), b"")
        meter.stop()

    def test_supply(self):
        """Connections end with the supply; the head stays, deaf, and has forgotten its session."""
        meter, path, _ = self.meter_with_heads()
        line, head = self.module(meter), Head(path)
        self.addCleanup(head.close)
        head.identify()
        meter.do(mains=False)
        meter.until("dark", lambda state: not state["powered"])
        self.assertEqual(line.some(), b"")
        head.send(kmp(0x02))
        meter.do(mains=True)
        meter.until("light", lambda state: state["powered"])
        self.assertEqual(head.ask(0x01)[0], 0x01)
        meter.stop()

    def test_link(self):
        """The link goes with the meter; that of a killed one is replaced, a file is not."""
        meter, path, _ = self.meter_with_heads()
        meter.kill()
        self.assertTrue(path.is_symlink())
        meter, path, _ = self.meter_with_heads()
        with Head(path) as head:
            self.assertEqual(head.ask(0x01)[0], 0x01)
        meter.stop()
        self.assertFalse(path.is_symlink())
        path.write_text("mine")
        with self.assertRaisesRegex(AssertionError, r"--optical: .*head: File exists"):
            self.meter_with_heads()
        self.assertEqual(path.read_text(), "mine")

    def test_line_speed(self):
        """A head at its true speed: a sign-on at 300 Bd is answered in more than 0.3 s."""
        meter, path, _ = self.meter_with_heads("--line-speed")
        with Head(path) as head:
            start = time.monotonic()
            head.identify()
            self.assertGreater(time.monotonic() - start, 0.3)
        meter.stop()


if __name__ == "__main__":
    unittest.main()
