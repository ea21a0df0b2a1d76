package io.plotpalette.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.athena.AthenaClient;

/**
 * Athena's protocol over HTTP: takes statements on, says for a while that they run, and unloads one
 * file into a folder of a bucket, which it refuses to do where there are files.
 */
final class TestingAthena implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern UNLOAD = Pattern.compile("(?s)UNLOAD .* TO 's3://([^']*)' WITH .*");
  private static final int LOOKS_WHILE_IT_RUNS = 2;

  /** One statement. */
  private static final class Execution {
    private final String statement;
    private String state = "RUNNING";
    private String reason = "";
    private int looks;

    Execution(String statement) {
      this.statement = statement;
    }
  }

  private final Path buckets;
  private final HttpServer server;
  private final Map<String, Execution> executions = new LinkedHashMap<>();
  private final List<String> log = new ArrayList<>();
  private Predicate<String> failing = statement -> false;
  private Predicate<String> endless = statement -> false;

  /**
   * @param buckets the folder with a folder a bucket
   */
  TestingAthena(Path buckets) throws IOException {
    this.buckets = buckets;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  AthenaClient client() {
    return AthenaClient.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  synchronized void fail(Predicate<String> statements) {
    failing = statements;
  }

  synchronized void neverEnd(Predicate<String> statements) {
    endless = statements;
  }

  /** What somebody else has started. */
  synchronized void alreadyRuns(String statement) {
    executions.put("left-over", new Execution(statement));
  }

  /** Beginnings, ends and stops of statements, each by its first line. */
  synchronized List<String> log() {
    return List.copyOf(log);
  }

  /** All statements taken on, in order. */
  synchronized List<String> statements() {
    return executions.values().stream().map(execution -> execution.statement).toList();
  }

  synchronized List<String> states() {
    return executions.values().stream().map(execution -> execution.state).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      byte[] body = answer(target, request).toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private synchronized ObjectNode answer(String target, JsonNode request) throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    switch (target) {
      case "AmazonAthena.StartQueryExecution" -> answer.put("QueryExecutionId", start(request));
      case "AmazonAthena.BatchGetQueryExecution" -> {
        ArrayNode all = answer.putArray("QueryExecutions");
        for (JsonNode id : request.path("QueryExecutionIds")) {
          all.add(look(id.asText()));
        }
      }
      case "AmazonAthena.ListQueryExecutions" ->
          executions.keySet().forEach(answer.putArray("QueryExecutionIds")::add);
      case "AmazonAthena.StopQueryExecution" -> {
        Execution stopped = executions.get(request.path("QueryExecutionId").asText());
        stopped.state = "CANCELLED";
        log("stop", stopped);
      }
      default -> throw new IOException("not expected here: " + target);
    }
    return answer;
  }

  private String start(JsonNode request) throws IOException {
    Execution execution = new Execution(request.path("QueryString").asText());
    Optional<Path> folder = folder(execution.statement);
    if (folder.isPresent() && !isEmpty(folder.get())) {
      execution.state = "FAILED";
      execution.reason = "HIVE_PATH_ALREADY_EXISTS: " + folder.get();
    }
    String id = request.path("WorkGroup").asText() + "-" + executions.size();
    executions.put(id, execution);
    log("start", execution);
    return id;
  }

  private ObjectNode look(String id) throws IOException {
    Execution execution = executions.get(id);
    if (execution.state.equals("RUNNING")
        && !endless.test(execution.statement)
        && ++execution.looks > LOOKS_WHILE_IT_RUNS) {
      end(execution);
    }
    ObjectNode answer = JSON.createObjectNode().put("QueryExecutionId", id);
    answer
        .putObject("Status")
        .put("State", execution.state)
        .put("StateChangeReason", execution.reason);
    return answer;
  }

  private void end(Execution execution) throws IOException {
    if (failing.test(execution.statement)) {
      execution.state = "FAILED";
      execution.reason = "SYNTAX_ERROR: by the test";
    } else {
      execution.state = "SUCCEEDED";
      Optional<Path> folder = folder(execution.statement);
      if (folder.isPresent()) {
        Files.createDirectories(folder.get());
        Files.writeString(folder.get().resolve("part-" + log.size()), execution.statement);
      }
    }
    log("end", execution);
  }

  private void log(String what, Execution execution) {
    log.add(what + " " + execution.statement.lines().findFirst().orElse(""));
  }

  private Optional<Path> folder(String statement) {
    Matcher unload = UNLOAD.matcher(statement);
    return unload.matches() ? Optional.of(buckets.resolve(unload.group(1))) : Optional.empty();
  }

  private static boolean isEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return true;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
