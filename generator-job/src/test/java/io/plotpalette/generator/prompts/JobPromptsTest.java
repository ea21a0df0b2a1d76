package io.plotpalette.generator.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.generator.TestingJobs;
import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.call.Turn;
import io.plotpalette.generator.call.Turn.Speaker;
import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.journal.Ownership;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentCodec;
import io.plotpalette.generator.run.FinishedRecord;
import io.plotpalette.generator.run.FinishedRecord.Status;
import io.plotpalette.generator.run.Repair;
import io.plotpalette.generator.run.RunEffect.PrepareStep;
import io.plotpalette.generator.run.RunEvent.PreparationFailed;
import io.plotpalette.generator.run.RunEvent.StepPrepared;
import io.plotpalette.generator.run.RunEvent.StepSkipped;
import io.plotpalette.generator.run.StepResult;
import io.plotpalette.generator.run.StepUsage;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobPaths;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobPromptsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long FINISHED_AT = TestingJobs.NOON.toEpochMilli();

  private static final StepUsage NOT_CALLED = new StepUsage(0, 0, 0, 0, null);

  private static final String STEPS =
      """
      {"name": "Three steps", "steps": [
        {"id": "outline", "model": "nova-micro", "max_tokens": 50, "temperature": 0.25,
         "prompt": "Outline {{ topic }}"},
        {"id": "facts", "model": "nova-lite", "max_tokens": 100, "output": "json",
         "prompt": "Facts of {{ steps.outline.output }}", "skip_when": "topic == 'sea'",
         "schema": {"type": "object", "required": ["score"], "properties": {
           "score": {"type": "number", "minimum": 0}, "words": {"type": "integer"},
           "list": {"type": "array", "items": {"type": "string"}}}}},
        {"id": "remarks", "model": "nova-lite", "max_tokens": 100, "output": "json",
         "prompt": "Remark on {% if steps.facts.output is defined %}{{ steps.facts.output.score }}{% else %}nothing{% endif %}"}],
       "category": "topic"}
      """;

  @TempDir Path bucket;
  private final List<SeedEntries> opened = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (SeedEntries entries : opened) {
      entries.close();
    }
  }

  private JobPrompts prompts(String template, byte[] seed, JobDefinition job) {
    try {
      SeedEntries entries =
          SeedEntries.copy(
              new ByteArrayInputStream(seed), TestingJobs.sha256(seed), bucket.resolve("scratch"));
      opened.add(entries);
      return prompts(template, entries, job);
    } catch (IOException | SeedDataException e) {
      throw new IllegalStateException(e);
    }
  }

  private JobPrompts prompts(String template, SeedEntries seed, JobDefinition job) {
    JobPlan plan =
        JobPlan.of(
            job,
            TestingJobs.template(template),
            ModelCatalogue.builtIn(),
            "us-east-1",
            1,
            TestingJobs.NOON);
    return new JobPrompts(plan, seed, new org.apache.flink.core.fs.Path(bucket.toUri()));
  }

  private JobPrompts prompts() {
    return prompts(STEPS, TestingJobs.SEED_BYTES, job());
  }

  private JobPrompts ofSeed(String entry) {
    return prompts(STEPS, ("[" + entry + "]").getBytes(StandardCharsets.UTF_8), job());
  }

  private static JobDefinition job() {
    return TestingJobs.job("job-1", 10, "1", 4);
  }

  private static StepResult done(String step, String output) {
    return new StepResult(step, new Output.Inline(output), NOT_CALLED);
  }

  private static StepResult skipped(String step) {
    return new StepResult(step, null, NOT_CALLED);
  }

  private static ModelRequest prepared(JobPrompts prompts, PrepareStep step) throws IOException {
    assertThat(prompts.prepare(step)).isInstanceOf(StepPrepared.class);
    return (ModelRequest) ((StepPrepared) prompts.prepare(step)).prompt();
  }

  private static Result answered(JobPrompts prompts, int step, String text) throws IOException {
    return prompts.answered(new CallId(0, step, 0), new ModelAnswer(text, 10, 5)).result();
  }

  private static String violation(Result result) {
    assertThat(result).isInstanceOf(Result.Invalid.class);
    return ((Result.Invalid) result).violation();
  }

  // ---- prompts

  @Test
  void aStepIsRenderedFromTheSeedAndAskedAsTheTemplateSays() throws IOException {
    ModelRequest request =
        prepared(ofSeed("{\"topic\": \"Zürich\"}"), new PrepareStep(0, 0, List.of(), null));

    assertThat(request.turns()).containsExactly(Turn.ofUser("Outline Zürich"));
    assertThat(request.maxTokens()).isEqualTo(50);
    assertThat(request.temperature()).isEqualTo(0.25);
    assertThat(request.schema()).isNull();
  }

  @Test
  void aRecordAlwaysHasTheSamePromptAndOthersHaveOthers() throws IOException {
    JobPrompts one = prompts();
    JobPrompts another = prompts();
    Set<String> different = new HashSet<>();
    for (long index = 0; index < 10; index++) {
      PrepareStep step = new PrepareStep(index, 0, List.of(), null);
      String prompt = prepared(one, step).turns().get(0).text();
      assertThat(prepared(another, step).turns().get(0).text()).isEqualTo(prompt);
      different.add(prompt);
    }
    assertThat(different).hasSizeGreaterThan(1);
  }

  @Test
  void laterStepsSeeTheTextAndTheJsonOfEarlierOnes() throws IOException {
    JobPrompts prompts = ofSeed("{\"topic\": \"sky\"}");

    ModelRequest facts =
        prepared(prompts, new PrepareStep(0, 1, List.of(done("outline", "An outline")), null));
    ModelRequest remarks =
        prepared(
            prompts,
            new PrepareStep(
                0,
                2,
                List.of(
                    done("outline", "An outline"), done("facts", "```json\n{\"score\": 7}\n```")),
                null));

    assertThat(facts.turns().get(0).text()).startsWith("Facts of An outline").contains("\"score\"");
    assertThat(facts.schema()).contains("\"score\"");
    assertThat(remarks.turns().get(0).text()).startsWith("Remark on 7");
    assertThat(remarks.schema()).isEqualTo("{}");
  }

  @Test
  void aStepIsSkippedWhenItsConditionHoldsButNotWhenItHasToPutAnOutputRight() throws IOException {
    JobPrompts prompts = ofSeed("{\"topic\": \"sea\"}");
    List<StepResult> before = List.of(done("outline", "An outline"));

    assertThat(prompts.prepare(new PrepareStep(3, 1, before, null)))
        .isEqualTo(new StepSkipped(3, 1));
    assertThat(
            prompts.prepare(
                new PrepareStep(3, 1, before, new Repair(new Output.Inline("{"), "no JSON"))))
        .isInstanceOf(StepPrepared.class);
  }

  @Test
  void aSkippedStepHasNoOutputForLaterOnes() throws IOException {
    ModelRequest remarks =
        prepared(
            ofSeed("{\"topic\": \"sea\"}"),
            new PrepareStep(4, 2, List.of(done("outline", "An outline"), skipped("facts")), null));

    assertThat(remarks.turns().get(0).text()).startsWith("Remark on nothing");
  }

  @Test
  void aPromptWithoutTheFieldItNeedsFailsTheRecord() throws IOException {
    Object event = ofSeed("{\"other\": \"field\"}").prepare(new PrepareStep(4, 0, List.of(), null));

    assertThat(event).isInstanceOf(PreparationFailed.class);
    assertThat(((PreparationFailed) event).reason())
        .isEqualTo("step 'outline', prompt, line 1: 'topic' is not there");
  }

  @Test
  void aPromptWithoutATextFailsTheRecord() throws IOException {
    Object event =
        prompts(
                """
                {"name": "Blank", "steps": [
                  {"id": "only", "model": "nova-micro", "prompt": " {{ topic }} "}]}
                """,
                "[{\"topic\": \" \"}]".getBytes(StandardCharsets.UTF_8),
                job())
            .prepare(new PrepareStep(5, 0, List.of(), null));

    assertThat(event).isEqualTo(new PreparationFailed(5, 0, "the prompt of step 'only' is empty"));
  }

  @Test
  void aRepairShowsTheModelItsAnswerAndWhatIsWrongWithIt() throws IOException {
    ModelRequest request =
        prepared(
            ofSeed("{\"topic\": \"sky\"}"),
            new PrepareStep(
                0,
                1,
                List.of(done("outline", "An outline")),
                new Repair(new Output.Inline("{\"score\": -1}"), "/score must be at least 0")));

    assertThat(request.turns())
        .extracting(Turn::speaker)
        .containsExactly(Speaker.USER, Speaker.MODEL, Speaker.USER);
    assertThat(request.turns().get(1).text()).isEqualTo("{\"score\": -1}");
    assertThat(request.turns().get(2).text()).contains("/score must be at least 0");
  }

  @Test
  void aRepairOfNothingStillHasATurnOfTheModel() throws IOException {
    ModelRequest request =
        prepared(
            prompts(),
            new PrepareStep(0, 0, List.of(), new Repair(new Output.Inline(" \n"), "empty")));

    assertThat(request.turns().get(1).text()).isNotBlank();
  }

  /** A client refuses half a character, after which the call would count as paid for. */
  @Test
  void halfACharacterOfTheSeedIsReplacedInThePrompt() throws IOException {
    ModelRequest request =
        prepared(ofSeed("{\"topic\": \"a\\ud83db\"}"), new PrepareStep(0, 0, List.of(), null));

    assertThat(request.turns()).containsExactly(Turn.ofUser("Outline a\uFFFDb"));
  }

  /** The reason stands in every progress, of which the table takes 400 KB. */
  @Test
  void aLongReasonIsCut() throws IOException {
    JobPrompts prompts =
        prompts(
            """
            {"name": "Long", "steps": [
              {"id": "only", "model": "nova-micro", "prompt": "{{ {}[topic * 1000] }}"}]}
            """,
            ("[{\"topic\": \"" + "x".repeat(300) + "\"}]").getBytes(StandardCharsets.UTF_8),
            job());

    Object event = prompts.prepare(new PrepareStep(0, 0, List.of(), null));

    assertThat(((PreparationFailed) event).reason())
        .startsWith("step 'only', prompt, line 1")
        .hasSizeLessThanOrEqualTo(JobPrompts.MAX_REASON_CHARACTERS);
  }

  // ---- answers

  @Test
  void aTextIsTakenAsItIs() throws IOException {
    assertThat(answered(prompts(), 0, " kept \n"))
        .isEqualTo(new Result.Answered(new Output.Inline(" kept \n")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n\t"})
  void anEmptyAnswerIsInvalid(String text) throws IOException {
    assertThat(violation(answered(prompts(), 0, text))).isEqualTo("the answer is empty");
    assertThat(violation(answered(prompts(), 1, text))).isEqualTo("the answer is empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"score\": 1}",
        " {\"score\": 1.5, \"words\": 2.0}\n",
        "```json\n{\"score\": 0}\n```",
        "```\n{\"score\": 0}\n```"
      })
  void jsonThatFitsIsTakenWithOrWithoutAFence(String text) throws IOException {
    assertThat(answered(prompts(), 1, text))
        .isEqualTo(new Result.Answered(new Output.Inline(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Here it is: {\"score\": 1}",
        "{\"score\": 1} and more",
        "{\"score\": 1",
        "```json\n```",
        "{\"score\": NaN}",
        "{\"score\": 1e99999999999}",
        "{\"score\": 1, \"half a name \\ud83d\": 1}"
      })
  void whatIsNoJsonIsInvalid(String text) throws IOException {
    assertThat(violation(answered(prompts(), 1, text))).startsWith("the answer is no JSON");
  }

  /** The parser quotes the first half of the emoji, and no client could send that back. */
  @Test
  void whatIsWrongWithAnAnswerIsSaidInWholeCharacters() throws IOException {
    String violation = violation(answered(prompts(), 1, "\uD83D\uDE00 {}"));

    assertThat(violation).contains("\uFFFD").doesNotContain("\uD83D");
  }

  @Test
  void everyViolationOfTheSchemaIsNamed() throws IOException {
    assertThat(violation(answered(prompts(), 1, "{\"words\": \"two\"}")))
        .contains("/score is required", "/words must be of type integer");
  }

  /** A double would make an infinity of it, which no schema and no JSON knows. */
  @ParameterizedTest
  @ValueSource(strings = {"1e999", "1E+400000000"})
  void aNumberBeyondEveryDoubleIsANumberLikeAnyOther(String number) throws IOException {
    String text = "{\"score\": " + number + "}";
    JobPrompts prompts = prompts();

    Result result = answered(prompts, 1, text);

    assertThat(result).isEqualTo(new Result.Answered(new Output.Inline(text)));
    assertThat(violation(answered(prompts, 1, "{\"score\": -1e999}")))
        .isEqualTo("/score value must be at least 0");
    assertThat(
            line(prompts, finished(done("outline", "o"), done("facts", text)))
                .at("/fields/facts/score")
                .isNumber())
        .isTrue();
  }

  @Test
  void numbersKeepTheirDigits() throws IOException {
    String line =
        prompts()
            .line(
                finished(
                    done("outline", "o"),
                    done("facts", "{\"score\": 3.14159265358979323846, \"words\": 1.50}")));

    assertThat(line).contains("\"score\":3.14159265358979323846,\"words\":1.50");
  }

  /** Below what a line of JSON may have, above what any template prints. */
  @Test
  void whatIsNestedTooDeepIsInvalidAndTheDeepestAllowedBecomesALine() throws IOException {
    JobPrompts prompts = prompts();
    int most = JsonOutput.MAX_DEPTH;
    String deepest = "[".repeat(most) + "]".repeat(most);

    assertThat(violation(answered(prompts, 2, "[" + deepest + "]"))).contains("no JSON");
    assertThat(violation(answered(prompts, 2, "[".repeat(999) + "]".repeat(999))))
        .contains("no JSON");
    assertThat(answered(prompts, 2, deepest)).isInstanceOf(Result.Answered.class);
    JsonNode line =
        line(prompts, finished(done("outline", "o"), skipped("facts"), done("remarks", deepest)));
    assertThat(line.at("/fields/remarks").toString()).isEqualTo(deepest);
  }

  /** What is wrong with the answer must not be what keeps the journal from taking it. */
  @Test
  void anAnswerWithTenThousandMistakesStillFitsIntoASegment() throws IOException {
    String text = "{\"score\": 1, \"list\": [" + "1,".repeat(30_000) + "1]}";
    Result result = answered(prompts(), 1, text);

    assertThat(violation(result)).startsWith("/list/0 must be of type string;");
    Outcome outcome = new Outcome(new CallId(0, 1, 0), result, 1, 1, 1, 1);
    assertThat(SegmentCodec.encode(new Segment(new Ownership(1, "o"), 0, List.of(outcome))))
        .hasSizeLessThan(Output.MAX_INLINE_BYTES + 8 * 1024);
  }

  // ---- the judge

  private JobPrompts judgedPrompts() {
    return prompts(STEPS, TestingJobs.SEED_BYTES, TestingJobs.judged(job(), "facts", "score", 7.5));
  }

  @Test
  void theJudgeRejectsBelowTheThresholdAndSaysWhy() throws IOException {
    JobPrompts prompts = judgedPrompts();

    assertThat(answered(prompts, 1, "{\"score\": 7.4}"))
        .isEqualTo(
            new Result.Rejected(new Output.Inline("{\"score\": 7.4}"), "score is 7.4, below 7.5"));
    assertThat(answered(prompts, 1, "{\"score\": 7.5}")).isInstanceOf(Result.Answered.class);
    assertThat(answered(prompts, 2, "{\"score\": 1}"))
        .as("another step's score")
        .isInstanceOf(Result.Answered.class);
  }

  @Test
  void aJudgeThatGivesNoNumberIsAskedAgain() throws IOException {
    JobPrompts prompts =
        prompts(STEPS, TestingJobs.SEED_BYTES, TestingJobs.judged(job(), "remarks", "score", 7.5));

    assertThat(violation(answered(prompts, 2, "{\"score\": \"9\"}")))
        .isEqualTo("/score must be a number");
    assertThat(violation(answered(prompts, 2, "{}"))).isEqualTo("/score must be a number");
    assertThat(violation(answered(prompts, 2, "7"))).isEqualTo("/score must be a number");
  }

  // ---- long outputs

  @Test
  void anOutputIsStoredBesideTheJournalFromOneByteOn() throws IOException {
    JobPrompts prompts = prompts();
    String inline = "ä".repeat(Output.MAX_INLINE_BYTES / 2);
    String stored = inline + "b";

    assertThat(JobPrompts.isLong(new ModelAnswer(inline, 1, 1))).isFalse();
    assertThat(answered(prompts, 0, inline))
        .isEqualTo(new Result.Answered(new Output.Inline(inline)));
    assertThat(JobPrompts.isLong(new ModelAnswer(stored, 1, 1))).isTrue();
    Output output = ((Result.Answered) answered(prompts, 0, stored)).output();

    String key = JobPaths.storedOutputs("job-1") + "/0-0-0.txt";
    assertThat(output).isEqualTo(new Output.Stored(key, Output.MAX_INLINE_BYTES + 1));
    assertThat(Files.readString(bucket.resolve(key))).isEqualTo(stored);
  }

  @Test
  void aStoredOutputIsReadForPromptsRepairsAndLines() throws IOException {
    JobPrompts prompts = ofSeed("{\"topic\": \"sky\"}");
    String text = "long ".repeat(20_000);
    Output output = ((Result.Answered) answered(prompts, 0, text)).output();
    StepResult outline = new StepResult("outline", output, NOT_CALLED);

    assertThat(JobPrompts.hasLongOutput(List.of(outline))).isTrue();
    assertThat(
            prepared(prompts, new PrepareStep(0, 1, List.of(outline), null)).turns().get(0).text())
        .contains(text);
    assertThat(
            prepared(prompts, new PrepareStep(0, 0, List.of(), new Repair(output, "too long")))
                .turns()
                .get(1)
                .text())
        .isEqualTo(text);
    assertThat(line(prompts, finished(outline)).at("/fields/outline").textValue()).isEqualTo(text);
  }

  // ---- lines

  private static FinishedRecord finished(StepResult... steps) {
    return new FinishedRecord(0, Status.OK, List.of(steps), null, null, FINISHED_AT);
  }

  private static JsonNode line(JobPrompts prompts, FinishedRecord record) throws IOException {
    String line = prompts.line(record);
    assertThat(line).doesNotContain("\n", "\r");
    return JSON.readTree(line);
  }

  @Test
  void aRecordThatIsOkBecomesALineWithAllThatWasWritten() throws IOException {
    JsonNode line =
        line(
            ofSeed("{\"topic\": \"The Sky\"}"),
            finished(
                new StepResult("outline", new Output.Inline("two\nlines"), usage()),
                done("facts", "```json\n{\"score\": 7}\n```"),
                skipped("remarks")));

    assertThat(line.at("/status").textValue()).isEqualTo("ok");
    assertThat(line.at("/category").textValue()).isEqualTo("the-sky");
    assertThat(line.at("/fields").toString())
        .isEqualTo("{\"outline\":\"two\\nlines\",\"facts\":{\"score\":7}}");
    assertThat(line.at("/seed_ref").longValue()).isZero();
    assertThat(line.at("/prompts_sha256").toString()).isEqualTo("{\"outline\":\"abc\"}");
    assertThat(line.at("/usage/0/attempts").intValue()).isEqualTo(2);
    assertThat(line.at("/usage/0/cost_usd").textValue()).isEqualTo("0.000000042");
    assertThat(line.at("/usage")).hasSize(1);
    assertThat(line.has("error")).isFalse();
    assertThat(line.at("/generated_at").textValue()).isEqualTo("2026-11-20T12:00:00.000Z");
  }

  /** Called twice, answered once, for 42 nano-USD. */
  private static StepUsage usage() {
    return new StepUsage(10, 5, 42, 2, "abc");
  }

  @Test
  void aRecordThatFailedSaysWhereAndWhyAndHasNoCategory() throws IOException {
    JsonNode line =
        line(
            prompts(),
            new FinishedRecord(
                7,
                Status.FAILED,
                List.of(done("outline", "An outline"), new StepResult("facts", null, usage())),
                "facts",
                "THROTTLED: wait",
                FINISHED_AT));

    assertThat(line.at("/record_index").longValue()).isEqualTo(7);
    assertThat(line.at("/status").textValue()).isEqualTo("failed");
    assertThat(line.at("/error").toString())
        .isEqualTo("{\"step\":\"facts\",\"reason\":\"THROTTLED: wait\"}");
    assertThat(line.at("/fields").toString()).isEqualTo("{\"outline\":\"An outline\"}");
    assertThat(line.has("category")).isFalse();
  }

  @Test
  void whatWasPaidForIsWrittenEvenWhenTheSeedDataIsGone() throws IOException {
    JobPrompts withoutSeed = prompts(STEPS, (SeedEntries) null, job());

    JsonNode line = line(withoutSeed, finished(done("outline", "An outline")));

    assertThat(line.at("/fields/outline").textValue()).isEqualTo("An outline");
    assertThat(line.at("/seed_ref").longValue()).isEqualTo(-1);
    assertThat(line.has("category")).isFalse();
  }

  @Test
  void aCategoryThatCannotBeToldIsLeftOut() throws IOException {
    JsonNode line = line(ofSeed("{\"other\": \"field\"}"), finished(done("outline", "An outline")));

    assertThat(line.at("/status").textValue()).isEqualTo("ok");
    assertThat(line.has("category")).isFalse();
  }

  @Test
  void halfCharactersOfAnOutputAreReplaced() throws IOException {
    JobPrompts prompts = ofSeed("{\"topic\": \"sky\"}");
    String text =
        "{\"score\": 1, \"more\": [\"\\ude00\", \"a\\ud83d\", \"\\ud83d\\ude00\", \"\\\\ud83d\"]}";

    assertThat(answered(prompts, 1, text)).isInstanceOf(Result.Answered.class);
    String line = prompts.line(finished(done("outline", "o"), done("facts", text)));

    assertThat(new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(line);
    assertThat(JSON.readTree(line).at("/fields/facts/more").toString())
        .isEqualTo("[\"\uFFFD\",\"a\uFFFD\",\"\uD83D\uDE00\",\"\\\\ud83d\"]");
  }

  @Test
  void halfACharacterOfAnotherServiceIsReplacedInTheLine() throws IOException {
    String line =
        prompts()
            .line(
                new FinishedRecord(
                    0, Status.FAILED, List.of(), "outline", "said \uD83D", FINISHED_AT));

    assertThat(line).contains("said \uFFFD");
  }

  @Test
  void halfACharacterOfATextOutputIsReplacedBeforeItIsJournalled() throws IOException {
    assertThat(answered(prompts(), 0, "a\uD83D"))
        .isEqualTo(new Result.Answered(new Output.Inline("a\uFFFD")));
  }
}
