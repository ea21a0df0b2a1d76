package io.plotpalette.local.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.SecureRandom;
import java.text.ParseException;
import java.util.Map;

/** Signs tokens with one RSA key (RS256) and knows its own again. */
final class TokenSigner {
  private static final int KEY_BITS = 2048;

  private final RSAKey key;

  private TokenSigner(RSAKey key) {
    this.key = key;
  }

  static TokenSigner withNewKey(SecureRandom random) {
    try {
      return new TokenSigner(
          new RSAKeyGenerator(KEY_BITS)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.RS256)
              .keyIDFromThumbprint(true)
              .secureRandom(random)
              .generate());
    } catch (JOSEException e) {
      throw new IllegalStateException("Cannot make a signing key", e);
    }
  }

  /**
   * @param privateKey as {@link #privateKey} gave it
   */
  static TokenSigner withKey(String privateKey) {
    try {
      return new TokenSigner(RSAKey.parse(privateKey));
    } catch (ParseException e) {
      throw new IllegalStateException("The signing key is damaged", e);
    }
  }

  String privateKey() {
    return key.toJSONString();
  }

  Map<String, Object> publicKeys() {
    return new JWKSet(key).toJSONObject();
  }

  String sign(JWTClaimsSet claims) {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("Cannot sign", e);
    }
    return token.serialize();
  }

  /**
   * The claims of a token this key signed; says nothing about its expiry.
   *
   * @throws CognitoException for every other text
   */
  JWTClaimsSet verify(String token) {
    try {
      SignedJWT signed = SignedJWT.parse(token);
      if (!signed.verify(new RSASSAVerifier(key))) {
        throw new JOSEException("Signed with another key");
      }
      return signed.getJWTClaimsSet();
    } catch (ParseException | JOSEException e) {
      throw CognitoException.notAuthorized("Invalid Access Token");
    }
  }
}
