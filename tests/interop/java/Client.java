import gurux.dlms.ConnectionState;
import gurux.dlms.GXReplyData;
import gurux.dlms.enums.Authentication;
import gurux.dlms.enums.DataType;
import gurux.dlms.enums.InterfaceType;
import gurux.dlms.enums.ObjectType;
import gurux.dlms.secure.GXDLMSSecureClient;
import java.security.GeneralSecurityException;
import java.security.KeyPair;

/**
 * The client of Gurux, but for the proofs of mechanism 7: its release 4.0.47 breaks signatures whose r or s has a
 * leading zero octet, and hashes with SHA-256 for P-384, too. The signatures here are those of the Java platform.
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
}
