package io.plotpalette.local.demo;

import io.plotpalette.local.sql.LakeDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Measures the time from a change accepted by the API to its row in {@code tasks_current}, by
 * looking at the view ten times a second; so every figure is up to 0.1 s and one query too high.
 */
public final class Freshness implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;

  private final LakeDatabase lake;
  private final ScheduledExecutorService looker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "freshness");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> looking;

  /** By task, the versions not seen yet and when they were accepted, in System.nanoTime. */
  private final Map<String, TreeMap<Long, Long>> pending = new HashMap<>();

  private final List<Long> delays = new ArrayList<>();

  /**
   * Starts looking.
   *
   * @param bucket the folder that holds {@code lake/}
   */
  public Freshness(Path bucket) throws SQLException {
    lake = LakeDatabase.open(bucket);
    looking =
        looker.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The distribution of all delays so far. */
  public record Report(int changes, Duration p50, Duration p99, Duration max) {}

  /** To be told at once: the time begins now. */
  public synchronized void accepted(String taskId, long version) {
    pending.computeIfAbsent(taskId, id -> new TreeMap<>()).put(version, System.nanoTime());
  }

  /** A deleted task leaves the view; what was not seen of it until then never will be. */
  public synchronized void deleted(String taskId) {
    pending.remove(taskId);
  }

  /**
   * Waits until every accepted change was seen.
   *
   * @throws TimeoutException if some are not seen within {@code limit}
   */
  public synchronized void awaitAll(Duration limit)
      throws InterruptedException, TimeoutException, ExecutionException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!pending.isEmpty()) {
      if (looking.isDone()) {
        looking.get();
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException(
            pending.size() + " tasks have changes that never came to tasks_current");
      }
      wait(Math.min(left, 1_000));
    }
  }

  public synchronized Report report() {
    List<Long> sorted = new ArrayList<>(delays);
    Collections.sort(sorted);
    return new Report(
        sorted.size(), quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1));
  }

  private static Duration quantile(List<Long> sorted, double rank) {
    int index = Math.max(0, (int) Math.ceil(rank * sorted.size()) - 1);
    return sorted.isEmpty() ? Duration.ZERO : Duration.ofNanos(sorted.get(index));
  }

  private void look() {
    List<List<String>> rows;
    try {
      rows = lake.query("SELECT task_id, version FROM tasks_current").rows();
    } catch (SQLException e) {
      throw new IllegalStateException("tasks_current cannot be read", e);
    }
    long now = System.nanoTime();
    synchronized (this) {
      for (List<String> row : rows) {
        seen(row.get(0), Long.parseLong(row.get(1)), now);
      }
      notifyAll();
    }
  }

  private void seen(String taskId, long version, long now) {
    TreeMap<Long, Long> versions = pending.get(taskId);
    if (versions == null) {
      return;
    }
    Iterator<Long> visible = versions.headMap(version, true).values().iterator();
    while (visible.hasNext()) {
      delays.add(now - visible.next());
      visible.remove();
    }
    if (versions.isEmpty()) {
      pending.remove(taskId);
    }
  }

  @Override
  public void close() throws SQLException, InterruptedException {
    looker.shutdown();
    if (!looker.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the last look at tasks_current did not end");
    }
    lake.close();
  }
}
