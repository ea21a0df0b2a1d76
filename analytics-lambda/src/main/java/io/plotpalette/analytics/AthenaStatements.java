package io.plotpalette.analytics;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** Runs statements in one workgroup and waits for their end: Athena itself only takes them on. */
final class AthenaStatements {
  private static final Logger LOG = LoggerFactory.getLogger(AthenaStatements.class);

  /** As many as one call may name. */
  private static final int NAMED_AT_ONCE = 50;

  private final AthenaClient athena;
  private final AnalyticsConfig config;
  private final InstantSource clock;
  private final Duration pause;

  /**
   * @param pause between two looks at statements that run
   */
  AthenaStatements(
      AthenaClient athena, AnalyticsConfig config, InstantSource clock, Duration pause) {
    this.athena = athena;
    this.config = config;
    this.clock = clock;
    this.pause = pause;
  }

  /** Runs one statement to its end, as {@link #runAll}. */
  void run(String name, String statement, Instant deadline) throws InterruptedException {
    runAll(Map.of(name, statement), deadline);
  }

  /**
   * Runs all statements at once and returns when the last has succeeded.
   *
   * @param statements by a name that tells people which one it is
   * @param deadline after which those that still run are stopped
   * @throws StatementFailedException if one fails, is stopped or takes too long; the others are
   *     stopped
   */
  void runAll(Map<String, String> statements, Instant deadline) throws InterruptedException {
    Map<String, String> running = new TreeMap<>();
    try {
      for (Map.Entry<String, String> statement : statements.entrySet()) {
        running.put(start(statement.getValue()), statement.getKey());
      }
      while (!running.isEmpty()) {
        for (QueryExecution execution : executions(List.copyOf(running.keySet()))) {
          if (hasEnded(execution)) {
            String name = running.remove(execution.queryExecutionId());
            requireSuccess(name, execution);
          }
        }
        if (!running.isEmpty()) {
          if (!clock.instant().isBefore(deadline)) {
            throw new StatementFailedException(
                "%s took longer than the function may run".formatted(running.values()));
          }
          TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        }
      }
    } finally {
      // Nobody would wait for them any more.
      running.keySet().forEach(this::stop);
    }
  }

  /**
   * Stops what runs in the workgroup and returns when it has ended.
   *
   * @throws StatementFailedException if it has not by the deadline
   */
  void stopAll(Instant deadline) throws InterruptedException {
    while (true) {
      List<String> left = running();
      if (left.isEmpty()) {
        return;
      }
      if (!clock.instant().isBefore(deadline)) {
        throw new StatementFailedException(left + " of an earlier run cannot be stopped");
      }
      LOG.warn("stopping what an earlier run has left: {}", left);
      left.forEach(this::stop);
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    }
  }

  /** The newest are listed first, and nothing runs for as long as it takes to start 50 more. */
  private List<String> running() {
    List<String> newest =
        athena
            .listQueryExecutions(
                request -> request.workGroup(config.workgroup()).maxResults(NAMED_AT_ONCE))
            .queryExecutionIds();
    return newest.isEmpty()
        ? List.of()
        : executions(newest).stream()
            .filter(execution -> !hasEnded(execution))
            .map(QueryExecution::queryExecutionId)
            .toList();
  }

  private String start(String statement) {
    return athena
        .startQueryExecution(
            request ->
                request
                    .workGroup(config.workgroup())
                    .queryExecutionContext(context -> context.database(config.database()))
                    .queryString(statement))
        .queryExecutionId();
  }

  private void stop(String id) {
    athena.stopQueryExecution(request -> request.queryExecutionId(id));
  }

  private List<QueryExecution> executions(List<String> ids) {
    return athena
        .batchGetQueryExecution(request -> request.queryExecutionIds(ids))
        .queryExecutions();
  }

  private static boolean hasEnded(QueryExecution execution) {
    return switch (execution.status().state()) {
      case SUCCEEDED, FAILED, CANCELLED -> true;
      default -> false;
    };
  }

  private static void requireSuccess(String name, QueryExecution execution) {
    if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
      throw new StatementFailedException(
          "%s %s (%s): %s"
              .formatted(
                  name,
                  execution.status().stateAsString(),
                  execution.queryExecutionId(),
                  execution.status().stateChangeReason()));
    }
    LOG.info("{} succeeded execution={}", name, execution.queryExecutionId());
  }
}
