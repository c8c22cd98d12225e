"""Software images: made, sent to a running meter over TCP, verified and activated; broken lines and meters; refusals.

The keys are made by OpenSSL's own tool, as the documentation says.
"""
import datetime
import json
import re
import subprocess
import unittest

from program import Case, Meter, run
from relay import Relay
from tool_case import IDLE, REFUSED, ABSENT, NO_ANSWER

KEYS = {
    "management.encryption": "000102030405060708090A0B0C0D0E0F",
    "management.authentication": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
    "management.master": "101112131415161718191A1B1C1D1E1F",
    "reading.encryption": "202122232425262728292A2B2C2D2E2F",
    "reading.authentication": "303132333435363738393A3B3C3D3E3F",
}
CLIENT = """\
encryption_key: 000102030405060708090A0B0C0D0E0F
authentication_key: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
system_title: 4D4D4D0000000001
"""
NUMBER = 8382001
BODY = bytes(range(251)) * 160  # 40 160 octets: 79 blocks


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Images(Case):
    def setUp(self):
        super().setUp()
        self.key, self.public = self.make_key("maker")
        self.body = self.write("body.bin", BODY)

    def make_key(self, name):
        private, public = self.folder / f"{name}.pem", self.folder / f"{name}.pub"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", private)
        openssl("ec", "-in", private, "-pubout", "-out", public)
        return private, public

    def make(self, revision=2, **options):
        image = self.folder / f"r{revision}.img"
        given = {"key": self.key, "model": "382M", "revision": revision, "output": image, **options}
        done = run("firmware", "make", self.body, *(f"--{name}={value}" for name, value in given.items()))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        return image

    def refused(self, code, arguments, *named):
        done = run("firmware", *arguments)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour firmware: [^\n]+\n\Z")
        for text in named:
            self.assertIn(str(text), done.stderr)


class Files(Images):
    def test_make_and_check(self):
        image = self.make(7)
        text = run("firmware", "check", image, "--key", self.public)
        self.assertEqual((text.returncode, text.stderr), (0, ""))
        self.assertIn(f"software        {NUMBER} revision 7\n", text.stdout)
        self.assertIn("signature       good\n", text.stdout)
        facts = json.loads(run("firmware", "check", image, "--json").stdout)
        digest = subprocess.run(["sha256sum", self.body], capture_output=True, text=True, check=True).stdout.split()[0]
        version = run("version").stdout
        self.assertEqual((facts["body_sha256"], facts["body_length"], facts["model"]), (digest, len(BODY), "382M"))
        self.assertIn("not checked", facts["signature"])
        self.assertIn(f"{facts['legal_version']}, SHA-256 {facts['legal_checksum']}\n", version)
        self.assertEqual(image.read_bytes()[192:], BODY)

    def test_openssl_agrees_with_the_signature(self):
        """r and s as DER, and a foreign program says that the signature is good."""
        octets = self.make().read_bytes()

        def number(raw):
            raw = raw.lstrip(b"\0")
            raw = b"\0" + raw if raw[0] & 0x80 else raw
            return b"\x02" + bytes([len(raw)]) + raw
        both = number(octets[128:160]) + number(octets[160:192])
        signature = self.write("signature", b"\x30" + bytes([len(both)]) + both)
        openssl("dgst", "-sha256", "-verify", self.public, "-signature", signature, self.write("head", octets[:128]))

    def test_what_cannot_be_made(self):
        out = self.folder / "out.img"
        good = ["make", self.body, "--key", self.key, "--model", "382M", "--revision", "2", "--output", out]
        rsa = self.folder / "rsa.pem"
        openssl("genrsa", "-out", rsa, "2048")
        other = self.folder / "p384.pem"
        openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", other)
        for arguments, named in [
                (good[:2], "--key is missing"), (good[:4], "--model is missing"), (good[:8], "--output is missing"),
                ([*good, "--key", self.public], f"{self.public}: has no private key on P-256"),
                ([*good, "--key", rsa], "P-256"), ([*good, "--key", other], "P-256"),
                ([*good, "--key", self.folder / "none"], "none: No such file"),
                ([*good, "--model", "3 8"], "model"), ([*good, "--model", "123456789"], "--model: 123456789 is longer"),
                ([*good, "--revision", "1.5"], "--revision: 1.5"), ([*good, "--revision", "-1"], "--revision"),
                ([*good, "--legal", "LR-0.2"], "--legal"), ([*good, "--legal", "LR-0.2:12"], "--legal"),
                ([*good, "--output", self.folder / "no" / "where"], "--output"),
                (["make", self.write("empty", ""), *good[2:]], "empty: an image needs a body"),
                (["make", self.write("long", bytes(512 * 1024 - 191)), *good[2:]], "longer than an image"),
                (["make"], "one file")]:
            with self.subTest(named=named):
                self.refused(2, arguments, named)
        self.assertFalse(out.exists())

    def test_what_is_no_image(self):
        octets = self.make().read_bytes()
        for name, content, named in [
                ("text", b"hello" * 100, "is no software image"), ("short", octets[:150], "is no software image"),
                ("cut", octets[:-1], f"has {len(octets) - 1} octets, and should have {len(octets)}"),
                ("longer", octets + b"x", f"has {len(octets) + 1} octets"),
                ("damaged", octets[:-1] + b"?", "is damaged"), ("format", octets[:8] + b"\2" + octets[9:], "format")]:
            with self.subTest(name=name):
                self.refused(2, ["check", self.write(name, content)], name, named)
        _, public = self.make_key("other")
        done = run("firmware", "check", self.make(), "--key", public)
        self.assertIn("signature       wrong\n", done.stdout)
        self.assertEqual((done.returncode, done.stderr),
                         (2, f"watthour firmware: is not signed with the key in {public}\n"))

    def test_command_lines(self):
        """What is wrong is told before anybody is asked: there is no meter at this endpoint."""
        endpoint = "dlms://127.0.0.1:1?client=1&server=1"
        for arguments, named in [
                ([], "missing"), ([endpoint, "fly"], "what is to be done"), ([endpoint, "send"], "what is to be done"),
                ([endpoint, "send", self.folder / "none"], "none: No such file"),
                ([endpoint, "send", self.body], "is no software image"),
                ([endpoint, "status", "--activate", "now"], "--activate goes with send"),
                ([endpoint, "send", self.make(), "--activate", "soon"], '"soon" is no time'),
                ([endpoint, "activate", "-3h"], '"-3h" is no time')]:
            with self.subTest(named=named):
                self.refused(2, arguments, named)


class Transfers(Images):
    def setUp(self):
        super().setUp()
        self.meter_keys = self.write("keys.txt", "".join(f"{name} = {key}\n" for name, key in KEYS.items()))
        self.client_keys = self.write("client.yaml", CLIENT)
        self.state = self.folder / "state"

    def start(self, *options):
        meter = Meter(self.state, "--scenario", self.write("home.yaml", IDLE), "--keys", self.meter_keys,
                      *(options or ("--firmware-key", self.public)), web=False)
        self.addCleanup(meter.kill)
        return meter

    def tool(self, port, *arguments):
        return run("firmware", f"dlms://127.0.0.1:{port}?client=1&server=1", *arguments, "--key-file", self.client_keys)

    def status(self, meter):
        done = self.tool(meter.dlms_port, "status", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def sends(self, meter, image, *arguments, stderr=""):
        """-> blocks sent"""
        done = self.tool(meter.dlms_port, "send", image, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, stderr))
        return int(re.match(r"(\d+) of 79 blocks sent; verified", done.stdout)[1])

    def fails(self, meter, code, arguments, *named):
        done = self.tool(meter.dlms_port, *arguments)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertRegex(done.stderr, r"\Awatthour firmware: [^\n]+\n\Z")
        for text in named:
            self.assertIn(text, done.stderr)

    def test_from_file_to_running(self):
        meter = self.start()
        before = self.status(meter)
        self.assertEqual((before["number"], before["revision"], before["status"]), (NUMBER, 1, 0))
        self.assertEqual(self.sends(meter, self.make(5), "--activate", "now"), 79)
        after = self.status(meter)
        self.assertEqual((after["revision"], after["status"], after["fault"]), (5, 6, ""))
        self.fails(meter, REFUSED, ["send", self.make(5)], f"runs software {NUMBER} revision 5", "higher revision")
        events = run("events", f"dlms://127.0.0.1:{meter.dlms_port}", "--default-password").stdout
        self.assertLess(events.index("software image verified"), events.index("software activated"))
        meter.signal(9)
        again = self.status(self.start())
        self.assertEqual((again["revision"], again["status"]), (5, 6))

    def test_over_hdlc(self):
        """At the module's port: the same, in frames."""
        meter = self.start()
        endpoint = f"hdlc://127.0.0.1:{meter.module_port}?client=1&server=1"
        done = run("firmware", endpoint, "send", self.make(), "--activate", "now", "--key-file", self.client_keys)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.status(meter)["revision"], 2)

    def test_broken_line(self):
        """Connected again as long as that brings blocks on; none is sent twice."""
        meter = self.start()
        image = self.make()
        with Relay(meter.dlms_port, [1800, 1500, 20]) as relay:
            done = self.tool(relay.port, "send", image)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(relay.connections, 4)
        sent = int(re.match(r"(\d+) of 79 blocks sent; verified", done.stdout)[1])
        self.assertLessEqual(sent, 79)  # an answer that was lost is no block sent
        self.assertGreaterEqual(sent, 76)
        self.assertEqual(done.stderr.count("connecting again"), 3)
        self.assertEqual(done.stderr.count("going on from there"), 2)
        self.assertEqual(self.sends(meter, image, stderr="watthour firmware: the meter has this image already, verified\n"),
                         0)

    def test_killed_meter(self):
        """A meter that dies half way has what it had stored; another image begins anew."""
        meter = self.start()
        image = self.make()
        with Relay(meter.dlms_port, [1800, 0, 0, 0]) as relay:
            done = self.tool(relay.port, "send", image)
            self.assertEqual(done.returncode, NO_ANSWER, done.stderr)
            sent = int(re.search(r"after (\d+) blocks: .*goes on from there\n\Z", done.stderr)[1])
        now = self.status(meter)
        self.assertEqual(now["status"], 1)
        self.assertGreaterEqual(now["first_missing"], sent)
        self.assertGreater(sent, 8)
        meter.signal(9)
        meter = self.start()
        missing = self.status(meter)["first_missing"]
        self.assertGreaterEqual(missing, 8)
        self.assertEqual(missing % 8, 0)
        rest = self.sends(meter, image, stderr="watthour firmware: the meter has a part of this image: "
                                               "going on from there\n")
        self.assertEqual(rest, 79 - missing)
        self.assertEqual(self.sends(meter, self.make(3)), 79)
        self.assertEqual(self.status(meter)["status"], 3)

    def test_images_that_are_refused(self):
        meter = self.start()
        other, _ = self.make_key("other")
        checksum = "0" * 64
        for options, named in [({"key": other}, "is not signed by the maker"),
                               ({"legal": f"LR-0.2:{checksum}"}, "another legally relevant part"),
                               ({"model": "351C"}, "another model"), ({"hardware": 2}, "another model, hardware"),
                               ({"number": 1}, "must be the same"), ({"revision": 1}, "higher revision")]:
            with self.subTest(**options):
                self.fails(meter, REFUSED, ["send", self.make(**{"revision": 2, **options}), "--activate", "now"], named)
        self.fails(meter, REFUSED, ["activate"], "the meter says")
        self.assertEqual(self.status(meter)["revision"], 1)

    def test_at_a_time(self):
        meter = self.start()
        when = (datetime.datetime.now() + datetime.timedelta(days=3)).replace(microsecond=0)
        self.sends(meter, self.make(), "--activate", str(when))
        self.assertEqual(self.status(meter)["activate_at"], str(when))
        done = self.tool(meter.dlms_port, "activate", "never")
        self.assertEqual((done.returncode, done.stdout), (0, "will not be activated by itself\n"))
        self.assertEqual((self.status(meter)["activate_at"], self.status(meter)["status"]), ("", 3))
        self.fails(meter, REFUSED, ["activate", "2020-01-01"], "the meter says")
        self.assertEqual(self.tool(meter.dlms_port, "activate").returncode, 0)
        self.assertEqual(self.status(meter)["revision"], 2)

    def test_without_a_key_of_the_maker(self):
        meter = self.start("--scenario", self.write("home.yaml", IDLE))
        self.fails(meter, REFUSED, ["send", self.make()], "takes no images", "no key of the maker")
        text = self.tool(meter.dlms_port, "status").stdout
        self.assertIn("images     are not taken: no key of the maker\n", text)

    def test_without_keys_of_management(self):
        meter = self.start()
        done = run("firmware", f"dlms://127.0.0.1:{meter.dlms_port}", "status", "--default-password")
        self.assertEqual((done.returncode, done.stdout), (ABSENT, ""))
        self.assertIn("keys of management", done.stderr)

    def test_options_of_run(self):
        for options, named in [(["--firmware-key", self.public], "--firmware-key: goes with --keys"),
                               (["--keys", self.meter_keys, "--firmware-key", self.body], "has no public key on P-256")]:
            done = run("run", "--state", self.state, "--no-web", "--dlms", "127.0.0.1:0", "--module-port", "127.0.0.1:0",
                       *options)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(named, done.stderr)


if __name__ == "__main__":
    unittest.main()
