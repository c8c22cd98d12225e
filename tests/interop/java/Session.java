import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXDateTime;
import gurux.dlms.GXDLMSClient;
import gurux.dlms.GXReplyData;
import gurux.dlms.GXSimpleEntry;
import gurux.dlms.enums.Authentication;
import gurux.dlms.enums.Conformance;
import gurux.dlms.enums.DataType;
import gurux.dlms.enums.InterfaceType;
import gurux.dlms.enums.ObjectType;
import gurux.dlms.enums.Security;
import gurux.dlms.enums.Signing;
import gurux.dlms.objects.GXDLMSObject;
import gurux.dlms.objects.GXDLMSProfileGeneric;
import gurux.dlms.objects.enums.SecuritySuite;
import gurux.dlms.secure.GXCiphering;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One association over one TCP connection, with the wrapper or with HDLC. */
final class Session {
    private static final int TIMEOUT_MS = 30000;
    private static final int WRAPPER_HEADER = 8;

    private Client client;
    private Socket socket;
    private int largest; // octets of the largest frame that came
    private int exchanges;
    private final Set<Integer> tags = new TreeSet<>(); // first octets of the APDUs sent, with the wrapper

    Object answer(JsonObject request) throws Exception {
        switch (request.get("do").getAsString()) {
        case "connect":
            return connect(request);
        case "associate":
            return associate();
        case "get":
            return get(request);
        case "list":
            return getList(request);
        case "range":
            return range(request);
        case "entries":
            return entries(request);
        case "set":
            return set(request);
        case "action":
            return action(request);
        case "agree":
            return agree(request);
        case "pair":
            KeyPair pair = Curve.generate(number(request, "bits"));
            return List.of(Curve.privateOctets(pair), Curve.publicOctets(pair));
        case "objects":
            return objects();
        case "seen":
            return List.of(largest, exchanges, new ArrayList<>(tags));
        case "release":
            return release();
        case "drop":
            return drop();
        default:
            throw new IllegalArgumentException("unknown request " + request);
        }
    }

    // ---- The line ----

    private Object connect(JsonObject request) throws Exception {
        drop();
        client = new Client(number(request, "client"), number(request, "server"),
                Authentication.valueOf(text(request, "mechanism", "NONE")), text(request, "secret", null),
                InterfaceType.valueOf(text(request, "line", "WRAPPER")));
        client.setProposedConformance(conformance(request));
        client.setMaxReceivePDUSize(request.has("pdu") ? number(request, "pdu") : 0xFFFF);
        if (request.has("frame")) {
            client.getHdlcSettings().setMaxInfoRX(number(request, "frame"));
            client.getHdlcSettings().setMaxInfoTX(number(request, "frame"));
        }
        if (request.has("title")) {
            secure(client.getCiphering(), request);
        }
        largest = 0;
        exchanges = 0;
        tags.clear();
        socket = new Socket(InetAddress.getLoopbackAddress(), number(request, "port"));
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        return null;
    }

    private static Set<Conformance> conformance(JsonObject request) {
        Set<Conformance> proposed = EnumSet.of(Conformance.GET, Conformance.SET, Conformance.ACTION,
                Conformance.SELECTIVE_ACCESS, Conformance.MULTIPLE_REFERENCES,
                Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ, Conformance.BLOCK_TRANSFER_WITH_SET_OR_WRITE,
                Conformance.BLOCK_TRANSFER_WITH_ACTION);
        if (request.has("also")) {
            request.get("also").getAsJsonArray().forEach(name -> proposed.add(Conformance.valueOf(name.getAsString())));
        }
        return proposed;
    }

    private void secure(GXCiphering cipher, JsonObject request) throws Exception {
        cipher.setSystemTitle(octets(request, "title"));
        cipher.setSecuritySuite(SecuritySuite.forValue(number(request, "suite")));
        cipher.setSecurity(Security.valueOf(text(request, "security", "NONE")));
        cipher.setBlockCipherKey(octets(request, "key"));
        cipher.setAuthenticationKey(octets(request, "authentication_key"));
        cipher.setInvocationCounter(request.get("counter").getAsLong());
        if (request.has("dedicated_key")) {
            cipher.setDedicatedKey(octets(request, "dedicated_key"));
        }
        cipher.setSigning(Signing.valueOf(text(request, "signing", "NONE")));
        if (request.has("private_key")) {
            client.setCtoSChallenge(octets(request, "challenge")); // Gurux' own may be too short for mechanism 7
            cipher.setSigningKeyPair(Curve.pair(octets(request, "public_key"), octets(request, "private_key")));
        }
    }

    private void exchange(byte[] frame, GXReplyData reply) throws Exception {
        GXByteBuffer received = new GXByteBuffer();
        byte[] piece = new byte[4096];
        if (client.getInterfaceType() == InterfaceType.WRAPPER) {
            tags.add(frame[WRAPPER_HEADER] & 0xFF);
        }
        exchanges++;
        socket.getOutputStream().write(frame);
        do {
            InputStream in = socket.getInputStream();
            int length = in.read(piece);
            if (length < 0) {
                throw new EOFException("the server closed the connection");
            }
            received.set(piece, 0, length);
            largest = Math.max(largest, received.size());
        } while (!client.getData(received, reply));
    }

    /** Sends the frames of a request and follows all blocks. -> the complete answer */
    private GXReplyData request(byte[]... frames) throws Exception {
        GXReplyData reply = new GXReplyData();
        for (byte[] frame : frames) {
            reply.clear();
            exchange(frame, reply);
            while (reply.isMoreData()) {
                exchange(client.receiverReady(reply), reply);
            }
        }
        if (reply.getError() != 0) {
            throw new IOException(reply.getErrorMessage());
        }
        return reply;
    }

    // ---- The association ----

    private Object associate() throws Exception {
        if (client.getInterfaceType() == InterfaceType.HDLC) {
            client.parseUAResponse(request(client.snrmRequest()).getData());
        }
        client.parseAareResponse(request(client.aarqRequest()).getData());
        if (client.provesItself()) {
            client.judge(request(client.proof()));
        } else if (client.getIsAuthenticationRequired()) {
            client.parseApplicationAssociationResponse(request(client.getApplicationAssociationRequest()).getData());
        }
        List<Object> granted = new ArrayList<>();
        client.getNegotiatedConformance().forEach(granted::add);
        return granted;
    }

    private Object release() throws Exception {
        if (client.getInterfaceType() == InterfaceType.HDLC) {
            request(client.disconnectRequest());
        } else {
            request(client.releaseRequest());
        }
        return drop();
    }

    Object drop() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
        return null;
    }

    // ---- The services ----

    private Object get(JsonObject request) throws Exception {
        return request(client.read(object(request), number(request, "attribute"))).getValue();
    }

    private Object getList(JsonObject request) throws Exception {
        List<Map.Entry<GXDLMSObject, Integer>> references = new ArrayList<>();
        for (JsonElement item : request.get("items").getAsJsonArray()) {
            JsonObject one = item.getAsJsonObject();
            references.add(new GXSimpleEntry<>(object(one), number(one, "attribute")));
        }
        List<Object> values = new ArrayList<>();
        for (byte[] frame : client.readList(references)) {
            values.addAll((List<?>) request(frame).getValue());
        }
        return values;
    }

    private Object set(JsonObject request) throws Exception {
        DataType type = DataType.valueOf(text(request, "type", null));
        request(client.write(text(request, "name", null), Values.fromJson(request.get("value"), type), type,
                type(request), number(request, "attribute")));
        return null;
    }

    private Object action(JsonObject request) throws Exception {
        DataType type = DataType.valueOf(text(request, "type", null));
        return request(client.method(text(request, "name", null), type(request), number(request, "method"),
                Values.fromJson(request.get("value"), type), type)).getValue();
    }

    /** -> the key of that number, 0 unicast or 2 authentication, that both sides have from now on */
    private Object agree(JsonObject request) throws Exception {
        byte[] id = {(byte) number(request, "id")};
        KeyPair ephemeral = Curve.generate(Curve.bits(client.getCiphering().getSigningKeyPair()));
        byte[] key = client.agreed(id, ephemeral, request(client.agreement(id, ephemeral)));
        if (id[0] == 0) {
            client.getCiphering().setBlockCipherKey(key);
        } else {
            client.getCiphering().setAuthenticationKey(key);
        }
        return key;
    }

    private Object objects() throws Exception {
        List<Object> rows = new ArrayList<>();
        for (GXDLMSObject item : client.parseObjects(request(client.getObjectsRequest()).getData(), true, false)) {
            rows.add(List.of(item.getObjectType().getValue(), item.getLogicalName(), item.getVersion()));
        }
        return rows;
    }

    private Object range(JsonObject request) throws Exception {
        GXDLMSProfileGeneric profile = columns(request);
        return request(client.readRowsByRange(profile, date(request, "from"), date(request, "to"))).getValue();
    }

    private Object entries(JsonObject request) throws Exception {
        GXDLMSProfileGeneric profile = columns(request);
        return request(client.readRowsByEntry(profile, number(request, "first"), number(request, "count"))).getValue();
    }

    /** The profile that rows are asked of, with its columns, without which Gurux asks nothing. */
    private GXDLMSProfileGeneric columns(JsonObject request) throws Exception {
        GXDLMSProfileGeneric profile = (GXDLMSProfileGeneric) object(request);
        client.updateValue(profile, 3, request(client.read(profile, 3)).getValue());
        return profile;
    }

    // ---- Members of a request ----

    private static GXDLMSObject object(JsonObject request) {
        GXDLMSObject object = GXDLMSClient.createObject(type(request));
        object.setLogicalName(text(request, "name", null));
        return object;
    }

    private static ObjectType type(JsonObject request) {
        return ObjectType.forValue(number(request, "class"));
    }

    private static GXDateTime date(JsonObject request, String member) {
        return new GXDateTime(new Date(request.get(member).getAsLong()));
    }

    private static int number(JsonObject request, String member) {
        return request.get(member).getAsInt();
    }

    private static byte[] octets(JsonObject request, String member) {
        return Values.octets(request.get(member).getAsString());
    }

    private static String text(JsonObject request, String member, String otherwise) {
        return request.has(member) ? request.get(member).getAsString() : otherwise;
    }
}
