"""A TCP relay between a reader and a meter that can be told to spoil the line: to cut it after some bytes, to answer
nothing, or to answer noise.
"""
import select
import socket
import struct
import threading


class Relay:
    """Use in a with statement. cuts: for each connection in turn, after how many bytes of the meter's it is cut; None,
    and all connections behind the list: never. answer_instead: tag, length, APDU; the first request with that tag and
    at least that length gets that APDU for an answer, the meter's is lost."""

    def __init__(self, port, cuts=(), answer_instead=None):
        self.answer_instead = answer_instead
        self.has_answered, self.answered = False, None
        self.target = port
        self.cuts = list(cuts)
        self.connections = 0
        self.bytes = []  # passed on to the reader, by connection
        self.sent = b""  # by the reader, on all connections
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _serve(self):
        while True:
            try:
                reader, _ = self.listener.accept()
            except OSError:
                return
            limit = self.cuts.pop(0) if self.cuts else None
            self.connections += 1
            self.bytes.append(0)
            with reader, socket.create_connection(("127.0.0.1", self.target)) as meter:
                self._pass(reader, meter, limit)

    def _instead(self, request, answer):
        """What is passed on for a piece of the answer to a request."""
        if self.answer_instead is None:
            return answer
        tag, length, apdu = self.answer_instead
        if not self.has_answered and len(request) >= 8 + length and request[8] == tag:
            self.has_answered, self.answered = True, request
            return answer[:6] + struct.pack(">H", len(apdu)) + apdu
        return b"" if self.has_answered and request is self.answered else answer

    def _pass(self, reader, meter, limit):
        request, is_asked = b"", False
        while True:
            ready, _, _ = select.select([reader, meter], [], [])
            for end in ready:
                try:
                    data = end.recv(4096)
                except ConnectionError:
                    return
                if not data:
                    return
                if end is reader:
                    self.sent += data
                    request, is_asked = (request if is_asked else b"") + data, True
                if end is meter:
                    is_asked = False
                    data = self._instead(request, data)
                    if limit is not None:
                        data = data[:limit - self.bytes[-1]]
                    self.bytes[-1] += len(data)
                (meter if end is reader else reader).sendall(data)
                if limit is not None and self.bytes[-1] >= limit:
                    return


class Answering:
    """A listener that answers every piece it receives with what answer(piece) gives; b"" for silence, None hangs up."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _serve(self):
        while True:
            try:
                reader, _ = self.listener.accept()
            except OSError:
                return
            with reader:
                try:
                    while data := reader.recv(4096):
                        reply = self.answer(data)
                        if reply is None:
                            break
                        reader.sendall(reply)
                except ConnectionError:
                    pass
