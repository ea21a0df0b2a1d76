package io.plotpalette.generator.schedule;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which job starts next. Not thread-safe.
 *
 * <p>At most {@code maxRunning} jobs run. Higher priority goes first, and first come first served
 * within a priority, with one exception that keeps a user from starving others, whatever the
 * priorities: a user who waits with nothing running is passed over at most {@code maxRunning} times
 * in a row; then the next start is for that user's first job. Of several such users the one passed
 * over more often goes first.
 */
public final class JobQueue {
  private final int maxRunning;
  private final Map<String, QueuedJob> waiting = new HashMap<>();
  private final SortedSet<QueuedJob> order = new TreeSet<>(QueuedJob.ORDER);

  /** User by running job. */
  private final Map<String, String> running = new LinkedHashMap<>();

  /** By user, how many starts in a row others have had while the user waited with none running. */
  private final Map<String, Integer> passedOver = new TreeMap<>();

  /**
   * What a queue is restored from.
   *
   * @param running user by job
   * @param passedOver starts by user
   */
  public record State(
      List<QueuedJob> waiting, Map<String, String> running, Map<String, Integer> passedOver) {
    public static final State EMPTY = new State(List.of(), Map.of(), Map.of());

    public State {
      waiting = List.copyOf(waiting);
      running = Map.copyOf(running);
      passedOver = Map.copyOf(passedOver);
    }
  }

  /**
   * An empty queue.
   *
   * @param maxRunning 1 or more
   */
  public JobQueue(int maxRunning) {
    this(maxRunning, State.EMPTY);
  }

  /** The queue of a checkpoint; with a smaller {@code maxRunning}, running jobs go on. */
  public JobQueue(int maxRunning, State state) {
    if (maxRunning < 1) {
      throw new IllegalArgumentException("at least one job must run, not " + maxRunning);
    }
    this.maxRunning = maxRunning;
    running.putAll(state.running());
    state.waiting().forEach(this::submit);
    passedOver.putAll(state.passedOver());
  }

  /** Lets a job wait. One that waits or runs already is left as it is: the news comes twice. */
  public void submit(QueuedJob job) {
    if (running.containsKey(job.jobId()) || waiting.containsKey(job.jobId())) {
      return;
    }
    waiting.put(job.jobId(), job);
    order.add(job);
  }

  /**
   * A job runs already, though nobody remembers its start: it goes on, even beyond {@code
   * maxRunning}.
   */
  public void resume(QueuedJob job) {
    withdraw(job.jobId());
    running.put(job.jobId(), job.userId());
  }

  public boolean isRunning(String jobId) {
    return running.containsKey(jobId);
  }

  /** Ids of all jobs that wait or run. */
  public Set<String> known() {
    Set<String> known = new TreeSet<>(waiting.keySet());
    known.addAll(running.keySet());
    return known;
  }

  /**
   * Takes a job out that was cancelled before it ran.
   *
   * @return whether it waited
   */
  public boolean withdraw(String jobId) {
    QueuedJob job = waiting.remove(jobId);
    if (job == null) {
      return false;
    }
    order.remove(job);
    forgetUsersWithoutWaitingJobs();
    return true;
  }

  /** A running job has ended, or was found ended. */
  public void finished(String jobId) {
    running.remove(jobId);
  }

  /** The job to start now, which counts as running from here on; empty if none may. */
  public Optional<QueuedJob> start() {
    if (order.isEmpty() || running.size() >= maxRunning) {
      return Optional.empty();
    }
    QueuedJob job = firstOf(starved()).orElse(order.first());
    waiting.remove(job.jobId());
    order.remove(job);
    running.put(job.jobId(), job.userId());
    passedOver.remove(job.userId());
    waitingUsers().stream()
        .filter(user -> !running.containsValue(user))
        .forEach(user -> passedOver.merge(user, 1, Integer::sum));
    forgetUsersWithoutWaitingJobs();
    return Optional.of(job);
  }

  /** The user who has been passed over most, if that is too often. */
  private Optional<String> starved() {
    return passedOver.entrySet().stream()
        .filter(entry -> entry.getValue() >= maxRunning)
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.<String, Integer>comparingByKey().reversed()))
        .map(Map.Entry::getKey);
  }

  private Optional<QueuedJob> firstOf(Optional<String> user) {
    return user.flatMap(id -> order.stream().filter(job -> job.userId().equals(id)).findFirst());
  }

  private Set<String> waitingUsers() {
    return order.stream().map(QueuedJob::userId).collect(Collectors.toSet());
  }

  private void forgetUsersWithoutWaitingJobs() {
    Set<String> users = waitingUsers();
    for (Iterator<String> passed = passedOver.keySet().iterator(); passed.hasNext(); ) {
      if (!users.contains(passed.next())) {
        passed.remove();
      }
    }
  }

  /** For a checkpoint. */
  public State state() {
    return new State(List.copyOf(order), running, passedOver);
  }
}
