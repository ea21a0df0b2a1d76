package io.plotpalette.stream.repair;

import static io.plotpalette.stream.StreamRecords.image;
import static io.plotpalette.stream.StreamRecords.insert;
import static io.plotpalette.stream.StreamRecords.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.stream.BoundedJob;
import io.plotpalette.stream.Parquet;
import io.plotpalette.stream.oracle.TaskHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RepairTest {
  @RegisterExtension private static final MiniClusterExtension CLUSTER = new MiniClusterExtension();

  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final LocalDate DAY = LocalDate.of(2026, 11, 20);
  private static final DayRange DAYS = new DayRange(DAY.minusDays(2), DAY.plusDays(3));
  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(2);
  private static final Instant MUCH_LATER = NOON.plus(Duration.ofDays(30));

  @TempDir private Path lake;

  @ParameterizedTest
  @EnumSource(names = "TASK_CHANGES", mode = EnumSource.Mode.EXCLUDE)
  void rebuiltFinalsEqualTheStreamedOnes(LakeTable table) throws Exception {
    List<String> records =
        TaskHistory.ofSeed(4).stream()
            .map(TaskHistory.Step::delivery)
            .filter(Objects::nonNull)
            .map(TaskHistory.Change::record)
            .toList();
    BoundedJob.run(records, lake);
    List<String> streamed = valid(table);
    DayRange all = new DayRange(DAY.minusDays(2), DAY.plusDays(60));

    Rebuild.Summary summary =
        Rebuild.run(
            BoundedJob.environment(),
            lake.toUri(),
            all,
            FORGOTTEN_AFTER,
            MUCH_LATER.plus(Duration.ofDays(90)));

    assertThat(streamed).hasSizeGreaterThan(3);
    assertThat(valid(table)).isEqualTo(streamed);
    assertThat(
            Parquet.query(
                "select revision, count(*), bool_and(is_final) from %s group by 1 order by 1"
                    .formatted(Parquet.files(lake, table))))
        .containsExactly("1|" + streamed.size() + "|true", "2|" + streamed.size() + "|true");
    assertThat(
            switch (table) {
              case TASK_INSIGHTS_HOURLY -> summary.hourly();
              case TASK_INSIGHTS_DAILY -> summary.daily();
              default -> summary.minutely();
            })
        .isEqualTo(streamed.size());
  }

  @Test
  void aChangeThatBronzeHoldsTwiceIsCountedOnce() throws Exception {
    List<String> records = List.of(insert("e1", NOON, image("u1", "t1", NOON, NOON)));
    BoundedJob.run(records, lake);
    BoundedJob.run(records, lake);

    rebuild();

    assertThat(
            Parquet.query(
                "select created, revision from %s order by revision desc limit 1"
                    .formatted(Parquet.files(lake, LakeTable.TASK_INSIGHTS_HOURLY))))
        .containsExactly("1|2");
  }

  @Test
  void aDayTheJobMayStillCorrectIsRefused() {
    assertThatThrownBy(
            () ->
                Rebuild.run(
                    BoundedJob.environment(),
                    lake.toUri(),
                    new DayRange(DAY, DAY),
                    FORGOTTEN_AFTER,
                    Instant.parse("2026-11-21T01:59:59Z")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2026-11-20", "2026-11-21T02:00:00Z");
  }

  @Test
  void daysWithoutChangesAreRefused() {
    assertThatThrownBy(this::rebuild)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no changes from 2026-11-18 to 2026-11-23");
    assertThatThrownBy(this::replay)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Nothing is in quarantine");
  }

  @Test
  void emptyAndEndlessRangesAreRefused() {
    assertThatThrownBy(() -> new DayRange(DAY, DAY.minusDays(1)))
        .hasMessageContaining("2026-11-19 is before the first day 2026-11-20");
    assertThatThrownBy(() -> new DayRange(DAY, DAY.plusYears(2))).hasMessageContaining("in parts");
  }

  @Test
  void whatKeepsTheRulesNowGoesToBronzeOnceAndIntoItsWindow() throws Exception {
    ObjectNode broken = image("u1", "t2", NOON, NOON);
    text(broken, "status", "half-way");
    BoundedJob.run(
        List.of(
            insert("e1", NOON, image("u1", "t1", NOON, NOON)),
            insert("still-broken", NOON, broken)),
        lake);
    String fixed = insert("e3", NOON, image("u1", "t3", NOON, NOON));
    quarantined("field-value", fixed);
    quarantined("field-value", fixed);
    quarantined("clock-skew", insert("e1", NOON, image("u1", "t1", NOON, NOON)));
    quarantined("late", "{\"change_id\":\"e9\"}");

    QuarantineReplay.Summary first = replay();
    QuarantineReplay.Summary second = replay();

    assertThat(first.read()).isEqualTo(4);
    assertThat(first.refused()).isEqualTo(1);
    assertThat(first.written()).isEqualTo(1);
    assertThat(first.days()).containsExactly(DAY);
    assertThat(second.written()).isZero();
    assertThat(second.days()).isEmpty();
    assertThat(
            Parquet.query(
                "select change_id from %s order by 1"
                    .formatted(Parquet.files(lake, LakeTable.TASK_CHANGES))))
        .containsExactly("e1", "e3");

    rebuild();

    assertThat(
            Parquet.query(
                "select created, revision from %s order by revision desc limit 1"
                    .formatted(Parquet.files(lake, LakeTable.TASK_INSIGHTS_DAILY))))
        .containsExactly("2|2");
  }

  private Rebuild.Summary rebuild() throws Exception {
    return Rebuild.run(BoundedJob.environment(), lake.toUri(), DAYS, FORGOTTEN_AFTER, MUCH_LATER);
  }

  private QuarantineReplay.Summary replay() throws Exception {
    return QuarantineReplay.run(BoundedJob.environment(), lake.toUri(), DAYS);
  }

  private void quarantined(String rule, String record) throws Exception {
    Path folder =
        Files.createDirectories(
            lake.resolve(LakeTable.TASK_CHANGES_QUARANTINE_PATH + "/year=2026/month=11/day=20"));
    ObjectNode line =
        new ObjectMapper()
            .createObjectNode()
            .put("rule", rule)
            .put("reason", "an earlier rule")
            .put("record", record);
    try (Stream<Path> files = Files.list(folder)) {
      Files.writeString(folder.resolve("part-by-hand-" + files.count() + ".jsonl"), line + "\n");
    }
  }

  private List<String> valid(LakeTable table) throws Exception {
    return Parquet.query(
        """
        select * exclude (revision, emitted_at, year, month, day) from %s
        qualify revision = max(revision) over (partition by %s window_start) order by all"""
            .formatted(
                Parquet.files(lake, table),
                table == LakeTable.TASK_ACTIVITY_MINUTELY ? "" : "user_id,"));
  }
}
