import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** Keys of NIST's curves from their octets, P-256 from numbers of 32, P-384 of 48; and signatures, r and s. */
final class Curve {
    private Curve() {}

    /** publicKey: x and y. Gurux wants the peer's public key and one's own private key as one pair. */
    static KeyPair pair(byte[] publicKey, byte[] privateKey) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(privateKey.length == 32 ? "secp256r1" : "secp384r1"));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        int half = publicKey.length / 2;
        ECPoint point = new ECPoint(new BigInteger(1, Arrays.copyOf(publicKey, half)),
                new BigInteger(1, Arrays.copyOfRange(publicKey, half, 2 * half)));
        KeyFactory factory = KeyFactory.getInstance("EC");
        return new KeyPair(factory.generatePublic(new ECPublicKeySpec(point, curve)),
                factory.generatePrivate(new ECPrivateKeySpec(new BigInteger(1, privateKey), curve)));
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
        int bits = ((ECPublicKey) pair.getPublic()).getParams().getCurve().getField().getFieldSize();
        return Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
    }
}
