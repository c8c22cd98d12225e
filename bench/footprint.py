"""Weighs the DLMS server on the Cortex-M4: what an image with it takes more than one without. Fails when it takes more
than its budget, or when anything in it allocates.

    footprint.py size nm image-with image-without
"""
import subprocess
import sys

FLASH_MAX = 48 * 1000
RAM_MAX = 4 * 1024
ALLOCATING = {"malloc", "calloc", "realloc", "free", "_malloc_r", "_calloc_r", "_free_r", "_sbrk", "_sbrk_r"}


def output(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def flash_and_ram(size, image):
    text, data, bss = (int(field) for field in output(size, image).splitlines()[1].split()[:3])
    return text + data, data + bss


def symbols(nm, image):
    return {line.split()[-1] for line in output(nm, image).splitlines() if line}


def main(size, nm, image, empty):
    flash, ram = (a - b for a, b in zip(flash_and_ram(size, image), flash_and_ram(size, empty)))
    allocating = sorted((symbols(nm, image) - symbols(nm, empty)) & ALLOCATING)
    print("DLMS server with suite 0 (Mbed TLS), HDLC and buffers for a PDU of 256, Cortex-M4 -Os:\n"
          f"  flash {flash} octets, RAM {ram} octets (budgets {FLASH_MAX}, {RAM_MAX})\n"
          f"  functions that allocate: {', '.join(allocating) or 'none'}\n"
          f"figure: DLMS server with suite 0, Cortex-M4 -Os, flash, octets | 65000 | <= {FLASH_MAX} | {flash}\n"
          f"figure: its RAM, octets | 4096 | <= {RAM_MAX} | {ram}\n"
          f"figure: functions in it that allocate |  | <= 0 | {len(allocating)}")
    return int(flash > FLASH_MAX or ram > RAM_MAX or bool(allocating))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
