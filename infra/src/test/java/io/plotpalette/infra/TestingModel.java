package io.plotpalette.infra;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Answers every call of a model, by Bedrock's Converse protocol, with one text. */
final class TestingModel implements AutoCloseable {
  static final String TEXT = "One is alone.";

  private final HttpServer server;

  TestingModel() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", TestingModel::answer);
    server.start();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] body =
          """
          {"output":{"message":{"role":"assistant","content":[{"text":"%s"}]}},
           "stopReason":"end_turn","metrics":{"latencyMs":1},
           "usage":{"inputTokens":12,"outputTokens":4,"totalTokens":16}}
          """
              .formatted(TEXT)
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  String endpoint() {
    return "http://" + Addresses.of(server);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
