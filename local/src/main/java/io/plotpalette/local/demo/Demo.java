package io.plotpalette.local.demo;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.client.TasksClient;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.sql.TextTable;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Three users work for a while over real HTTP; then the hourly insights must equal what their
 * requests imply.
 */
public final class Demo {
  private static final int USERS = 3;
  private static final int TASKS_A_USER = 60;
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(60);

  private final PaletteServer server;
  private final PrintWriter out;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  public Demo(PaletteServer server, PrintWriter out) {
    this.server = server;
    this.out = out;
  }

  /** Plays the scenario and returns whether the insights are as it implies. */
  public boolean play() throws Exception {
    ExpectedInsights expected = new ExpectedInsights();
    try (Freshness freshness = new Freshness(server.bucket())) {
      say(USERS + " users sign up, confirm their address and log in …");
      List<DemoUser> users = new ArrayList<>();
      for (int i = 1; i <= USERS; i++) {
        String token = server.signUpAndLogIn(http, "demo-" + i);
        TasksClient tasks = new TasksClient(http, server.api(), token);
        users.add(new DemoUser(tasks, expected, freshness, InstantSource.system()));
      }

      say("They create, edit, complete, reopen, cancel and delete tasks …");
      work(users);
      TasksClient.Answer malformed = users.get(0).sendMalformed();
      say("A malformed task is answered %d: %s".formatted(malformed.status(), malformed.body()));
      TasksClient.Answer foreign = users.get(0).read(users.get(1).aTaskId());
      say("Another user's task is answered %d.".formatted(foreign.status()));
      say(users.stream().mapToInt(DemoUser::requests).sum() + " requests in all.");

      freshness.awaitAll(VISIBLE_WITHIN);
      Freshness.Report report = freshness.report();
      boolean equal = compare(expected);
      say(
          "From accepted change to row in tasks_current: p50 %s, p99 %s, max %s over %d changes."
              .formatted(
                  seconds(report.p50()),
                  seconds(report.p99()),
                  seconds(report.max()),
                  report.changes()));
      return equal && malformed.status() == 422 && foreign.status() == 404;
    }
  }

  private static void work(List<DemoUser> users) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(users.size());
    try {
      List<Future<?>> shares = new ArrayList<>();
      for (DemoUser user : users) {
        shares.add(
            threads.submit(
                () -> {
                  user.work(TASKS_A_USER);
                  return null;
                }));
      }
      for (Future<?> share : shares) {
        share.get(2, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean compare(ExpectedInsights expected) throws SQLException, InterruptedException {
    String ofTheUsers =
        expected.userIds().stream()
            .map(id -> "'" + id + "'")
            .collect(Collectors.joining(", ", " WHERE user_id IN (", ") ORDER BY 1, 2"));
    String query = "SELECT " + ExpectedInsights.COLUMNS + " FROM productivity_hourly" + ofTheUsers;
    try (LakeDatabase lake = LakeDatabase.open(server.bucket())) {
      long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
      List<List<String>> rows = lake.query(query).rows();
      while (!rows.equals(expected.rows()) && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(200);
        rows = lake.query(query).rows();
      }
      out.println();
      out.println(
          TextTable.of(
              lake.query(
                  """
                  SELECT user_id, window_start, created, completed, reopened, cancelled, deleted, \
                  open_delta, on_time, overdue_completed AS overdue, lead_time_p50_s, \
                  lead_time_p95_s, revision, is_final FROM productivity_hourly"""
                      + ofTheUsers)));
      out.println();
      if (rows.equals(expected.rows())) {
        say("The hourly insights equal what the requests imply.");
        return true;
      }
      say("The hourly insights DIFFER from what the requests imply.");
      say("  columns:  " + ExpectedInsights.COLUMNS);
      say("  expected: " + expected.rows());
      say("  found:    " + rows);
      return false;
    }
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
