package io.plotpalette.stream.oracle;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * A random history of a tasks table as its stream tells it, made from a seed: what was written, in
 * which order it is delivered, and what happens to the job meanwhile. Knows nothing of the job's
 * code.
 */
public final class TaskHistory {
  static final long MINUTE = 60_000;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final List<String> USERS = List.of("ann", "ann", "ann", "ben", "ben", "cy \"q\"");
  private static final List<String> STATUSES = List.of("todo", "in_progress", "done", "cancelled");
  private static final String BROKEN_STATUS = "half-way";

  /** One image pair; {@code brokenRule} is null for a valid one. */
  public record Change(
      String id,
      String type,
      String user,
      String task,
      long changedAt,
      long streamTime,
      String before,
      Long beforeVersion,
      String after,
      long version,
      String title,
      long createdAt,
      Long completedAt,
      Long deadline,
      String brokenRule,
      String record) {}

  /** What happens next: exactly one field is set. */
  public record Step(
      Change delivery, Long watermark, Long processingMillis, boolean checkpoint, Crash crash) {
    static Step of(Change delivery) {
      return new Step(delivery, null, null, false, null);
    }
  }

  /** The job dies and is started again from its last checkpoint with other parallelisms. */
  public record Crash(int sources, int windows) {}

  private record Item(
      String user,
      String task,
      String status,
      long version,
      String title,
      long createdAt,
      long updatedAt,
      Long completedAt,
      Due due) {}

  private record Due(String attributes, long deadline) {}

  private record Arrival(long at, int tie, Change change) {}

  private final Random random;
  private final List<Item> items = new ArrayList<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private int changes;
  private int tasks;
  private long clock;

  private TaskHistory(long seed) {
    random = new Random(seed);
    clock = Instant.parse("2026-11-19T20:00:00Z").toEpochMilli() + random.nextInt((int) DAY);
  }

  public static List<Step> ofSeed(long seed) {
    TaskHistory history = new TaskHistory(seed);
    int length = 60 + history.random.nextInt(240);
    for (int i = 0; i < length; i++) {
      history.write();
    }
    return history.steps();
  }

  private void write() {
    // Mostly seconds and minutes, now and then an idle hour or half a day.
    clock +=
        switch (random.nextInt(40)) {
          case 0 -> HOUR + random.nextInt((int) (2 * HOUR));
          case 1 -> random.nextInt(10) == 0 ? 12 * HOUR : 0;
          default -> (long) (-Math.log(1 - random.nextDouble()) * 40_000);
        };
    int dice = random.nextInt(100);
    if (dice < 2) {
      junk();
    } else if (items.isEmpty() || dice < 30) {
      create();
    } else if (dice < 38) {
      delete(items.get(random.nextInt(items.size())));
    } else {
      update(items.get(random.nextInt(items.size())));
    }
  }

  private void junk() {
    long streamTime = clock;
    String id = nextId();
    String record =
        "{\"eventID\":\"%s\",\"eventName\":\"INSERT\",\"dynamodb\":{\"ApproximateCreationDateTime\":%d}}"
            .formatted(id, streamTime);
    arrive(
        new Change(
            id,
            "INSERT",
            null,
            null,
            0,
            streamTime,
            null,
            null,
            null,
            0,
            null,
            0,
            null,
            null,
            "readable",
            record));
  }

  private void create() {
    long at = changeTime(Long.MIN_VALUE);
    String status = STATUSES.get(random.nextInt(8) == 0 ? random.nextInt(4) : 0);
    boolean wrongVersion = random.nextInt(60) == 0;
    Item item =
        new Item(
            USERS.get(random.nextInt(USERS.size())),
            "task-" + tasks++,
            status,
            wrongVersion ? 2 : 1,
            "title " + random.nextInt(1000),
            at,
            at,
            status.equals("done") ? at : null,
            due(at));
    items.add(item);
    emit("INSERT", null, item, at, wrongVersion ? "version-step" : null);
  }

  private void update(Item old) {
    long at = changeTime(old.createdAt());
    String rule = null;
    String status = random.nextInt(3) == 0 ? old.status() : STATUSES.get(random.nextInt(4));
    if (status.equals(BROKEN_STATUS)) {
      status = "todo";
    }
    long version = old.version() + 1;
    switch (random.nextInt(40)) {
      case 0 -> {
        status = BROKEN_STATUS;
        rule = "field-value";
      }
      case 1 -> {
        at = Instant.parse("2099-01-01T00:00:00Z").toEpochMilli();
        rule = "clock-skew";
      }
      case 2 -> {
        version = old.version() + random.nextInt(2) * 2L;
        rule = "version-step";
      }
      default -> {
        // A valid change.
      }
    }
    Long completedAt = null;
    if (status.equals("done")) {
      completedAt = old.completedAt() != null ? old.completedAt() : (Long) at;
      if (completedAt > at) {
        // Its completion was read from a clock that was ahead of today's.
        completedAt = at;
      }
    }
    Item item =
        new Item(
            old.user(),
            old.task(),
            status,
            version,
            random.nextBoolean() ? old.title() : "title " + random.nextInt(1000),
            old.createdAt(),
            at,
            completedAt,
            random.nextInt(4) == 0 ? due(clock) : old.due());
    items.set(items.indexOf(old), item);
    emit("MODIFY", old, item, at, rule);
  }

  private void delete(Item old) {
    items.remove(old);
    String rule = old.status().equals(BROKEN_STATUS) ? "field-value" : null;
    emit("REMOVE", old, null, clock, rule);
  }

  /** The writer's clock is a little off, sometimes by almost all that is allowed. */
  private long changeTime(long notBefore) {
    long skew =
        random.nextInt(10) == 0 ? random.nextInt(580_000) - 290_000 : -random.nextInt(3_000);
    return Math.max(notBefore, clock + skew);
  }

  private Due due(long around) {
    long at = around + random.nextInt((int) (2 * DAY)) - DAY / 2;
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(at, DAY));
    long dayEnd = (day.toEpochDay() + 1) * DAY - 1;
    return switch (random.nextInt(4)) {
      case 0 ->
          new Due(
              ",\"due_at\":{\"S\":\"%s\"}".formatted(TIME.format(Instant.ofEpochMilli(at))), at);
      case 1 -> new Due(",\"due_date\":{\"S\":\"%s\"}".formatted(day), dayEnd);
      case 2 ->
          new Due(
              ",\"due_date\":{\"S\":\"%s\"},\"time_zone\":{\"S\":\"Asia/Kolkata\"}".formatted(day),
              dayEnd - (5 * HOUR + 30 * MINUTE));
      default -> null;
    };
  }

  private void emit(String type, Item old, Item now, long changedAt, String brokenRule) {
    Item shown = now == null ? old : now;
    String id = nextId();
    boolean brokenBefore = old != null && old.status().equals(BROKEN_STATUS);
    String record =
        "{\"eventID\":\"%s\",\"eventName\":\"%s\",\"dynamodb\":{\"ApproximateCreationDateTime\":%d%s%s,\"SequenceNumber\":\"%d\"}}"
            .formatted(
                id,
                type,
                clock,
                now == null ? "" : ",\"NewImage\":" + image(now),
                old == null ? "" : ",\"OldImage\":" + image(old),
                changes);
    arrive(
        new Change(
            id,
            type,
            shown.user(),
            shown.task(),
            changedAt,
            clock,
            old == null || brokenBefore ? null : old.status(),
            old == null ? null : (Long) old.version(),
            now == null ? null : now.status(),
            shown.version(),
            shown.title(),
            shown.createdAt(),
            shown.completedAt(),
            shown.due() == null ? null : (Long) shown.due().deadline(),
            // The deletion of a task dated 2099 happens at the stream's time and is fine.
            brokenRule,
            record));
  }

  private static String image(Item item) {
    return ("{\"created_at\":{\"S\":\"%s\"},\"description\":{\"S\":\"\"}%s%s,\"priority\":{\"S\":\"normal\"},\"status\":{\"S\":\"%s\"},"
            + "\"task_id\":{\"S\":\"%s\"},\"title\":{\"S\":\"%s\"},\"updated_at\":{\"S\":\"%s\"},\"user_id\":{\"S\":\"%s\"},"
            + "\"version\":{\"N\":\"%d\"}}")
        .formatted(
            TIME.format(Instant.ofEpochMilli(item.createdAt())),
            item.completedAt() == null
                ? ""
                : ",\"completed_at\":{\"S\":\"%s\"}"
                    .formatted(TIME.format(Instant.ofEpochMilli(item.completedAt()))),
            item.due() == null ? "" : item.due().attributes(),
            item.status(),
            item.task(),
            item.title(),
            TIME.format(Instant.ofEpochMilli(item.updatedAt())),
            item.user().replace("\"", "\\\""),
            item.version());
  }

  private String nextId() {
    return "change-" + changes++;
  }

  private void arrive(Change change) {
    long delay =
        switch (random.nextInt(20)) {
          case 0, 1, 2 -> random.nextInt(110_000);
          case 3 -> random.nextInt(2) == 0 ? random.nextInt((int) (30 * HOUR)) : 0;
          default -> 0;
        };
    arrivals.add(new Arrival(change.streamTime() + delay, arrivals.size(), change));
  }

  private List<Step> steps() {
    arrivals.sort(Comparator.comparingLong(Arrival::at).thenComparingInt(Arrival::tie));
    List<Step> steps = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      if (random.nextInt(3) == 0) {
        steps.add(new Step(null, arrival.at() - 2 * MINUTE, null, false, null));
      }
      steps.add(Step.of(arrival.change()));
      if (random.nextInt(6) == 0) {
        steps.add(new Step(null, null, (long) random.nextInt(3_000), false, null));
      }
      if (random.nextInt(15) == 0) {
        steps.add(new Step(null, null, null, true, null));
      }
      if (random.nextInt(60) == 0) {
        Crash crash = new Crash(1 + random.nextInt(3), 1 + random.nextInt(3));
        steps.add(new Step(null, null, null, false, crash));
      }
    }
    long end = arrivals.get(arrivals.size() - 1).at() + 10 * DAY;
    steps.add(new Step(null, end, null, false, null));
    steps.add(new Step(null, null, null, true, null));
    return steps;
  }
}
