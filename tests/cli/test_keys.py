"""Keys of secure clients: made, used in every suite over TCP and HDLC, shown, changed; changes that are cut off anywhere.

No key is ever printed.
"""
import json
import re
import subprocess
import unittest

from program import Case, Meter, run
from relay import Relay
from tool_case import ABSENT, IDLE, NO_ANSWER, REFUSED

HEX = re.compile(r"\b[0-9A-F]{32,}\b")


class Keys(Case):
    def generate(self, suite=0, name="keys"):
        """-> the meter's file, those of management and reading"""
        path = self.folder / f"{name}{suite}"
        done = run("keys", "generate", path, "--suite", suite)
        files = [path, self.folder / f"{name}{suite}.management.yaml", self.folder / f"{name}{suite}.reading.yaml"]
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(sorted(done.stdout.split()), sorted(map(str, files)))
        return files

    def start(self, keys, *options):
        state = self.folder / f"state of {keys.name}"
        meter = Meter(state, "--scenario", self.write("home.yaml", IDLE), "--keys", keys, *options, web=False)
        self.addCleanup(meter.kill)
        return meter

    def secrets(self, *files):
        return {found for file in files for found in HEX.findall(file.read_text())}

    def does(self, *arguments, code=0):
        """-> what was printed, without any key"""
        done = run(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIsNone(HEX.search(done.stdout + done.stderr))
        if code == 0:
            self.assertEqual(done.stderr, "")
        else:
            self.assertRegex(done.stderr, r"\Awatthour [a-z]+: [^\n]+\n\Z")
        return done.stdout + done.stderr

    def reads(self, port, keys, code=0, scheme="dlms", parameters=""):
        return self.does("read", f"{scheme}://127.0.0.1:{port}?{parameters}", "clock", "--key-file", keys, code=code)


class Files(Keys):
    def test_made_for_the_owner_only_and_never_overwritten(self):
        for suite in (0, 1, 2):
            files = self.generate(suite)
            self.assertEqual({file.stat().st_mode & 0o777 for file in files}, {0o600})
            before = [file.read_bytes() for file in files]
            self.assertIn("File exists", self.does("keys", "generate", files[0], "--suite", suite, code=2))
            self.assertEqual([file.read_bytes() for file in files], before)
            lines = files[0].read_text().splitlines()
            self.assertEqual(len(lines), 9 if suite == 0 else 15)
        self.assertEqual(len(self.secrets(*self.generate(name="a"), *self.generate(name="b"))), 10)

    def test_all_or_none(self):
        """One of the three is there already: the others are not made."""
        taken = self.write("new.reading.yaml", "mine")
        self.does("keys", "generate", self.folder / "new", code=2)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["new.reading.yaml"])
        self.assertEqual(taken.read_text(), "mine")

    def test_command_lines(self):
        endpoint = "dlms://127.0.0.1:1"
        for arguments in (["generate"], [endpoint], [endpoint, "delete"], [endpoint, "show", "more"],
                          [endpoint, "show", "--suite", "1"], ["generate", self.folder / "k", "--suite", "3"],
                          [endpoint, "change"]):
            with self.subTest(arguments=arguments):
                self.does("keys", *arguments, code=2)
        self.does("keys", "kmp://127.0.0.1:1", "show", code=ABSENT)
        reading = self.generate()[2]
        self.assertIn("has no master_key", self.does("keys", endpoint, "change", "--key-file", reading, code=2))

    def test_what_is_wrong_in_a_meters_file(self):
        good = self.generate(1)[0].read_text()
        for name, text, named in [
                ("late", good.replace("suite = 1\n", "") + "suite = 1\n", "no name of a key of this suite"),
                ("suite", good.replace("suite = 1", "suite = 3"), "line 2 has no suite"),
                ("short", good.replace("meter.signing_private = ", "meter.signing_private = 00"), "no key of 64"),
                ("missing", re.sub("reading.agreement_public.*\n", "", good), "reading.agreement_public is missing"),
                ("twice", good + good.splitlines()[2] + "\n", "a second time")]:
            with self.subTest(name=name):
                told = self.does("run", "--state", self.folder / "none", "--no-web", "--dlms", "127.0.0.1:0", "--module-port",
                                 "127.0.0.1:0", "--keys", self.write(name, text), code=2)
                self.assertIn(named, told)


class Certificates(Keys):
    """What is in them, tests/dlms/test_certificates.c shows; here, that a running meter has them and keeps them."""

    def authority(self, name, curve="prime256v1", usage="keyCertSign"):
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        for arguments in (["ecparam", "-name", curve, "-genkey", "-noout", "-out", key],
                          ["req", "-x509", "-new", "-key", key, "-subj", f"/CN={name}", "-days", "2", "-out", certificate,
                           "-addext", f"keyUsage=critical,{usage}"]):
            subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
        return certificate

    def methods(self, meter, keys):
        """-> the methods of the Security setup that may be invoked"""
        at = f"dlms://127.0.0.1:{meter.dlms_port}"
        rows = json.loads(self.does("objects", at, "--json", "--key-file", keys))
        return [row for row in rows if row["class"] == 64][0]["methods"].count("x")

    def test_management_has_them(self):
        keys, management, reading = self.generate(1)
        with self.start(keys) as meter:
            self.assertEqual(self.methods(meter, management), 3)
        state = self.folder / f"state of {keys.name}"
        with self.start(keys, "--authority", self.authority("CA")) as meter:
            self.assertEqual(self.methods(meter, management), 8)
            self.assertEqual(self.methods(meter, reading), 0)
            self.reads(meter.dlms_port, management)
        self.assertFalse((state / "certificates.bin").exists())  # nothing was imported

    def test_what_is_none(self):
        keys, of_suite_0 = self.generate(1)[0], self.generate(0)[0]
        good = self.authority("CA")
        (self.folder / "damaged").mkdir()
        (self.folder / "damaged" / "certificates.bin").write_bytes(bytes(16384))
        for state, file, authority, named in [
                ("new", keys, self.folder / "none.pem", "none.pem: No such file"),
                ("new", keys, keys, "holds no certificate"), ("new", of_suite_0, good, "suite 0 have no certificates"),
                ("new", None, good, "goes with --keys"), ("damaged", keys, good, "certificates.bin"),
                ("new", keys, self.authority("P384", "secp384r1"), "certificates.bin"),
                ("new", keys, self.authority("signer", usage="digitalSignature"), "certificates.bin")]:
            with self.subTest(named=named, authority=authority.name):
                told = self.does("run", "--state", self.folder / state, "--no-web", "--dlms", "127.0.0.1:0", "--module-port",
                                 "127.0.0.1:0", *(["--keys", file] if file else []), "--authority", authority, code=2)
                self.assertIn(named, told)


class Meters(Keys):
    def test_every_suite_over_tcp_and_hdlc(self):
        for suite in (0, 1, 2):
            with self.subTest(suite=suite):
                keys, management, reading = self.generate(suite)
                with self.start(keys) as meter:
                    for file in (management, reading):
                        self.reads(meter.dlms_port, file)
                        self.reads(meter.module_port, file, scheme="hdlc")
                        extra = "dedicated: true\n" + ("signed: true\n" if suite > 0 else "")
                        more = self.write(f"more-{file.name}", file.read_text() + extra)
                        counter = file.with_name(file.name + ".counter").read_text()
                        self.write(f"more-{file.name}.counter", counter)
                        self.reads(meter.dlms_port, more)
                        self.reads(meter.module_port, more, scheme="hdlc")
                    other = self.generate(suite, "other")[1]
                    self.reads(meter.dlms_port, other, code=REFUSED)
                    meter.stop()

    def test_nobody_else_is_that_client(self):
        """The title in the meter's file is the only one, whoever has the keys."""
        keys, management, _ = self.generate()
        text = management.read_text()
        other = self.write("other.yaml", re.sub("system_title: 575443", "system_title: 4D4D4D", text))
        self.write("other.yaml.counter", "1000\n")
        with self.start(keys) as meter:
            self.reads(meter.dlms_port, management)
            self.assertIn("diagnostic 3): it does not know the system_title", self.reads(meter.dlms_port, other, code=REFUSED))

    def test_refused_for_a_while(self):
        """After some wrong keys in a row the message says that it is the time to wait."""
        keys, management, _ = self.generate()
        text = management.read_text()
        other = self.write("other.yaml", re.sub("(encryption_key: )[0-9A-F]{32}", r"\g<1>" + 32 * "5", text))
        with self.start(keys) as meter:
            told = [self.reads(meter.dlms_port, other, code=REFUSED) for _ in range(12)]
        self.assertIn("key is wrong", told[0])
        self.assertTrue(any("try later" in text for text in told), told[-1])

    def test_show(self):
        keys, management, reading = self.generate(1)
        with self.start(keys) as meter:
            at = f"dlms://127.0.0.1:{meter.dlms_port}"
            told = self.does("keys", at, "show", "--key-file", management)
            self.assertRegex(told, r"meter +57544800[0-9A-F]{8}\nclient +575443[0-9A-F]{10}\nsuite +1\n"
                                   r"policy +6C: requests authenticated encrypted; answers authenticated encrypted\n")
            facts = json.loads(self.does("keys", at, "show", "--json", "--key-file", reading))
            self.assertEqual((facts["suite"], facts["policy"]), (1, 0x6C))
            self.assertIn(facts["client_title"], reading.read_text())
            self.does("keys", f"dlms://127.0.0.1:{meter.dlms_port}", "show", code=ABSENT)

    def test_change(self):
        """New keys, and only they; for the reader and for a meter that was switched off meanwhile."""
        for suite in (0, 2):
            keys, management, reading = self.generate(suite, "change")
            old = self.write("old.yaml", management.read_text())
            before = self.secrets(management)
            with self.start(keys) as meter:
                at = f"dlms://127.0.0.1:{meter.dlms_port}"
                self.reads(meter.dlms_port, management)
                told = self.does("keys", at, "change", "--key-file", management)
                self.assertEqual(told, f"{management}: new keys are in force\n")
                self.assertEqual(len(self.secrets(management) - before), 2)
                self.assertEqual(management.stat().st_mode & 0o777, 0o600)
                self.reads(meter.dlms_port, management)
                self.reads(meter.dlms_port, reading)
                self.reads(meter.dlms_port, old, code=REFUSED)
                meter.stop()
            with self.start(keys) as meter:
                self.reads(meter.dlms_port, management)
                self.does("keys", f"hdlc://127.0.0.1:{meter.module_port}", "change", "--key-file", management)
                self.reads(meter.dlms_port, management)
            self.assertEqual([path for path in self.folder.iterdir() if ".next" in path.name], [])

    def test_change_that_is_cut_off_anywhere(self):
        """Whatever the line loses: keys that the meter has are in one of the two files, and the next run ends it."""
        keys, management, _ = self.generate()
        with self.start(keys) as meter:
            with Relay(meter.dlms_port) as relay:
                self.does("keys", f"dlms://127.0.0.1:{relay.port}", "change", "--key-file", management)
                octets = relay.bytes[0]
            outcomes = set()
            for cut in sorted({0, 1, octets // 2, octets - 40, octets - 20, octets - 8, octets - 1}):
                with Relay(meter.dlms_port, [cut, 0, 0, 0]) as relay:
                    done = run("keys", f"dlms://127.0.0.1:{relay.port}?timeout=1500", "change", "--key-file", management)
                self.assertEqual(done.returncode, NO_ANSWER, (cut, done.stderr))
                self.assertIsNone(HEX.search(done.stdout + done.stderr))
                told = self.does("keys", f"dlms://127.0.0.1:{meter.dlms_port}", "change", "--key-file", management)
                outcomes.add(told.split(": ", 1)[1])
                self.reads(meter.dlms_port, management)
            self.assertEqual(outcomes, {"new keys are in force\n",
                                        "the keys of a change that was begun before are in force\n"})

    def test_change_that_the_meter_refuses(self):
        """A master key that is not the meter's: nothing is changed, and nothing is left."""
        keys, management, _ = self.generate()
        text = management.read_text()
        wrong = self.write("wrong.yaml", re.sub("master_key: ..", "master_key: 00", text).replace(
            "master_key: 00", "master_key: 01" if "master_key: 00" in text else "master_key: 00"))
        before = wrong.read_text()
        with self.start(keys) as meter:
            self.does("keys", f"dlms://127.0.0.1:{meter.dlms_port}", "change", "--key-file", wrong, code=REFUSED)
            self.assertEqual(wrong.read_text(), before)
            self.assertEqual([path for path in self.folder.iterdir() if ".next" in path.name], [])
            self.reads(meter.dlms_port, wrong)

    def test_a_refusal_that_is_not_the_meters(self):
        """An exception-response in the place of the answer, which anybody can make: the new keys are not given up."""
        keys, management, _ = self.generate()
        before = self.secrets(management)
        with self.start(keys) as meter, Relay(meter.dlms_port, answer_instead=(0xCB, 80, b"\xD8\x01\x01")) as relay:
            told = self.does("keys", f"dlms://127.0.0.1:{relay.port}", "change", "--key-file", management)
            self.assertTrue(relay.has_answered)
            self.assertEqual(told, f"{management}: new keys are in force\n")
            self.assertEqual(len(self.secrets(management) - before), 2)
            self.reads(meter.dlms_port, management)

    def test_neither_file_is_right(self):
        keys, management, _ = self.generate()
        other = self.generate(name="other")[1]
        another = self.write("another.yaml", other.read_text())
        self.write("another.yaml.next", other.read_text())
        with self.start(keys) as meter:
            told = self.does("keys", f"dlms://127.0.0.1:{meter.dlms_port}", "change", "--key-file", another, code=REFUSED)
            self.assertIn("both are kept", told)
            self.assertTrue(another.exists() and (self.folder / "another.yaml.next").exists())


if __name__ == "__main__":
    unittest.main()
