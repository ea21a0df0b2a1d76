package io.plotpalette.generator.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.generator.TestingJobs;
import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.call.Turn;
import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.operators.RunHarness.Subtask;
import io.plotpalette.generator.prompts.JobPlan;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.template.TemplateDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operator around {@code JobRun}, in Flink's harness: what it brings back, stores and lets go.
 */
class RunOperatorTest {
  private static final String JOB = "job-1";
  private static final Duration LONG = Duration.ofMinutes(2);

  private static final String JSON_STEP =
      """
      {"name": "Facts", "steps": [
        {"id": "facts", "model": "nova-micro", "max_tokens": 50, "output": "json",
         "prompt": "Facts of {{ topic }}",
         "schema": {"type": "object", "required": ["score"],
                    "properties": {"score": {"type": "number"}}}}]}
      """;

  private static final String JUDGE_STEP =
      """
      {"name": "Judged", "steps": [
        {"id": "story", "model": "nova-micro", "max_tokens": 50, "prompt": "Tell {{ topic }}"},
        {"id": "judge", "model": "nova-lite", "max_tokens": 50, "output": "json",
         "prompt": "Judge {{ steps.story.output }}"}]}
      """;

  @TempDir Path bucket;
  private final InMemoryTables tables = new InMemoryTables();
  private final List<RunHarness> running = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    TestingJobs.writeSeed(bucket);
  }

  @AfterEach
  void close() throws Exception {
    for (RunHarness harness : running) {
      harness.close();
    }
  }

  private RunHarness start(ScriptedModels models, Subtask subtask, OperatorSubtaskState state)
      throws Exception {
    RunHarness harness = new RunHarness(tables, models, bucket, subtask, state);
    running.add(harness);
    return harness;
  }

  private RunHarness start(ScriptedModels models) throws Exception {
    return start(models, Subtask.ONLY, null);
  }

  private void kill(RunHarness harness) throws Exception {
    running.remove(harness);
    harness.close();
  }

  private void queue(JobDefinition job, TemplateDefinition template) {
    tables.put(job.template(), template);
    tables.queue(job);
  }

  private void queue(JobDefinition job, String template) {
    queue(job, TestingJobs.template(template));
  }

  /** Two text steps, two calls at once. */
  private void queue(String jobId, long records) {
    queue(TestingJobs.job(jobId, records, "1", 2), TestingJobs.template());
  }

  private RunHarness runToItsEnd(ScriptedModels models) throws Exception {
    RunHarness harness = start(models);
    harness.send(JobCommand.start(JOB));
    harness.until(() -> !harness.stopped().isEmpty());
    return harness;
  }

  private static List<Long> indexes(List<JsonNode> records) {
    return records.stream().map(record -> record.get("record_index").longValue()).sorted().toList();
  }

  private static List<Long> upTo(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  /** Of the job: what its outcomes cost, and reservations of calls without one. */
  private long spentByTheJournal(String jobId) {
    Map<CallId, Long> cost = new HashMap<>();
    for (JournalEntry entry : tables.journal(jobId)) {
      if (entry instanceof Intent intent) {
        cost.putIfAbsent(intent.call(), intent.reservation());
      } else if (entry instanceof Outcome outcome) {
        cost.put(outcome.call(), outcome.cost());
      }
    }
    return cost.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Records of the job whose second step has an outcome. */
  private long finishedByTheJournal() {
    return tables.journal(JOB).stream()
        .filter(entry -> entry instanceof Outcome && entry.call().step() == 1)
        .count();
  }

  private static void assertNothingIsLeft(RunHarness harness) throws Exception {
    int lines = harness.lines().size();
    int progress = harness.progress().size();
    harness.rest(LONG);
    assertThat(harness.keysInState()).isZero();
    assertThat(harness.timers()).isZero();
    assertThat(harness.lines()).hasSize(lines);
    assertThat(harness.progress()).hasSize(progress);
  }

  // ---- a job from its start to its end

  @Test
  void aJobRunsToItsEndAndNothingOfItIsLeft() throws Exception {
    queue(JOB, 5);
    ScriptedModels models = ScriptedModels.answering(request -> "some text");

    RunHarness harness = runToItsEnd(models);

    assertThat(indexes(harness.records(JOB))).isEqualTo(upTo(5));
    assertThat(harness.records(JOB)).allMatch(record -> record.at("/status").asText().equals("ok"));
    assertThat(harness.lines()).allMatch(line -> line.run == 1);
    assertThat(models.requests()).hasSize(10);
    JobProgress last = harness.lastProgress(JOB);
    assertThat(last.state()).isEqualTo(JobState.EXPORTING);
    assertThat(last.figures().counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));
    assertThat(last.figures().spend().cost().nanoUsd()).isEqualTo(spentByTheJournal(JOB));
    assertThat(last.figures().spend().reserved().nanoUsd()).isZero();
    assertThat(harness.stopped()).hasSize(1);
    assertThat(harness.stopped().get(0).finalState).isEqualTo("COMPLETED");
    assertThat(RunHarness.json(harness.costs().get(harness.costs().size() - 1)).at("/cost_usd"))
        .isEqualTo(RunHarness.json(harness.stopped().get(0).progress).at("/cost_usd"));
    assertNothingIsLeft(harness);
  }

  @Test
  void progressIsToldOnceASecondAtMostAndCountsUp() throws Exception {
    queue(JOB, 200);
    long began = RunHarness.now();

    RunHarness harness = runToItsEnd(ScriptedModels.answering(request -> "some text"));

    assertThat(harness.progress().stream().map(JobProgress::seq).toList())
        .isSorted()
        .doesNotHaveDuplicates();
    // The first, the last, that of the export, and one for every second between.
    assertThat(harness.progress().size()).isBetween(3, 3 + (int) (RunHarness.now() - began) / 1000);
  }

  @Test
  void aSecondCommandStartsNothingTwice() throws Exception {
    queue(JOB, 3);
    ScriptedModels models = ScriptedModels.answeringOnly(1);
    RunHarness harness = start(models);
    harness.send(JobCommand.start(JOB));
    harness.until(() -> models.unanswered() == 2);

    harness.send(JobCommand.start(JOB));
    models.allow(100);
    harness.until(() -> !harness.stopped().isEmpty());

    assertThat(models.requests()).hasSize(6);
    assertThat(harness.stopped()).hasSize(1);
  }

  @Test
  void aJobThatIsGoneOrOverOrWasNeverStartedIsLetGo() throws Exception {
    queue("over", 3);
    tables.move("over", JobState.COMPLETED);
    queue("damaged", 3);
    tables.damage("damaged");
    ScriptedModels models = ScriptedModels.answering(request -> "some text");
    RunHarness harness = start(models);

    harness.send(JobCommand.start("gone"));
    harness.send(JobCommand.start("over"));
    harness.send(JobCommand.start("damaged"));
    harness.send(JobCommand.cancel("never started"));
    harness.until(() -> harness.keysInState() == 0);

    assertThat(models.requests()).isEmpty();
    assertThat(harness.progress()).isEmpty();
    assertThat(harness.stopped()).isEmpty();
    assertNothingIsLeft(harness);
  }

  @Test
  void aJobWhoseTemplateIsGoneFailsAndSaysSo() throws Exception {
    tables.queue(TestingJobs.job(JOB, 3, "1", 2));
    RunHarness harness = start(ScriptedModels.answering(request -> "some text"));

    harness.send(JobCommand.start(JOB));
    harness.until(() -> !harness.progress().isEmpty());

    assertThat(harness.lastProgress(JOB).state()).isEqualTo(JobState.FAILED);
    assertThat(harness.lastProgress(JOB).stateReason())
        .isEqualTo("there is no version 1 of template template-1");
    assertNothingIsLeft(harness);
  }

  @Test
  void aJobWhoseSeedDataIsGoneFailsWithoutACall() throws Exception {
    queue(JOB, 3);
    Files.delete(bucket.resolve(JobPaths.seedData(TestingJobs.USER, TestingJobs.SEED)));
    ScriptedModels models = ScriptedModels.answering(request -> "some text");

    RunHarness harness = runToItsEnd(models);

    assertThat(harness.stopped().get(0).finalState).isEqualTo("FAILED");
    assertThat(harness.lastProgress(JOB).stateReason()).contains("seed data was deleted");
    assertThat(harness.lastProgress(JOB).figures().counts())
        .isEqualTo(new Counts(3, 0, 0, 0, 3, 0));
    assertThat(models.requests()).isEmpty();
    assertNothingIsLeft(harness);
  }

  // ---- what models write

  @Test
  void aJsonStepIsRepairedInOneFurtherTurn() throws Exception {
    queue(TestingJobs.job(JOB, 1, "1", 1), JSON_STEP);
    ScriptedModels models =
        ScriptedModels.answering(
            request -> request.turns().size() == 1 ? "{\"score\": \"high\"}" : "{\"score\": 8}");

    RunHarness harness = runToItsEnd(models);

    JsonNode record = harness.records(JOB).get(0);
    assertThat(record.at("/status").asText()).isEqualTo("ok");
    assertThat(record.at("/fields/facts").toString()).isEqualTo("{\"score\":8}");
    assertThat(record.at("/usage/0/attempts").intValue()).isEqualTo(2);
    assertThat(record.at("/usage/0/tokens_in").intValue()).isEqualTo(2 * ScriptedModels.TOKENS_IN);
    assertThat(models.requests()).hasSize(2);
    ModelRequest repair = models.requests().get(1);
    assertThat(repair.turns()).hasSize(3);
    assertThat(repair.turns().get(1).text()).isEqualTo("{\"score\": \"high\"}");
    assertThat(repair.turns().get(2).text()).contains("/score must be of type number");
    assertThat(record.at("/prompts_sha256/facts").asText()).isEqualTo(repair.sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"score\": \"high\"}", "no JSON", "", "{\"score\": 1} {\"score\": 2}"})
  void aJsonStepThatIsInvalidTwiceFailsItsRecord(String answer) throws Exception {
    queue(TestingJobs.job(JOB, 2, "1", 1), JSON_STEP);
    ScriptedModels models = ScriptedModels.answering(request -> answer);

    RunHarness harness = runToItsEnd(models);

    assertThat(models.requests()).hasSize(4);
    assertThat(harness.lastProgress(JOB).figures().counts())
        .isEqualTo(new Counts(2, 0, 2, 0, 0, 0));
    assertThat(harness.stopped().get(0).finalState).isEqualTo("COMPLETED");
    JsonNode record = harness.records(JOB).get(0);
    assertThat(record.at("/status").asText()).isEqualTo("failed");
    assertThat(record.at("/error/step").asText()).isEqualTo("facts");
    assertThat(record.at("/error/reason").asText())
        .startsWith("the repaired output is invalid, too: ");
    assertThat(record.at("/usage/0/attempts").intValue()).isEqualTo(2);
    assertThat(harness.lastProgress(JOB).figures().lastErrors()).hasSize(2);
  }

  /** Whether UTF-8 can hold it: neither a service nor a table takes half a character. */
  private static boolean isWhole(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(text);
  }

  /** Whatever a model writes: it may fail its record, but never the task. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void noAnswerStopsTheTask(int which) throws Exception {
    String answer =
        List.of(
                "{\"score\": 1e999, \"more\": -1E+400000000}",
                "{\"score\": 1, \"deep\": " + "[".repeat(995) + "]".repeat(995) + "}",
                "{\"score\": 1, \"half\": \"\\ude00\"}",
                "{\"score\": [" + "1,".repeat(30_000) + "1]}",
                "\uD83D\uDE00 {\"score\": 1}",
                "{\"score\": 1e99999999999}")
            .get(which);
    queue(TestingJobs.job(JOB, 2, "1", 2), JSON_STEP);

    ScriptedModels models = ScriptedModels.answering(request -> answer);

    RunHarness harness = runToItsEnd(models);

    assertThat(indexes(harness.records(JOB))).isEqualTo(upTo(2));
    assertThat(harness.stopped().get(0).finalState).isEqualTo("COMPLETED");
    assertThat(harness.lines()).extracting(line -> line.line).allMatch(RunOperatorTest::isWhole);
    assertThat(models.requests())
        .flatExtracting(ModelRequest::turns)
        .extracting(Turn::text)
        .allMatch(RunOperatorTest::isWhole);
    assertThat(harness.progress())
        .extracting(progress -> JobJson.write(progress).toString())
        .allMatch(RunOperatorTest::isWhole);
  }

  @Test
  void aRecordTheJudgeThinksLittleOfIsRejectedWithScoreAndReason() throws Exception {
    queue(TestingJobs.judged(TestingJobs.job(JOB, 6, "1", 1), "judge", "score", 7), JUDGE_STEP);
    int[] judged = {0};
    ScriptedModels models =
        ScriptedModels.answering(
            request ->
                request.schema() == null
                    ? "a story"
                    : judged[0]++ % 2 == 0 ? "{\"score\": 7}" : "{\"score\": 6.5}");

    RunHarness harness = runToItsEnd(models);

    assertThat(harness.lastProgress(JOB).figures().counts())
        .isEqualTo(new Counts(6, 3, 0, 3, 0, 0));
    List<JsonNode> rejected =
        harness.records(JOB).stream()
            .filter(record -> record.at("/status").asText().equals("rejected"))
            .toList();
    assertThat(rejected).hasSize(3);
    assertThat(rejected.get(0).at("/error").toString())
        .isEqualTo("{\"step\":\"judge\",\"reason\":\"score is 6.5, below 7.0\"}");
    assertThat(rejected.get(0).at("/fields").toString())
        .isEqualTo("{\"story\":\"a story\",\"judge\":{\"score\":6.5}}");
    assertThat(models.requests()).as("a rejection is no reason to ask again").hasSize(12);
  }

  @Test
  void aLongOutputGoesBesideTheJournalIntoTheNextPromptAndIntoTheRecord() throws Exception {
    queue(JOB, 1);
    String text = "long ".repeat(14_000);
    ScriptedModels models =
        ScriptedModels.answering(
            request -> request.turns().get(0).text().startsWith("Outline") ? text : "a story");

    RunHarness harness = runToItsEnd(models);

    assertThat(models.requests().get(1).turns().get(0).text()).isEqualTo("Tell " + text);
    assertThat(harness.records(JOB).get(0).at("/fields/outline").asText()).isEqualTo(text);
    assertThat(Files.readString(bucket.resolve(JobPaths.storedOutputs(JOB)).resolve("0-0-0.txt")))
        .isEqualTo(text);
    assertThat(tables.journal(JOB).toString()).hasSizeLessThan(5_000);
  }

  @Test
  void aLongOutputIsFoundAgainAfterARestore() throws Exception {
    queue(TestingJobs.job(JOB, 1, "1", 1), TestingJobs.template());
    String text = "long ".repeat(14_000);
    ScriptedModels first = ScriptedModels.answering(request -> text);
    first.allow(1);
    RunHarness before = start(first);
    before.send(JobCommand.start(JOB));
    before.until(() -> first.unanswered() == 1);
    OperatorSubtaskState state = before.snapshot();
    kill(before);

    ScriptedModels second = ScriptedModels.answering(request -> "a story");
    RunHarness after = start(second, Subtask.ONLY, state);
    after.until(() -> !after.stopped().isEmpty());

    assertThat(second.requests()).hasSize(1);
    assertThat(second.requests().get(0).turns().get(0).text()).isEqualTo("Tell " + text);
    assertThat(after.records(JOB).get(0).at("/fields/outline").asText()).isEqualTo(text);
  }

  // ---- cancelled

  @Test
  void aCancelledJobKeepsWhatIsDoneAndMakesNoFurtherCall() throws Exception {
    queue(JOB, 10);
    ScriptedModels models = ScriptedModels.answeringOnly(6);
    RunHarness harness = start(models);
    harness.send(JobCommand.start(JOB));
    harness.until(() -> models.unanswered() == 2 && tables.outcomes() == 6);

    harness.send(JobCommand.cancel(JOB));
    harness.send(JobCommand.start(JOB));
    harness.rest(LONG);
    assertThat(harness.stopped()).as("calls under way are waited for").isEmpty();
    models.allow(100);
    harness.until(() -> !harness.stopped().isEmpty());

    assertThat(models.requests()).hasSize(8);
    assertThat(harness.stopped().get(0).finalState).isEqualTo("CANCELLED");
    Counts counts = harness.lastProgress(JOB).figures().counts();
    assertThat(counts.ok()).isGreaterThanOrEqualTo(2);
    assertThat(counts.ok() + counts.failed()).isEqualTo(harness.records(JOB).size());
    assertThat(counts.notStarted()).isEqualTo(10 - harness.records(JOB).size());
    assertThat(harness.records(JOB))
        .filteredOn(record -> record.at("/status").asText().equals("failed"))
        .allMatch(record -> record.at("/error/reason").asText().equals("the job was cancelled"));
    assertThat(harness.lastProgress(JOB).figures().spend().cost().nanoUsd())
        .isEqualTo(spentByTheJournal(JOB));
    assertNothingIsLeft(harness);
  }

  @Test
  void aJobThatWasCancelledWhileNobodyRanItEndsWithWhatItsJournalHas() throws Exception {
    queue(JOB, 10);
    ScriptedModels first = ScriptedModels.answeringOnly(6);
    RunHarness before = start(first);
    before.send(JobCommand.start(JOB));
    before.until(() -> first.unanswered() == 2 && tables.outcomes() == 6);
    int done = before.records(JOB).size();
    kill(before);
    tables.replace(TestingJobs.cancelled(TestingJobs.job(JOB, 10, "1", 2)));

    ScriptedModels second = ScriptedModels.answering(request -> "some text");
    RunHarness after = runToItsEnd(second);

    assertThat(second.requests()).isEmpty();
    assertThat(after.stopped().get(0).finalState).isEqualTo("CANCELLED");
    assertThat(after.lastProgress(JOB).figures().counts().ok()).isGreaterThanOrEqualTo(done);
    assertThat(after.lines()).allMatch(line -> line.run == 2);
    assertNothingIsLeft(after);
  }

  // ---- restored, moved and without state

  @Test
  void jobsMoveFromOneSubtaskToTwoAndBackWithoutACallMadeTwice() throws Exception {
    int jobs = 8;
    int records = 4;
    for (int i = 0; i < jobs; i++) {
      queue("job-" + i, records);
    }
    List<JsonNode> lines = new ArrayList<>();

    ScriptedModels first = ScriptedModels.answeringOnly(20);
    RunHarness one = start(first);
    for (int i = 0; i < jobs; i++) {
      one.send(JobCommand.start("job-" + i));
    }
    one.until(() -> first.unanswered() > 0 && tables.outcomes() == 20);
    OperatorSubtaskState state = one.snapshot();
    IntStream.range(0, jobs).forEach(i -> lines.addAll(one.records("job-" + i)));
    int forfeited = first.unanswered();
    kill(one);

    List<ScriptedModels> second =
        List.of(ScriptedModels.answeringOnly(8), ScriptedModels.answeringOnly(8));
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ScriptedModels models = second.get(i);
      RunHarness half =
          start(
              models,
              new Subtask(i, 2),
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, RunHarness.MAX_PARALLELISM, 1, 2, i));
      long before = tables.outcomes();
      half.until(() -> models.unanswered() > 0 && tables.outcomes() == before + 8);
      states.add(half.snapshot());
      IntStream.range(0, jobs).forEach(job -> lines.addAll(half.records("job-" + job)));
      forfeited += models.unanswered();
      kill(half);
    }

    ScriptedModels third = ScriptedModels.answering(request -> "some text");
    RunHarness again =
        start(
            third,
            Subtask.ONLY,
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                AbstractStreamOperatorTestHarness.repackageState(
                    states.toArray(OperatorSubtaskState[]::new)),
                RunHarness.MAX_PARALLELISM,
                2,
                1,
                0));
    again.until(() -> again.stopped().size() == jobs);
    IntStream.range(0, jobs).forEach(i -> lines.addAll(again.records("job-" + i)));

    assertThat(lines).hasSize(jobs * records);
    for (int i = 0; i < jobs; i++) {
      String job = "job-" + i;
      Counts counts = again.lastProgress(job).figures().counts();
      assertThat(counts).isEqualTo(new Counts(records, records, 0, 0, 0, 0));
      assertThat(again.lastProgress(job).figures().spend().cost().nanoUsd())
          .isEqualTo(spentByTheJournal(job));
    }
    int calls = first.requests().size() + third.requests().size();
    calls += second.stream().mapToInt(models -> models.requests().size()).sum();
    assertThat(calls).isEqualTo(2 * jobs * records + forfeited);
    assertNothingIsLeft(again);
  }

  @Test
  void recordsThatHadNotLeftAtTheCheckpointLeaveAfterIt() throws Exception {
    queue(JOB, 6);
    ScriptedModels first = ScriptedModels.answeringOnly(8);
    RunHarness before = start(first);
    OperatorSubtaskState[] state = {null};
    int[] left = {0};
    before.send(JobCommand.start(JOB));
    // Wherever it stands: what is a line and what is in the state make up all records together.
    before.until(
        () -> {
          if (state[0] == null && !before.lines().isEmpty()) {
            state[0] = before.snapshot();
            left[0] = before.lines().size();
          }
          return first.unanswered() == 2 && tables.outcomes() == 8;
        });
    List<JsonNode> lines = new ArrayList<>(before.records(JOB).subList(0, left[0]));
    kill(before);

    ScriptedModels second = ScriptedModels.answering(request -> "some text");
    RunHarness after = start(second, Subtask.ONLY, state[0]);
    after.until(() -> !after.stopped().isEmpty());

    lines.addAll(after.records(JOB));
    assertThat(indexes(lines)).isEqualTo(upTo(6));
    assertThat(second.requests()).as("the journal knows eight of twelve").hasSize(4);
    assertThat(after.lines()).allMatch(line -> line.run == 1);
  }

  @Test
  void withoutStateTheJournalIsReadAndNothingIsPaidTwice() throws Exception {
    queue(JOB, 6);
    ScriptedModels first = ScriptedModels.answeringOnly(7);
    RunHarness before = start(first);
    before.send(JobCommand.start(JOB));
    before.until(() -> first.unanswered() == 2 && tables.outcomes() == 7);
    kill(before);

    ScriptedModels second = ScriptedModels.answering(request -> "some text");
    RunHarness after = runToItsEnd(second);

    assertThat(second.requests()).hasSize(12 - 7);
    assertThat(indexes(after.records(JOB))).isEqualTo(upTo(6));
    assertThat(after.lines()).allMatch(line -> line.run == 2);
    assertThat(after.lastProgress(JOB).figures().spend().cost().nanoUsd())
        .isEqualTo(spentByTheJournal(JOB));
  }

  // ---- a newer owner

  @Test
  void anOldAttemptThatWritesAfterANewOneStopsAndNothingIsPaidTwice() throws Exception {
    queue(JOB, 10);
    ScriptedModels oldModels = ScriptedModels.answeringOnly(6);
    RunHarness old = start(oldModels);
    old.send(JobCommand.start(JOB));
    old.until(() -> oldModels.unanswered() == 2 && tables.outcomes() == 6);
    ScriptedModels newModels = ScriptedModels.answeringOnly(0);
    RunHarness newer = start(newModels);
    newer.send(JobCommand.start(JOB));
    newer.until(() -> newModels.unanswered() == 2);
    long finished = finishedByTheJournal();
    old.until(() -> old.lines().size() == finished);

    oldModels.allow(100);

    assertThatThrownBy(() -> old.until(() -> false))
        .isInstanceOf(OwnershipLostException.class)
        .hasMessageContaining("a newer owner has job job-1");
    assertThat(oldModels.requests()).as("it makes no further call").hasSize(8);
    assertThat(old.lines()).as("what it could not journal is no record").hasSize((int) finished);
    assertThat(old.stopped()).isEmpty();

    newModels.allow(100);
    newer.until(() -> !newer.stopped().isEmpty());
    assertThat(indexes(newer.records(JOB))).isEqualTo(upTo(10));
    assertThat(newModels.requests()).as("twenty, of which six are journalled").hasSize(14);
    JobProgress last = newer.lastProgress(JOB);
    assertThat(last.figures().counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
    long cheapest = 20 * costOfACall();
    assertThat(last.figures().spend().cost().nanoUsd())
        .isEqualTo(spentByTheJournal(JOB))
        .isGreaterThan(cheapest);
  }

  /** Of the cheaper of the two steps. */
  private long costOfACall() {
    JobPlan plan =
        JobPlan.of(
            TestingJobs.job(JOB, 10, "1", 2),
            TestingJobs.template(),
            ModelCatalogue.builtIn(),
            "us-east-1",
            1,
            TestingJobs.NOON);
    ModelPrice price = plan.steps().get(0).price();
    return price.cost(ScriptedModels.TOKENS_IN, ScriptedModels.TOKENS_OUT);
  }
}
