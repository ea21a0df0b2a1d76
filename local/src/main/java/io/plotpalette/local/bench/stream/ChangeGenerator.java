package io.plotpalette.local.bench.stream;

import io.plotpalette.model.IsoMillis;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Writes stream records as JSON lines: the changes of 10,000 users whose busyness follows Zipf's
 * law, evenly over time. Half are new tasks, of which most are completed or deleted later. The same
 * seed gives the same bytes.
 */
final class ChangeGenerator {
  private static final int USERS = 10_000;
  private static final int OPEN_TASKS_A_USER = 8;
  private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");
  private static final String[] PRIORITIES = {"low", "normal", "high", "urgent"};
  private static final String[] WORDS =
      ("write call review draft send plan order pay book check fix clean move update read answer test"
              + " print sign meet invoice report letter contract budget garden kitchen flight ticket"
              + " release server backup school doctor parcel lamp bicycle manual photo ann ben chris"
              + " before after with about again tomorrow monday friday urgent small first second new")
          .split(" ", -1);
  private static final String[] LABELS = {"home", "work", "docs", "travel", "money", "family"};

  private final Random random = new Random(20261102);
  private final double[] busyness = new double[USERS];
  private final String[] userIds = new String[USERS];
  private final List<Deque<TaskText>> tasks = new ArrayList<>();
  private final StringBuilder line = new StringBuilder(2048);

  /** A task as its next old image has it. */
  private static final class TaskText {
    private String fixed;
    private String title;
    private String status;
    private String completedAt;
    private String updatedAt;
    private int version;
  }

  ChangeGenerator() {
    double sum = 0;
    for (int i = 0; i < USERS; i++) {
      sum += 1.0 / (i + 1);
      busyness[i] = sum;
      userIds[i] = new UUID(random.nextLong(), random.nextLong()).toString();
      tasks.add(new ArrayDeque<>());
    }
  }

  /** Writes {@code changes} lines whose times fill {@code span}. */
  void write(Path file, long changes, Duration span) throws IOException {
    double step = (double) span.toMillis() / changes;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      for (long i = 0; i < changes; i++) {
        line.setLength(0);
        change(i, START.plusMillis((long) (i * step)));
        out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void change(long number, Instant at) {
    int user = user();
    Deque<TaskText> open = tasks.get(user);
    int dice = random.nextInt(100);
    // The service knows whole seconds.
    long streamMillis = Math.floorDiv(at.toEpochMilli() + random.nextInt(400), 1000L) * 1000;
    if (open.isEmpty() || dice < 60) {
      if (open.size() == OPEN_TASKS_A_USER) {
        open.removeFirst();
      }
      TaskText task = created(user, at);
      open.addLast(task);
      envelope(number, "INSERT", streamMillis);
      image("NewImage", task);
    } else if (dice < 92) {
      TaskText task = open.removeFirst();
      envelope(number, "MODIFY", streamMillis);
      image("OldImage", task);
      line.append(',');
      update(task, at);
      open.addLast(task);
      image("NewImage", task);
    } else {
      envelope(number, "REMOVE", streamMillis);
      image("OldImage", open.removeFirst());
    }
    line.append("}}");
  }

  private int user() {
    int found = Arrays.binarySearch(busyness, random.nextDouble() * busyness[USERS - 1]);
    return found < 0 ? -found - 1 : found;
  }

  private void envelope(long number, String name, long streamMillis) {
    line.append("{\"eventID\":\"").append(hex(random.nextLong())).append(hex(random.nextLong()));
    line.append("\",\"eventName\":\"").append(name);
    line.append("\",\"dynamodb\":{\"ApproximateCreationDateTime\":").append(streamMillis);
    line.append(",\"SequenceNumber\":\"").append(100_000_000_000_000_000L + number * 977);
    line.append("\",");
  }

  private static String hex(long bits) {
    String digits = Long.toHexString(bits);
    return "0".repeat(16 - digits.length()) + digits;
  }

  private TaskText created(int user, Instant at) {
    TaskText task = new TaskText();
    StringBuilder fixed = new StringBuilder(400);
    String now = IsoMillis.format(at);
    attribute(fixed, "task_id", "S", uuid7(at));
    attribute(fixed, "user_id", "S", userIds[user]);
    attribute(
        fixed, "description", "S", random.nextInt(2) == 0 ? "" : words(2 + random.nextInt(9)));
    attribute(fixed, "priority", "S", PRIORITIES[random.nextInt(10) < 7 ? 1 : random.nextInt(4)]);
    attribute(fixed, "created_at", "S", now);
    if (random.nextInt(2) == 0) {
      fixed.append("\"labels\":{\"L\":[{\"S\":\"").append(LABELS[random.nextInt(LABELS.length)]);
      fixed.append("\"}]},");
    }
    switch (random.nextInt(10)) {
      case 0 -> attribute(fixed, "due_at", "S", IsoMillis.format(at.plusSeconds(hours(48))));
      case 1, 2 -> {
        LocalDate day = at.atZone(ZoneOffset.UTC).toLocalDate().plusDays(random.nextInt(4));
        attribute(fixed, "due_date", "S", day.toString());
        if (random.nextBoolean()) {
          attribute(fixed, "time_zone", "S", "Europe/Berlin");
        }
      }
      default -> {}
    }
    if (random.nextInt(5) == 0) {
      attribute(fixed, "estimate_minutes", "N", Integer.toString(15 * (1 + random.nextInt(8))));
    }
    if (random.nextInt(10) == 0) {
      fixed.append("\"metadata\":{\"M\":{\"source\":{\"S\":\"mail\"}}},");
    }
    task.fixed = fixed.toString();
    task.title = words(2 + random.nextInt(3));
    task.status = "todo";
    task.updatedAt = now;
    task.version = 1;
    return task;
  }

  private int hours(int max) {
    return 3600 * (1 + random.nextInt(max));
  }

  private void update(TaskText task, Instant at) {
    String now = IsoMillis.format(at);
    int dice = random.nextInt(10);
    if (dice == 0) {
      task.title = words(2 + random.nextInt(3));
    } else if (task.status.equals("done")) {
      task.status = "todo";
    } else {
      task.status = dice < 3 ? "in_progress" : dice == 3 ? "cancelled" : "done";
    }
    boolean done = task.status.equals("done");
    task.completedAt = done ? (task.completedAt == null ? now : task.completedAt) : null;
    task.updatedAt = now;
    task.version++;
  }

  /** Time first, as the product's ids. */
  private String uuid7(Instant at) {
    long high = (at.toEpochMilli() << 16) | 0x7000 | random.nextInt(0x1000);
    long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  private String words(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private void image(String name, TaskText task) {
    line.append('"').append(name).append("\":{").append(task.fixed);
    attribute(line, "title", "S", task.title);
    attribute(line, "status", "S", task.status);
    if (task.completedAt != null) {
      attribute(line, "completed_at", "S", task.completedAt);
    }
    attribute(line, "updated_at", "S", task.updatedAt);
    line.append("\"version\":{\"N\":\"").append(task.version).append("\"}}");
  }

  private static void attribute(StringBuilder out, String name, String type, String value) {
    out.append('"').append(name).append("\":{\"").append(type).append("\":\"");
    out.append(value).append("\"},");
  }
}
