package io.plotpalette.api.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plotpalette.api.http.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers DeleteUser as a user pool does; an account is known by its token. */
public final class TestingUserPool implements AutoCloseable {
  private final Set<String> accounts = ConcurrentHashMap.newKeySet();
  private final HttpServer server;
  private volatile String failure;

  private TestingUserPool() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  public static TestingUserPool start() throws IOException {
    return new TestingUserPool();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public void add(String token) {
    accounts.add(token);
  }

  public boolean has(String token) {
    return accounts.contains(token);
  }

  /**
   * Fails from now on.
   *
   * @param type of the error; null to work again
   */
  public void fail(String type) {
    failure = type;
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = Json.MAPPER.readTree(exchange.getRequestBody());
    boolean isDeleteUser =
        "AWSCognitoIdentityProviderService.DeleteUser"
                .equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
            && "application/x-amz-json-1.1"
                .equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (!isDeleteUser) {
      respond(exchange, 400, "com.amazonaws#UnknownOperationException");
    } else if (failure != null) {
      respond(exchange, failure.startsWith("Internal") ? 500 : 400, failure);
    } else if (accounts.remove(request.path("AccessToken").asText())) {
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    } else {
      respond(exchange, 400, "UserNotFoundException");
    }
  }

  private static void respond(HttpExchange exchange, int status, String type) throws IOException {
    byte[] body =
        Json.MAPPER
            .createObjectNode()
            .put("__type", type)
            .put("message", "for people")
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
