package io.plotpalette.local.verify;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.table.Tables;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.stream.repair.BronzeRepair;
import io.plotpalette.stream.repair.DayRange;
import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writes to bronze what {@link LakeVerification} found missing, as far as the table knows it. */
public final class LakeRepair {
  private final DynamoDbClient dynamoDb;
  private final LakeDatabase lake;
  private final URI bucket;
  private final InstantSource clock;

  /**
   * @param lake over the bucket
   * @param bucket what lies above the folder {@code lake/}
   */
  public LakeRepair(DynamoDbClient dynamoDb, LakeDatabase lake, URI bucket, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.lake = lake;
    this.bucket = bucket;
    this.clock = clock;
  }

  /**
   * What became of the differences.
   *
   * @param written changes that are new in bronze
   * @param left a line for each difference that is still there, with the reason
   * @param days of what was written, in need of a rebuild
   */
  public record Summary(long written, List<String> left, SortedSet<LocalDate> days) {}

  public Summary repair(List<Difference> differences) throws Exception {
    List<BronzeRepair.State> states = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (Difference difference : differences) {
      switch (difference.kind()) {
        case TASK_MISSING, CHANGE_MISSING -> {
          Map<String, AttributeValue> item = item(difference);
          if (isAsFound(item, difference)) {
            states.add(state(difference, Optional.of(ItemJson.of(item))));
          } else {
            left.add(difference.describe() + ": it has changed since, so its changes do come");
          }
        }
        case DELETION_MISSING -> states.add(state(difference, Optional.empty()));
        case CHANGE_BETWEEN_MISSING ->
            left.add(difference.describe() + ": the table holds the newest state only");
        case TABLE_BEHIND ->
            left.add(difference.describe() + ": bronze is right, the table is to be looked at");
      }
    }
    if (states.isEmpty()) {
      return new Summary(0, left, new TreeSet<>());
    }
    BronzeRepair.Summary repaired = BronzeRepair.run(bucket, days(), states, clock.instant());
    left.addAll(repaired.refused());
    return new Summary(repaired.written().size(), left, repaired.days());
  }

  private Map<String, AttributeValue> item(Difference difference) {
    return dynamoDb
        .getItem(
            request ->
                request
                    .tableName(Tables.TASKS.physicalName(PaletteServer.STAGE))
                    .key(
                        Map.of(
                            TaskAttribute.USER_ID, AttributeValue.fromS(difference.userId()),
                            TaskAttribute.TASK_ID, AttributeValue.fromS(difference.taskId())))
                    .consistentRead(true))
        .item();
  }

  private static boolean isAsFound(Map<String, AttributeValue> item, Difference difference) {
    AttributeValue version = item.get(TaskAttribute.VERSION);
    return version != null && Long.toString(difference.tableVersion()).equals(version.n());
  }

  /** A deletion that left no tombstone has no time but that of its discovery. */
  private BronzeRepair.State state(Difference difference, Optional<String> item) {
    Instant changedAt = difference.changedAt().orElseGet(clock::instant);
    return new BronzeRepair.State(
        new BronzeRepair.TaskKey(difference.userId(), difference.taskId()), item, changedAt);
  }

  /** All that bronze has; without any, today. */
  private DayRange days() throws SQLException {
    List<String> bounds =
        lake.query(
                """
                SELECT CAST(min(make_date(year, month, day)) AS VARCHAR),
                  CAST(max(make_date(year, month, day)) AS VARCHAR)
                FROM task_changes""")
            .rows()
            .get(0);
    if (bounds.get(0) == null) {
      LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
      return new DayRange(today, today);
    }
    return new DayRange(LocalDate.parse(bounds.get(0)), LocalDate.parse(bounds.get(1)));
  }
}
