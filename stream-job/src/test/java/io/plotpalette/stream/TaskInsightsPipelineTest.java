package io.plotpalette.stream;

import static io.plotpalette.stream.Parquet.query;
import static io.plotpalette.stream.StreamRecords.done;
import static io.plotpalette.stream.StreamRecords.image;
import static io.plotpalette.stream.StreamRecords.insert;
import static io.plotpalette.stream.StreamRecords.modify;
import static io.plotpalette.stream.StreamRecords.number;
import static io.plotpalette.stream.StreamRecords.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.insights.InsightWindow;
import io.plotpalette.stream.insights.PartialInsight;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.lake.LakeSinks;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.parse.TaskChangeType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TaskInsightsPipelineTest {
  @RegisterExtension private static final MiniClusterExtension CLUSTER = new MiniClusterExtension();

  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir private Path temp;
  private Path folder;

  @BeforeEach
  void chooseAFolderWithASpace() {
    folder = temp.resolve("my lake");
  }

  @Test
  void everyOperatorHasItsPinnedUid() {
    StreamExecutionEnvironment env = BoundedJob.environment();
    BoundedJob.connect(env, List.of("{}"), folder);

    TreeSet<String> uids = new TreeSet<>();
    for (StreamNode node : env.getStreamGraph().getStreamNodes()) {
      uids.add(String.valueOf(node.getTransformationUID()));
    }

    // State is found by these names: changing one loses it.
    assertThat(uids)
        .containsExactly(
            "Sink Committer: bronze-task-changes",
            "Sink Committer: quarantine",
            "Sink Committer: silver-daily-insights",
            "Sink Committer: silver-hourly-insights",
            "Sink Committer: silver-minutely-activity",
            "bronze-task-changes",
            "daily-insights",
            "hourly-insights",
            "minutely-activity",
            "parse",
            "quarantine",
            "silver-daily-insights",
            "silver-hourly-insights",
            "silver-minutely-activity",
            "task-changes",
            "transitions");
  }

  static Stream<TypeInformation<?>> typesThatTravelOrStay() {
    return Stream.of(
        TaskChangeType.info(),
        TypeInformation.of(PartialInsight.class),
        TypeInformation.of(TaskInsight.class),
        TypeInformation.of(Rejection.class),
        TypeInformation.of(InsightWindow.class));
  }

  @ParameterizedTest
  @MethodSource("typesThatTravelOrStay")
  void nothingThatTravelsOrStaysFallsBackToKryo(TypeInformation<?> type) {
    SerializerConfigImpl withoutKryo =
        new SerializerConfigImpl(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));

    assertThat(type.createSerializer(withoutKryo)).isNotNull();
  }

  @Test
  void recordsBecomeBronzeSilverAndQuarantine() throws Exception {
    ObjectNode first = image("u1", "t1", NOON, NOON);
    text(first, "due_date", "2026-11-20");
    ObjectNode finished = done(first, NOON.plusSeconds(90));
    number(finished, "version", "2");
    ObjectNode broken = image("u1", "t3", NOON, NOON);
    text(broken, "status", "half-way");
    Instant nextDay = NOON.plus(Duration.ofDays(1));
    List<String> records =
        List.of(
            insert("e1", NOON, first),
            modify("e2", NOON.plusSeconds(90), first, finished),
            insert("e3", NOON, broken),
            insert("e4", nextDay, image("u2", "t2", nextDay, nextDay)));

    BoundedJob.run(records, folder);

    assertThat(
            query(
                """
                select change_id, change_type, changed_at, previous_status, previous_version, \
                status, version, labels, metadata['source'], due_date, completed_at, year, month, \
                day from %s order by change_id"""
                    .formatted(parquet(LakeTable.TASK_CHANGES))))
        .containsExactly(
            "e1|CREATED|2026-11-20 12:00:00.0|null|null|todo|1|[docs]|mail|2026-11-20|null"
                + "|2026|11|20",
            "e2|UPDATED|2026-11-20 12:01:30.0|todo|1|done|2|[docs]|mail|2026-11-20"
                + "|2026-11-20 12:01:30.0|2026|11|20",
            "e4|CREATED|2026-11-21 12:00:00.0|null|null|todo|1|[docs]|mail|null|null|2026|11|21");
    assertThat(
            query(
                """
                select user_id, window_start, window_end, created, completed, updated, open_delta, \
                on_time, lead_time_count, lead_time_p50_s, is_final from %s order by user_id"""
                    .formatted(parquet(LakeTable.TASK_INSIGHTS_HOURLY))))
        .containsExactly(
            "u1|2026-11-20 12:00:00.0|2026-11-20 13:00:00.0|1|1|1|0|1|1|90.0|true",
            "u2|2026-11-21 12:00:00.0|2026-11-21 13:00:00.0|1|0|0|1|0|0|null|true");
    assertThat(
            query(
                """
                select user_id, window_start, window_end, created, completed, lead_time_mean_s \
                from %s order by user_id"""
                    .formatted(parquet(LakeTable.TASK_INSIGHTS_DAILY))))
        .containsExactly(
            "u1|2026-11-20 00:00:00.0|2026-11-21 00:00:00.0|1|1|90.0",
            "u2|2026-11-21 00:00:00.0|2026-11-22 00:00:00.0|1|0|null");
    assertThat(
            query(
                """
                select window_start, window_end, created, completed, updated, open_delta, \
                lead_time_p50_s, is_final from %s order by window_start"""
                    .formatted(parquet(LakeTable.TASK_ACTIVITY_MINUTELY))))
        .containsExactly(
            "2026-11-20 12:00:00.0|2026-11-20 12:01:00.0|1|0|0|1|null|true",
            "2026-11-20 12:01:00.0|2026-11-20 12:02:00.0|0|1|1|-1|90.0|true",
            "2026-11-21 12:00:00.0|2026-11-21 12:01:00.0|1|0|0|1|null|true");
    assertThat(
            query(
                """
                select rule, reason, json_extract_string(record, '$.eventID'), year, month, day \
                from read_json('%s/%s/*/*/*/*.jsonl', hive_partitioning = true)"""
                    .formatted(folder, LakeTable.TASK_CHANGES_QUARANTINE_PATH)))
        .containsExactly("field-value|status is not a status: 'half-way'|e3|2026|11|20");
  }

  @Test
  void whatIsHeldArrivesAheadOfTheWatermarkThatEndsItsWindow() throws Exception {
    StreamExecutionEnvironment env = BoundedJob.environment();
    Duration hour = Duration.ofHours(1);
    Instant nextDay = NOON.plus(Duration.ofDays(1));
    Grain strict = Grain.minutely(hour, Duration.ZERO);
    new TaskInsightsPipeline(
            new TaskInsightsPipeline.Grains(
                Grain.hourly(hour, Duration.ZERO), Grain.daily(hour, Duration.ZERO), strict))
        .connect(
            BoundedJob.records(
                    env,
                    List.of(
                        insert("e1", NOON, image("u1", "t1", NOON, NOON)),
                        insert("e2", nextDay, image("u1", "t2", nextDay, nextDay))))
                .assignTimestampsAndWatermarks(
                    WatermarkStrategy.forGenerator(context -> new StreamTimeWatermarks()))
                .uid("watermarks"),
            TaskInsightsPipeline.Sinks.of(new LakeSinks(folder.toUri()), null));
    env.execute();

    for (LakeTable table :
        List.of(LakeTable.TASK_INSIGHTS_DAILY, LakeTable.TASK_ACTIVITY_MINUTELY)) {
      assertThat(query("select created, revision, is_final from " + parquet(table)))
          .containsExactly("1|1|true", "1|1|true");
    }
    assertThat(folder.resolve(LakeTable.TASK_CHANGES_QUARANTINE_PATH)).doesNotExist();
  }

  @Test
  void quarantineStaysReadableWhateverTheRecordHolds() throws Exception {
    ObjectNode longStatus = image("u1", "t1", NOON, NOON);
    text(longStatus, "status", "x".repeat(59) + "🎨🎨");
    ObjectNode halfPair = image("u1", "t2", NOON, NOON);
    text(halfPair, "status", "\uD83D");

    BoundedJob.run(
        List.of(insert("e1", NOON, longStatus), insert("e2", NOON, halfPair), "\uDC00"), folder);

    assertThat(
            query(
                "SELECT rule, reason FROM read_json('%s/%s/*/*/*/*.jsonl') ORDER BY ALL"
                    .formatted(folder, LakeTable.TASK_CHANGES_QUARANTINE_PATH)))
        .hasSize(3)
        .contains("field-value|status is not a status: '" + "x".repeat(59) + "🎨…'");
  }

  @ParameterizedTest
  @EnumSource
  void columnsOfTheFilesAreThoseOfTheSchema(LakeTable table) throws Exception {
    BoundedJob.run(List.of(insert("e1", NOON, image("u1", "t1", NOON, NOON))), folder);

    List<String> expected =
        new Schema.Parser()
            .parse(table.avroSchema()).getFields().stream()
                .map(field -> field.name() + "|" + duckDbType(field.schema()))
                .toList();
    assertThat(
            query(
                "select column_name, column_type from (describe select * exclude (year, month, day)"
                    + " from %s)".formatted(parquet(table))))
        .isEqualTo(expected);
    assertThat(
            query("select distinct compression from parquet_metadata('%s')".formatted(file(table))))
        .containsExactly("ZSTD");
  }

  private static String duckDbType(Schema schema) {
    Schema type =
        schema.isUnion()
            ? schema.getTypes().stream().filter(t -> !t.isNullable()).findFirst().orElseThrow()
            : schema;
    if (type.getLogicalType() != null) {
      return switch (type.getLogicalType().getName()) {
        // Without a zone: a zoned timestamp would move the hour with the reader's session.
        case "local-timestamp-millis" -> "TIMESTAMP";
        case "date" -> "DATE";
        default -> throw new AssertionError(type);
      };
    }
    return switch (type.getType()) {
      case STRING -> "VARCHAR";
      case LONG -> "BIGINT";
      case INT -> "INTEGER";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case ARRAY -> duckDbType(type.getElementType()) + "[]";
      case MAP -> "MAP(VARCHAR, " + duckDbType(type.getValueType()) + ")";
      default -> throw new AssertionError(type);
    };
  }

  private String parquet(LakeTable table) {
    return Parquet.files(folder, table);
  }

  private Path file(LakeTable table) throws Exception {
    try (Stream<Path> files = Files.walk(folder.resolve(table.path()))) {
      return files.filter(path -> path.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }
}
