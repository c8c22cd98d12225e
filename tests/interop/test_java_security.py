"""A third foreign DLMS client, Gurux for Java, against the library's server with security
(tests/dlms/secure_tcp_server.c).

Shows COM-2: high level security of mechanisms 3 to 7, ciphering of suites 0, 1 and 2 with global and dedicated keys,
blocks of GET, SET and ACTION inside ciphering, general-signing, key agreement, and that wrong secrets, keys, suites and
old counters are refused.

Gurux for Java 4.0.47 writes the length of an AARQ from 128 octets on wrongly: challenges are short where
dedicated keys are long.
"""
import os
import unittest

import java_peer
import peers
from server_process import ServerProcess

peers.need_java()

PUBLIC, PASSWORD = 16, 49
MECHANISM = {PUBLIC: "NONE", 33: "HIGH_MD5", 34: "HIGH_SHA1", 35: "HIGH_GMAC", 36: "HIGH_SHA256", 37: "HIGH_ECDSA",
             48: "HIGH_GMAC", PASSWORD: "LOW", 50: "HIGH_SHA256", 51: "HIGH_GMAC", 52: "HIGH_GMAC", 53: "HIGH_ECDSA",
             54: "HIGH_ECDSA"}
CIPHERED = {48: 0, PASSWORD: 0, 50: 0, 51: 1, 52: 2, 53: 1, 54: 2}  # client: suite
OF_SUITE = (48, 53, 52)
SUITE = {client: 1 if client == 37 else 0 for client in MECHANISM} | CIPHERED
LEVELS = ("AUTHENTICATION", "ENCRYPTION", "AUTHENTICATION_ENCRYPTION")
BOTH = LEVELS[2]
SECRET = "SecretKey1234567"
TITLE = bytes.fromhex("4D4D4D0000000001")
NUMBER, REGISTER, TEXT = (1, "0.0.96.50.0.255"), (3, "1.0.1.8.0.255"), (1, "0.0.96.50.1.255")
COUNTER, SETUP = (1, "0.0.43.1.0.255"), (64, "0.0.43.0.0.255")
# Public keys behind the numbers 11…11 of the server on P-256 and P-384, x and y.
SERVER_PUBLIC = {
    1: bytes.fromhex("0217e617f0b6443928278f96999e69a23a4f2c152bdf6d6cdf66e5b80282d4ed"
                     "194a7debcb97712d2dda3ca85aa8765a56f45fc758599652f2897c65306e5794"),
    2: bytes.fromhex("386e767ea5cb716c9cd620ff7342129c892a6fccefe612140c80bff59e943468"
                     "019dda16e5079b0c1d9001d23a624b6dd088d0c3826394194787403e8a7d07e5"
                     "e22f7e9c0b8e80fa1faff5d28b4bb597b267f0b87023ca61fc8454bddefd2e0e"),
}
GLO, DED, GENERAL_GLO, GENERAL_DED = {0xC8, 0xC9, 0xCB}, {0xD0, 0xD1, 0xD3}, {0xDB}, {0xDC}
GENERAL_SIGNING = 0xDF
PLAIN = {0xC0, 0xC1, 0xC3}
UNICAST, AUTHENTICATION = 0, 2  # numbers of keys
ATTEMPTS = 4


def size_of(suite):
    """Octets of its symmetric keys."""
    return 32 if suite == 2 else 16


def key(first, suite):
    return bytes(range(first, first + size_of(suite)))


class JavaSecurity(ServerProcess):
    @classmethod
    def setUpClass(cls):
        cls.peer = java_peer.Peer()
        cls.addClassCleanup(cls.peer.stop)

    def connect(self, client, security="NONE", counter=1, **changed):
        suite = SUITE[client]
        how = {"mechanism": MECHANISM[client], "secret": SECRET, "suite": suite, "security": security, "title": TITLE,
               "key": key(0x00, suite), "authentication_key": key(0xD0, suite), "counter": counter}
        if suite:
            how |= {"private_key": b"\x22" * (48 if suite == 2 else 32), "public_key": SERVER_PUBLIC[suite],
                    "challenge": os.urandom(32 if MECHANISM[client] == "HIGH_ECDSA" else 8)}
        return java_peer.Client(self.peer, self.port, client, 1, **how | changed)

    def use(self, client):
        """Reads, writes and invokes; a list, too."""
        client.open()
        self.assertEqual(client.get(REGISTER, 2), 5009)
        client.set(NUMBER, 2, "UINT32", 47110815)
        self.assertEqual(client.get(NUMBER, 2), 47110815)
        self.assertEqual(client.get_list([(NUMBER, 2), (REGISTER, 2)]), [47110815, 5009])
        client.invoke(REGISTER, 1)
        self.assertEqual(client.get(NUMBER, 2), 0)
        self.assertIn([*REGISTER, 0], client.objects())
        tags = set(client.seen()[2])
        client.drop()
        return tags

    def assert_refused(self, client):
        """Opening fails. The server serves one connection at a time, so this one is given up."""
        with self.assertRaisesRegex(java_peer.Refused, "rejected|Read-Write denied"):
            client.open()
        client.drop()

    def test_every_mechanism(self):
        for client, mechanism in MECHANISM.items():
            if client not in CIPHERED and client != PUBLIC:
                with self.subTest(mechanism=mechanism, client=client):
                    self.use(self.connect(client))

    def test_a_wrong_secret_opens_nothing(self):
        for client in (33, 34, 36):
            with self.subTest(mechanism=MECHANISM[client]):
                self.assert_refused(self.connect(client, secret="SecretKey1234568"))
        for client, half in ((37, 32), (53, 32), (54, 48)):
            with self.subTest(mechanism=MECHANISM[client], client=client):
                self.assert_refused(self.connect(client, private_key=b"\x23" * half))

    def test_suites_with_the_global_key(self):
        counter = 100
        for client, suite in CIPHERED.items():
            for level in LEVELS:
                for general in (False, True):
                    with self.subTest(client=client, suite=suite, level=level, general=general):
                        also = ["GENERAL_PROTECTION"] if general else []
                        tags = self.use(self.connect(client, level, counter, also=also))
                        self.assertLessEqual(GENERAL_GLO if general else GLO, tags)
                        self.assertFalse(tags & PLAIN)
                    counter += 100

    def test_suites_with_a_dedicated_key(self):
        counter = 100
        for client in OF_SUITE:
            for general in (False, True):
                with self.subTest(suite=CIPHERED[client], general=general):
                    also = ["GENERAL_PROTECTION"] if general else []
                    dedicated = key(0x50, CIPHERED[client])
                    tags = self.use(self.connect(client, BOTH, counter, also=also, dedicated_key=dedicated))
                    self.assertFalse(tags & PLAIN)
                    self.assertTrue(tags & (GENERAL_DED if general else DED), tags)
                counter += 100

    def test_what_is_wrong_is_refused(self):
        for client in OF_SUITE:
            suite = CIPHERED[client]
            zero = bytes(size_of(suite))
            other = {"suite": (suite + 1) % 2, "key": key(0, 0), "authentication_key": key(0xD0, 0)}
            for what, changed in (("key", {"key": zero}), ("authentication key", {"authentication_key": zero}),
                                  ("suite", other)):
                with self.subTest(suite=suite, wrong=what):
                    self.assert_refused(self.connect(client, BOTH, **changed))
            self.use(self.connect(client, BOTH))

    def test_an_old_counter_is_refused(self):
        """The counter is public, and a client that reads it is let in again."""
        self.use(self.connect(48, BOTH, 500))
        self.assert_refused(self.connect(48, BOTH, 500))
        public = self.connect(PUBLIC)
        public.open()
        counter = public.get(COUNTER, 2)
        public.drop()
        self.assertGreaterEqual(counter, 500)
        self.use(self.connect(48, BOTH, counter + 1))

    def test_blocks(self):
        """What is longer than a PDU is written, read and handed to a method, plain and ciphered in each suite."""
        text = bytes(i * 7 % 256 for i in range(1000))
        for client in (33, *OF_SUITE):
            with self.subTest(client=client):
                reader = self.connect(client, BOTH if client in CIPHERED else "NONE", pdu=200)
                reader.open()
                reader.set(TEXT, 2, "OCTET_STRING", text)
                before = reader.seen()[1]
                self.assertEqual(reader.get(TEXT, 2), text.hex())
                self.assertGreater(reader.seen()[1] - before, 4)
                self.assertEqual(reader.invoke(REGISTER, 1, "OCTET_STRING", text), text.hex())
                self.assertLessEqual(reader.seen()[0], 200 + 8)
                reader.drop()

    def test_keys_are_agreed_on(self):
        """key_agreement of the Security setup, with the Java platform's crypto and Gurux's derivation: afterwards the
        old keys open nothing, the new ones do."""
        for client in (51, 54):
            with self.subTest(suite=CIPHERED[client]):
                first = self.connect(client, BOTH)
                first.open()
                new = [first.agree(number) for number in (UNICAST, AUTHENTICATION)]
                self.assertEqual([len(secret) for secret in new], [size_of(CIPHERED[client])] * 2)
                self.assertEqual(first.get(REGISTER, 2), 5009)
                first.drop()
                self.assert_refused(self.connect(client, BOTH, 100))
                self.use(self.connect(client, BOTH, 100, key=new[0], authentication_key=new[1]))

    def test_signed(self):
        """general-signing around ciphering, of suite 1."""
        client = self.connect(53, BOTH, also=["GENERAL_PROTECTION"], signing="GENERAL_SIGNING")
        client.open()
        self.patiently(lambda: client.set(NUMBER, 2, "UINT32", 4711))
        self.assertEqual(self.patiently(lambda: client.get(NUMBER, 2)), 4711)
        self.patiently(lambda: client.invoke(REGISTER, 1))
        self.assertEqual(self.patiently(lambda: client.get(NUMBER, 2)), 0)
        self.assertIn(GENERAL_SIGNING, client.seen()[2])
        client.drop()

    def patiently(self, act):
        """Gurux breaks one signature of 128 that it makes or reads, where r or s has a leading zero octet."""
        for _ in range(ATTEMPTS - 1):
            try:
                return act()
            except java_peer.Refused:
                pass
        return act()

    def test_the_setup_tells_the_suite(self):
        for client in OF_SUITE:
            reader = self.connect(client, BOTH)
            reader.open()
            self.assertEqual(reader.get(SETUP, 3), CIPHERED[client])
            self.assertEqual(reader.get(SETUP, 5), "4d4d4d0000bc614e")
            reader.drop()


if __name__ == "__main__":
    unittest.main()
