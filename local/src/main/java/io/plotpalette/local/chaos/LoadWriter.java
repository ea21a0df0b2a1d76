package io.plotpalette.local.chaos;

import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Writes random histories as fast as the table takes them and logs what it acknowledges. Straight
 * to the table, with the items and conditions of the contract, because the API dies with the
 * product. Whatever the table refuses ends the writer: nothing else writes these tasks, and the
 * client must not repeat a write of which it does not know whether it happened.
 */
final class LoadWriter implements AutoCloseable {
  private static final int THREADS = 16;
  private static final int USERS = 1_000;
  private static final long PAUSE_MILLIS = 5;
  private static final Duration STOP = Duration.ofMinutes(1);

  private final DynamoDbClient client;
  private final String table;
  private final ChangeLog log;
  private final InstantSource clock;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final List<Future<?>> shares = new ArrayList<>();
  private volatile long allowed;
  private volatile boolean stopping;

  /**
   * Starts the threads, which wait for {@link #allow}.
   *
   * @param client without retries
   */
  LoadWriter(DynamoDbClient client, String table, ChangeLog log, long seed, InstantSource clock) {
    this.client = client;
    this.table = table;
    this.log = log;
    this.clock = clock;
    List<String> userIds = TaskHistories.userIds(seed, USERS);
    for (int i = 0; i < THREADS; i++) {
      TaskHistories histories =
          new TaskHistories(new Random(seed + i), userIds, TaskIds.timeOrdered());
      shares.add(
          threads.submit(
              () -> {
                while (!stopping) {
                  if (log.size() < allowed) {
                    write(histories);
                  } else {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                  }
                }
                return null;
              }));
    }
  }

  /**
   * Lets it write until the log has this many changes; none at first.
   *
   * @param changes in all, and up to one a thread more
   */
  void allow(long changes) {
    allowed = changes;
  }

  /**
   * Says whether all is well.
   *
   * @throws IllegalStateException if the table has refused a write
   */
  void check() throws InterruptedException {
    for (Future<?> share : shares) {
      if (share.isDone() && !stopping) {
        try {
          share.get();
        } catch (ExecutionException e) {
          throw new IllegalStateException("the load writer failed", e.getCause());
        }
      }
    }
  }

  /** Ends every thread after the write it is at. */
  void stop() throws InterruptedException, ExecutionException, TimeoutException {
    stopping = true;
    for (Future<?> share : shares) {
      share.get(STOP.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    stopping = true;
    threads.shutdownNow();
  }

  private void write(TaskHistories histories) throws IOException {
    Instant sent = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    TaskHistories.Step step = histories.next(sent);
    if (step.after() == null) {
      delete(step.before());
      log.add(
          LoggedChange.of(
              ChangeType.DELETED,
              step.before(),
              step.before(),
              sent.truncatedTo(ChronoUnit.MINUTES),
              clock.instant()));
    } else {
      put(step);
      Instant changedAt = step.after().updatedAt();
      ChangeType type = step.before() == null ? ChangeType.CREATED : ChangeType.UPDATED;
      log.add(LoggedChange.of(type, step.before(), step.after(), changedAt, changedAt));
    }
    histories.happened(step);
  }

  private void put(TaskHistories.Step step) {
    client.putItem(
        request -> {
          request.tableName(table).item(item(step.after()));
          if (step.before() == null) {
            request.conditionExpression("attribute_not_exists(" + TaskAttribute.TASK_ID + ")");
          } else {
            request
                .conditionExpression("#version = :version")
                .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
                .expressionAttributeValues(Map.of(":version", number(step.before().version())));
          }
        });
  }

  private void delete(Task task) {
    client.deleteItem(
        request ->
            request
                .tableName(table)
                .key(
                    Map.of(
                        TaskAttribute.USER_ID, text(task.userId()),
                        TaskAttribute.TASK_ID, text(task.taskId())))
                .conditionExpression("#version = :version")
                .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
                .expressionAttributeValues(Map.of(":version", number(task.version()))));
  }

  private static Map<String, AttributeValue> item(Task task) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(TaskAttribute.USER_ID, text(task.userId()));
    item.put(TaskAttribute.TASK_ID, text(task.taskId()));
    item.put(TaskAttribute.TITLE, text(task.title()));
    item.put(TaskAttribute.DESCRIPTION, text(task.description()));
    item.put(TaskAttribute.STATUS, text(task.status().wireName()));
    item.put(TaskAttribute.PRIORITY, text(task.priority().wireName()));
    item.put(
        TaskAttribute.LABELS,
        AttributeValue.fromL(task.labels().stream().map(LoadWriter::text).toList()));
    item.put(
        TaskAttribute.METADATA,
        AttributeValue.fromM(
            task.metadata().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, pair -> text(pair.getValue())))));
    item.put(TaskAttribute.CREATED_AT, text(IsoMillis.format(task.createdAt())));
    item.put(TaskAttribute.UPDATED_AT, text(IsoMillis.format(task.updatedAt())));
    item.put(TaskAttribute.VERSION, number(task.version()));
    if (task.dueDate() != null) {
      item.put(TaskAttribute.DUE_DATE, text(task.dueDate().toString()));
    }
    if (task.dueAt() != null) {
      item.put(TaskAttribute.DUE_AT, text(IsoMillis.format(task.dueAt())));
    }
    if (task.timeZone() != null) {
      item.put(TaskAttribute.TIME_ZONE, text(task.timeZone()));
    }
    if (task.deadline() != null) {
      item.put(TaskAttribute.DUE_KEY, text(IsoMillis.format(task.deadline())));
    }
    if (task.completedAt() != null) {
      item.put(TaskAttribute.COMPLETED_AT, text(IsoMillis.format(task.completedAt())));
    }
    return item;
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
