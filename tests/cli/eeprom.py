"""Where things are in a memory image, by docs/store.md alone, to damage them on purpose."""
import struct
import zlib

MAGIC = b"WHST"
TAIL = 24  # bytes at the end of a slot: receipt 8, commit 16
IDENTITY, REGISTERS = 1, 2  # ring ids


class Image:
    def __init__(self, data):
        self.data = bytearray(data)
        length, = struct.unpack_from("<H", data, 6)
        count, page_size = struct.unpack_from("<HI", data, 10)
        assert data[:4] == MAGIC and zlib.crc32(data[:length - 4]) == struct.unpack_from("<I", data, length - 4)[0]
        self.superblock_area = -(-96 // page_size) * page_size
        self.rings = {}  # id: [address of each slot], size of a slot
        address = 2 * self.superblock_area
        for n in range(count):
            ring, _, slots, size = struct.unpack_from("<4H", data, 16 + 8 * n)
            self.rings[ring] = ([address + k * size for k in range(slots)], size)
            address += slots * size

    def written(self, ring):
        """Addresses of the slots that hold something, the newest first."""
        slots, size = self.rings[ring]
        used = [a for a in slots if any(byte != 0xFF for byte in self.data[a + size - TAIL:a + size])]
        return sorted(used, key=lambda a: struct.unpack_from("<Q", self.data, a + size - 16), reverse=True)

    def flip(self, address):
        """One bit falls over."""
        self.data[address] ^= 0x10

    def superblocks(self):
        return [0, self.superblock_area]
