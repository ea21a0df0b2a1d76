package io.plotpalette.infra;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** The side of the Lambda service: hands one event out and takes the answer. */
final class TestingRuntimeApi implements AutoCloseable {
  private static final String VERSION = "/2018-06-01/runtime";
  private static final String REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  TestingRuntimeApi(String event) throws IOException {
    events.add(event);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      calls.add(path.replace(VERSION + "/", ""));
      switch (path.replace(VERSION, "")) {
        case "/invocation/next" -> handOut(exchange);
        case "/restore/next" -> exchange.sendResponseHeaders(200, -1);
        default -> {
          answers.add(body);
          exchange.sendResponseHeaders(202, -1);
        }
      }
    } catch (InterruptedException e) {
      // The test is over; the client waits for an event that does not come.
      Thread.currentThread().interrupt();
    }
  }

  private void handOut(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] event = events.take().getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/json");
    headers.set("Lambda-Runtime-Aws-Request-Id", REQUEST_ID);
    headers.set(
        "Lambda-Runtime-Deadline-Ms",
        Long.toString(Instant.now().plus(Duration.ofSeconds(30)).toEpochMilli()));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:eu-west-1:000000000000:function:under-test");
    exchange.sendResponseHeaders(200, event.length);
    exchange.getResponseBody().write(event);
  }

  /** For {@code AWS_LAMBDA_RUNTIME_API}. */
  String address() {
    return Addresses.of(server);
  }

  /** Paths below {@code runtime/}, in the order they were called. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  /** Bodies of answers and errors. */
  List<String> answers() {
    return List.copyOf(answers);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
