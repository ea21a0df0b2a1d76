package io.plotpalette.local.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets access tokens of one issuer and client pass, as a JWT authorizer of API Gateway does whose
 * routes ask for the scope only access tokens have. The issuer's keys are kept, and fetched again
 * when a token names one that is not among them.
 */
public final class JwtAuthorizer {
  private static final String BEARER = "Bearer ";
  private static final int MAX_VERIFIED = 1_000;
  private static final Logger LOGGER = LoggerFactory.getLogger(JwtAuthorizer.class);

  private final String issuer;
  private final String clientId;
  private final InstantSource clock;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /** By token, those used last: a signature does not change, and costs a third of a request. */
  private final Map<String, JWTClaimsSet> verified =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, JWTClaimsSet> eldest) {
              return size() > MAX_VERIFIED;
            }
          });

  /**
   * @param keys where the issuer publishes its JSON Web Key Set
   */
  public JwtAuthorizer(URI keys, String issuer, String clientId, InstantSource clock) {
    this.issuer = issuer;
    this.clientId = clientId;
    this.clock = clock;
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keySource(keys)));
    processor.setJWTClaimsSetVerifier((claims, context) -> check(claims));
  }

  private static JWKSource<SecurityContext> keySource(URI keys) {
    try {
      // Refreshing ahead would keep a thread for it.
      return JWKSourceBuilder.create(keys.toURL()).refreshAheadCache(false).cache(true).build();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("No URL of keys: " + keys, e);
    }
  }

  /**
   * Returns the token's claims as a function sees them, all texts.
   *
   * @param header the request's {@code Authorization}, or null; the scheme may be left out
   */
  Map<String, String> authorize(String header) throws UnauthorizedException {
    if (header == null || header.isBlank()) {
      throw new UnauthorizedException(null, null);
    }
    String token =
        header.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? header.substring(BEARER.length()).strip()
            : header.strip();
    try {
      JWTClaimsSet known = verified.get(token);
      if (known != null) {
        check(known);
        return texts(known);
      }
      JWTClaimsSet claims = processor.process(token, null);
      verified.put(token, claims);
      return texts(claims);
    } catch (BadJWTException e) {
      throw new UnauthorizedException(e.getMessage(), e);
    } catch (ParseException e) {
      throw new UnauthorizedException("the token is not a JWT", e);
    } catch (BadJOSEException e) {
      throw new UnauthorizedException("the token has no valid signature", e);
    } catch (JOSEException e) {
      LOGGER.error("Cannot get the keys of {}", issuer, e);
      throw new UnauthorizedException("JWKS communication error", e);
    }
  }

  /** What a signature does not say: it is looked at for every request. */
  private void check(JWTClaimsSet claims) throws BadJWTException {
    Instant now = clock.instant();
    require(issuer.equals(claims.getIssuer()), "the token does not have a valid issuer");
    require(hasAudience(claims), "the token does not have a valid audience");
    Date expiry = claims.getExpirationTime();
    require(expiry != null && now.isBefore(expiry.toInstant()), "the token has expired");
    require(!isAfter(claims.getNotBeforeTime(), now), "the token is not valid yet");
    require(!isAfter(claims.getIssueTime(), now), "the token was issued in the future");
    require("access".equals(claims.getClaim("token_use")), "the token is not an access token");
  }

  /** {@code client_id} counts only for tokens without an audience. */
  private boolean hasAudience(JWTClaimsSet claims) {
    return claims.getAudience().isEmpty()
        ? clientId.equals(claims.getClaim("client_id"))
        : claims.getAudience().contains(clientId);
  }

  private static boolean isAfter(Date date, Instant now) {
    return date != null && date.toInstant().isAfter(now);
  }

  private static void require(boolean holds, String otherwise) throws BadJWTException {
    if (!holds) {
      throw new BadJWTException(otherwise);
    }
  }

  private static Map<String, String> texts(JWTClaimsSet claims) {
    Map<String, String> texts = new LinkedHashMap<>();
    claims.getClaims().forEach((name, value) -> texts.put(name, text(value)));
    texts.values().removeIf(Objects::isNull);
    return texts;
  }

  /** Lists become {@code [a b]}, times seconds. */
  private static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).collect(Collectors.joining(" ", "[", "]"));
    }
    if (value instanceof Date date) {
      return Long.toString(date.toInstant().getEpochSecond());
    }
    return value == null ? null : value.toString();
  }
}
