#!/usr/bin/env python3
"""Reads a DLMS server over the TCP wrapper with a foreign client, Gurux, and prints what it found.

One JSON object on standard output: logical_device_name, objects, clock, sap, registers. Every
register is read alone and again in GET with-list where the server grants it; a difference is an
error. Exit status 1 and one line on standard error when anything fails.

    pip install -r tests/requirements.txt
    tests/interop/gurux_read.py --port 4059 --client 18 --server 1 --password 12345
"""
import argparse
import json
import socket
import sys

from gurux_dlms import GXByteBuffer, GXDLMSClient, GXReplyData
from gurux_dlms.enums import Authentication, Conformance, InterfaceType, ObjectType

DEVICE_NAME = "0.0.42.0.0.255"
REGISTERS = (ObjectType.REGISTER, ObjectType.EXTENDED_REGISTER)
LIST_LENGTH = 10  # references in one GET with-list
ATTEMPTS = 5  # a register may move between two readings, but not every time


class Meter:
    """One association over one TCP connection."""

    def __init__(self, args):
        authentication = Authentication.LOW if args.password else Authentication.NONE
        self.client = GXDLMSClient(
            True, args.client, args.server, authentication, args.password, InterfaceType.WRAPPER
        )
        self.client.maxReceivePDUSize = args.pdu
        self.client.proposedConformance = (
            Conformance.GET
            | Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ
            | Conformance.MULTIPLE_REFERENCES
            | Conformance.SELECTIVE_ACCESS
        )
        self.largest = 0
        self.socket = socket.create_connection((args.host, args.port), timeout=args.timeout)

    def exchange(self, frame, reply):
        """Sends one frame and feeds the answer to the client until it is complete."""
        self.socket.sendall(frame)
        received = GXByteBuffer()
        while True:
            data = self.socket.recv(4096)
            if not data:
                raise ConnectionError("the server closed the connection")
            received.set(data)
            self.largest = max(self.largest, len(received) - 8)
            if self.client.getData(received, reply):
                return

    def request(self, frames):
        """Sends the frames of a request, follows all blocks, and gives the complete answer."""
        reply = GXReplyData()
        for frame in frames:
            reply.clear()
            self.exchange(frame, reply)
            while reply.isMoreData():
                self.exchange(self.client.receiverReady(reply), reply)
        if reply.error:
            raise RuntimeError(f"data-access-result {reply.error}")
        return reply

    def open(self):
        self.client.parseAareResponse(self.request(self.client.aarqRequest()).data)

    def close(self):
        self.request(self.client.releaseRequest())
        self.socket.close()

    def objects(self):
        reply = self.request([self.client.getObjectsRequest()])
        return self.client.parseObjects(reply.data, False, False)

    def read(self, item, attribute):
        """The raw value of one attribute, as the server sent it."""
        return self.request(self.client.read(item, attribute)).value

    def read_parsed(self, item, attribute):
        """The same, as Gurux understands it."""
        return self.client.updateValue(item, attribute, self.read(item, attribute))

    def read_list(self, references):
        values = []
        for first in range(0, len(references), LIST_LENGTH):
            part = references[first : first + LIST_LENGTH]
            (frames,) = self.client.readList(part)
            values += self.request(frames).value
        return values

    @property
    def grants_lists(self):
        return bool(self.client.negotiatedConformance & Conformance.MULTIPLE_REFERENCES)


def single_readings(meter, registers):
    return [meter.read(item, attribute) for item in registers for attribute in (2, 3)]


def check_lists(meter, registers, readings):
    """Each register read in a list must equal the register read alone."""
    references = [(item, attribute) for item in registers for attribute in (2, 3)]
    for _ in range(ATTEMPTS):
        if meter.read_list(references) == readings:
            return readings
        readings = single_readings(meter, registers)
    raise AssertionError("GET with-list and single GET differ")


def read_registers(meter, registers):
    readings = single_readings(meter, registers)
    if registers and meter.grants_lists:
        readings = check_lists(meter, registers, readings)
    return {
        item.logicalName: {"value": value, "scaler": scaler_unit[0], "unit": scaler_unit[1]}
        for item, value, scaler_unit in zip(registers, readings[0::2], readings[1::2])
    }


def read_clock(meter, objects):
    for item in objects.getObjects(ObjectType.CLOCK):
        meter.read_parsed(item, 2)
        return item.time.value.replace(tzinfo=None).isoformat(sep=" ")
    return None


def read_saps(meter, objects):
    for item in objects.getObjects(ObjectType.SAP_ASSIGNMENT):
        meter.read_parsed(item, 2)
        return [{"sap": sap, "name": name} for sap, name in item.sapAssignmentList]
    return []


def read_device_name(meter, objects, saps, server):
    item = objects.findByLN(ObjectType.DATA, DEVICE_NAME)
    if item is not None:
        return bytes(meter.read(item, 2)).decode("ascii")
    return next((row["name"] for row in saps if row["sap"] == server), None)


def read_all(args):
    meter = Meter(args)
    meter.open()
    objects = meter.objects()
    saps = read_saps(meter, objects)
    result = {
        "logical_device_name": read_device_name(meter, objects, saps, args.server),
        "objects": [{"class": int(item.objectType), "ln": item.logicalName} for item in objects],
        "clock": read_clock(meter, objects),
        "sap": saps,
        "registers": read_registers(meter, [i for i in objects if i.objectType in REGISTERS]),
        "with_list": meter.grants_lists,
        "largest_apdu": meter.largest,
    }
    meter.close()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4059)
    parser.add_argument("--client", type=int, default=16)
    parser.add_argument("--server", type=int, default=1)
    parser.add_argument("--password", default=None)
    parser.add_argument("--pdu", type=int, default=0xFFFF, help="what this client takes")
    parser.add_argument("--timeout", type=float, default=5, help="seconds to wait for an answer")
    args = parser.parse_args()
    try:
        json.dump(read_all(args), sys.stdout, indent=1)
        print()
    except Exception as error:  # whatever Gurux throws is the finding
        sys.exit(f"gurux_read: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
