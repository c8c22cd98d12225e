"""A foreign DLMS client, Gurux, sends a software image to a running meter: the steps of 6-2, class 18.

Its own image transfer object makes every request; the image is the meter's maker's (watthour firmware make).
"""
import os
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".venv/bin/python"
if "gurux" not in os.environ.get("WATTHOUR_PEERS", "") and __name__ == "__main__":
    if not PEERS.exists():
        print("skipped: .venv with the foreign client is absent; tools/install.sh test makes it")
        sys.exit(77)
    os.execve(PEERS, [str(PEERS), *sys.argv], {**os.environ, "WATTHOUR_PEERS": "gurux"})

sys.path.insert(0, str(HERE.parent / "cli"))
import test_gurux_modern
from gurux_dlms.objects import GXDLMSData, GXDLMSImageTransfer
from gurux_dlms.objects.enums import ImageTransferStatus as Status
from program import DEADLINE_S, Meter, run
from test_gurux_modern import MANAGEMENT, READING

REVISION = "0.0.0.2.1.255"
BODY = bytes(range(255)) * 24  # 6120 octets: 13 blocks with the head


class Image(test_gurux_modern.Modern):
    def setUp(self):
        super().setUp()
        key, self.public, self.image = (self.folder / name for name in ("maker.pem", "maker.pub", "image"))
        for command in (["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                        ["ec", "-in", key, "-pubout", "-out", self.public]):
            subprocess.run(["openssl", *command], check=True, capture_output=True)
        made = run("firmware", "make", self.write("body", BODY), "--key", key, "--model", "382M", "--revision", "9",
                   "--output", self.image)
        self.assertEqual(made.returncode, 0, made.stderr)

    def start(self):
        meter = Meter(self.state, "--keys", self.keys, "--firmware-key", self.public)
        self.addCleanup(meter.kill)
        return meter

    def until(self, client, transfer, status):
        deadline = time.monotonic() + DEADLINE_S
        while client.read_parsed(transfer, 6) != status:
            self.assertLess(time.monotonic(), deadline, transfer.imageTransferStatus)

    def refuses(self, client, frames):
        with self.assertRaises(Exception):  # whatever Gurux makes of a refusal
            client.request(frames)

    def test_every_step(self):
        meter = self.start()
        client = self.open(meter, MANAGEMENT)
        transfer = GXDLMSImageTransfer("0.0.44.0.0.255")
        octets = self.image.read_bytes()
        self.assertEqual(client.read_parsed(transfer, 2), 512)
        self.assertTrue(client.read_parsed(transfer, 5))
        client.request(transfer.imageTransferInitiate(client.client, "revision 9", len(octets)))
        blocks = transfer.imageBlockTransfer(client.client, octets, None)
        self.assertEqual(len(blocks), 13)
        for frames in blocks[:5] + blocks[6:]:
            client.request(frames)
        self.assertEqual(client.read_parsed(transfer, 4), 5)
        self.assertEqual(str(client.read_parsed(transfer, 3)), "1111101111111")
        self.refuses(client, transfer.imageVerify(client.client))
        client.request(transfer.imageBlockTransfer(client.client, octets, None)[5])
        self.refuses(client, transfer.imageVerify(client.client))  # temporary failure: it has begun
        self.until(client, transfer, Status.IMAGE_VERIFICATION_SUCCESSFUL)
        client.request(transfer.imageVerify(client.client))
        client.read_parsed(transfer, 7)
        info, = transfer.imageActivateInfo
        self.assertEqual((info.size, bytes(info.identification), bytes(info.signature)),
                         (len(octets), b"revision 9", octets[128:192]))
        client.request(transfer.imageActivate(client.client))
        meter.read_until(rb"revision 9: the meter starts again")
        client = self.open(meter, READING)
        self.until(client, transfer, Status.IMAGE_ACTIVATION_SUCCESSFUL)
        self.assertEqual(client.read(GXDLMSData(REVISION), 2), 9)

    def test_another_client_cannot(self):
        client = self.open(self.start(), READING)
        transfer = GXDLMSImageTransfer("0.0.44.0.0.255")
        self.assertEqual(client.read_parsed(transfer, 2), 512)
        self.refuses(client, transfer.imageTransferInitiate(client.client, "revision 9", 6312))
        self.assertEqual(client.read_parsed(transfer, 6), Status.IMAGE_TRANSFER_NOT_INITIATED)


def load_tests(loader, _tests, _pattern):
    """Only these two: those of the base class have a file of their own."""
    return unittest.TestSuite(map(Image, ("test_every_step", "test_another_client_cannot")))


if __name__ == "__main__":
    unittest.main()
