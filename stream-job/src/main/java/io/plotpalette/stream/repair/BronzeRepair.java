package io.plotpalette.stream.repair;

import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import io.plotpalette.stream.lake.LakeSinks;
import io.plotpalette.stream.lake.LakeSources;
import io.plotpalette.stream.parse.ItemReader;
import io.plotpalette.stream.parse.TaskChangeType;
import java.io.Serializable;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * Changes that bronze has lost, written anew from what the table of tasks says now: one change a
 * task, from the newest state bronze knows to the table's. States in between are known to nobody
 * any more, which the change says itself: its previous version is not the one before its own.
 *
 * <p>Only for changes that do not come any more. One that is still on its way through the stream
 * would be in bronze twice.
 */
public final class BronzeRepair {
  private static final String ID_PREFIX = "repair-";

  private BronzeRepair() {}

  /** Whose changes were lost. */
  public record TaskKey(String userId, String taskId) implements Serializable {}

  /**
   * What the table says of a task.
   *
   * @param item in DynamoDB's JSON; empty for a task that was deleted
   * @param changedAt when, as far as the table knows
   */
  public record State(TaskKey key, Optional<String> item, Instant changedAt) {}

  /**
   * What became of it.
   *
   * @param written changes that are in bronze now
   * @param refused why others are not: the rule their item breaks
   * @param days of what was written, in need of a rebuild
   */
  public record Summary(
      List<TaskChange> written, List<String> refused, SortedSet<LocalDate> days) {}

  /**
   * Runs to the end. Nothing is visible in the lake if it fails.
   *
   * @param lake what lies above the folder {@code lake/}
   * @param days in which bronze is searched for what it knows of these tasks
   * @param now for {@code ingested_at}
   */
  public static Summary run(URI lake, DayRange days, List<State> states, Instant now)
      throws Exception {
    Map<TaskKey, TaskChange> known = newestInBronze(lake, days, states);
    ItemReader reader = new ItemReader();
    List<TaskChange> changes = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    SortedSet<LocalDate> written = new TreeSet<>();
    for (State state : states) {
      Optional<TaskChange> before = Optional.ofNullable(known.get(state.key()));
      Optional<Task> after = Optional.empty();
      if (state.item().isPresent()) {
        ItemReader.Outcome read = reader.read(state.item().get());
        if (read.task().isEmpty()) {
          refused.add("task %s: %s".formatted(state.key().taskId(), read.broken()));
          continue;
        }
        after = read.task();
      }
      change(state, before, after, now).ifPresent(changes::add);
    }
    changes.forEach(change -> written.add(LocalDate.ofInstant(change.changedAt(), ZoneOffset.UTC)));
    if (!changes.isEmpty()) {
      write(lake, changes);
    }
    return new Summary(changes, refused, written);
  }

  private static Map<TaskKey, TaskChange> newestInBronze(
      URI lake, DayRange days, List<State> states) throws Exception {
    Path[] folders = days.folders(lake, LakeTable.TASK_CHANGES.path());
    Map<TaskKey, TaskChange> newest = new HashMap<>();
    if (folders.length == 0) {
      return newest;
    }
    Set<TaskKey> keys = Set.copyOf(states.stream().map(State::key).toList());
    StreamExecutionEnvironment env = environment();
    try (CloseableIterator<TaskChange> changes =
        LakeSources.taskChanges(env, folders, "bronze-task-changes")
            .filter(change -> keys.contains(key(change.task())))
            .uid("of-these-tasks")
            .executeAndCollect("what bronze knows of lost tasks")) {
      changes.forEachRemaining(
          change -> newest.merge(key(change.task()), change, BronzeRepair::newer));
    }
    return newest;
  }

  private static TaskKey key(Task task) {
    return new TaskKey(task.userId(), task.taskId());
  }

  /** A deletion has the version of what it deletes. */
  private static TaskChange newer(TaskChange a, TaskChange b) {
    if (a.task().version() != b.task().version()) {
      return a.task().version() > b.task().version() ? a : b;
    }
    return a.changeType() == ChangeType.DELETED ? a : b;
  }

  /** Empty if bronze says already what the table says. */
  private static Optional<TaskChange> change(
      State state, Optional<TaskChange> before, Optional<Task> after, Instant now) {
    Optional<Task> alive =
        before.filter(change -> change.changeType() != ChangeType.DELETED).map(TaskChange::task);
    if (after.isEmpty()) {
      return alive.map(task -> change(ChangeType.DELETED, state.changedAt(), alive, task, now));
    }
    Task task = after.get();
    if (before.isPresent() && before.get().task().version() >= task.version()) {
      return Optional.empty();
    }
    return Optional.of(
        change(
            before.isEmpty() ? ChangeType.CREATED : ChangeType.UPDATED,
            task.updatedAt(),
            alive,
            task,
            now));
  }

  private static TaskChange change(
      ChangeType type, Instant changedAt, Optional<Task> before, Task task, Instant now) {
    TaskStatus previousStatus = before.map(Task::status).orElse(null);
    Long previousVersion = before.map(Task::version).orElse(null);
    return new TaskChange(
        // The same however often it is repaired.
        ID_PREFIX
            + task.taskId()
            + "-"
            + task.version()
            + (type == ChangeType.DELETED ? "-deleted" : ""),
        type,
        changedAt,
        changedAt,
        // The stream's are gone; the version grows per item as they do.
        Long.toString(task.version()),
        now,
        previousStatus,
        previousVersion,
        task);
  }

  private static void write(URI lake, List<TaskChange> changes) throws Exception {
    StreamExecutionEnvironment env = environment();
    env.fromData(TaskChangeType.info(), changes.toArray(TaskChange[]::new))
        .uid("lost-changes")
        .name("lost-changes")
        .sinkTo(new LakeSinks(lake).taskChanges())
        .uid("bronze-task-changes")
        .name("bronze-task-changes");
    env.execute("repair of bronze");
  }

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    return env;
  }
}
