package io.plotpalette.local.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.client.TasksClient;
import io.plotpalette.local.client.TasksClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One user's share of the scenario; every accepted answer is entered in the books. */
final class DemoUser {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WORK =
      List.of("Write the runbook", "Call the supplier", "Review the schema", "Plan the offsite");
  private static final Duration FROM_THE_HOUR = Duration.ofSeconds(3);

  private final TasksClient tasks;
  private final ExpectedInsights expected;
  private final Freshness freshness;
  private final InstantSource clock;
  private final List<String> taskIds = new ArrayList<>();
  private int requests;

  DemoUser(TasksClient tasks, ExpectedInsights expected, Freshness freshness, InstantSource clock) {
    this.tasks = tasks;
    this.expected = expected;
    this.freshness = freshness;
    this.clock = clock;
  }

  int requests() {
    return requests;
  }

  /** A task of this user that still exists. */
  String aTaskId() {
    return taskIds.get(0);
  }

  void work(int taskCount) throws IOException, InterruptedException {
    for (int i = 0; i < taskCount; i++) {
      Answer task = accepted("create", tasks.create(newTask(i)));
      expected.created(task.body());
      enter(task);
      if (i % 3 == 2) {
        task = edit(task);
      }
      if (i % 4 == 0) {
        task = complete(task);
        if (i % 8 == 0) {
          reopen(task);
        }
      } else if (i % 5 == 1) {
        cancel(task);
      } else if (i % 7 == 3) {
        delete(task);
        continue;
      }
      taskIds.add(task.text("task_id"));
    }
  }

  /** Sends a task without a title and with a status nobody knows; must be refused. */
  Answer sendMalformed() throws IOException, InterruptedException {
    requests++;
    return tasks.create("{\"description\": \"no title\", \"status\": \"half-way\"}");
  }

  Answer read(String taskId) throws IOException, InterruptedException {
    requests++;
    return tasks.get(taskId);
  }

  private String newTask(int i) {
    ObjectNode task = JSON.createObjectNode();
    task.put("title", WORK.get(i % WORK.size()) + " " + (i + 1));
    task.put("description", "Part of the demonstration");
    task.put("priority", List.of("low", "normal", "high", "urgent").get(i % 4));
    task.putArray("labels").add("demo").add(i % 2 == 0 ? "even" : "odd");
    if (i % 2 == 0) {
      // Half of the completions are in time, some are not.
      Instant due = clock.instant().plus(i % 16 == 4 ? -1 : 30, ChronoUnit.DAYS);
      task.put("due_at", due.truncatedTo(ChronoUnit.SECONDS).toString());
    }
    return task.toString();
  }

  private Answer edit(Answer task) throws IOException, InterruptedException {
    ObjectNode edited = JSON.createObjectNode();
    edited.put("title", task.text("title") + ", in detail");
    edited.put("description", "Edited");
    edited.put("status", "in_progress");
    if (task.body().hasNonNull("due_at")) {
      edited.put("due_at", task.text("due_at"));
    }
    Answer answer = accepted("replace", tasks.replace(id(task), task.version(), edited.toString()));
    expected.edited(answer.body());
    enter(answer);
    return answer;
  }

  private Answer complete(Answer task) throws IOException, InterruptedException {
    Answer answer = accepted("complete", tasks.complete(id(task), task.version()));
    expected.completed(answer.body());
    enter(answer);
    return answer;
  }

  private void reopen(Answer task) throws IOException, InterruptedException {
    Answer answer = accepted("reopen", tasks.reopen(id(task), task.version()));
    expected.reopened(answer.body());
    enter(answer);
  }

  private void cancel(Answer task) throws IOException, InterruptedException {
    ObjectNode cancelled = JSON.createObjectNode();
    cancelled.put("title", task.text("title")).put("status", "cancelled");
    Answer answer =
        accepted("cancel", tasks.replace(id(task), task.version(), cancelled.toString()));
    expected.cancelled(answer.body());
    enter(answer);
  }

  private void delete(Answer task) throws IOException, InterruptedException {
    awayFromTheHour();
    accepted("delete", tasks.delete(id(task), task.version()));
    expected.deletedOpen(task.body(), clock.instant());
    freshness.deleted(id(task));
  }

  /**
   * A deletion carries no time of its own, so this one must not fall between two hours: neither the
   * stream's clock nor ours may be on the other side.
   */
  private void awayFromTheHour() throws InterruptedException {
    Instant now = clock.instant();
    Instant nextHour = now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
    Duration left = Duration.between(now, nextHour);
    if (left.compareTo(FROM_THE_HOUR) < 0) {
      TimeUnit.MILLISECONDS.sleep(left.toMillis() + 100);
    }
  }

  private Answer accepted(String what, Answer answer) throws IOException {
    requests++;
    if (!answer.isAccepted()) {
      throw new IOException(
          "%s was answered %d: %s".formatted(what, answer.status(), answer.body()));
    }
    return answer;
  }

  private void enter(Answer task) {
    freshness.accepted(id(task), task.version());
  }

  private static String id(Answer task) {
    return task.text("task_id");
  }
}
