package io.plotpalette.local.chaos;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Random lives of tasks, one next step at a time: created in any status, edited, moved between all
 * statuses and deleted. Repeats itself from the same source of randomness, but for ids and times.
 */
final class TaskHistories {
  private static final int FEWEST_TASKS = 40;
  private static final int MOST_TASKS = 400;
  private static final List<String> TITLES =
      List.of("Write the runbook", "Größe prüfen", "確認する", "Call \"Ann\"\nback", "🚚 deliver");
  private static final List<String> ZONES = List.of("Europe/Berlin", "Asia/Kolkata", "Etc/UTC");

  private static final List<TaskStatus> STATUSES = List.of(TaskStatus.values());
  private static final List<TaskPriority> PRIORITIES = List.of(TaskPriority.values());

  private final Random random;
  private final List<String> userIds;
  private final Supplier<String> taskIds;
  private final List<Task> tasks = new ArrayList<>();

  TaskHistories(Random random, List<String> userIds, Supplier<String> taskIds) {
    this.random = random;
    this.userIds = userIds;
    this.taskIds = taskIds;
  }

  /** Ids that the seed alone decides. */
  static List<String> userIds(long seed, int count) {
    Random random = new Random(seed);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(new UUID(random.nextLong(), random.nextLong()).toString());
    }
    return ids;
  }

  /**
   * What is to be written next; {@code before} is null for a creation, {@code after} for a
   * deletion.
   */
  record Step(Task before, Task after) {}

  /** The next step; it has happened once {@link #happened} is told. */
  Step next(Instant now) {
    int dice = random.nextInt(100);
    if (tasks.size() < FEWEST_TASKS || (dice < 25 && tasks.size() < MOST_TASKS)) {
      return new Step(null, created(now));
    }
    Task task = tasks.get(random.nextInt(tasks.size()));
    return new Step(task, dice < 45 ? null : updated(task, now));
  }

  void happened(Step step) {
    // A step takes one of few hundred tasks, so to look for it costs less than an index.
    if (step.before() != null) {
      tasks.remove(step.before());
    }
    if (step.after() != null) {
      tasks.add(step.after());
    }
  }

  private Task created(Instant now) {
    TaskStatus status = random.nextInt(10) < 8 ? TaskStatus.TODO : anyStatus();
    Task.Builder task =
        Task.builder()
            .taskId(taskIds.get())
            // The square makes some users far busier than others.
            .userId(userIds.get((int) (userIds.size() * Math.pow(random.nextDouble(), 2))))
            .title(title())
            .description("x".repeat(random.nextInt(400)))
            .status(status)
            .priority(any(PRIORITIES))
            .labels(random.nextBoolean() ? List.of() : List.of("chaos", "label-" + dice()))
            .metadata(random.nextBoolean() ? Map.of() : Map.of("source", "chaos"))
            .createdAt(now)
            .updatedAt(now)
            .completedAt(status == TaskStatus.DONE ? now : null);
    due(task, now);
    return task.build();
  }

  /** Some are due before the run ends, most never. */
  private void due(Task.Builder task, Instant now) {
    switch (random.nextInt(4)) {
      case 0 -> task.dueAt(now.plusMillis(random.nextInt(120_000) - 30_000L));
      case 1 -> {
        task.dueDate(now.atZone(ZoneOffset.UTC).toLocalDate().plusDays(random.nextInt(5) - 2));
        task.timeZone(any(ZONES));
      }
      default -> {}
    }
  }

  private Task updated(Task task, Instant now) {
    // A task's own time never goes back.
    Instant updatedAt = now.isBefore(task.updatedAt()) ? task.updatedAt() : now;
    TaskStatus status = random.nextInt(3) == 0 ? task.status() : anyStatus();
    Instant completedAt = task.completedAt() == null ? updatedAt : task.completedAt();
    return task.toBuilder()
        .title(random.nextInt(3) == 0 ? title() : task.title())
        .status(status)
        .updatedAt(updatedAt)
        .completedAt(status == TaskStatus.DONE ? completedAt : null)
        .version(task.version() + 1)
        .build();
  }

  private TaskStatus anyStatus() {
    // Half of the time done: lead times are the hardest part of an insight.
    return random.nextBoolean() ? TaskStatus.DONE : any(STATUSES);
  }

  private String title() {
    return any(TITLES) + " " + dice();
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private int dice() {
    return 1 + random.nextInt(6);
  }
}
