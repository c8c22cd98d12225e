"""The meter of dlms_cosem_server.py behind HDLC, with the framing of Gurux: frames, checks, addresses, sequence
numbers and segments are Gurux's; written here is only which frame follows which.
"""
from dlms_cosem_server import Server, Session
from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms.GXDLMS import GXDLMS
from gurux_dlms.GXDLMSSettings import GXDLMSSettings
from gurux_dlms.enums import InterfaceType, RequestTypes

SNRM, UA, DISC = 0x93, 0x73, 0x53
LLC_RESPONSE = b"\xE6\xE7\x00"
INFORMATION = 64  # octets in a frame, both ways
# Format 81, group 80: 05 and 06 information, 07 and 08 window of 1 (IEC 62056-46).
PARAMETERS = bytes.fromhex("81 80 14 05 02 0040 06 02 0040 07 04 00000001 08 04 00000001")


class Line:
    """One connection; answers a frame with a frame."""

    def __init__(self, meter):
        self.meter = meter
        self.session = Session(meter)
        self.settings = GXDLMSSettings(True, None)
        self.settings.interfaceType = InterfaceType.HDLC
        self.settings.hdlc.maxInfoTX = INFORMATION
        self.asked = b""  # of a request in segments
        self.answer = GXByteBuffer()  # what is not sent yet

    def next_frame(self, is_first):
        return GXDLMS.getHdlcFrame(self.settings, self.settings.getNextSend(is_first), self.answer)

    def take_information(self, part, has_more):
        self.asked += part
        if has_more:
            self.meter.segments += 1
            return GXDLMS.getHdlcFrame(self.settings, self.settings.getReceiverReady(), None)
        self.answer.set(LLC_RESPONSE + self.session.answer(self.asked))
        self.asked = b""
        return self.next_frame(True)

    def take(self, frame):
        info = GXReplyData()
        buffer = GXByteBuffer(frame)
        control = GXDLMS.getHdlcData(True, self.settings, buffer, info, None)
        self.meter.frames.append(control)
        if control in (SNRM, DISC):
            return GXDLMS.getHdlcFrame(self.settings, UA, GXByteBuffer(PARAMETERS) if control == SNRM else None)
        if control & 1:  # receive ready: the next segment, please
            return self.next_frame(False)
        return self.take_information(frame[buffer.position:info.packetLength], info.moreData & RequestTypes.FRAME)


class HdlcServer(Server):
    """frames: control fields of what came; segments: those of them behind which more was to come."""

    def __init__(self, *arguments, **more):
        self.frames = []
        self.segments = 0
        super().__init__(*arguments, **more)

    def _converse(self, stream):
        line = Line(self)
        while start := stream.read(3):
            length = (start[1] & 7) << 8 | start[2]
            stream.write(bytes(line.take(start + stream.read(length - 1))))
            stream.flush()
