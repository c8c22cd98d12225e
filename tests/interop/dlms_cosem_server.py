"""A small meter made of the parts of the package dlms-cosem, for our own client to read.

All on the wire is encoded, decoded and ciphered by the package. Written here are the sequence, the objects, and
what the package has for a client only: the answer to a GET in one piece, and the envelope of service-specific
global ciphering. One connection at a time, TCP wrapper, suite 0.
"""
import dataclasses
import socket
import threading

from dlms_cosem import dlms_data, enumerations, security
from dlms_cosem.enumerations import (
    AcseServiceUserDiagnostics, ActionResultStatus, AssociationResult, AuthenticationMechanism, DataAccessResult)
from dlms_cosem.protocol import acse, xdlms
from dlms_cosem.protocol.wrappers import WrapperHeader, WrapperProtocolDataUnit
from dlms_cosem.protocol.xdlms.conformance import Conformance
from dlms_cosem.utils import parse_as_dlms_data

AARQ, RLRQ = 0x60, 0x62
GET, SET, ACTION = 0xC0, 0xC1, 0xC3
GLO = {0xC8: 0xCC, 0xC9: 0xCD, 0xCB: 0xCF}  # tag of a request: of its answer
REPLY_TO_HLS = (15, "0.0.40.0.0.255", 1)
ENCRYPTED = security.SecurityControlField(0, authenticated=True, encrypted=True)
PROOF = security.SecurityControlField(0, authenticated=True, encrypted=False)
SERVICES = ("get", "set", "action", "selective_access", "block_transfer_with_get_or_read")
BLOCK = 50  # octets


@dataclasses.dataclass
class Secrets:
    """What an association asks for: nothing, a password, or keys."""
    password: bytes | None = None
    key: bytes | None = None
    authentication_key: bytes | None = None
    title: bytes = b"SRV\0\0\0\0\1"

    def are_met(self, request):
        """Whether an AARQ has the mechanism and the password."""
        if self.key:
            return request.authentication == AuthenticationMechanism.HLS_GMAC
        if self.password:
            return (request.authentication == AuthenticationMechanism.LLS
                    and request.authentication_value == self.password)
        return request.authentication is None


def name_of(descriptor, index):
    """-> (class, logical name, index of attribute or method)"""
    return int(descriptor.interface), ".".join(str(octet) for octet in descriptor.instance.to_bytes()), index


class Session:
    """One connection."""

    def __init__(self, meter):
        self.meter = meter
        self.secrets = meter.secrets
        self.is_open = self.is_pending = False
        self.counter = 0  # of what is sent
        self.seen = -1  # the last one that came
        self.rest = b""
        self.block = 0

    # ---- Ciphering ----

    def unprotect(self, control, counter, text):
        if control != ENCRYPTED or counter <= self.seen:
            raise ValueError(f"protected with {control}, counter {counter}")
        self.seen = counter
        return security.decrypt(control, self.client_title, counter, self.secrets.key, text,
                                self.secrets.authentication_key)

    def protect(self, plain):
        """-> counter, text"""
        self.counter += 1
        return self.counter, security.encrypt(ENCRYPTED, self.secrets.title, self.counter, self.secrets.key, plain,
                                              self.secrets.authentication_key)

    def proof(self, title, counter, challenge):
        return security.gmac(PROOF, title, counter, self.secrets.key, self.secrets.authentication_key, challenge)

    # ---- Association ----

    def associate(self, apdu):
        request = acse.ApplicationAssociationRequest.from_bytes(apdu)
        self.client_title = request.system_title
        self.client_challenge = request.authentication_value
        initiate = request.user_information.content
        if self.secrets.key:
            plain = self.unprotect(initiate.security_control, initiate.invocation_counter, initiate.ciphered_text)
            initiate = xdlms.InitiateRequest.from_bytes(plain)
        self.meter.log.append(("association", request.authentication))
        if not self.secrets.are_met(request):
            return self.answer_association(AssociationResult.REJECTED_PERMANENT,
                                           AcseServiceUserDiagnostics.AUTHENTICATION_FAILED, None)
        self.is_open = not self.secrets.key
        self.is_pending = not self.is_open
        agreed = Conformance(**{service: getattr(initiate.proposed_conformance, service) for service in SERVICES})
        diagnostic = (AcseServiceUserDiagnostics.AUTHENTICATION_REQUIRED if self.is_pending
                      else AcseServiceUserDiagnostics.NULL)
        return self.answer_association(AssociationResult.ACCEPTED, diagnostic,
                                       xdlms.InitiateResponse(agreed, server_max_receive_pdu_size=1024))

    def answer_association(self, result, diagnostic, content):
        keys = {}
        if self.secrets.key:
            counter, text = self.protect(content.to_bytes())
            content = xdlms.GlobalCipherInitiateResponse(ENCRYPTED, counter, text)
            self.challenge = security.make_client_to_server_challenge(16)
            keys = {"ciphered": True, "authentication": AuthenticationMechanism.HLS_GMAC,
                    "system_title": self.secrets.title, "authentication_value": self.challenge}
        information = acse.UserInformation(content) if content else None
        return acse.ApplicationAssociationResponse(result, diagnostic, user_information=information, **keys).to_bytes()

    def check_proof(self, request):
        """reply_to_HLS_authentication: the client's proof, and our own."""
        answer = bytes(parse_as_dlms_data(request.data))
        counter = int.from_bytes(answer[1:5], "big")
        right = PROOF.to_bytes() + answer[1:5] + self.proof(self.client_title, counter, self.challenge)
        self.is_open = self.is_pending and answer == right
        self.is_pending = False
        self.meter.log.append(("proof", self.is_open))
        if not self.is_open:
            return xdlms.ActionResponseNormal(ActionResultStatus.OTHER_REASON, request.invoke_id_and_priority)
        self.counter += 1
        own = self.proof(self.secrets.title, self.counter, self.client_challenge)
        if self.meter.is_forger:
            own = bytes(len(own))
        data = dlms_data.OctetStringData(PROOF.to_bytes() + self.counter.to_bytes(4, "big") + own)
        return xdlms.ActionResponseNormalWithData(ActionResultStatus.SUCCESS, data.to_bytes(),
                                                  request.invoke_id_and_priority)

    # ---- Services; each gives the answer's octets ----

    def next_block(self, invoke):
        self.block += 1
        part, self.rest = self.rest[:BLOCK], self.rest[BLOCK:]
        kind = xdlms.GetResponseWithBlock if self.rest else xdlms.GetResponseLastBlock
        return kind(part, self.block, invoke).to_bytes()

    def get(self, apdu):
        request = xdlms.GetRequestFactory.from_bytes(apdu)
        invoke = request.invoke_id_and_priority
        if isinstance(request, xdlms.GetRequestNext):
            assert request.block_number == self.block, request
            return self.next_block(invoke)
        name = name_of(request.cosem_attribute, request.cosem_attribute.attribute)
        self.meter.log.append(("get", name, request.access_selection))
        value = self.meter.objects.get(name)
        if value is None:
            return xdlms.GetResponseNormalWithError(DataAccessResult.OBJECT_UNDEFINED, invoke).to_bytes()
        data = value(request.access_selection) if callable(value) else value
        if len(data) > BLOCK:
            self.rest, self.block = data, 0
            return self.next_block(invoke)
        return bytes([0xC4, 1]) + invoke.to_bytes() + b"\0" + data  # the package's own fails

    def set(self, apdu):
        request = xdlms.SetRequestFactory.from_bytes(apdu)
        name = name_of(request.cosem_attribute, request.cosem_attribute.attribute)
        self.meter.log.append(("set", name))
        writable = name in self.meter.writable
        if writable:
            self.meter.objects[name] = bytes(request.data)
        result = DataAccessResult.SUCCESS if writable else DataAccessResult.READ_WRITE_DENIED
        return xdlms.SetResponseNormal(result, request.invoke_id_and_priority).to_bytes()

    def action(self, apdu):
        request = xdlms.ActionRequestFactory.from_bytes(apdu)
        assert name_of(request.cosem_method, request.cosem_method.method) == REPLY_TO_HLS, request
        return self.check_proof(request).to_bytes()

    def serve(self, apdu):
        if not self.is_open and not (self.is_pending and apdu[0] == ACTION):
            return xdlms.ExceptionResponse(enumerations.StateException.SERVICE_NOT_ALLOWED,
                                           enumerations.ServiceException.OPERATION_NOT_POSSIBLE).to_bytes()
        return {GET: self.get, SET: self.set, ACTION: self.action}[apdu[0]](apdu)

    def ciphered(self, apdu):
        _, rest = dlms_data.decode_variable_integer(apdu[1:])
        control = security.SecurityControlField.from_bytes(rest[:1])
        plain = self.unprotect(control, int.from_bytes(rest[1:5], "big"), bytes(rest[5:]))
        counter, text = self.protect(self.serve(plain))
        body = ENCRYPTED.to_bytes() + counter.to_bytes(4, "big") + text
        return bytes([GLO[apdu[0]]]) + dlms_data.encode_variable_integer(len(body)) + body

    def answer(self, apdu):
        if apdu[0] == AARQ:
            return self.associate(apdu)
        if apdu[0] == RLRQ:
            self.meter.log.append(("release",))
            return acse.ReleaseResponse(reason=enumerations.ReleaseResponseReason.NORMAL).to_bytes()
        return self.ciphered(apdu) if self.secrets.key else self.serve(apdu)


class Server:
    """Serves until closed. log has what was asked for; fault what went wrong, which also ends the connection."""

    def __init__(self, objects, writable=(), secrets=None, is_forger=False):
        self.objects = dict(objects)
        self.writable = set(writable)
        self.secrets = secrets or Secrets()
        self.is_forger = is_forger  # cannot prove that it knows the key
        self.log = []
        self.fault = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                try:
                    self._converse(stream)
                except Exception as fault:  # is for the test to judge
                    self.fault = fault

    def _converse(self, stream):
        session = Session(self)
        while head := stream.read(8):
            header = WrapperHeader.from_bytes(head)
            answer = session.answer(stream.read(header.length))
            back = WrapperHeader(header.destination_wport, header.source_wport, len(answer))
            stream.write(WrapperProtocolDataUnit(answer, back).to_bytes())
            stream.flush()
