package io.plotpalette.local.identity;

import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.plotpalette.local.loopback.Loopback;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sign-up, log-in and the keys of the tokens, over HTTP as Cognito speaks it: an SDK's client works
 * with this endpoint, and a JWT authorizer with its issuer. Accounts, log-ins and the signing key
 * survive a restart; tokens do too when the port stays the same, for it is part of the issuer.
 */
public final class TokenServer implements AutoCloseable {
  public static final String REGION = UserPool.REGION;
  public static final String POOL_ID = UserPool.POOL_ID;
  public static final String CLIENT_ID = UserPool.CLIENT_ID;

  private static final String WHAT = "the token endpoint";
  private static final int MAX_THREADS = 12;
  private static final String TARGET_PREFIX = "AWSCognitoIdentityProviderService.";
  private static final String KEYS_PATH = "/" + POOL_ID + "/.well-known/jwks.json";
  private static final String JSON_TYPE = "application/json";
  private static final String PROTOCOL_TYPE = "application/x-amz-json-1.1";
  private static final JsonMapper JSON = new JsonMapper();
  private static final Logger LOGGER = LoggerFactory.getLogger(TokenServer.class);

  private final UserPool pool;
  private final CognitoApi api;
  private final Javalin javalin;

  /**
   * @param port 0 for any free one
   * @param folder where the accounts and the private key are kept, readable for the owner only
   * @param postConfirmation called once a user is confirmed, before the user hears of it
   */
  public TokenServer(
      int port,
      Path folder,
      CodeDelivery codes,
      Consumer<CognitoUserPoolPostConfirmationEvent> postConfirmation,
      InstantSource clock) {
    pool =
        new UserPool(
            new UserPoolFile(folder),
            new UserPool.Environment(
                this::issuer,
                codes,
                postConfirmation,
                clock,
                new SecureRandom(),
                UUID::randomUUID));
    api = new CognitoApi(pool);
    javalin =
        Loopback.startJavalin(
            WHAT,
            port,
            MAX_THREADS,
            config -> {
              config.routes.post("/", this::call);
              config.routes.get(KEYS_PATH, ctx -> respond(ctx, 200, JSON_TYPE, pool.publicKeys()));
              config.routes.get(
                  "/" + POOL_ID + "/.well-known/openid-configuration",
                  ctx -> respond(ctx, 200, JSON_TYPE, configuration()));
              config.routes.exception(
                  CognitoException.class, (e, ctx) -> fail(ctx, 400, e.type(), e.getMessage()));
              config.routes.exception(
                  JsonProcessingException.class,
                  (e, ctx) -> fail(ctx, 400, "SerializationException", "Not a JSON document."));
              config.routes.exception(Exception.class, TokenServer::failUnexpectedly);
            });
  }

  public URI endpoint() {
    return Loopback.endpoint(javalin.port());
  }

  /** The claim {@code iss} of every token. */
  public String issuer() {
    return endpoint() + "/" + POOL_ID;
  }

  /** Where the public keys of the tokens are. */
  public URI keys() {
    return endpoint().resolve(KEYS_PATH);
  }

  /**
   * Puts a user in a group, which the next tokens carry.
   *
   * @throws RuntimeException if nobody signed up with {@code email}
   */
  public void addToGroup(String email, String group) {
    pool.addToGroup(email, group);
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private void call(Context ctx) throws JsonProcessingException {
    String target = ctx.header("X-Amz-Target");
    if (target == null || !target.startsWith(TARGET_PREFIX)) {
      throw new CognitoException("UnknownOperationException", "No X-Amz-Target.");
    }
    JsonNode request = JSON.readTree(ctx.body());
    respond(ctx, 200, PROTOCOL_TYPE, api.call(target.substring(TARGET_PREFIX.length()), request));
  }

  private Map<String, Object> configuration() {
    return Map.of(
        "issuer", issuer(),
        "jwks_uri", keys().toString(),
        "id_token_signing_alg_values_supported", List.of("RS256"),
        "response_types_supported", List.of("code", "token"),
        "subject_types_supported", List.of("public"));
  }

  private static void failUnexpectedly(Exception e, Context ctx) {
    LOGGER.error("A request to the token endpoint failed", e);
    fail(ctx, 500, "InternalErrorException", "Internal Server Error");
  }

  private static void fail(Context ctx, int status, String type, String message) {
    ctx.header("x-amzn-ErrorType", type);
    respond(ctx, status, PROTOCOL_TYPE, Map.of("__type", type, "message", message));
  }

  private static void respond(Context ctx, int status, String type, Object document) {
    try {
      ctx.status(status).result(JSON.writeValueAsBytes(document)).contentType(type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + document.getClass(), e);
    }
  }
}
