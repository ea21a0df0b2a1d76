package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.local.DataFolder;
import io.plotpalette.local.FreePorts;
import io.plotpalette.local.LocalConfig;
import io.plotpalette.local.flink.LocalFlink;
import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.local.process.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code palette up} in a process of its own, over and over on the same data. */
final class Product implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FLINK_STARTS = "Starting Flink";
  private static final Duration UP = Duration.ofMinutes(4);
  private static final Duration SAVEPOINT = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofMinutes(2);
  private static final Duration REQUEST = Duration.ofMinutes(1);
  private static final long LOOK_MILLIS = 5;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Path scratch;
  private final Path output;
  private final Map<String, String> settings;
  private final Map<String, String> environment;
  private final DataFolder data;
  private final String jobName;
  private final URI job;
  private ChildJvm process;

  /**
   * Starts nothing yet.
   *
   * @param folder gets its data, its output and its temporary files
   * @param jobName of the Flink job that is looked at
   * @param settings of what outlives the product, by key
   */
  Product(Path folder, String jobName, Map<String, String> settings) throws IOException {
    this.jobName = jobName;
    this.settings = settings;
    scratch = Files.createDirectories(folder.resolve("tmp"));
    output = folder.resolve("product.out");
    environment = new HashMap<>(FreePorts.environment());
    environment.put(LocalConfig.DATA_FOLDER.key(), folder.resolve("data").toString());
    environment.putAll(settings);
    LocalConfig config = LocalConfig.read(folder, environment::get);
    data = new DataFolder(config.dataFolder());
    job =
        URI.create(
            "%s/jobs/%s/"
                .formatted(
                    Loopback.endpoint(config.flinkPort()),
                    LocalFlink.jobId(jobName).toHexString()));
  }

  /**
   * The same product on the same bucket, with none of the state of its jobs: what is started where
   * the machine of this one is lost. Both can run at once.
   *
   * @param folder another one
   */
  Product withoutState(Path folder) throws IOException {
    Product successor = new Product(folder, jobName, settings);
    Path bucket = successor.bucket();
    Files.createDirectories(bucket.getParent());
    Files.createSymbolicLink(bucket, bucket());
    return successor;
  }

  Path bucket() {
    return data.bucket();
  }

  CheckpointFolder checkpoints() {
    return new CheckpointFolder(LocalFlink.checkpoints(data.flink(), jobName));
  }

  void start(int parallelism) throws IOException {
    environment.put(LocalConfig.PARALLELISM.key(), Integer.toString(parallelism));
    process = ChildJvm.start(scratch, output, environment, "up", "--leash");
  }

  /** Returns when the job has completed a checkpoint since the start. */
  void awaitUp() throws Exception {
    process.awaitLine("Plot Palette is up.", UP);
  }

  /** Returns before any job of it runs. */
  void awaitBeginning() throws Exception {
    process.awaitLine(FLINK_STARTS, UP);
  }

  /** Returns when the job is there, though it may not run yet. */
  void awaitJobSubmitted() throws Exception {
    awaitStatus("");
  }

  void awaitJobRunning() throws Exception {
    awaitStatus("RUNNING");
  }

  private void awaitStatus(String wanted) throws Exception {
    awaitBeginning();
    long deadline = System.nanoTime() + UP.toNanos();
    while (!status().filter(status -> wanted.isEmpty() || status.equals(wanted)).isPresent()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        // Fails, saying why.
        awaitUp();
        return;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private Optional<String> status() throws InterruptedException {
    try {
      return Optional.ofNullable(get("status").path("status").textValue());
    } catch (IOException e) {
      // Flink does not answer yet.
      return Optional.empty();
    }
  }

  void kill() throws InterruptedException {
    process.kill();
  }

  /** It does nothing any more, and does not know of it, until it is told to {@link #wake}. */
  void hang() throws IOException, InterruptedException {
    process.pause();
  }

  void wake() throws IOException, InterruptedException {
    process.resume();
  }

  /** Stops the job with a savepoint, from which the next start goes on, and then the process. */
  void stopWithSavepoint() throws Exception {
    awaitUp();
    Path folder = LocalFlink.savepoints(data.flink(), jobName);
    Files.createDirectories(folder);
    String body = JSON.createObjectNode().put("targetDirectory", folder.toString()).toString();
    JsonNode trigger =
        send(HttpRequest.newBuilder(job.resolve("stop")).POST(publisher(body)).build());
    String request = "savepoints/" + trigger.path("request-id").textValue();
    long deadline = System.nanoTime() + SAVEPOINT.toNanos();
    JsonNode answer = get(request);
    while (!answer.path("status").path("id").asText().equals("COMPLETED")) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("no savepoint within " + SAVEPOINT);
      }
      TimeUnit.MILLISECONDS.sleep(50);
      answer = get(request);
    }
    if (!answer.path("operation").hasNonNull("location")) {
      throw new IllegalStateException("the savepoint failed: " + answer);
    }
    process.terminate(STOP);
  }

  /** Stops the process as its user does. */
  void stop() throws Exception {
    process.terminate(STOP);
  }

  private static HttpRequest.BodyPublisher publisher(String body) {
    return HttpRequest.BodyPublishers.ofString(body);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(job.resolve(path)).build());
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpRequest bounded =
        HttpRequest.newBuilder(request, (name, value) -> true).timeout(REQUEST).build();
    HttpResponse<String> response = http.send(bounded, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(
          "Flink answered %d: %s".formatted(response.statusCode(), response.body()));
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null) {
      process.close();
    }
  }
}
