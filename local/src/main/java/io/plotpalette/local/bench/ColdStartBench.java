package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.ApiServer;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.UsageException;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.process.ChildJvm;
import io.plotpalette.model.table.Tables;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * From the start of a process to its answer to a validated POST that is in the table: the packaged
 * handlers in a new JVM, DynamoDB Local in memory in another process that runs already.
 */
public final class ColdStartBench {
  private static final Duration DYNAMODB_UP = Duration.ofMinutes(1);

  private final Path handlers;
  private final Path scratch;
  private final int rounds;
  private final PrintWriter out;

  /** One process. */
  private record Start(double sinceProcessStart, double post) {}

  /**
   * @param target the folder the build puts the package of the handlers into
   * @param scratch an empty folder
   * @param rounds processes of each kind; their median is reported
   */
  public ColdStartBench(Path target, Path scratch, int rounds, PrintWriter out) throws IOException {
    this.handlers = handlersIn(target);
    this.scratch = scratch;
    this.rounds = rounds;
    this.out = out;
  }

  private static Path handlersIn(Path target) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-handlers.zip"))
          .findFirst()
          .orElseThrow(
              () ->
                  new UsageException(
                      "No package of the handlers is in %s. Build it with `mvn package -Pquick`."
                          .formatted(target)));
    }
  }

  /** Measures, and returns the figures as a line of JSON. */
  public String run() throws Exception {
    Path unpacked = unpack();
    try (ChildJvm dynamoDb =
        ChildJvm.start(scratch, scratch.resolve("dynamodb.out"), Map.of(), "dynamodb")) {
      URI endpoint = URI.create(dynamoDb.awaitLine("DynamoDB answers at ", DYNAMODB_UP));
      try (DynamoDbClient client = DynamoDbLocalServer.client(endpoint)) {
        new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
      }
      // The first warms the database and the machine's file cache.
      start(unpacked, endpoint, List.of(), "plain");
      List<Start> plain = new ArrayList<>();
      List<Start> c1 = new ArrayList<>();
      List<Start> primed = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        plain.add(start(unpacked, endpoint, List.of(), "plain"));
        c1.add(start(unpacked, endpoint, List.of("-XX:TieredStopAtLevel=1"), "plain"));
        primed.add(start(unpacked, endpoint, List.of(), "primed"));
        say(
            "%d of %d: plain %.0f ms, c1 %.0f ms, first POST after priming %.0f ms"
                .formatted(
                    round,
                    rounds,
                    last(plain).sinceProcessStart(),
                    last(c1).sinceProcessStart(),
                    last(primed).post()));
      }
      ObjectNode json = new ObjectMapper().createObjectNode();
      json.put("plain_ms", median(plain.stream().map(Start::sinceProcessStart).toList()));
      json.put("c1_ms", median(c1.stream().map(Start::sinceProcessStart).toList()));
      json.put("first_unprimed_post_ms", median(plain.stream().map(Start::post).toList()));
      json.put("first_after_priming_ms", median(primed.stream().map(Start::post).toList()));
      json.put("package_mb", Math.round(Files.size(handlers) / 100_000.0) / 10.0);
      json.put("rounds", rounds);
      json.put("java", System.getProperty("java.version"));
      return json.toString();
    }
  }

  private Start start(Path unpacked, URI dynamoDb, List<String> options, String kind)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.add("-Djava.io.tmpdir=" + scratch);
    line.add("-cp");
    // The last brings nothing but the program itself.
    line.add(
        String.join(
            File.pathSeparator,
            unpacked.toString(),
            unpacked.resolve("lib") + "/*",
            Path.of(ColdStart.class.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString()));
    line.add(ColdStart.class.getName());
    line.add(kind);
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().putAll(environment(dynamoDb));
    long startedAt = System.currentTimeMillis();
    Process process = builder.start();
    String output;
    try {
      output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly().waitFor();
    }
    return new Start(
        number(output, ColdStart.ANSWERED_AT) - startedAt, number(output, ColdStart.TOOK));
  }

  private static Map<String, String> environment(URI dynamoDb) {
    Map<String, String> environment = ApiServer.tableNames();
    environment.put("TASK_WRITES_QUEUE_URL", dynamoDb + "/not-used-by-a-plain-POST");
    environment.put("DATA_BUCKET", "not-used-by-a-plain-post");
    environment.put("AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString());
    environment.put("AWS_REGION", PaletteServer.REGION);
    environment.put("AWS_ACCESS_KEY_ID", "local");
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    return environment;
  }

  private static double number(String output, String start) {
    return output
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .map(line -> Double.valueOf(line.substring(start.length())))
        .orElseThrow(() -> new IllegalStateException("the handler did not answer: " + output));
  }

  private Path unpack() throws IOException {
    Path folder = Files.createDirectories(scratch.resolve("handlers"));
    try (FileSystem zip = FileSystems.newFileSystem(handlers);
        Stream<Path> entries = Files.walk(zip.getPath("/"))) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Path target = folder.resolve(zip.getPath("/").relativize(entry).toString());
        if (Files.isDirectory(entry)) {
          Files.createDirectories(target);
        } else {
          Files.copy(entry, target);
        }
      }
    }
    return folder;
  }

  private static Start last(List<Start> starts) {
    return starts.get(starts.size() - 1);
  }

  private static long median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return Math.round(
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
