package io.plotpalette.model.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.model.job.DatasetRecord.Problem;
import io.plotpalette.model.job.DatasetRecord.Usage;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.RecordError;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant CREATED = Instant.parse("2026-11-20T10:00:00.123Z");
  private static final Instant LATER = Instant.parse("2026-11-20T10:05:00.000Z");

  private static final JobDefinition DEFINITION =
      new JobDefinition(
          "j-1",
          "u-1",
          "Poems",
          new TemplateRef("t-1", 3),
          new SeedRef("s-1", "v-9", "ab12"),
          new Terms(200, Money.parseUsd("12.50"), JobPriority.HIGH, 64, 9_007_199_254_740_991L),
          new Outputs(
              List.of(ExportFormat.JSONL, ExportFormat.PARQUET),
              PartitionBy.CATEGORY,
              new Dedup(0.8),
              new Judge("judge", "score", 0.7)),
          CREATED,
          LATER);

  private static final JobProgress PROGRESS =
      new JobProgress(
          "j-1",
          "u-1",
          JobState.BUDGET_EXCEEDED,
          "no further call fits",
          null,
          17,
          new Figures(
              new Counts(200, 90, 7, 3, 98, 2),
              new Spend(1_000, 2_000, Money.parseUsd("1.2345"), new Money(7)),
              List.of(new UsageTotals("poem", 99, 1_000, 2_000, new Money(5))),
              List.of(new UsageTotals("meta.llama", 99, 1_000, 2_000, new Money(5))),
              new Pace(2.5, LATER),
              List.of(new RecordError(4, "poem", "timed out"))),
          CREATED,
          LATER,
          List.of(new ExportedFile("jsonl", "jobs/j-1/exports/dataset.jsonl", 10, "cd", 90)));

  private static final DatasetRecord RECORD =
      new DatasetRecord(
          4,
          RecordStatus.FAILED,
          "sea",
          Map.of("poem", TextNode.valueOf("a\nb")),
          2,
          Map.of("poem", "ef"),
          List.of(new Usage("poem", "meta.llama", 10, 20, new Money(3), 2)),
          new Problem("title", "timed out"),
          LATER);

  @Test
  void definitionComesBackFromItsText() throws JsonProcessingException {
    assertThat(JobJson.readDefinition(reparsed(JobJson.write(DEFINITION)))).isEqualTo(DEFINITION);
  }

  @Test
  void progressComesBackFromItsText() throws JsonProcessingException {
    assertThat(JobJson.readProgress(reparsed(JobJson.write(PROGRESS)))).isEqualTo(PROGRESS);
  }

  @Test
  void recordComesBackFromItsText() throws JsonProcessingException {
    assertThat(JobJson.readRecord(reparsed(JobJson.write(RECORD)))).isEqualTo(RECORD);
  }

  @Test
  void whatIsNullIsLeftOut() throws JsonProcessingException {
    JobDefinition plain =
        new JobDefinition(
            "j-1",
            "u-1",
            "Poems",
            DEFINITION.template(),
            new SeedRef("s-1", null, "ab12"),
            DEFINITION.terms(),
            new Outputs(List.of(ExportFormat.CSV), PartitionBy.NONE, null, null),
            CREATED,
            null);

    ObjectNode json = JobJson.write(plain);

    assertThat(json.has("dedup") || json.has("judge") || json.has("cancel_requested_at")).isFalse();
    assertThat(JobJson.readDefinition(reparsed(json))).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"job_id", "seed", "record_count", "priority", "created_at"})
  void missingFieldOfADefinitionIsNamed(String field) {
    ObjectNode json = JobJson.write(DEFINITION);
    json.remove(field);

    assertThatThrownBy(() -> JobJson.readDefinition(json))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(field.equals("seed") ? "seed_data_id" : field);
  }

  @Test
  void countsThatDoNotAddUpAreRefused() {
    ObjectNode json = JobJson.write(PROGRESS);
    json.put("ok", 91);

    assertThatThrownBy(() -> JobJson.readProgress(json))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("91 ok");
  }

  @Test
  void queuedJobsStandInTheOrderTheyStartIn() {
    JobProgress queued = JobProgress.queued(DEFINITION);

    assertThat(queued.queueKey()).isEqualTo("0#2026-11-20T10:00:00.123Z#j-1");
    assertThat(queued.figures().counts().notStarted()).isEqualTo(200);
  }

  private static JsonNode reparsed(JsonNode json) throws JsonProcessingException {
    return JSON.readTree(JSON.writeValueAsString(json));
  }
}
