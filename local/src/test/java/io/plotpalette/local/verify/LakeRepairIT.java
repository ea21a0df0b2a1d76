package io.plotpalette.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.TestingClock;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.verify.Difference.Kind;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The table against bronze, without a job between them: what is missing is written by hand. */
class LakeRepairIT {
  private static final String TASKS = Tables.TASKS.physicalName(PaletteServer.STAGE);
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir private Path bucket;

  private final TestingClock clock = new TestingClock(NOON.plus(Duration.ofDays(2)));
  private DynamoDbLocalServer server;
  private DynamoDbClient dynamoDb;
  private LakeDatabase lake;

  @BeforeEach
  void start() throws Exception {
    server = DynamoDbLocalServer.inMemory(0);
    dynamoDb = DynamoDbLocalServer.client(server.endpoint());
    new TableCreator(dynamoDb, PaletteServer.STAGE)
        .createAbsent(List.of(Tables.TASKS, Tables.TASK_TOMBSTONES));
    lake = LakeDatabase.open(bucket);
  }

  @AfterEach
  void stop() throws Exception {
    lake.close();
    dynamoDb.close();
    server.close();
  }

  @Test
  void aTaskBronzeDoesNotKnowIsWrittenAsItIs() throws Exception {
    put("t1", 1, "todo", NOON);
    put("t2", 4, "done", NOON.plusSeconds(60));

    assertThat(kinds()).containsExactly(Kind.TASK_MISSING, Kind.TASK_MISSING);
    LakeRepair.Summary repaired = repair();

    assertThat(repaired.written()).isEqualTo(2);
    assertThat(repaired.left()).isEmpty();
    assertThat(repaired.days()).containsExactly(LocalDate.of(2026, 11, 20));
    assertThat(kinds()).isEmpty();
    assertThat(rows("title, status, version, labels[1], metadata['k']", "tasks_current"))
        .containsExactly(
            List.of("Task t1", "todo", "1", "home", "v"),
            List.of("Task t2", "done", "4", "home", "v"));
    assertChecksAreSilent();
  }

  @Test
  void aChangeRemovedByHandIsNamedAndBroughtBack() throws Exception {
    put("t1", 1, "todo", NOON);
    repair();
    put("t1", 2, "in_progress", NOON.plusSeconds(10));
    repair();
    List<Path> before = files();
    put("t1", 3, "done", NOON.plusSeconds(20));
    repair();
    assertThat(kinds()).isEmpty();

    for (Path file : files()) {
      if (!before.contains(file)) {
        Files.delete(file);
      }
    }

    assertThat(differences())
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.kind()).isEqualTo(Kind.CHANGE_MISSING);
              assertThat(difference.describe())
                  .contains("task t1 of user u1", "table version 3", "bronze version 2");
            });
    assertThat(repair().written()).isEqualTo(1);
    assertThat(kinds()).isEmpty();
    assertThat(rows("change_type, version, previous_version, previous_status", "task_changes"))
        .last()
        .isEqualTo(List.of("UPDATED", "3", "2", "in_progress"));
    assertChecksAreSilent();
  }

  @Test
  void changesInARowAreBroughtBackAsOneThatSaysSo() throws Exception {
    put("t1", 1, "todo", NOON);
    repair();
    put("t1", 7, "done", NOON.plusSeconds(60));

    repair();

    assertThat(kinds()).isEmpty();
    assertThat(rows("version, previous_version, previous_status", "task_changes"))
        .last()
        .isEqualTo(List.of("7", "1", "todo"));
    assertThat(rows("completed, open_delta", "task_transitions WHERE version = 7"))
        .containsExactly(List.of("true", "-1"));
    assertChecksAreSilent();
  }

  @Test
  void aDeletionIsBroughtBackWithTheTimeOfItsTombstone() throws Exception {
    put("t1", 1, "todo", NOON);
    repair();
    delete("t1", NOON.plus(Duration.ofDays(1)));

    assertThat(kinds()).containsExactly(Kind.DELETION_MISSING);
    LakeRepair.Summary repaired = repair();

    assertThat(repaired.days()).containsExactly(LocalDate.of(2026, 11, 21));
    assertThat(kinds()).isEmpty();
    assertThat(rows("task_id", "tasks_current")).isEmpty();
    // A deletion has the version of what it deletes, so their order is open.
    assertThat(rows("change_type, version, title", "task_changes"))
        .containsExactlyInAnyOrder(
            List.of("CREATED", "1", "Task t1"), List.of("DELETED", "1", "Task t1"));
    assertChecksAreSilent();
  }

  @Test
  void whatTheTableCannotTellIsLeftAndSaid() throws Exception {
    put("t1", 1, "todo", NOON);
    repair();
    List<Path> first = files();
    put("t1", 2, "done", NOON.plusSeconds(10));
    repair();
    for (Path file : first) {
      Files.delete(file);
    }

    assertThat(kinds()).containsExactly(Kind.CHANGE_BETWEEN_MISSING);
    LakeRepair.Summary repaired = repair();

    assertThat(repaired.written()).isZero();
    assertThat(repaired.left())
        .singleElement()
        .asString()
        .contains("task t1", "the table holds the newest state only");
    assertThat(lake.runChecks().get("bronze_version_gaps").rows()).hasSize(1);
  }

  @Test
  void anItemThatBreaksARuleStaysOut() throws Exception {
    put("t1", 1, "half-way", NOON);

    LakeRepair.Summary repaired = repair();

    assertThat(repaired.written()).isZero();
    assertThat(repaired.left())
        .singleElement()
        .asString()
        .contains("t1", "field-value", "half-way");
  }

  @Test
  void anItemThatChangedMeanwhileIsLeftToItsStream() throws Exception {
    put("t1", 1, "todo", NOON);
    List<Difference> found = differences();
    put("t1", 2, "done", NOON.plusSeconds(10));

    LakeRepair.Summary repaired =
        new LakeRepair(dynamoDb, lake, bucket.toUri(), clock).repair(found);

    assertThat(repaired.written()).isZero();
    assertThat(repaired.left()).singleElement().asString().contains("it has changed since");
  }

  @Test
  void aChangeThatMayStillBeOnItsWayIsNoDifference() throws Exception {
    put("t1", 1, "todo", clock.instant().minusSeconds(30));

    assertThat(
            new LakeVerification(dynamoDb, clock)
                .compare(lake, Duration.ofMinutes(1))
                .differences())
        .isEmpty();
    assertThat(kinds()).containsExactly(Kind.TASK_MISSING);
  }

  private LakeRepair.Summary repair() throws Exception {
    return new LakeRepair(dynamoDb, lake, bucket.toUri(), clock).repair(differences());
  }

  private List<Difference> differences() throws SQLException {
    return new LakeVerification(dynamoDb, clock).compare(lake, Duration.ZERO).differences();
  }

  private List<Kind> kinds() throws SQLException {
    return differences().stream().map(Difference::kind).toList();
  }

  private List<List<String>> rows(String columns, String from) throws SQLException {
    return lake.query("SELECT " + columns + " FROM " + from + " ORDER BY task_id, version").rows();
  }

  /** Those of bronze: nothing has computed windows here. */
  private void assertChecksAreSilent() throws SQLException {
    Map<String, LakeDatabase.Result> found = lake.runChecks();
    assertThat(found.keySet())
        .filteredOn(name -> name.startsWith("bronze_") || name.startsWith("partition_"))
        .hasSize(4)
        .allSatisfy(name -> assertThat(found.get(name).rows()).as(name).isEmpty());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(bucket)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  private void put(String taskId, long version, String status, Instant updatedAt) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("user_id", AttributeValue.fromS("u1"));
    item.put("task_id", AttributeValue.fromS(taskId));
    item.put("title", AttributeValue.fromS("Task " + taskId));
    item.put("description", AttributeValue.fromS(""));
    item.put("status", AttributeValue.fromS(status));
    item.put("priority", AttributeValue.fromS("normal"));
    item.put("labels", AttributeValue.fromL(List.of(AttributeValue.fromS("home"))));
    item.put("metadata", AttributeValue.fromM(Map.of("k", AttributeValue.fromS("v"))));
    item.put("created_at", AttributeValue.fromS(IsoMillis.format(NOON)));
    item.put("updated_at", AttributeValue.fromS(IsoMillis.format(updatedAt)));
    item.put("version", AttributeValue.fromN(Long.toString(version)));
    if (status.equals("done")) {
      item.put("completed_at", AttributeValue.fromS(IsoMillis.format(updatedAt)));
    }
    dynamoDb.putItem(request -> request.tableName(TASKS).item(item));
  }

  private void delete(String taskId, Instant deletedAt) {
    String at = IsoMillis.format(deletedAt);
    dynamoDb.putItem(
        request ->
            request
                .tableName(Tables.TASK_TOMBSTONES.physicalName(PaletteServer.STAGE))
                .item(
                    Map.of(
                        "user_id",
                        AttributeValue.fromS("u1"),
                        Tables.TASK_TOMBSTONES.sortKey(),
                        AttributeValue.fromS(at + "#" + taskId),
                        "task_id",
                        AttributeValue.fromS(taskId),
                        "deleted_at",
                        AttributeValue.fromS(at))));
    dynamoDb.deleteItem(
        request ->
            request
                .tableName(TASKS)
                .key(
                    Map.of(
                        "user_id", AttributeValue.fromS("u1"),
                        "task_id", AttributeValue.fromS(taskId))));
  }
}
