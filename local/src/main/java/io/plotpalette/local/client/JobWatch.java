package io.plotpalette.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.local.client.JobsClient.Dashboard;
import io.plotpalette.model.job.JobState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Follows a job until it is over: a line for every change, and a summary at the end. */
public final class JobWatch {
  private final JobsClient jobs;
  private final Duration interval;
  private final Consumer<String> out;

  /**
   * @param interval between two looks
   * @param out gets each line
   */
  public JobWatch(JobsClient jobs, Duration interval, Consumer<String> out) {
    this.jobs = jobs;
    this.interval = interval;
    this.out = out;
  }

  /** Follows the job however long it takes, and returns the state in which it has ended. */
  public JobState follow(String jobId) throws IOException, InterruptedException {
    return follow(jobId, Optional.empty());
  }

  /**
   * Returns the state in which the job has ended.
   *
   * @throws IOException if it has not by then
   */
  public JobState follow(String jobId, Duration limit) throws IOException, InterruptedException {
    return follow(jobId, Optional.of(limit));
  }

  private JobState follow(String jobId, Optional<Duration> limit)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    String etag = null;
    while (limit.isEmpty() || System.nanoTime() - start < limit.get().toNanos()) {
      Optional<Dashboard> changed = jobs.dashboard(jobId, etag);
      if (changed.isPresent()) {
        etag = changed.get().etag();
        JsonNode job = changed.get().body();
        out.accept(line(job));
        JobState state = state(job);
        if (state.isFinal()) {
          summary(job).forEach(out);
          return state;
        }
      }
      TimeUnit.MILLISECONDS.sleep(interval.toMillis());
    }
    throw new IOException("job %s is not over within %s".formatted(jobId, limit.get()));
  }

  private static JobState state(JsonNode job) {
    String name = job.path("state").asText();
    return JobState.fromWire(name)
        .orElseThrow(() -> new IllegalStateException("the API knows a state '" + name + "'"));
  }

  static String line(JsonNode job) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-15s %5.1f %%  %s ok, %s failed, %s rejected, %s in flight  %s of %s USD",
                job.path("state").asText(),
                job.path("percent").asDouble(),
                job.path("ok").asText(),
                job.path("failed").asText(),
                job.path("rejected").asText(),
                job.path("in_flight").asText(),
                job.path("cost_usd").asText(),
                job.path("budget_limit_usd").asText()));
    if (job.path("rate_per_s").asDouble() > 0) {
      line.append(String.format(Locale.ROOT, "  %.1f/s", job.path("rate_per_s").asDouble()));
    }
    if (job.has("eta")) {
      line.append("  done at ").append(job.get("eta").asText());
    }
    return line.toString();
  }

  private static List<String> summary(JsonNode job) {
    List<String> lines = new ArrayList<>();
    if (job.has("state_reason")) {
      lines.add(job.get("state_reason").asText());
    }
    for (JsonNode used : job.path("by_step")) {
      lines.add(usage(used.path("step").asText(), used));
    }
    for (JsonNode used : job.path("by_model")) {
      lines.add(usage(used.path("model").asText(), used));
    }
    for (JsonNode error : job.path("last_errors")) {
      lines.add(
          "record %s, step %s: %s"
              .formatted(
                  error.path("record_index").asText(),
                  error.path("step").asText("-"),
                  error.path("error").asText()));
    }
    return lines;
  }

  private static String usage(String name, JsonNode used) {
    return "  %-40s %8s calls  %10s tokens in  %10s tokens out  %s USD"
        .formatted(
            name,
            used.path("calls").asText(),
            used.path("tokens_in").asText(),
            used.path("tokens_out").asText(),
            used.path("cost_usd").asText());
  }
}
