package io.plotpalette.local.identity;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.KeySpec;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted PBKDF2-HMAC-SHA256 of a password. The number of iterations is kept with it, so that
 * raising it leaves old accounts working.
 *
 * @param salt base64
 * @param hash base64
 */
record PasswordHash(int iterations, String salt, String hash) {
  private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
  private static final int ITERATIONS = 600_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;

  static PasswordHash of(String password, SecureRandom random) {
    return of(password, ITERATIONS, random);
  }

  static PasswordHash of(String password, int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(iterations, base64(salt), base64(derive(password, salt, iterations)));
  }

  /** Takes as long as any other to find that nothing matches it. */
  static PasswordHash ofNobody() {
    return new PasswordHash(
        ITERATIONS, base64(new byte[SALT_BYTES]), base64(new byte[HASH_BITS / Byte.SIZE]));
  }

  boolean matches(String password) {
    byte[] expected = Base64.getDecoder().decode(hash);
    byte[] actual = derive(password, Base64.getDecoder().decode(salt), iterations);
    return MessageDigest.isEqual(expected, actual);
  }

  private static byte[] derive(String password, byte[] salt, int iterations) {
    KeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BITS);
    try {
      return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot hash passwords", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
