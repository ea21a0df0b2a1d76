package io.plotpalette.connector;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between the real SDK client and a service that speaks DynamoDB's JSON protocol, and
 * answers in its place, or not at all, when told to.
 */
public final class TestingEndpoint implements AutoCloseable {
  static {
    // Read once, when the first server is made; without it every answer takes 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Service service;
  private final Map<String, Deque<Fault>> faults = new HashMap<>();
  private final Map<String, Fault> lasting = new HashMap<>();
  private final List<Call> calls = new ArrayList<>();

  /** What answers when there is no fault. */
  @FunctionalInterface
  public interface Service {
    Answer answer(String target, String body) throws IOException;
  }

  /** One answer on the wire. */
  public record Answer(int status, String body) {

    public static Answer error(int status, String code) {
      String json =
          "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"as told\"}"
              .formatted(code);
      return new Answer(status, json);
    }
  }

  /** One call that came in, whether it was answered or not. */
  public record Call(String operation, String body) {}

  /** Asks the service for the real answer to a body. */
  @FunctionalInterface
  public interface Upstream {
    Answer answer(String body) throws IOException;
  }

  /** What happens to a call in place of, or on the way to and from, the service. */
  @FunctionalInterface
  public interface Fault {
    /** Null cuts the connection. */
    Answer answer(String body, Upstream service) throws IOException;

    /** To let one call through before the next fault. */
    static Fault none() {
      return (body, service) -> service.answer(body);
    }

    static Fault error(int status, String code) {
      return (body, service) -> Answer.error(status, code);
    }

    /** What a load balancer says. */
    static Fault page(int status) {
      return (body, service) -> new Answer(status, "<html>Bad gateway</html>");
    }

    static Fault cut() {
      return (body, service) -> null;
    }

    /** The service does what it was asked for, the answer never arrives. */
    static Fault answerLost() {
      return (body, service) -> {
        service.answer(body);
        return null;
      };
    }

    /** Half of the body arrives, with the length of the half. */
    static Fault truncated() {
      return (body, service) -> {
        Answer real = service.answer(body);
        return new Answer(real.status(), real.body().substring(0, real.body().length() / 2));
      };
    }
  }

  public TestingEndpoint(Service service) throws IOException {
    this.service = service;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** In front of another server, DynamoDB Local for instance. */
  public static TestingEndpoint inFrontOf(URI upstream) throws IOException {
    HttpClient client = HttpClient.newHttpClient();
    return new TestingEndpoint(
        (target, body) -> {
          // The key of the test clients: DynamoDB Local reads it, and checks no signature.
          HttpRequest request =
              HttpRequest.newBuilder(upstream)
                  .header("X-Amz-Target", target)
                  .header("Content-Type", "application/x-amz-json-1.0")
                  .header(
                      "Authorization",
                      "AWS4-HMAC-SHA256 Credential=local/20261120/eu-west-1/dynamodb/aws4_request,"
                          + " SignedHeaders=host, Signature=none")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build();
          try {
            HttpResponse<String> answer =
                client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
          }
        });
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The next calls of an operation meet these, one each; then the service answers again. */
  public synchronized void next(String operation, Fault... inThisOrder) {
    faults.computeIfAbsent(operation, none -> new ArrayDeque<>()).addAll(List.of(inThisOrder));
  }

  /** Every call of an operation meets this until {@link #heal}. */
  public synchronized void always(String operation, Fault fault) {
    lasting.put(operation, fault);
  }

  public synchronized void heal() {
    faults.clear();
    lasting.clear();
  }

  public synchronized List<Call> calls(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).toList();
  }

  private synchronized Fault faultOf(String operation) {
    Deque<Fault> next = faults.get(operation);
    return next == null || next.isEmpty() ? lasting.get(operation) : next.remove();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    String operation = target.substring(target.indexOf('.') + 1);
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    synchronized (this) {
      calls.add(new Call(operation, body));
    }
    Fault fault = faultOf(operation);
    Answer answer;
    try {
      Upstream upstream = asked -> service.answer(target, asked);
      answer = (fault == null ? Fault.none() : fault).answer(body, upstream);
    } catch (IOException e) {
      answer = Answer.error(500, "InternalServerError");
    }
    if (answer != null) {
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
