"""A foreign DLMS client, Gurux, against the library's server with security (tests/dlms/secure_tcp_server.c).

Shows COM-2: high level security of mechanisms 3 to 7, ciphering of suites 0, 1 and 2 with global and dedicated
keys, and that what Gurux sends with wrong secrets or old counters is refused. The keys are those of the
examples of the Green Book, written down here a second time.
"""
import socket
import unittest

import peers

peers.need("gurux_dlms")

import gurux_read
from gurux_dlms.ecdsa.GXPrivateKey import GXPrivateKey
from gurux_dlms.ecdsa.GXPublicKey import GXPublicKey
from gurux_dlms.enums import Authentication, Conformance, DataType, InterfaceType, ObjectType, Security
from gurux_dlms.objects import GXDLMSData, GXDLMSRegister, GXDLMSSecuritySetup
from gurux_dlms.objects.enums import GlobalKeyType, SecuritySuite
from gurux_dlms.secure import GXDLMSSecureClient
from server_process import ServerProcess

SECRET = "SecretKey1234567"
CLIENT_TITLE = bytes.fromhex("4D4D4D0000000001")
MASTER_KEY = bytes(range(0x10, 0x20))
# Uncompressed points behind the numbers 11…11 (server) and 22…22 (client) on P-256.
SERVER_PUBLIC = bytes.fromhex(
    "0217E617F0B6443928278F96999E69A23A4F2C152BDF6D6CDF66E5B80282D4ED"
    "194A7DEBCB97712D2DDA3CA85AA8765A56F45FC758599652F2897C65306E5794")
PUBLIC, MD5, SHA1, GMAC, SHA256, ECDSA, CIPHERED, PASSWORD, CIPHERED_SHA256 = 16, 33, 34, 35, 36, 37, 48, 49, 50
GMAC_1, GMAC_2, ECDSA_1 = 51, 52, 53  # ciphered, of suites 1 and 2
MECHANISM = {
    PUBLIC: Authentication.NONE, MD5: Authentication.HIGH_MD5, SHA1: Authentication.HIGH_SHA1,
    GMAC: Authentication.HIGH_GMAC, SHA256: Authentication.HIGH_SHA256, ECDSA: Authentication.HIGH_ECDSA,
    CIPHERED: Authentication.HIGH_GMAC, PASSWORD: Authentication.LOW,
    CIPHERED_SHA256: Authentication.HIGH_SHA256, GMAC_1: Authentication.HIGH_GMAC, GMAC_2: Authentication.HIGH_GMAC,
    ECDSA_1: Authentication.HIGH_ECDSA,
}
SUITE = {ECDSA: 1, GMAC_1: 1, GMAC_2: 2, ECDSA_1: 1}  # client: suite, where it is not 0
NUMBER = "0.0.96.50.0.255"
REGISTER = "1.0.1.8.0.255"
GLO_GET, GLO_SET, GLO_ACTION = 0xC8, 0xC9, 0xCB
DED_GET, DED_SET, DED_ACTION = 0xD0, 0xD1, 0xD3
GENERAL_GLO, GENERAL_DED = 0xDB, 0xDC
PLAIN = {0xC0, 0xC1, 0xC3}
LEVELS = (Security.AUTHENTICATION, Security.ENCRYPTION, Security.AUTHENTICATION_ENCRYPTION)


def key(first, client):
    """The Green Book's keys, counting on where suite 2 has 32 octets."""
    return bytes(range(first, first + (32 if SUITE.get(client) == 2 else 16)))


class SecureMeter(gurux_read.Meter):
    """The client of gurux_read.py with keys."""

    def __init__(self, port, client, security=Security.NONE, secret=SECRET, counter=1, general=False):
        self.client = GXDLMSSecureClient(True, client, 1, MECHANISM[client], secret, InterfaceType.WRAPPER)
        self.client.proposedConformance = (
            Conformance.GET | Conformance.SET | Conformance.ACTION
            | Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ | Conformance.BLOCK_TRANSFER_WITH_SET_OR_WRITE
            | Conformance.BLOCK_TRANSFER_WITH_ACTION | Conformance.MULTIPLE_REFERENCES
        )
        if general:
            self.client.proposedConformance |= Conformance.GENERAL_PROTECTION
        cipher = self.client.ciphering
        cipher.security = security
        cipher.systemTitle = CLIENT_TITLE
        cipher.securitySuite = SecuritySuite(SUITE.get(client, 0))
        cipher.blockCipherKey = key(0x00, client)
        cipher.authenticationKey = key(0xD0, client)
        cipher.invocationCounter = counter
        if MECHANISM[client] == Authentication.HIGH_ECDSA:
            private = GXPrivateKey.fromRawBytes(b"\x22" * 32)
            cipher.signingKeyPair = (GXPublicKey.fromRawBytes(b"\x04" + SERVER_PUBLIC), private)
            self.client.ctoSChallenge = bytes(range(32))
        self.largest = 0
        self.tags = set()  # first octets of what was sent
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)

    def exchange(self, frame, reply):
        self.tags.add(bytes(frame)[8])
        super().exchange(frame, reply)

    def open(self):
        super().open()
        if self.client.authentication > Authentication.LOW:
            reply = self.request(self.client.getApplicationAssociationRequest())
            self.client.parseApplicationAssociationResponse(reply.data)

    def number(self):
        return self.read(GXDLMSData(NUMBER), 2)

    def set_number(self, value):
        item = GXDLMSData(NUMBER)
        item.value = value
        item.setDataType(2, DataType.UINT32)
        for frame in self.client.write(item, 2):
            self.request([frame])

    def invoke(self, item, method, data, data_type):
        return self.request(self.client.method(item, method, data, data_type))

    def drop(self):
        self.socket.close()

    def is_refused(self):
        """Opening fails. The server serves one connection at a time, so this one is given up."""
        try:
            self.open()
        except Exception:  # whatever Gurux makes of a refusal
            return True
        finally:
            self.drop()
        return False


class GuruxSecurity(ServerProcess):
    def connect(self, client, security=Security.NONE, **options):
        meter = SecureMeter(self.port, client, security, **options)
        self.addCleanup(meter.drop)
        return meter

    def use(self, meter):
        """Reads, writes and invokes; a list, too."""
        meter.open()
        self.assertEqual(meter.read(GXDLMSRegister(REGISTER), 2), 5009)
        meter.set_number(47110815)
        self.assertEqual(meter.number(), 47110815)
        self.assertEqual(meter.read_list([(GXDLMSData(NUMBER), 2), (GXDLMSRegister(REGISTER), 2)]), [47110815, 5009])
        meter.invoke(GXDLMSRegister(REGISTER), 1, 0, DataType.INT8)
        self.assertEqual(meter.number(), 0)
        self.assertEqual(len(meter.objects()), 7)
        meter.drop()

    def test_every_mechanism(self):
        for client in (MD5, SHA1, GMAC, SHA256, ECDSA):
            with self.subTest(mechanism=MECHANISM[client]):
                self.use(self.connect(client))

    def test_a_wrong_secret_opens_nothing(self):
        for client in (MD5, SHA1, SHA256):
            with self.subTest(mechanism=MECHANISM[client]):
                self.assertTrue(self.connect(client, secret="SecretKey1234568").is_refused())

    def test_ciphered_with_the_global_key(self):
        counter = 100
        for client in (CIPHERED, PASSWORD, CIPHERED_SHA256, GMAC_1, GMAC_2, ECDSA_1):
            for level in LEVELS:
                for general in (False, True):
                    with self.subTest(client=client, level=level, general=general):
                        meter = self.connect(client, level, counter=counter, general=general)
                        self.use(meter)
                        self.assertLessEqual({GENERAL_GLO} if general else {GLO_GET, GLO_SET, GLO_ACTION}, meter.tags)
                        self.assertFalse(meter.tags & PLAIN)
                    counter += 100

    def test_ciphered_with_a_dedicated_key(self):
        counter = 100
        for client in (CIPHERED, GMAC_1, GMAC_2):
            for general in (False, True):
                with self.subTest(client=client, general=general):
                    meter = self.connect(client, Security.AUTHENTICATION_ENCRYPTION, counter=counter, general=general)
                    meter.client.ciphering.dedicatedKey = key(0x50, client)
                    self.use(meter)
                    self.assertLessEqual({GENERAL_DED} if general else {DED_GET, DED_SET, DED_ACTION}, meter.tags)
                    self.assertFalse(meter.tags & PLAIN)
                counter += 100

    def test_a_wrong_key_opens_nothing(self):
        meter = self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION)
        meter.client.ciphering.blockCipherKey = bytes(16)
        self.assertTrue(meter.is_refused())

    def test_an_old_counter_is_refused(self):
        """The counter is public, and a client that reads it is let in again."""
        self.use(self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION, counter=500))
        self.assertTrue(self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION, counter=500).is_refused())
        public = self.connect(PUBLIC)
        public.open()
        counter = public.read(GXDLMSData("0.0.43.1.0.255"), 2)
        public.drop()
        self.assertGreaterEqual(counter, 500)
        self.use(self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION, counter=counter + 1))

    def test_keys_are_transferred(self):
        """Gurux wraps new keys with the master key; the answer comes with the old ones, what follows needs the new."""
        meter = self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION)
        meter.open()
        setup = GXDLMSSecuritySetup("0.0.43.0.0.255")
        new_block, new_authentication = b"\xA5" * 16, b"\x5A" * 16
        keys = [(GlobalKeyType.UNICAST_ENCRYPTION, new_block), (GlobalKeyType.AUTHENTICATION, new_authentication)]
        meter.request(setup.globalKeyTransfer(meter.client, MASTER_KEY, keys))
        meter.drop()
        self.assertTrue(self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION, counter=1000).is_refused())
        again = self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION)
        again.client.ciphering.blockCipherKey = new_block
        again.client.ciphering.authenticationKey = new_authentication
        self.use(again)

    def test_the_setup_reads_as_gurux_knows_it(self):
        meter = self.connect(CIPHERED, Security.AUTHENTICATION_ENCRYPTION)
        meter.open()
        setup = next(iter(meter.objects().getObjects(ObjectType.SECURITY_SETUP)))
        for attribute in range(2, 7):
            meter.read_parsed(setup, attribute)
        self.assertEqual(setup.version, 1)
        self.assertEqual(bytes(setup.serverSystemTitle).hex(), "4d4d4d0000bc614e")
        self.assertEqual(setup.securitySuite, SecuritySuite.SUITE_0)


if __name__ == "__main__":
    unittest.main()
