package io.plotpalette.infra;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.ModelChoice;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import io.plotpalette.model.template.TemplateStep;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged jars of both jobs on a cluster that has nothing but Flink. */
class JobJarsIT {
  private static final Duration FIRST_FILES = Duration.ofSeconds(60);
  private static final long MAX_BYTES = 512L << 20;

  private static final Path TASK_INSIGHTS =
      Artifacts.below(Path.of("")).taskInsightsJob().toAbsolutePath();
  private static final Path DATASET_GENERATION =
      Artifacts.below(Path.of("")).datasetGenerationJob().toAbsolutePath();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Path flink = Path.of("target/flink").toAbsolutePath();

  private static Stream<Arguments> jars() {
    return Stream.of(
        arguments(TASK_INSIGHTS, "io/plotpalette/stream/TaskInsightsJob.class"),
        arguments(DATASET_GENERATION, "io/plotpalette/generator/DatasetGenerationJob.class"));
  }

  @ParameterizedTest
  @MethodSource("jars")
  void aJarHasNoClassTwiceAndNoneOfFlinksOwn(Path jar, String mainClass) throws IOException {
    List<String> classes = classes(jar);
    Set<String> ofFlink;
    try (Stream<Path> jars = Files.list(flink)) {
      ofFlink =
          jars.filter(file -> file.getFileName().toString().startsWith("flink-"))
              .flatMap(file -> classes(file).stream())
              .collect(toSet());
    }

    assertThat(classes).contains(mainClass);
    // AssertJ compares each of these tens of thousands with each, which takes a quarter of a
    // minute.
    Set<String> distinct = new HashSet<>();
    assertThat(classes.stream().filter(name -> !distinct.add(name))).isEmpty();
    assertThat(ofFlink).contains("org/apache/flink/runtime/minicluster/MiniCluster.class");
    assertThat(classes.stream().filter(ofFlink::contains)).isEmpty();
    assertThat(classes).noneMatch(name -> name.startsWith("org/slf4j/"));
    assertThat(Files.size(jar)).isLessThan(MAX_BYTES);
  }

  @Test
  void aTaskChangeReachesTheLakeWithOnlyFlinkBesideTheJar(@TempDir Path folder) throws Exception {
    Path lake = Files.createDirectory(folder.resolve("lake-root"));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try (TestingDynamoDb dynamoDb =
            new TestingDynamoDb(
                stream("tasks", record("1", now, valid(now)) + "," + record("2", now, "")));
        ChildJvm cluster =
            start(
                TASK_INSIGHTS,
                lake,
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

  @Test
  void aJobBecomesADatasetWithOnlyFlinkBesideTheJar(@TempDir Path folder) throws Exception {
    Path bucket = Files.createDirectory(folder.resolve("bucket"));
    byte[] seed = "[{\"number\":1}]".getBytes(StandardCharsets.UTF_8);
    JobDefinition job = job(seed);
    Path seedFile = bucket.resolve(JobPaths.seedData(job.userId(), job.seed().seedDataId()));
    Files.createDirectories(seedFile.getParent());
    Files.write(seedFile, seed);
    try (TestingDynamoDb dynamoDb = new TestingDynamoDb(tablesOf(job));
        TestingModel model = new TestingModel();
        ChildJvm cluster =
            start(
                DATASET_GENERATION,
                bucket,
                "--jobs-table",
                "jobs",
                "--templates-table",
                "templates",
                "--call-journal-table",
                "call-journal",
                "--cost-tracking-table",
                "cost-tracking",
                "--runs-table",
                "runs",
                "--bucket-uri",
                bucket.toUri().toString(),
                "--region",
                "us-east-1",
                "--dynamodb-endpoint",
                dynamoDb.endpoint(),
                "--bedrock-endpoint",
                model.endpoint())) {
      List<Path> dataset =
          job.outputs().formats().stream()
              .map(format -> bucket.resolve(JobPaths.dataset(job.jobId(), format)))
              .toList();
      await()
          .atMost(FIRST_FILES)
          .until(() -> !cluster.isAlive() || dataset.stream().allMatch(Files::exists));
      assertThat(cluster.isAlive()).as(cluster.output()).isTrue();
      assertThat(dataset.get(0)).content().contains(TestingModel.TEXT);
      assertThat(dynamoDb.operations()).contains("PutItem", "BatchWriteItem");
    }
  }

  private ChildJvm start(Path jar, Path folder, String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "-Xmx700m",
                PackagedJobCluster.class.getName(),
                jar.toString(),
                folder.resolveSibling("checkpoints").toString()));
    all.addAll(List.of(arguments));
    return ChildJvm.start(
        folder,
        Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret"),
        List.of(flink + "/*", Path.of("target/test-classes").toAbsolutePath().toString()),
        all.toArray(String[]::new));
  }

  private static JobDefinition job(byte[] seed) throws NoSuchAlgorithmException {
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(seed));
    return new JobDefinition(
        "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c03",
        "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01",
        "Poems",
        new TemplateRef("019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c04", 1),
        new SeedRef("019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c05", null, sha256),
        new Terms(3, Money.parseUsd("1"), JobPriority.NORMAL, 2, 1),
        new Outputs(List.of(ExportFormat.values()), PartitionBy.NONE, null, null),
        Instant.now(),
        null);
  }

  /** Tables in which one job waits, that take what is written and forget it. */
  private static Map<String, List<String>> tablesOf(JobDefinition job) {
    ObjectNode definition = JobJson.write(job).put(JobAttribute.PART, JobAttribute.PART_DEFINITION);
    ObjectNode progress =
        JobJson.write(JobProgress.queued(job)).put(JobAttribute.PART, JobAttribute.PART_PROGRESS);
    ObjectNode template =
        TemplateJson.write(
            new TemplateDefinition(
                "Poems",
                "",
                List.of(
                    new TemplateStep(
                        "poem",
                        new ModelChoice.Named("llama-3.1-8b"),
                        "Write a poem about the number {{ number }}.",
                        100,
                        0.7,
                        OutputFormat.TEXT,
                        null,
                        null)),
                null));
    Map<String, List<String>> answers = new HashMap<>(stream("jobs", ""));
    answers.put(
        "Query jobs",
        List.of(
            JSON.objectNode()
                .set("Items", JSON.arrayNode().add(item(definition)).add(item(progress)))
                .toString()));
    answers.put("Query call-journal", List.of("{\"Items\":[]}"));
    answers.put("GetItem", List.of(JSON.objectNode().set("Item", item(template)).toString()));
    answers.put("PutItem", List.of("{}"));
    answers.put("BatchWriteItem", List.of("{\"UnprocessedItems\":{}}"));
    return answers;
  }

  /** In DynamoDB's JSON. */
  private static ObjectNode item(JsonNode json) {
    ObjectNode item = JSON.objectNode();
    json.properties().forEach(field -> item.set(field.getKey(), attribute(field.getValue())));
    return item;
  }

  private static ObjectNode attribute(JsonNode value) {
    ObjectNode attribute = JSON.objectNode();
    switch (value.getNodeType()) {
      case STRING -> attribute.put("S", value.textValue());
      case NUMBER -> attribute.put("N", value.asText());
      case BOOLEAN -> attribute.put("BOOL", value.booleanValue());
      case NULL -> attribute.put("NULL", true);
      case OBJECT -> attribute.set("M", item(value));
      case ARRAY -> {
        ArrayNode list = attribute.putArray("L");
        value.forEach(element -> list.add(attribute(element)));
      }
      default -> throw new IllegalArgumentException(value + " is no attribute");
    }
    return attribute;
  }

  /** A table with one shard, whose first page holds the records and whose others are empty. */
  private static Map<String, List<String>> stream(String table, String records) {
    String arn = "arn:aws:dynamodb:eu-west-1:000000000000:table/%s/stream/1".formatted(table);
    return Map.of(
        "DescribeTable",
        List.of(
            "{\"Table\":{\"LatestStreamArn\":\"%s\",\"TableName\":\"%s\"}}".formatted(arn, table)),
        "DescribeStream",
        List.of(
            """
        {"StreamDescription":{"StreamArn":"%s","StreamStatus":"ENABLED","TableName":"%s",
          "Shards":[{"ShardId":"shardId-00000000000000000000-00000001",
            "SequenceNumberRange":{"StartingSequenceNumber":"100000000000000000001"}}]}}
        """
                .formatted(arn, table)),
        "GetShardIterator",
        List.of("{\"ShardIterator\":\"next\"}"),
        "GetRecords",
        List.of(
            """
            {"NextShardIterator":"next","Records":[%s]}
            """
                .formatted(records),
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
