package io.plotpalette.local.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.javalin.Javalin;
import io.plotpalette.local.loopback.Loopback;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Publishes its keys and signs whatever a test asks for. */
final class TestingIssuer implements AutoCloseable {
  static final String CLIENT_ID = "client";

  private final Javalin javalin;
  private volatile RSAKey key = newKey("first");

  TestingIssuer() {
    javalin =
        Loopback.startJavalin(
            "test issuer",
            0,
            8,
            config -> config.routes.get("/keys", ctx -> ctx.result(new JWKSet(key).toString())));
  }

  URI keys() {
    return Loopback.endpoint(javalin.port()).resolve("/keys");
  }

  String issuer() {
    return Loopback.endpoint(javalin.port()) + "/pool";
  }

  void rotateKey() {
    key = newKey("second");
  }

  /** The claims of a valid access token, to be spoilt. */
  JWTClaimsSet.Builder claims(Instant now) {
    return new JWTClaimsSet.Builder()
        .subject("u1")
        .issuer(issuer())
        .claim("client_id", CLIENT_ID)
        .claim("token_use", "access")
        .claim("cognito:groups", List.of("admin", "editor"))
        .claim("auth_time", now.getEpochSecond())
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(3600)));
  }

  String sign(JWTClaimsSet.Builder claims) {
    return sign(claims, key);
  }

  /** Signed by a key that claims to be the published one. */
  String forge(JWTClaimsSet.Builder claims) {
    return sign(claims, newKey(key.getKeyID()));
  }

  String unsigned(JWTClaimsSet.Builder claims) {
    return new PlainJWT(claims.build()).serialize();
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private static String sign(JWTClaimsSet.Builder claims, RSAKey key) {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
            claims.build());
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  private static RSAKey newKey(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
