package io.plotpalette.local.sql;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.lake.DayPartition;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * October 2026 of a lake as stream-job would have written it, out of a seed. What happened to a
 * task is decided here first and counted as decided, so that silver does not come from the statuses
 * that the views count from. Some changes correct their window and some are too late for it; the
 * last windows of the month are not final.
 *
 * @param tasks every task's newest version, deleted ones not
 * @param actions what happened, in order
 * @param rejected lines in quarantine by rule
 */
public record GeneratedMonth(
    Path bucket, Map<String, Task> tasks, List<Action> actions, Map<String, Integer> rejected) {
  /** What a user did to a task. */
  public enum Kind {
    CREATE,
    START,
    EDIT,
    COMPLETE,
    CANCEL,
    REOPEN,
    DELETE
  }

  /**
   * One change as it was decided.
   *
   * @param task its image in bronze
   * @param wasOpen whether the task was open before
   * @param late whether it came too late for one of its windows
   */
  public record Action(
      Kind kind,
      Task task,
      TaskStatus previousStatus,
      boolean wasOpen,
      Instant changedAt,
      Instant streamTime,
      Instant ingestedAt,
      String changeId,
      boolean late) {
    boolean completed() {
      return kind == Kind.COMPLETE;
    }

    boolean onTime() {
      return completed() && task.deadline() != null && !task.completedAt().isAfter(task.deadline());
    }

    boolean overdue() {
      return completed() && task.deadline() != null && !onTime();
    }

    double leadTimeSeconds() {
      return Duration.between(task.createdAt(), task.completedAt()).toMillis() / 1000.0;
    }

    int openDelta() {
      return switch (kind) {
        case CREATE, REOPEN -> 1;
        case COMPLETE, CANCEL -> -1;
        case DELETE -> wasOpen ? -1 : 0;
        case START, EDIT -> 0;
      };
    }
  }

  private static final Instant START = Instant.parse("2026-10-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-11-01T00:00:00Z");

  /** A moment after the month, for views that ask for the time. */
  public static final Instant NOW = Instant.parse("2026-11-01T06:00:00Z");

  private static final Duration WATERMARK_BOUND = Duration.ofMinutes(2);
  private static final Duration ALLOWED_LATENESS = Duration.ofHours(1);
  private static final List<String> ZONES =
      Arrays.asList(
          null,
          "Europe/Berlin",
          "America/New_York",
          "Asia/Kolkata",
          "Pacific/Auckland",
          "America/Sao_Paulo");
  private static final List<String> LABELS =
      List.of("home", "work", "garden", "tax", "health", "école", "o'clock", "a b", "urgent");
  private static final List<TaskPriority> PRIORITIES = List.of(TaskPriority.values());
  private static final List<String> REJECTIONS =
      List.of("readable", "required-field", "field-size", "clock-skew");

  /** The statements with {@link #NOW} for the clock's time, so that two runs can be compared. */
  public static Map<String, String> atFixedTime(Map<String, String> statements) {
    Map<String, String> fixed = new TreeMap<>();
    statements.forEach((name, statement) -> fixed.put(name, atFixedTime(statement)));
    return fixed;
  }

  /** The statement with {@link #NOW} for the clock's time. */
  public static String atFixedTime(String statement) {
    String now = NOW.toString().replace('T', ' ').replace("Z", " UTC");
    return statement.replace(
        "current_timestamp", "CAST('" + now + "' AS timestamp with time zone)");
  }

  /**
   * Writes the month.
   *
   * @param bucket the folder that will hold {@code lake/}
   * @param changes how many, at least as many as users
   */
  public static GeneratedMonth write(Path bucket, int users, int changes, long seed)
      throws IOException, SQLException {
    GeneratedMonth month =
        new GeneratedMonth(bucket, new TreeMap<>(), new ArrayList<>(changes), new TreeMap<>());
    SplittableRandom random = new SplittableRandom(seed);
    month.decide(users, changes, random);
    Files.createDirectories(bucket);
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:")) {
      month.writeBronze(duckDb);
      month.writeSilver(
          duckDb, LakeTable.TASK_INSIGHTS_HOURLY, Duration.ofHours(1), a -> a.task().userId());
      month.writeSilver(
          duckDb, LakeTable.TASK_INSIGHTS_DAILY, Duration.ofDays(1), a -> a.task().userId());
      month.writeSilver(duckDb, LakeTable.TASK_ACTIVITY_MINUTELY, Duration.ofMinutes(1), a -> "");
      GeneratedJobs.write(bucket, duckDb, START, seed);
    }
    month.writeQuarantine(random);
    return month;
  }

  private void decide(int users, int changes, SplittableRandom random) {
    long[] times =
        random
            .longs(changes, START.toEpochMilli() + 1000, END.toEpochMilli() - 1000)
            .sorted()
            .toArray();
    List<List<Task>> tasksOf = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      tasksOf.add(new ArrayList<>());
    }
    for (int i = 0; i < changes; i++) {
      // Everybody once, then a few much more often than most.
      int user = i < users ? i : (int) (users * Math.pow(random.nextDouble(), 3));
      List<Task> mine = tasksOf.get(user);
      Instant changedAt = Instant.ofEpochMilli(times[i]);
      int existing = mine.isEmpty() ? -1 : random.nextInt(mine.size());
      Task before = existing < 0 ? null : mine.get(existing);
      Kind kind = before == null ? Kind.CREATE : kind(before.status(), random);
      Task after =
          switch (kind) {
            case CREATE -> created(user, changedAt, random);
            case DELETE -> before;
            default -> changed(before, kind, changedAt, random);
          };
      if (kind == Kind.CREATE) {
        mine.add(after);
      } else if (kind == Kind.DELETE) {
        mine.remove(existing);
      } else {
        mine.set(existing, after);
      }
      record(kind, before, after, changedAt, i, random);
    }
    tasksOf.stream().flatMap(List::stream).forEach(task -> tasks.put(task.taskId(), task));
  }

  private static Kind kind(TaskStatus status, SplittableRandom random) {
    int dice = random.nextInt(100);
    if (dice < 35) {
      return Kind.CREATE;
    }
    if (!status.isOpen()) {
      return dice < 65 ? Kind.REOPEN : dice < 85 ? Kind.EDIT : Kind.DELETE;
    }
    if (dice < 60) {
      return status == TaskStatus.TODO ? Kind.START : Kind.COMPLETE;
    }
    return dice < 75
        ? Kind.EDIT
        : dice < 90 ? Kind.COMPLETE : dice < 95 ? Kind.CANCEL : Kind.DELETE;
  }

  private static Task created(int user, Instant at, SplittableRandom random) {
    Task.Builder task =
        Task.builder()
            .taskId(new UUID(random.nextLong(), random.nextLong()).toString())
            .userId("user-%05d".formatted(user))
            .title("Title \"%d\", größer\\kleiner".formatted(random.nextInt(1000)))
            .description("line one\nline two")
            .createdAt(at)
            .updatedAt(at);
    if (random.nextInt(5) == 0) {
      task.metadata(Map.of("source", "import"));
    }
    if (random.nextInt(3) == 0) {
      task.estimateMinutes(15 * (1 + random.nextInt(16)));
    }
    if (random.nextInt(20) == 0) {
      task.parentId(new UUID(random.nextLong(), random.nextLong()).toString());
    }
    return edited(task, at, random).build();
  }

  private static Task.Builder edited(Task.Builder task, Instant at, SplittableRandom random) {
    List<String> labels = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String label = LABELS.get(random.nextInt(LABELS.size()));
      if (!labels.contains(label)) {
        labels.add(label);
      }
    }
    task.labels(labels)
        .priority(PRIORITIES.get(random.nextInt(PRIORITIES.size())))
        .timeZone(ZONES.get(random.nextInt(ZONES.size())))
        .dueDate(null)
        .dueAt(null);
    Instant due = at.plusSeconds(random.nextLong(20 * 86_400)).truncatedTo(ChronoUnit.MILLIS);
    return switch (random.nextInt(4)) {
      case 0, 1 -> task.dueDate(LocalDate.ofInstant(due, ZoneOffset.UTC));
      case 2 -> task.dueAt(due);
      default -> task;
    };
  }

  private static Task changed(Task before, Kind kind, Instant at, SplittableRandom random) {
    Task.Builder task = before.toBuilder().updatedAt(at).version(before.version() + 1);
    return switch (kind) {
      case START -> task.status(TaskStatus.IN_PROGRESS).build();
      case COMPLETE -> task.status(TaskStatus.DONE).completedAt(at).build();
      case CANCEL -> task.status(TaskStatus.CANCELLED).build();
      case REOPEN -> task.status(TaskStatus.TODO).completedAt(null).build();
      default -> edited(task, at, random).build();
    };
  }

  private void record(
      Kind kind, Task before, Task after, Instant decidedAt, int number, SplittableRandom random) {
    Instant streamTime = decidedAt.plusMillis(random.nextInt(200));
    Instant changedAt = kind == Kind.DELETE ? streamTime : decidedAt;
    int dice = random.nextInt(2000);
    Duration delay =
        dice == 0
            ? Duration.ofHours(2 + random.nextInt(28))
            : dice < 10 ? Duration.ofMinutes(20) : Duration.ofMillis(500 + random.nextInt(1000));
    Instant ingestedAt = streamTime.plus(delay);
    // The minute is the first window to be forgotten.
    boolean late = isLate(changedAt, ingestedAt, Duration.ofMinutes(1));
    actions.add(
        new Action(
            kind,
            after,
            kind == Kind.CREATE ? null : before.status(),
            before != null && kind != Kind.CREATE && before.status().isOpen(),
            changedAt,
            streamTime,
            ingestedAt,
            "change-%09d".formatted(number),
            late));
  }

  private static Instant windowStart(Instant at, Duration size) {
    long millis = at.toEpochMilli();
    return Instant.ofEpochMilli(millis - Math.floorMod(millis, size.toMillis()));
  }

  private static boolean isLate(Instant changedAt, Instant ingestedAt, Duration size) {
    Instant forgottenAt =
        windowStart(changedAt, size).plus(size).plus(ALLOWED_LATENESS).plus(WATERMARK_BOUND);
    return ingestedAt.isAfter(forgottenAt);
  }

  private void writeBronze(Connection duckDb) throws IOException, SQLException {
    Path lines = bucket.resolve("task_changes.json");
    try (BufferedWriter out = Files.newBufferedWriter(lines)) {
      int number = 0;
      for (Action action : actions) {
        Task task = action.task();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("change_id", action.changeId());
        row.put(
            "change_type",
            switch (action.kind()) {
              case CREATE -> "CREATED";
              case DELETE -> "DELETED";
              default -> "UPDATED";
            });
        row.put("changed_at", action.changedAt());
        row.put("stream_time", action.streamTime());
        row.put("sequence_number", "%021d".formatted(number++));
        row.put("ingested_at", action.ingestedAt());
        if (action.kind() != Kind.CREATE) {
          row.put("previous_status", action.previousStatus().wireName());
          row.put("previous_version", task.version() - (action.kind() == Kind.DELETE ? 0 : 1));
        }
        row.put("task_id", task.taskId());
        row.put("user_id", task.userId());
        row.put("title", task.title());
        row.put("description", task.description());
        row.put("status", task.status().wireName());
        row.put("priority", task.priority().wireName());
        row.put("labels", task.labels());
        row.put("due_date", task.dueDate());
        row.put("due_at", task.dueAt());
        row.put("time_zone", task.timeZone());
        row.put("estimate_minutes", task.estimateMinutes());
        row.put("parent_id", task.parentId());
        row.put("metadata", task.metadata());
        row.put("created_at", task.createdAt());
        row.put("updated_at", task.updatedAt());
        row.put("completed_at", task.completedAt());
        row.put("version", task.version());
        out.write(json(row));
        out.newLine();
      }
    }
    copy(duckDb, bucket, LakeFiles.of(LakeTable.TASK_CHANGES), "changed_at", lines);
  }

  private void writeSilver(
      Connection duckDb, LakeTable table, Duration size, Function<Action, String> key)
      throws IOException, SQLException {
    Map<String, Map<Instant, List<Action>>> windows =
        actions.stream()
            .collect(
                Collectors.groupingBy(
                    key,
                    TreeMap::new,
                    Collectors.groupingBy(
                        action -> windowStart(action.changedAt(), size),
                        TreeMap::new,
                        Collectors.toList())));
    Instant watermark =
        actions.stream()
            .map(Action::streamTime)
            .max(Comparator.naturalOrder())
            .orElseThrow()
            .minus(WATERMARK_BOUND);
    Path lines = bucket.resolve(table.sqlName() + ".json");
    try (BufferedWriter out = Files.newBufferedWriter(lines)) {
      for (var user : windows.entrySet()) {
        for (var window : user.getValue().entrySet()) {
          Instant end = window.getKey().plus(size);
          int revision = 0;
          for (Emission emission : emissions(window.getValue(), end, watermark, size)) {
            Map<String, Object> row = new LinkedHashMap<>();
            if (table != LakeTable.TASK_ACTIVITY_MINUTELY) {
              row.put("user_id", user.getKey());
            }
            row.put("window_start", window.getKey());
            row.put("window_end", end);
            putCounts(row, emission.actions());
            row.put("revision", ++revision);
            row.put("is_final", emission.isFinal());
            row.put("emitted_at", emission.at());
            out.write(json(row));
            out.newLine();
          }
        }
      }
    }
    copy(duckDb, bucket, LakeFiles.of(table), "window_start", lines);
  }

  private record Emission(List<Action> actions, boolean isFinal, Instant at) {}

  /** Early with the first change of several, final at the window's end, again when corrected. */
  private static List<Emission> emissions(
      List<Action> all, Instant end, Instant watermark, Duration size) {
    List<Action> counted =
        all.stream().filter(a -> !isLate(a.changedAt(), a.ingestedAt(), size)).toList();
    if (counted.isEmpty()) {
      return List.of();
    }
    Instant finalAt = end.plus(WATERMARK_BOUND);
    List<Action> inTime = counted.stream().filter(a -> !a.ingestedAt().isAfter(finalAt)).toList();
    List<Emission> emissions = new ArrayList<>();
    boolean isOver = !end.isAfter(watermark);
    if (!isOver || inTime.size() > 1) {
      List<Action> known = isOver ? inTime.subList(0, 1) : counted;
      emissions.add(new Emission(known, false, known.get(0).ingestedAt().plusSeconds(15)));
    }
    if (isOver && !inTime.isEmpty()) {
      emissions.add(new Emission(inTime, true, finalAt));
    }
    if (isOver && inTime.size() < counted.size()) {
      Instant last =
          counted.stream().map(Action::ingestedAt).max(Comparator.naturalOrder()).orElseThrow();
      emissions.add(new Emission(counted, true, last.plusSeconds(15)));
    }
    return emissions;
  }

  private static void putCounts(Map<String, Object> row, List<Action> actions) {
    row.put("created", count(actions, Kind.CREATE));
    row.put("completed", count(actions, Kind.COMPLETE));
    row.put("reopened", count(actions, Kind.REOPEN));
    row.put("cancelled", count(actions, Kind.CANCEL));
    row.put("deleted", count(actions, Kind.DELETE));
    row.put("updated", actions.size() - count(actions, Kind.CREATE) - count(actions, Kind.DELETE));
    row.put("open_delta", actions.stream().mapToLong(Action::openDelta).sum());
    row.put("on_time", actions.stream().filter(Action::onTime).count());
    row.put("overdue_completed", actions.stream().filter(Action::overdue).count());
    double[] leadTimes =
        actions.stream()
            .filter(Action::completed)
            .mapToDouble(Action::leadTimeSeconds)
            .sorted()
            .toArray();
    row.put("lead_time_count", leadTimes.length);
    if (leadTimes.length > 0) {
      row.put("lead_time_mean_s", Arrays.stream(leadTimes).average().orElseThrow());
      row.put("lead_time_min_s", leadTimes[0]);
      row.put("lead_time_p50_s", nearestRank(leadTimes, 0.5));
      row.put("lead_time_p95_s", nearestRank(leadTimes, 0.95));
      row.put("lead_time_max_s", leadTimes[leadTimes.length - 1]);
    }
  }

  static double nearestRank(double[] sorted, double rank) {
    return sorted[(int) Math.ceil(rank * sorted.length) - 1];
  }

  static long count(List<Action> actions, Kind kind) {
    return actions.stream().filter(action -> action.kind() == kind).count();
  }

  private void writeQuarantine(SplittableRandom random) throws IOException {
    Map<String, List<String>> byDay = new TreeMap<>();
    for (Action action : actions) {
      if (action.late()) {
        String change =
            "{\"change_id\":\"%s\",\"user_id\":\"%s\",\"changed_at\":\"%s\"}"
                .formatted(
                    action.changeId(),
                    action.task().userId(),
                    IsoMillis.format(action.changedAt()));
        reject(byDay, "late", change, action.changedAt(), action.ingestedAt());
      }
      if (random.nextInt(500) == 0) {
        String rule = REJECTIONS.get(random.nextInt(REJECTIONS.size()));
        reject(byDay, rule, "{\"half\": \"a record", action.streamTime(), action.ingestedAt());
      }
    }
    for (var day : byDay.entrySet()) {
      Path folder = bucket.resolve(LakeTable.TASK_CHANGES_QUARANTINE_PATH).resolve(day.getKey());
      Files.createDirectories(folder);
      Files.write(
          folder.resolve("part-0.jsonl"),
          day.getValue(),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE_NEW);
    }
  }

  private void reject(
      Map<String, List<String>> byDay, String rule, String record, Instant day, Instant at) {
    rejected.merge(rule, 1, Integer::sum);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("rule", rule);
    line.put("reason", "because of \"" + rule + "\"");
    line.put("rejected_at", IsoMillis.format(at));
    line.put("record", record);
    byDay.computeIfAbsent(DayPartition.of(day), key -> new ArrayList<>()).add(json(line));
  }

  /** Parquet with the schema's types, in the folders of the days. */
  static void copy(Connection duckDb, Path bucket, LakeFiles table, String eventTime, Path lines)
      throws SQLException, IOException {
    Map<String, String> types = table.columns();
    String given =
        types.entrySet().stream()
            .map(column -> column.getKey() + ": '" + column.getValue() + "'")
            .collect(Collectors.joining(", "));
    String columns =
        types.entrySet().stream()
            .map(
                column ->
                    column.getValue().equals("TIMESTAMP")
                        ? column.getKey() + "::TIMESTAMP_MS AS " + column.getKey()
                        : column.getKey())
            .collect(Collectors.joining(", "));
    Path folder = bucket.resolve(table.path());
    Files.createDirectories(folder.getParent());
    try (Statement statement = duckDb.createStatement()) {
      statement.execute(
          """
          COPY (
            SELECT %1$s, strftime(%2$s, '%%Y') AS year, strftime(%2$s, '%%m') AS month,
              strftime(%2$s, '%%d') AS day
            FROM read_json('%3$s', format = 'newline_delimited', columns = {%4$s})
          ) TO '%5$s' (FORMAT parquet, CODEC zstd, PARTITION_BY (year, month, day))"""
              .formatted(columns, eventTime, quoted(lines), given, quoted(folder)));
    }
    Files.delete(lines);
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }

  static String json(Map<String, Object> row) {
    return row.entrySet().stream()
        .filter(field -> field.getValue() != null)
        .map(field -> text(field.getKey()) + ":" + value(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Instant instant) {
      return text(IsoMillis.format(instant).replace("Z", ""));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(GeneratedMonth::value).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> text(entry.getKey().toString()) + ":" + value(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return text(value.toString());
  }

  private static String text(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
