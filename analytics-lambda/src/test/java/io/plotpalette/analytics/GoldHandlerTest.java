package io.plotpalette.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.lake.LakeTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class GoldHandlerTest {
  private static final int ENOUGH_TIME = 60_000;
  private static final String NIGHT = "{\"time\":\"2026-11-21T03:00:00Z\"}";

  @TempDir private Path folder;

  private Path gold;
  private FilesystemNio2BlobStore blobs;
  private S3Proxy store;
  private S3Client s3;
  private TestingAthena athena;

  @BeforeEach
  void start() throws Exception {
    gold = Files.createDirectories(folder.resolve("bucket")).resolve("lake/gold");
    blobs = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
    store =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "local", "local")
            .blobStore(blobs)
            .ignoreUnknownHeaders(true)
            .build();
    store.start();
    s3 =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + store.getPort()))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    athena = new TestingAthena(folder);
  }

  @AfterEach
  void stop() throws Exception {
    athena.close();
    s3.close();
    store.stop();
    blobs.close();
  }

  @Test
  void aNightMakesTheTwoDaysBeforeItOfEveryTable() throws Exception {
    String answer = handle(NIGHT, ENOUGH_TIME);

    assertThat(answer).isEqualTo("{\"days\":[\"2026-11-19\",\"2026-11-20\"]}");
    for (LakeTable table : LakeTable.values()) {
      for (String day : List.of("day=19", "day=20")) {
        Path made = gold.resolve(table.sqlName() + "/year=2026/month=11/" + day);
        assertThat(files(made)).hasSize(1);
      }
    }
    assertThat(athena.statements())
        .hasSize(2 * LakeTable.values().length)
        .allSatisfy(
            statement ->
                assertThat(statement)
                    .startsWith("UNLOAD (\nSELECT\n")
                    .contains(" ORDER BY ", "\nOFFSET 0\n) TO 's3://bucket/lake/gold/")
                    .endsWith("WITH (format = 'PARQUET', compression = 'ZSTD')")
                    .doesNotContain("${"));
  }

  @Test
  void aDayMadeAgainIsReplaced() throws Exception {
    handle("{\"day\":\"2026-11-20\"}", ENOUGH_TIME);
    List<Path> before = files(gold);

    handle("{\"day\":\"2026-11-20\"}", ENOUGH_TIME);

    assertThat(files(gold)).hasSameSizeAs(before).doesNotContainAnyElementsOf(before);
  }

  @Test
  void otherDaysStay() throws Exception {
    Path other = gold.resolve("task_changes/year=2026/month=11/day=2/part");
    Files.createDirectories(other.getParent());
    Files.writeString(other, "a day whose folder begins like that of another");

    handle("{\"day\":\"2026-11-20\"}", ENOUGH_TIME);

    assertThat(other).exists();
  }

  @Test
  void whatARunThatWasCutOffHasLeftIsStoppedFirst() throws Exception {
    athena.alreadyRuns("UNLOAD left over");
    athena.neverEnd(statement -> statement.equals("UNLOAD left over"));

    handle("{\"day\":\"2026-11-20\"}", ENOUGH_TIME);

    assertThat(athena.log()).first().isEqualTo("stop UNLOAD left over");
    assertThat(athena.states()).containsOnlyOnce("CANCELLED").contains("SUCCEEDED");
  }

  @Test
  void aFailureNamesTableAndDayAndTheNextRunPutsItRight() throws Exception {
    athena.fail(statement -> statement.contains("FROM task_changes\n"));

    assertThatThrownBy(() -> handle("{\"day\":\"2026-11-20\"}", ENOUGH_TIME))
        .isInstanceOf(StatementFailedException.class)
        .hasMessageContaining("gold of task_changes, 2026-11-20 FAILED");
    assertThat(athena.states()).doesNotContain("RUNNING");

    athena.fail(statement -> false);
    handle("{\"day\":\"2026-11-20\"}", ENOUGH_TIME);
    assertThat(files(gold)).hasSize(LakeTable.values().length);
  }

  @Test
  void whatTakesLongerThanTheFunctionMayRunIsStopped() {
    athena.neverEnd(statement -> true);

    assertThatThrownBy(() -> handle("{\"day\":\"2026-11-20\"}", 20_050))
        .hasMessageContaining("longer than the function may run");
    assertThat(athena.states()).hasSize(LakeTable.values().length).containsOnly("CANCELLED");
  }

  @Test
  void anEventWithoutADayIsRefused() {
    assertThatThrownBy(() -> handle("{}", ENOUGH_TIME))
        .hasMessageContaining("must have a time or a day");
    assertThat(athena.statements()).isEmpty();
  }

  private String handle(String event, int remainingMillis) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    new GoldHandler(
            new AnalyticsConfig("workgroup", "database", "bucket"),
            athena.client(),
            s3,
            InstantSource.system(),
            Duration.ofMillis(2))
        .handleRequest(
            new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
            answer,
            new TestingContext(() -> remainingMillis));
    return answer.toString(StandardCharsets.UTF_8);
  }

  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
