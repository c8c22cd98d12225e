import gurux.dlms.ConnectionState;
import gurux.dlms.GXByteBuffer;
import gurux.dlms.GXReplyData;
import gurux.dlms.enums.Authentication;
import gurux.dlms.enums.DataType;
import gurux.dlms.enums.InterfaceType;
import gurux.dlms.enums.ObjectType;
import gurux.dlms.objects.enums.SecuritySuite;
import gurux.dlms.secure.GXDLMSSecureClient;
import gurux.dlms.secure.GXSecure;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;

/**
 * The client of Gurux, but for signatures of mechanism 7 and of key agreement: its release 4.0.47 breaks those whose r
 * or s has a leading zero octet, and hashes with SHA-256 for P-384, too. Those here are of the Java platform.
 */
final class Client extends GXDLMSSecureClient {
    Client(int client, int server, Authentication mechanism, String secret, InterfaceType line) {
        super(true, client, server, mechanism, secret, line);
    }

    boolean provesItself() {
        return getAuthentication() == Authentication.HIGH_ECDSA;
    }

    /** reply_to_HLS_authentication with f(StoC) */
    byte[][] proof() throws Exception {
        byte[] proof = Curve.sign(getCiphering().getSigningKeyPair(), getCiphering().getSystemTitle(),
                getSettings().getSourceSystemTitle(), getSettings().getStoCChallenge(), getCtoSChallenge());
        return method("0.0.40.0.0.255", ObjectType.ASSOCIATION_LOGICAL_NAME, 1, proof, DataType.OCTET_STRING);
    }

    /** Throws when f(CtoS) is not the server's. */
    void judge(GXReplyData reply) throws GeneralSecurityException {
        KeyPair pair = getCiphering().getSigningKeyPair();
        if (!Curve.isSigned(pair, (byte[]) reply.getValue(), getSettings().getSourceSystemTitle(),
                getCiphering().getSystemTitle(), getCtoSChallenge(), getSettings().getStoCChallenge())) {
            throw new GeneralSecurityException("the server does not prove itself");
        }
        getSettings().setConnected(getSettings().getConnected() | ConnectionState.DLMS);
    }

    // ---- key_agreement of the Security setup ----

    private byte[] offer(byte[] id, KeyPair ephemeral) throws GeneralSecurityException {
        byte[] point = Curve.publicOctets(ephemeral);
        byte[] signature = Curve.sign(getCiphering().getSigningKeyPair(), id, point);
        byte[] offer = Arrays.copyOf(point, point.length + signature.length);
        System.arraycopy(signature, 0, offer, point.length, signature.length);
        return offer;
    }

    /** An array of one offer: what key, and an ephemeral public key with its signature. */
    byte[][] agreement(byte[] id, KeyPair ephemeral) throws Exception {
        byte[] offer = offer(id, ephemeral);
        GXByteBuffer parameters = new GXByteBuffer();
        parameters.set(new byte[] {1, 1, 2, 2, 0x16, id[0], 9, (byte) 0x81, (byte) offer.length});
        parameters.set(offer);
        return method("0.0.43.0.0.255", ObjectType.SECURITY_SETUP, 3, parameters.array(), DataType.ARRAY);
    }

    /** The key that the server's offer in answer gives; throws when the offer is not the server's. */
    byte[] agreed(byte[] id, KeyPair ephemeral, GXReplyData reply) throws GeneralSecurityException {
        byte[] offer = (byte[]) ((List<?>) ((List<?>) reply.getValue()).get(0)).get(1);
        byte[] point = Arrays.copyOf(offer, offer.length / 2);
        byte[] signature = Arrays.copyOfRange(offer, offer.length / 2, offer.length);
        if (!Curve.isSigned(getCiphering().getSigningKeyPair(), signature, id, point)) {
            throw new GeneralSecurityException("the offer is not signed by the server");
        }
        boolean isLarge = getCiphering().getSecuritySuite() == SecuritySuite.SUITE_2;
        byte[] algorithm = {0x60, (byte) 0x85, 0x74, 5, 8, 3, (byte) (isLarge ? 1 : 0)}; // AES-GCM-128 or -256
        byte[] whole = GXSecure.generateKDF(isLarge ? "SHA-384" : "SHA-256", Curve.agree(ephemeral, point),
                isLarge ? 384 : 256, algorithm, getCiphering().getSystemTitle(), getSettings().getSourceSystemTitle(),
                null, null);
        return Arrays.copyOf(whole, isLarge ? 32 : 16);
    }
}
