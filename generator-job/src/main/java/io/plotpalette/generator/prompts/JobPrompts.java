package io.plotpalette.generator.prompts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.call.Turn;
import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.run.FinishedRecord;
import io.plotpalette.generator.run.Repair;
import io.plotpalette.generator.run.RunEffect.PrepareStep;
import io.plotpalette.generator.run.RunEvent;
import io.plotpalette.generator.run.RunEvent.CallAnswered;
import io.plotpalette.generator.run.RunEvent.PreparationFailed;
import io.plotpalette.generator.run.RunEvent.StepPrepared;
import io.plotpalette.generator.run.RunEvent.StepSkipped;
import io.plotpalette.generator.run.StepResult;
import io.plotpalette.generator.text.WellFormedText;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.DatasetRecord.Problem;
import io.plotpalette.model.job.DatasetRecord.Usage;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.RecordStatus;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.CompiledTemplate;
import io.plotpalette.model.template.PromptException;
import io.plotpalette.model.template.RecordPrompts;
import io.plotpalette.model.template.SeedChoice;
import io.plotpalette.model.template.TemplateProblem;
import io.plotpalette.model.template.TemplateStep;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a template, the seed data and finished steps into requests, answers into checked results,
 * and finished records into lines of the dataset. Thread-safe.
 */
public final class JobPrompts {
  private static final Logger LOG = LoggerFactory.getLogger(JobPrompts.class);

  /** Any JSON will do. */
  private static final String ANY_SCHEMA = "{}";

  /** Most characters of a reason: ten of them stand in every progress. */
  static final int MAX_REASON_CHARACTERS = 1_000;

  /** What stands for a seed entry that is not known any more. */
  private static final long NO_SEED_REF = -1;

  private final JobPlan plan;
  private final CompiledTemplate template;
  private final SeedEntries seed;
  private final StoredOutputs stored;

  /**
   * Prompts of a job.
   *
   * @param seed null if it cannot be had; then only finished records can be written
   * @param bucket above {@code jobs/}
   */
  public JobPrompts(JobPlan plan, SeedEntries seed, Path bucket) {
    this.plan = plan;
    this.template = CompiledTemplate.of(plan.template());
    this.seed = seed;
    this.stored = new StoredOutputs(bucket, plan.job().jobId());
  }

  /**
   * Renders the prompt of a step.
   *
   * @return {@code StepPrepared}, {@code StepSkipped} or {@code PreparationFailed}
   * @throws IOException if an output could not be read; it may be tried again
   */
  public RunEvent prepare(PrepareStep wanted) throws IOException {
    TemplateStep step = plan.template().steps().get(wanted.step());
    try {
      RecordPrompts record = rendering(wanted.record(), wanted.finishedSteps());
      if (wanted.repair() == null && record.isSkipped(wanted.step())) {
        return new StepSkipped(wanted.record(), wanted.step());
      }
      // Seed data may hold half characters, which no client can send.
      String prompt = WellFormedText.of(record.prompt(wanted.step()));
      if (prompt.isBlank()) {
        return new PreparationFailed(
            wanted.record(), wanted.step(), "the prompt of step '" + step.id() + "' is empty");
      }
      return new StepPrepared(
          wanted.record(),
          wanted.step(),
          ModelRequest.of(
              plan.steps().get(wanted.step()).model(),
              turns(prompt, wanted.repair()),
              step.maxTokens(),
              step.temperature(),
              schemaText(step)));
    } catch (PromptException e) {
      return new PreparationFailed(wanted.record(), wanted.step(), reason(e));
    }
  }

  /** It may name a key as long as a text may be. */
  private static String reason(PromptException e) {
    String reason = e.getMessage();
    return WellFormedText.of(
        reason.length() <= MAX_REASON_CHARACTERS
            ? reason
            : reason.substring(0, MAX_REASON_CHARACTERS - 1) + "…");
  }

  private List<Turn> turns(String prompt, Repair repair) throws IOException {
    if (repair == null) {
      return List.of(Turn.ofUser(prompt));
    }
    String output = stored.read(repair.output());
    return List.of(
        Turn.ofUser(prompt),
        // A service takes no turn without a text.
        Turn.ofModel(output.isBlank() ? "(nothing)" : output),
        Turn.ofUser(
            "That answer cannot be used: "
                + repair.violation()
                + "\nWrite the whole answer again, corrected, and nothing else."));
  }

  private static String schemaText(TemplateStep step) {
    if (step.output() == OutputFormat.TEXT) {
      return null;
    }
    return step.schema() == null ? ANY_SCHEMA : step.schema().json().toString();
  }

  private RecordPrompts rendering(long index, List<StepResult> finishedSteps) throws IOException {
    if (seed == null) {
      throw new IllegalStateException("no prompt can be rendered without seed data");
    }
    RecordPrompts record =
        template.record(seed.entry(seedRef(index)), plan.job().terms().randomSeed(), index);
    for (int i = 0; i < finishedSteps.size(); i++) {
      Output output = finishedSteps.get(i).output();
      if (output == null) {
        continue;
      }
      if (plan.template().steps().get(i).output() == OutputFormat.JSON) {
        record.finish(i, JsonOutput.parse(stored.read(output)));
      } else {
        record.finish(i, stored.read(output));
      }
    }
    return record;
  }

  private int seedRef(long index) {
    return SeedChoice.entryOf(plan.job().terms().randomSeed(), index, seed.size());
  }

  /** Whether {@link #answered} has to store the output first, which may take long. */
  public static boolean isLong(ModelAnswer answer) {
    return !Output.isInline(answer.text());
  }

  /**
   * Checks what a model wrote.
   *
   * @throws IOException if a long output could not be stored; it may be tried again
   */
  public CallAnswered answered(CallId call, ModelAnswer answer) throws IOException {
    // Half a character would not come back from the journal as it went in.
    String text = WellFormedText.of(answer.text());
    Output output = Output.isInline(text) ? new Output.Inline(text) : stored.write(call, text);
    return new CallAnswered(
        call, result(call.step(), text, output), answer.tokensIn(), answer.tokensOut());
  }

  private Result result(int position, String text, Output output) {
    TemplateStep step = plan.template().steps().get(position);
    if (text.isBlank()) {
      return new Result.Invalid(output, "the answer is empty");
    }
    if (step.output() == OutputFormat.TEXT) {
      return new Result.Answered(output);
    }
    JsonNode json;
    try {
      json = JsonOutput.parse(text);
    } catch (JsonProcessingException e) {
      // It may quote half of a character, which no client could send with the repair.
      return new Result.Invalid(
          output, WellFormedText.of("the answer is no JSON: " + e.getOriginalMessage()));
    }
    if (step.schema() != null) {
      List<TemplateProblem> violations = step.schema().violations(json);
      if (!violations.isEmpty()) {
        return new Result.Invalid(
            output,
            violations.stream()
                .map(problem -> problem.pointer() + " " + problem.message())
                .collect(Collectors.joining("; ")));
      }
    }
    Judge judge = plan.job().outputs().judge();
    return judge == null || !judge.step().equals(step.id())
        ? new Result.Answered(output)
        : judged(judge, json, output);
  }

  private static Result judged(Judge judge, JsonNode json, Output output) {
    JsonNode score = json.path(judge.field());
    if (!score.isNumber()) {
      return new Result.Invalid(output, "/" + judge.field() + " must be a number");
    }
    return score.doubleValue() < judge.minScore()
        ? new Result.Rejected(
            output, "%s is %s, below %s".formatted(judge.field(), score, judge.minScore()))
        : new Result.Answered(output);
  }

  /** Whether {@link #prepare} or {@link #line} has to read stored outputs, which may take long. */
  public static boolean hasLongOutput(List<StepResult> steps) {
    return steps.stream().anyMatch(step -> isStored(step.output()));
  }

  /** Whether reading it may take long. */
  public static boolean isStored(Output output) {
    return output instanceof Output.Stored;
  }

  /**
   * A finished record as a line of the dataset.
   *
   * @throws IOException if an output could not be read; it may be tried again
   */
  public String line(FinishedRecord finished) throws IOException {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    Map<String, String> prompts = new LinkedHashMap<>();
    List<Usage> usage = new ArrayList<>();
    for (int i = 0; i < finished.steps().size(); i++) {
      StepResult step = finished.steps().get(i);
      if (step.output() != null) {
        fields.put(step.step(), field(i, stored.read(step.output())));
      }
      if (step.usage().attempts() > 0) {
        prompts.put(step.step(), step.usage().promptSha256());
        usage.add(
            new Usage(
                step.step(),
                plan.steps().get(i).model(),
                step.usage().tokensIn(),
                step.usage().tokensOut(),
                new Money(step.usage().cost()),
                step.usage().attempts()));
      }
    }
    boolean ok = finished.status() == FinishedRecord.Status.OK;
    String line =
        JobJson.write(
                new DatasetRecord(
                    finished.index(),
                    RecordStatus.valueOf(finished.status().name()),
                    ok ? category(finished) : null,
                    fields,
                    seed == null ? NO_SEED_REF : seedRef(finished.index()),
                    prompts,
                    usage,
                    ok ? null : new Problem(finished.failedStep(), finished.error()),
                    Instant.ofEpochMilli(finished.finishedAt())))
            .toString();
    // An error may come from anywhere.
    return WellFormedText.of(line);
  }

  private JsonNode field(int position, String text) throws JsonProcessingException {
    return plan.template().steps().get(position).output() == OutputFormat.JSON
        ? JsonOutput.parse(text)
        : TextNode.valueOf(text);
  }

  /** The record is paid for, so a category that cannot be told does not make it fail. */
  private String category(FinishedRecord finished) throws IOException {
    if (plan.template().category() == null || seed == null) {
      return null;
    }
    try {
      return rendering(finished.index(), finished.steps()).category();
    } catch (PromptException e) {
      LOG.warn("record {} of job {}: {}", finished.index(), plan.job().jobId(), e.getMessage());
      return null;
    }
  }
}
