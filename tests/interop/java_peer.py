"""Drives the client of java/: a program in Java around Gurux for Java, compiled and started once for each test."""
import json
import pathlib
import subprocess
import tempfile

import peers

SOURCES = pathlib.Path(__file__).resolve().parent / "java"


class Refused(Exception):
    """What the client says of a request that failed."""


class Peer:
    """Requests are calls: do("get", name="1.1.1.8.0.255", ...) -> the value, or Refused. Ends in stop()."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="watthour-test-")
        path = f"{self.folder.name}:{peers.JARS}/*"
        subprocess.run(["javac", "-Xlint:all", "-cp", path, "-d", self.folder.name,
                        *sorted(SOURCES.glob("*.java"))], check=True)
        self.process = subprocess.Popen(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", path,
                                         "Peer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def do(self, what, **members):
        request = {name: value.hex() if isinstance(value, bytes) else value for name, value in members.items()}
        self.process.stdin.write(json.dumps({"do": what, **request}).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["value"]

    def pair(self, bits):
        """A new pair on P-256 or P-384 -> private key, public key"""
        return [bytes.fromhex(key) for key in self.do("pair", bits=bits)]

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)
        self.folder.cleanup()


class Client:
    """One association of the peer. What it reads and writes is named by class and logical name."""

    def __init__(self, peer, port, client, server, **how):
        self.peer = peer
        peer.do("connect", port=port, client=client, server=server, **how)

    def open(self):
        """-> the names of what the server grants"""
        return self.peer.do("associate")

    def get(self, what, attribute):
        return self.peer.do("get", **{"class": what[0], "name": what[1], "attribute": attribute})

    def get_list(self, references):
        return self.peer.do("list", items=[{"class": what[0], "name": what[1], "attribute": attribute}
                                           for what, attribute in references])

    def set(self, what, attribute, kind, value):
        self.peer.do("set", **{"class": what[0], "name": what[1], "attribute": attribute, "type": kind, "value": value})

    def invoke(self, what, method, kind="INT8", value=0):
        return self.peer.do("action", **{"class": what[0], "name": what[1], "method": method, "type": kind,
                                         "value": value})

    def range(self, what, first, last):
        """Rows of a profile from one moment to another, milliseconds since 1970."""
        return self.peer.do("range", **{"class": what[0], "name": what[1], "from": first, "to": last})

    def entries(self, what, first, count):
        return self.peer.do("entries", **{"class": what[0], "name": what[1], "first": first, "count": count})

    def agree(self, number):
        """key_agreement -> the new key of that number"""
        return bytes.fromhex(self.peer.do("agree", id=number))

    def objects(self):
        """-> [[class, logical name, version]]"""
        return self.peer.do("objects")

    def seen(self):
        """-> octets of the largest frame that came, exchanges, first octets of the APDUs sent"""
        return self.peer.do("seen")

    def release(self):
        self.peer.do("release")

    def drop(self):
        self.peer.do("drop")
