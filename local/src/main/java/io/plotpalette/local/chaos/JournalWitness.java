package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.journal.MalformedSegmentException;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentCodec;
import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.model.job.JobAttribute;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/**
 * Stands between the product and DynamoDB, and tells a {@link JournalAudit} every segment of the
 * call journal that is acknowledged, before the product learns of it. Everything else goes through
 * as it is.
 *
 * <p>Here is also where a promise of the table can be broken: outside of the product, which has no
 * switch for it.
 */
final class JournalWitness implements AutoCloseable {
  /** The attribute of an item that holds the segment. */
  static final String ENTRIES = "entries";

  private static final String WHAT = "the witness of the call journal";
  private static final int MAX_THREADS = 32;
  private static final int MAX_BODY_BYTES = 32 * 1024 * 1024;
  private static final Duration IDLE_CONNECTION_LIFE = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** They belong to one connection, and a client sets its own. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          ":status");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI tables;
  private final String journalTable;
  private final Sabotage sabotage;
  private final JournalAudit audit;
  private final AtomicLong refused = new AtomicLong();
  private final Server server;
  private final int port;

  /** A write to the journal. */
  private record SegmentPut(ObjectNode json, String jobId, Segment segment) {}

  /**
   * Starts it.
   *
   * @param tables where DynamoDB answers
   * @param journalTable the physical name of the call journal
   */
  JournalWitness(URI tables, String journalTable, Sabotage sabotage, JournalAudit audit) {
    this.tables = tables;
    this.journalTable = journalTable;
    this.sabotage = sabotage;
    this.audit = audit;
    server = new Server(Loopback.threadPool(WHAT, MAX_THREADS, null));
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory());
    connector.setHost(Loopback.HOST);
    connector.setIdleTimeout(IDLE_CONNECTION_LIFE.toMillis());
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            read(request, response, callback);
            return true;
          }
        });
    Loopback.start(WHAT, 0, server::start);
    port = connector.getLocalPort();
  }

  /** Where the product is to look for DynamoDB. */
  URI endpoint() {
    return Loopback.endpoint(port);
  }

  /** Writes of segments that were refused, because another stood there. */
  long refused() {
    return refused.get();
  }

  private void read(Request request, Response response, Callback callback) {
    Content.Source.asByteArrayAsync(
        request,
        MAX_BODY_BYTES,
        new Promise.Invocable.NonBlocking<byte[]>() {
          @Override
          public void succeeded(byte[] body) {
            try {
              pass(body, request, response, callback);
            } catch (IOException | MalformedSegmentException | RuntimeException e) {
              callback.failed(e);
            }
          }

          @Override
          public void failed(Throwable failure) {
            callback.failed(failure);
          }
        });
  }

  private void pass(byte[] body, Request request, Response response, Callback callback)
      throws IOException, MalformedSegmentException {
    SegmentPut put = segmentPut(request, body);
    if (put == null) {
      forward(body, null, request, response, callback);
      return;
    }
    switch (sabotage) {
      case NONE -> forward(body, put, request, response, callback);
      case FENCING_OFF -> {
        put.json().remove("ConditionExpression");
        put.json().remove("ExpressionAttributeNames");
        put.json().remove("ReturnValuesOnConditionCheckFailure");
        forward(JSON.writeValueAsBytes(put.json()), put, request, response, callback);
      }
      case JOURNAL_OFF -> {
        audit.acknowledged(put.jobId(), put.segment());
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-amz-json-1.0");
        response.write(true, ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)), callback);
      }
    }
  }

  /** Null for anything else. */
  private SegmentPut segmentPut(Request request, byte[] body)
      throws IOException, MalformedSegmentException {
    String operation = request.getHeaders().get("X-Amz-Target");
    if (operation == null || !operation.endsWith(".PutItem")) {
      return null;
    }
    JsonNode json = JSON.readTree(body);
    JsonNode item = json.path("Item");
    String key = item.path(JobAttribute.JOURNAL_KEY).path("S").asText();
    if (!json.path("TableName").asText().equals(journalTable)
        || key.endsWith(JobAttribute.JOURNAL_RUNS)) {
      return null;
    }
    Segment segment = SegmentCodec.decode(item.path(ENTRIES).path("B").binaryValue());
    return new SegmentPut((ObjectNode) json, key.substring(0, key.indexOf('#')), segment);
  }

  private void forward(
      byte[] body, SegmentPut put, Request request, Response response, Callback callback) {
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(tables.resolve(request.getHttpURI().getPathQuery()))
            .method(request.getMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    for (HttpField header : request.getHeaders()) {
      if (!isOfTheConnection(header.getName())) {
        forwarded.header(header.getName(), header.getValue());
      }
    }
    var unused =
        http.sendAsync(forwarded.build(), HttpResponse.BodyHandlers.ofByteArray())
            .whenComplete(
                (answer, failure) -> {
                  if (failure == null) {
                    note(put, answer);
                    answer(answer, response, callback);
                  } else {
                    callback.failed(failure);
                  }
                });
  }

  private void note(SegmentPut put, HttpResponse<byte[]> answer) {
    if (put == null) {
      return;
    }
    if (answer.statusCode() == 200) {
      audit.acknowledged(put.jobId(), put.segment());
    } else if (new String(answer.body(), StandardCharsets.UTF_8)
        .contains("ConditionalCheckFailedException")) {
      refused.incrementAndGet();
    }
  }

  private static void answer(HttpResponse<byte[]> answer, Response response, Callback callback) {
    response.setStatus(answer.statusCode());
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!isOfTheConnection(name)) {
                values.forEach(value -> response.getHeaders().add(name, value));
              }
            });
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }

  private static boolean isOfTheConnection(String header) {
    return OF_THE_CONNECTION.contains(header.toLowerCase(Locale.ROOT));
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
