import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/** Keys of NIST's curves from their octets, P-256 from numbers of 32, P-384 of 48; and what is done with them. */
final class Curve {
    private Curve() {}

    private static ECGenParameterSpec named(int bits) {
        return new ECGenParameterSpec("secp" + bits + "r1");
    }

    /** publicKey: x and y. Gurux wants the peer's public key and one's own private key as one pair. */
    static KeyPair pair(byte[] publicKey, byte[] privateKey) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(named(8 * privateKey.length));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        int half = publicKey.length / 2;
        ECPoint point = new ECPoint(new BigInteger(1, Arrays.copyOf(publicKey, half)),
                new BigInteger(1, Arrays.copyOfRange(publicKey, half, 2 * half)));
        KeyFactory factory = KeyFactory.getInstance("EC");
        return new KeyPair(factory.generatePublic(new ECPublicKeySpec(point, curve)),
                factory.generatePrivate(new ECPrivateKeySpec(new BigInteger(1, privateKey), curve)));
    }

    /** bits: 256 or 384 */
    static KeyPair generate(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(named(bits));
        return generator.generateKeyPair();
    }

    static byte[] privateOctets(KeyPair pair) {
        byte[] octets = new byte[bits(pair) / 8];
        put(((ECPrivateKey) pair.getPrivate()).getS(), octets, octets.length);
        return octets;
    }

    /** x and y */
    static byte[] publicOctets(KeyPair pair) {
        ECPoint point = ((ECPublicKey) pair.getPublic()).getW();
        int half = bits(pair) / 8;
        byte[] octets = new byte[2 * half];
        put(point.getAffineX(), octets, half);
        put(point.getAffineY(), octets, 2 * half);
        return octets;
    }

    private static void put(BigInteger number, byte[] octets, int end) {
        for (BigInteger rest = number; rest.signum() > 0; rest = rest.shiftRight(8)) {
            octets[--end] = rest.byteValue();
        }
    }

    /** What both sides of an agreement know: x of the product. */
    static byte[] agree(KeyPair own, byte[] publicKey) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(own.getPrivate());
        agreement.doPhase(pair(publicKey, new byte[bits(own) / 8]).getPublic(), true);
        return agreement.generateSecret();
    }

    static int bits(KeyPair pair) {
        return ((ECPublicKey) pair.getPublic()).getParams().getCurve().getField().getFieldSize();
    }

    static byte[] sign(KeyPair pair, byte[]... parts) throws GeneralSecurityException {
        Signature signature = algorithm(pair);
        signature.initSign(pair.getPrivate());
        for (byte[] part : parts) {
            signature.update(part);
        }
        return signature.sign();
    }

    static boolean isSigned(KeyPair pair, byte[] proof, byte[]... parts) throws GeneralSecurityException {
        Signature signature = algorithm(pair);
        signature.initVerify(pair.getPublic());
        for (byte[] part : parts) {
            signature.update(part);
        }
        return signature.verify(proof);
    }

    private static Signature algorithm(KeyPair pair) throws GeneralSecurityException {
        return Signature.getInstance("SHA" + bits(pair) + "withECDSAinP1363Format");
    }
}
