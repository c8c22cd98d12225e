"""A second foreign DLMS client, dlms-cosem, against the library's server with security
(tests/dlms/secure_tcp_server.c).

Shows COM-2: high level security with GMAC, ciphering of suite 0 (general-glo-ciphering, authenticated and
encrypted), and that wrong keys and old counters are refused. Keys are those of the examples of the Green Book.
"""
import unittest

import peers

peers.need("dlms_cosem")
import dlms_cosem_read
from dlms_cosem import dlms_data
from dlms_cosem.cosem import CosemMethod
from dlms_cosem.enumerations import CosemInterface, DataAccessResult
from dlms_cosem.security import HighLevelSecurityGmacAuthentication, LowLevelSecurityAuthentication
from server_process import ServerProcess

PUBLIC, CIPHERED, CIPHERED_PASSWORD, MANAGEMENT = 16, 48, 49, 1
TITLE = bytes.fromhex("4D4D4D0000000001")
BLOCK_KEY = bytes(range(16))
AUTHENTICATION_KEY = bytes(range(0xD0, 0xE0))
SECRET = b"SecretKey1234567"
NUMBER, REGISTER, COUNTER = (1, "0.0.96.50.0.255"), (3, "1.0.1.8.0.255"), (1, "0.0.43.1.0.255")
WRAPPER_HEAD = 8
GENERAL_GLO, AARQ, RLRQ = 0xDB, 0x60, 0x62


class Secure(ServerProcess):
    def reader(self, client=CIPHERED, counter=1, key=BLOCK_KEY, authentication=None):
        reader = dlms_cosem_read.Reader(
            transport=dlms_cosem_read.wrapper(self.port, client, MANAGEMENT),
            authentication=authentication or HighLevelSecurityGmacAuthentication(challenge_length=16),
            encryption_key=key, authentication_key=AUTHENTICATION_KEY, client_system_title=TITLE,
            client_initial_invocation_counter=counter,
            meter_initial_invocation_counter=-1)  # the package takes 0 as used; a new server begins with it
        reader.connect()
        self.addCleanup(lambda: reader.transport.io.tcp_socket and reader.transport.io.tcp_socket.close())
        return reader

    def use(self, reader):
        reader.associate()
        self.assertEqual(reader.write(NUMBER, 2, dlms_data.DoubleLongUnsignedData(47110815)),
                         DataAccessResult.SUCCESS)
        self.assertEqual(reader.value(NUMBER, 2), 47110815)
        self.assertEqual([reader.value(REGISTER, 2), reader.value(REGISTER, 3)], [5009, [0, 30]])
        reader.action(CosemMethod(CosemInterface.REGISTER, dlms_cosem_read.obis(REGISTER[1]), 1),
                      dlms_data.IntegerData(0).to_bytes())
        self.assertEqual(reader.value(NUMBER, 2), 0)
        reader.release_association()
        reader.disconnect()

    def refused(self, reader):
        with self.assertRaises(Exception):  # whatever the package makes of a refusal
            reader.associate()
        reader.transport.io.tcp_socket.close()

    def test_gmac_and_ciphering(self):
        """Both proofs are right, and nothing but the association is in clear."""
        reader = self.reader()
        self.use(reader)
        self.assertEqual({frame[WRAPPER_HEAD] for frame in reader.transport.io.sent}, {AARQ, GENERAL_GLO, RLRQ})

    def test_password_and_ciphering(self):
        self.use(self.reader(CIPHERED_PASSWORD, authentication=LowLevelSecurityAuthentication(SECRET)))

    def test_a_wrong_key_opens_nothing(self):
        self.refused(self.reader(key=bytes(16)))
        self.use(self.reader())

    def test_an_old_counter_is_refused(self):
        """The counter is public, and a client that reads it is let in again."""
        self.use(self.reader(counter=500))
        self.refused(self.reader(counter=500))
        public = dlms_cosem_read.Reader.on(dlms_cosem_read.wrapper(self.port, PUBLIC, MANAGEMENT))
        with public.session():
            counter = public.value(COUNTER, 2)
        self.assertGreaterEqual(counter, 500)
        self.use(self.reader(counter=counter + 1))


if __name__ == "__main__":
    unittest.main()
