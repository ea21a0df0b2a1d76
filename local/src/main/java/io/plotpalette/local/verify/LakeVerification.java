package io.plotpalette.local.verify;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.verify.Difference.Kind;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.table.Tables;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/**
 * Compares the table of tasks with the newest change of every task in bronze. It reads the whole
 * table: for operators, never on the path of a request.
 */
public final class LakeVerification {
  private final DynamoDbClient dynamoDb;
  private final InstantSource clock;

  public LakeVerification(DynamoDbClient dynamoDb, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.clock = clock;
  }

  /** What was found. */
  public record Report(long tasksInTable, long tasksInBronze, List<Difference> differences) {}

  private record TaskKey(String userId, String taskId) {}

  /**
   * What bronze says of a task.
   *
   * @param reached the sum of what each change says it goes up by, so that a repaired change stands
   *     for all that were lost before it
   */
  private record BronzeState(long version, long reached, boolean deleted) {
    boolean hasGap() {
      return reached < version;
    }
  }

  /**
   * Compares both sides. Bronze is read first, so that a change on its way shows as one the table
   * has and bronze has not.
   *
   * @param grace how long a change may be on its way: younger differences are not reported
   */
  public Report compare(LakeDatabase lake, Duration grace) throws SQLException {
    Instant settled = clock.instant().minus(grace);
    Map<TaskKey, BronzeState> bronze = bronze(lake);
    long alive = bronze.values().stream().filter(state -> !state.deleted()).count();
    List<Difference> differences = new ArrayList<>();
    bronze.forEach(
        (key, state) -> {
          if (state.hasGap()) {
            differences.add(
                new Difference(
                    Kind.CHANGE_BETWEEN_MISSING,
                    key.userId(),
                    key.taskId(),
                    null,
                    state.version(),
                    Optional.empty()));
          }
        });
    long items = 0;
    for (Map<String, AttributeValue> item : items()) {
      items++;
      TaskKey key =
          new TaskKey(item.get(TaskAttribute.USER_ID).s(), item.get(TaskAttribute.TASK_ID).s());
      compare(key, item, bronze.remove(key))
          .filter(difference -> isSettled(difference, settled))
          .ifPresent(differences::add);
    }
    bronze.forEach(
        (key, state) -> {
          if (!state.deleted()) {
            Difference gone = deleted(key, state);
            if (isSettled(gone, settled)) {
              differences.add(gone);
            }
          }
        });
    differences.sort(Comparator.comparing(Difference::userId).thenComparing(Difference::taskId));
    return new Report(items, alive, differences);
  }

  private static Map<TaskKey, BronzeState> bronze(LakeDatabase lake) throws SQLException {
    Map<TaskKey, BronzeState> states = new HashMap<>();
    LakeDatabase.Result newest =
        lake.query(
            """
            SELECT user_id, task_id, max(version), CAST(sum(step) AS BIGINT), bool_or(deleted)
            FROM (
              SELECT user_id, task_id, version,
                max(CASE change_type
                  WHEN 'CREATED' THEN version
                  WHEN 'UPDATED' THEN version - coalesce(previous_version, version - 1)
                  ELSE 0 END) AS step,
                bool_or(change_type = 'DELETED') AS deleted
              FROM task_changes GROUP BY user_id, task_id, version
            ) AS versions
            GROUP BY user_id, task_id""");
    for (List<String> row : newest.rows()) {
      states.put(
          new TaskKey(row.get(0), row.get(1)),
          new BronzeState(
              Long.parseLong(row.get(2)),
              Long.parseLong(row.get(3)),
              Boolean.parseBoolean(row.get(4))));
    }
    return states;
  }

  private Iterable<Map<String, AttributeValue>> items() {
    return dynamoDb
        .scanPaginator(
            ScanRequest.builder()
                .tableName(Tables.TASKS.physicalName(PaletteServer.STAGE))
                .consistentRead(true)
                .projectionExpression("user_id, task_id, #version, updated_at")
                .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
                .build())
        .items();
  }

  private static Optional<Difference> compare(
      TaskKey key, Map<String, AttributeValue> item, BronzeState bronze) {
    Optional<Long> version = version(item);
    if (version.isEmpty()) {
      // Not by the API: stream-job put it into quarantine, which is where it belongs.
      return Optional.empty();
    }
    long inTable = version.get();
    Optional<Instant> changedAt = Optional.of(IsoMillis.parse(item.get("updated_at").s()));
    if (bronze == null) {
      return Optional.of(
          new Difference(Kind.TASK_MISSING, key.userId(), key.taskId(), inTable, null, changedAt));
    }
    if (bronze.deleted() || bronze.version() > inTable) {
      return Optional.of(
          new Difference(
              Kind.TABLE_BEHIND, key.userId(), key.taskId(), inTable, bronze.version(), changedAt));
    }
    return bronze.version() == inTable
        ? Optional.empty()
        : Optional.of(
            new Difference(
                Kind.CHANGE_MISSING,
                key.userId(),
                key.taskId(),
                inTable,
                bronze.version(),
                changedAt));
  }

  /** The version of an item the API wrote. */
  private static Optional<Long> version(Map<String, AttributeValue> item) {
    AttributeValue version = item.get(TaskAttribute.VERSION);
    AttributeValue updatedAt = item.get(TaskAttribute.UPDATED_AT);
    if (version == null || version.n() == null || updatedAt == null || updatedAt.s() == null) {
      return Optional.empty();
    }
    try {
      IsoMillis.parse(updatedAt.s());
      return Optional.of(Long.valueOf(version.n()));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private Difference deleted(TaskKey key, BronzeState state) {
    return new Difference(
        Kind.DELETION_MISSING, key.userId(), key.taskId(), null, state.version(), deletedAt(key));
  }

  /** Empty when the tombstone has expired or the whole user was erased. */
  private Optional<Instant> deletedAt(TaskKey key) {
    return dynamoDb
        .queryPaginator(
            QueryRequest.builder()
                .tableName(Tables.TASK_TOMBSTONES.physicalName(PaletteServer.STAGE))
                .keyConditionExpression("user_id = :user")
                .filterExpression("task_id = :task")
                .expressionAttributeValues(
                    Map.of(
                        ":user", AttributeValue.fromS(key.userId()),
                        ":task", AttributeValue.fromS(key.taskId())))
                .consistentRead(true)
                .build())
        .items()
        .stream()
        .map(item -> IsoMillis.parse(item.get(TombstoneAttribute.DELETED_AT).s()))
        .max(Comparator.naturalOrder());
  }

  private static boolean isSettled(Difference difference, Instant settled) {
    return difference.changedAt().map(at -> !at.isAfter(settled)).orElse(true);
  }
}
