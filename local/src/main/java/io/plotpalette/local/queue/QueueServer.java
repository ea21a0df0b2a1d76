package io.plotpalette.local.queue;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.plotpalette.local.loopback.Loopback;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues over HTTP as SQS speaks it since 2023, in JSON: an SDK's client works with this endpoint.
 * Signatures are not looked at.
 */
public final class QueueServer implements AutoCloseable {
  private static final String WHAT = "the queue";
  private static final int MAX_THREADS = 12;
  private static final String ACCOUNT = "000000000000";
  private static final String TARGET_PREFIX = "AmazonSQS.";
  private static final String PROTOCOL_TYPE = "application/x-amz-json-1.0";
  private static final JsonMapper JSON = new JsonMapper();
  private static final Logger LOGGER = LoggerFactory.getLogger(QueueServer.class);

  private final SqsApi api;
  private final Javalin javalin;

  /**
   * @param port 0 for any free one
   * @param file of the queues; stays open when this is closed
   */
  public QueueServer(int port, List<QueueDefinition> queues, QueueFile file) {
    api =
        new SqsApi(
            queues.stream().collect(toUnmodifiableMap(QueueDefinition::name, Function.identity())),
            file,
            name -> url(name).toString());
    javalin =
        Loopback.startJavalin(
            WHAT,
            port,
            MAX_THREADS,
            config -> {
              config.routes.post("/*", this::call);
              config.routes.exception(
                  SqsException.class,
                  (e, ctx) -> fail(ctx, 400, e.type(), e.code(), e.getMessage()));
              config.routes.exception(
                  JsonProcessingException.class,
                  (e, ctx) ->
                      fail(
                          ctx,
                          400,
                          "com.amazon.coral.service#SerializationException",
                          "MalformedInput",
                          "Not a JSON document."));
              config.routes.exception(Exception.class, QueueServer::failUnexpectedly);
            });
  }

  public URI endpoint() {
    return Loopback.endpoint(javalin.port());
  }

  /** How requests name a queue. */
  public URI url(String queue) {
    return endpoint().resolve("/" + ACCOUNT + "/" + queue);
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private void call(Context ctx) throws JsonProcessingException {
    String target = ctx.header("X-Amz-Target");
    if (target == null || !target.startsWith(TARGET_PREFIX)) {
      throw SqsException.ofType("UnsupportedOperation", "No X-Amz-Target.");
    }
    JsonNode request = JSON.readTree(ctx.body());
    respond(ctx, 200, api.call(target.substring(TARGET_PREFIX.length()), request));
  }

  private static void failUnexpectedly(Exception e, Context ctx) {
    LOGGER.error("A request to the queue failed", e);
    fail(
        ctx,
        500,
        "com.amazonaws.sqs#InternalFailure",
        "InternalFailure",
        "The request processing has failed because of an unknown error.");
  }

  private static void fail(Context ctx, int status, String type, String code, String message) {
    ctx.header("x-amzn-query-error", code + (status < 500 ? ";Sender" : ";Receiver"));
    respond(ctx, status, Map.of("__type", type, "message", message));
  }

  private static void respond(Context ctx, int status, Object document) {
    try {
      ctx.status(status).result(JSON.writeValueAsBytes(document)).contentType(PROTOCOL_TYPE);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + document.getClass(), e);
    }
  }
}
