package io.plotpalette.infra;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers each operation of DynamoDB, or of a service of the same protocol, with canned bodies, and
 * remembers what was asked.
 */
final class TestingDynamoDb implements AutoCloseable {
  private static final Pattern TABLE = Pattern.compile("\"TableName\":\"([^\"]+)\"");

  private final HttpServer server;
  private final Map<String, Deque<String>> answers = new ConcurrentHashMap<>();
  private final List<String> operations = new CopyOnWriteArrayList<>();

  /**
   * @param answers JSON by operation, for example {@code PutItem}, or by operation and table, as in
   *     {@code Query jobs}; one a call, the last for all that follow; other operations fail
   */
  TestingDynamoDb(Map<String, List<String>> answers) throws IOException {
    answers.forEach((operation, bodies) -> this.answers.put(operation, new ArrayDeque<>(bodies)));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String operation = target.substring(target.indexOf('.') + 1);
      operations.add(operation);
      String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String answer = next(operation, request);
      byte[] body =
          (answer == null ? "{\"message\":\"not expected here\"}" : answer)
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
      exchange.sendResponseHeaders(answer == null ? 400 : 200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private synchronized String next(String operation, String request) {
    Matcher table = TABLE.matcher(request);
    Deque<String> bodies = table.find() ? answers.get(operation + " " + table.group(1)) : null;
    if (bodies == null) {
      bodies = answers.get(operation);
    }
    if (bodies == null) {
      return null;
    }
    return bodies.size() > 1 ? bodies.remove() : bodies.element();
  }

  String endpoint() {
    return "http://" + Addresses.of(server);
  }

  /** In the order they were asked for. */
  List<String> operations() {
    return List.copyOf(operations);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
