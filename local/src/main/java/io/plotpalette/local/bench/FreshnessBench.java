package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.client.TasksClient;
import io.plotpalette.local.client.TasksClient.Answer;
import io.plotpalette.local.demo.Freshness;
import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Time from a change the API has accepted to its row in {@code tasks_current}, while changes come
 * at a fixed rate. Every request has its time to be sent, whatever became of those before it.
 */
public final class FreshnessBench {
  private static final int OPEN_TASKS_A_USER = 50;
  private static final Duration VISIBLE_WITHIN = Duration.ofMinutes(1);
  private static final long REPORT_SECONDS = 10;

  private final PaletteServer server;
  private final Options options;
  private final PrintWriter out;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong late = new AtomicLong();

  /**
   * The load.
   *
   * @param rate changes a second, at least 1
   * @param users who make the changes, at least 1
   * @param duration of the load
   */
  public record Options(int rate, int users, Duration duration) {
    long changes() {
      return rate * duration.toMillis() / 1000;
    }
  }

  public FreshnessBench(PaletteServer server, Options options, PrintWriter out) {
    this.server = server;
    this.options = options;
    this.out = out;
  }

  /**
   * Runs to its end and returns the figures as one line of JSON.
   *
   * @throws IOException if the API refuses a change
   * @throws TimeoutException if a change is not seen within a minute
   */
  public String run() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(options.users());
    try (Freshness freshness = new Freshness(server.bucket())) {
      List<TasksClient> users = new ArrayList<>();
      for (int i = 0; i < options.users(); i++) {
        users.add(new TasksClient(http, server.api(), server.signUpAndLogIn(http, "bench-" + i)));
      }
      long start = System.nanoTime();
      List<Future<?>> shares = new ArrayList<>();
      for (TasksClient user : users) {
        shares.add(
            threads.submit(
                () -> {
                  work(user, freshness, start);
                  return null;
                }));
      }
      for (Future<?> share : shares) {
        await(share, freshness, start);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      freshness.awaitAll(VISIBLE_WITHIN);
      return json(freshness.report(), seconds);
    } finally {
      threads.shutdownNow();
    }
  }

  private void await(Future<?> share, Freshness freshness, long start) throws Exception {
    while (true) {
      try {
        share.get(REPORT_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        Freshness.Report report = freshness.report();
        out.printf(
            "%4d s  %d changes seen, p50 %d ms, p99 %d ms%n",
            (System.nanoTime() - start) / 1_000_000_000,
            report.changes(),
            report.p50().toMillis(),
            report.p99().toMillis());
        out.flush();
      }
    }
  }

  /** Creates, edits, completes and reopens tasks, taking the next request that is due. */
  private void work(TasksClient user, Freshness freshness, long start)
      throws IOException, InterruptedException {
    Deque<Answer> tasks = new ArrayDeque<>();
    long next = sent.getAndIncrement();
    while (next < options.changes()) {
      long due = start + next * 1_000_000_000L / options.rate();
      long wait = due - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      } else if (wait < -1_000_000_000L) {
        late.incrementAndGet();
      }
      Answer task = change(user, tasks);
      if (!task.isAccepted()) {
        throw new IOException("a change was answered %d: %s".formatted(task.status(), task.body()));
      }
      freshness.accepted(task.text("task_id"), task.version());
      tasks.addLast(task);
      next = sent.getAndIncrement();
    }
  }

  private static Answer change(TasksClient user, Deque<Answer> tasks)
      throws IOException, InterruptedException {
    if (tasks.size() < OPEN_TASKS_A_USER || tasks.peekFirst().version() > 4) {
      if (tasks.size() >= OPEN_TASKS_A_USER) {
        tasks.removeFirst();
      }
      return user.create(
          "{\"title\": \"Measure\", \"description\": \"how fresh the lake is\", \"labels\": [\"bench\"]}");
    }
    Answer task = tasks.removeFirst();
    String id = task.text("task_id");
    return switch ((int) task.version()) {
      case 1 ->
          user.replace(
              id,
              1,
              "{\"title\": \"Measure again\", \"description\": \"edited\", \"status\": \"in_progress\"}");
      case 2 -> user.complete(id, 2);
      case 3 -> user.reopen(id, 3);
      default -> user.complete(id, task.version());
    };
  }

  private String json(Freshness.Report report, double seconds) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("rate_per_s", options.rate());
    json.put("users", options.users());
    json.put("changes", report.changes());
    json.put("seconds", Math.round(seconds));
    json.put("changes_per_s", Math.round(report.changes() / seconds * 10) / 10.0);
    json.put("sent_late", late.get());
    json.put("p50_ms", report.p50().toMillis());
    json.put("p99_ms", report.p99().toMillis());
    json.put("max_ms", report.max().toMillis());
    for (LakeTable table : LakeTable.values()) {
      putFiles(json, table);
    }
    return json.toString();
  }

  /** What the lake is made of in the end, for who wonders how many files a day makes. */
  private void putFiles(ObjectNode json, LakeTable table) throws IOException {
    long files = 0;
    long bytes = 0;
    Path folder = server.bucket().resolve(table.path());
    if (Files.isDirectory(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path file : paths.filter(path -> path.toString().endsWith(".parquet")).toList()) {
          files++;
          bytes += Files.size(file);
        }
      }
    }
    json.put(table.sqlName() + "_files", files);
    json.put(table.sqlName() + "_bytes", bytes);
  }
}
