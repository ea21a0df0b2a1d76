package io.plotpalette.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.ScratchFolder;
import io.plotpalette.local.client.JobWatch;
import io.plotpalette.local.client.JobsClient;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.money.Money;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A user orders two datasets from the models of this machine over real HTTP: one whose budget
 * suffices, and one whose budget does not.
 */
public final class DatasetDemo {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SEED = "/sample-datasets/literature/passages.json";
  private static final String TEMPLATE = "/sample-templates/question-answer.json";
  private static final int RECORDS = 40;
  private static final int TOO_MANY = 400;
  private static final int SHOWN = 2;
  private static final Duration OVER_WITHIN = Duration.ofMinutes(3);
  private static final int SHOWN_CHARACTERS = 400;

  private final PaletteServer server;
  private final PrintWriter out;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  public DatasetDemo(PaletteServer server, PrintWriter out) {
    this.server = server;
    this.out = out;
  }

  /** Plays the scenario and returns whether both datasets are as it implies. */
  public boolean play() throws Exception {
    out.println();
    say("A user signs up, uploads seed data and stores a template of two steps …");
    String token = server.signUpAndLogIn(http, "demo-author");
    JobsClient jobs = new JobsClient(http, server.api(), token);
    String seedDataId = jobs.uploadSeedData("Passages", resource(SEED));
    String templateId =
        jobs.createTemplate(JSON.readTree(resource(TEMPLATE))).get("template_id").textValue();
    JsonNode validation = jobs.validate(seedDataId, templateId);
    if (!validation.path("usable").asBoolean()) {
      say("The sample CANNOT be used: " + validation.path("problems"));
      return false;
    }
    try (ScratchFolder scratch = ScratchFolder.temporary("palette-demo-", false)) {
      Run complete =
          run(
              new Caller(jobs, token),
              order(templateId, seedDataId, RECORDS, "5"),
              scratch.folder().resolve("all"));
      boolean asExpected =
          complete.state() == JobState.COMPLETED
              && complete.files().indexes().equals(upTo(RECORDS))
              && complete.files().differences() == 0;
      say("The first records, of " + complete.files().indexes().size() + ":");
      for (String record : complete.files().first(SHOWN)) {
        say("  " + record.substring(0, Math.min(SHOWN_CHARACTERS, record.length())) + " …");
      }
      // What a quarter of the records would cost.
      Money budget = new Money(complete.spent().nanoUsd() * TOO_MANY / RECORDS / 4);
      say("Now ten times as many records, on a budget of " + budget + " …");
      Run stopped =
          run(
              new Caller(jobs, token),
              order(templateId, seedDataId, TOO_MANY, budget.toUsd()),
              scratch.folder().resolve("partial"));
      int partial = stopped.files().indexes().size();
      asExpected &=
          stopped.state() == JobState.BUDGET_EXCEEDED
              && stopped.spent().compareTo(budget) <= 0
              && partial > 0
              && partial < TOO_MANY
              && stopped.files().differences() == 0;
      say(
          "It stopped after %d records; %s of %s were spent."
              .formatted(partial, stopped.spent(), budget));
      say(
          asExpected
              ? "Both datasets are as ordered, and the same in each format."
              : "The datasets DIFFER from what was ordered.");
      return asExpected;
    }
  }

  private record Run(JobState state, Money spent, DatasetFiles files) {}

  /** The user, with the token the links carry: nobody knows the password of a demo's user. */
  private record Caller(JobsClient jobs, String token) {}

  private Run run(Caller caller, ObjectNode order, Path folder) throws Exception {
    JobsClient jobs = caller.jobs();
    JsonNode job = jobs.createJob(order);
    String jobId = job.get("job_id").textValue();
    say(
        "Job %s: %d records, estimated at %s USD. In a browser, for an hour:"
            .formatted(
                jobId,
                order.get("record_count").asInt(),
                job.at("/estimate/expected_usd").asText("?")));
    say("%s/dashboard/%s#token=%s".formatted(server.api(), jobId, caller.token()));
    JobState state =
        new JobWatch(jobs, Duration.ofSeconds(1), this::say).follow(jobId, OVER_WITHIN);
    JsonNode dashboard = jobs.dashboard(jobId, null).orElseThrow().body();
    return new Run(
        state,
        Money.parseUsd(dashboard.get("cost_usd").textValue()),
        DatasetFiles.fetch(jobs, jobId, folder));
  }

  private static ObjectNode order(
      String templateId, String seedDataId, int records, String budgetUsd) {
    ObjectNode order = JSON.createObjectNode();
    order.put("name", "Questions on passages");
    order.put("template_id", templateId);
    order.put("seed_data_id", seedDataId);
    order.put("record_count", records);
    order.put("budget_limit_usd", budgetUsd);
    order.put("random_seed", 42);
    order.putArray("formats").add("jsonl").add("parquet").add("csv");
    return order;
  }

  private static List<Long> upTo(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = DatasetDemo.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not packaged");
      }
      return in.readAllBytes();
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
