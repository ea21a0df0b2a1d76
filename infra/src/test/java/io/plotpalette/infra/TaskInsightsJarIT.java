package io.plotpalette.infra;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar of stream-job on a cluster that has nothing but Flink. */
class TaskInsightsJarIT {
  private static final Duration FIRST_FILES = Duration.ofSeconds(60);
  private static final long MAX_BYTES = 512L << 20;

  private final Path jar = Artifacts.below(Path.of("")).taskInsightsJob().toAbsolutePath();
  private final Path flink = Path.of("target/flink").toAbsolutePath();

  @Test
  void itHasNoClassTwiceAndNoneOfFlinksOwn() throws IOException {
    List<String> classes = classes(jar);
    Set<String> ofFlink;
    try (Stream<Path> jars = Files.list(flink)) {
      ofFlink =
          jars.filter(file -> file.getFileName().toString().startsWith("flink-"))
              .flatMap(file -> classes(file).stream())
              .collect(toSet());
    }

    assertThat(classes).contains("io/plotpalette/stream/TaskInsightsJob.class");
    assertThat(classes).doesNotHaveDuplicates();
    assertThat(ofFlink).contains("org/apache/flink/runtime/minicluster/MiniCluster.class");
    assertThat(classes).doesNotContainAnyElementsOf(ofFlink);
    assertThat(classes).noneMatch(name -> name.startsWith("org/slf4j/"));
    assertThat(Files.size(jar)).isLessThan(MAX_BYTES);
  }

  @Test
  void aTaskChangeReachesTheLakeWithOnlyFlinkBesideTheJar(@TempDir Path folder) throws Exception {
    Path lake = Files.createDirectory(folder.resolve("lake-root"));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try (TestingDynamoDb dynamoDb = new TestingDynamoDb(streamOf(valid(now), "", now));
        ChildJvm cluster =
            ChildJvm.start(
                lake,
                Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret"),
                List.of(flink + "/*", Path.of("target/test-classes").toAbsolutePath().toString()),
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "-Xmx700m",
                PackagedJobCluster.class.getName(),
                jar.toString(),
                folder.resolve("checkpoints").toString(),
                "--tasks-table",
                "tasks",
                "--region",
                "eu-west-1",
                "--dynamodb-endpoint",
                dynamoDb.endpoint(),
                "--lake-uri",
                lake.toUri().toString(),
                "--hourly-early-interval",
                "PT0.2S")) {
      await()
          .atMost(FIRST_FILES)
          .until(
              () ->
                  !cluster.isAlive()
                      || (hasFile(lake, LakeTable.TASK_CHANGES.path(), ".parquet")
                          && hasFile(lake, LakeTable.TASK_INSIGHTS_HOURLY.path(), ".parquet")
                          && hasFile(lake, LakeTable.TASK_CHANGES_QUARANTINE_PATH, ".jsonl")));
      assertThat(cluster.isAlive()).as(cluster.output()).isTrue();
    }
  }

  /** A table with one shard, whose first page holds the records and whose others are empty. */
  private static Map<String, List<String>> streamOf(String first, String second, Instant time) {
    String arn = "arn:aws:dynamodb:eu-west-1:000000000000:table/tasks/stream/1";
    return Map.of(
        "DescribeTable",
        List.of("{\"Table\":{\"LatestStreamArn\":\"%s\",\"TableName\":\"tasks\"}}".formatted(arn)),
        "DescribeStream",
        List.of(
            """
        {"StreamDescription":{"StreamArn":"%s","StreamStatus":"ENABLED","TableName":"tasks",
          "Shards":[{"ShardId":"shardId-00000000000000000000-00000001",
            "SequenceNumberRange":{"StartingSequenceNumber":"100000000000000000001"}}]}}
        """
                .formatted(arn)),
        "GetShardIterator",
        List.of("{\"ShardIterator\":\"next\"}"),
        "GetRecords",
        List.of(
            """
            {"NextShardIterator":"next","Records":[%s,%s]}
            """
                .formatted(record("1", time, first), record("2", time, second)),
            "{\"NextShardIterator\":\"next\",\"Records\":[]}"));
  }

  private static String record(String number, Instant time, String image) {
    return """
    {"eventID":"event-%s","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb",
     "awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":%d,
       "Keys":{"user_id":{"S":"u"},"task_id":{"S":"t"}},"NewImage":{%s},
       "SequenceNumber":"10000000000000000000%s","SizeBytes":10,
       "StreamViewType":"NEW_AND_OLD_IMAGES"}}
    """
        .formatted(number, time.getEpochSecond(), image, number);
  }

  private static String valid(Instant time) {
    return """
    "user_id":{"S":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01"},
    "task_id":{"S":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c02"},"title":{"S":"Write the runbook"},
    "description":{"S":"All of it"},"status":{"S":"todo"},"priority":{"S":"normal"},
    "labels":{"L":[{"S":"docs"}]},"metadata":{"M":{"source":{"S":"mail"}}},
    "created_at":{"S":"%1$s"},"updated_at":{"S":"%1$s"},"version":{"N":"1"}
    """
        .formatted(IsoMillis.format(time));
  }

  private static boolean hasFile(Path lake, String path, String suffix) throws IOException {
    Path table = lake.resolve(path);
    if (!Files.isDirectory(table)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(table)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.startsWith("part-") && name.endsWith(suffix));
    }
  }

  private static List<String> classes(Path file) {
    try (JarFile jarFile = new JarFile(file.toFile())) {
      return jarFile.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
