package io.plotpalette.generator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.job.RecordStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetExportTest {
  private static final int COUNT = 200;

  @TempDir private Path folder;
  private Path exports;

  @BeforeEach
  void findFolder() {
    exports = folder.resolve(JobPaths.exports(TestingOutputs.JOB_ID));
  }

  @Test
  void everyFormatHoldsTheSameRecordsInOrder() throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(COUNT);

    ExportResult result = export(job(PartitionBy.NONE), records);

    List<List<Object>> rows = ExportedFiles.jsonl(exports.resolve("dataset.jsonl"));
    assertThat(rows.stream().map(row -> row.get(0)))
        .containsExactlyElementsOf(
            records.stream()
                .filter(record -> record.status() == RecordStatus.OK)
                .map(record -> (Object) record.recordIndex())
                .toList());
    assertThat(ExportedFiles.csv(exports.resolve("dataset.csv"))).isEqualTo(rows);
    assertThat(ExportedFiles.parquet(exports.resolve("dataset.parquet"))).isEqualTo(rows);
    assertThat(result.ok()).isEqualTo(160);
    assertThat(result.failed()).isEqualTo(20);
    assertThat(result.rejected()).isEqualTo(20);
  }

  @Test
  void nothingOfARecordIsLost() throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(COUNT);

    export(job(PartitionBy.NONE), records);

    List<List<Object>> rows = ExportedFiles.parquet(exports.resolve("dataset.parquet"));
    for (List<Object> row : rows) {
      DatasetRecord record = records.get(((Long) row.get(0)).intValue());
      JsonNode facts = record.fields().get("facts");
      assertThat(row.get(1)).isEqualTo(record.fields().get("story").textValue());
      assertThat(row.get(2)).isEqualTo(facts == null ? null : facts.get("mood").textValue());
      assertThat(row.get(3)).isEqualTo(facts == null ? null : facts.get("words").longValue());
      assertThat(row.get(4)).isEqualTo(facts == null ? null : facts.get("score").doubleValue());
      assertThat(row.get(5))
          .isEqualTo(facts == null ? null : facts.get("happy end").booleanValue());
      assertThat(row.get(6)).isEqualTo(facts == null ? null : "[\"a\",{\"b\":1.5}]");
      assertThat(row.get(7))
          .isEqualTo(facts == null ? null : "{\"unasked\":[" + record.recordIndex() + "]}");
      assertThat(row.get(8)).isEqualTo(record.fields().get("remarks").toString());
      assertThat(row.get(9)).isEqualTo(record.category());
      assertThat(row.get(10)).isEqualTo(record.seedRef());
      assertThat(row.get(11).toString())
          .startsWith(record.generatedAt().toString().substring(0, 10));
    }
  }

  @Test
  void parquetHasTypedColumnsAndZstd() throws Exception {
    export(job(PartitionBy.NONE), TestingOutputs.records(COUNT));

    String file = exports.resolve("dataset.parquet").toString();
    assertThat(
            ExportedFiles.query(
                "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet('%s'))"
                    .formatted(file)))
        .containsExactly(
            List.of("record_index", "BIGINT"),
            List.of("story", "VARCHAR"),
            List.of("facts_mood", "VARCHAR"),
            List.of("facts_words", "BIGINT"),
            List.of("facts_score", "DOUBLE"),
            List.of("facts_happy_end", "BOOLEAN"),
            List.of("facts_themes", "VARCHAR"),
            List.of("facts_other", "VARCHAR"),
            List.of("remarks", "VARCHAR"),
            List.of("category", "VARCHAR"),
            List.of("seed_ref", "BIGINT"),
            List.of("generated_at", "TIMESTAMP"));
    assertThat(
            ExportedFiles.query(
                "SELECT DISTINCT compression FROM parquet_metadata('%s')".formatted(file)))
        .containsExactly(List.of("ZSTD"));
  }

  @Test
  void csvIsQuotedAsTheStandardHasIt() throws Exception {
    List<DatasetRecord> records =
        List.of(
            TestingOutputs.story(0, "a \"b\", c\r\nd"),
            TestingOutputs.story(1, "=1+1"),
            TestingOutputs.story(2, ""));

    export(job(3, PartitionBy.NONE, null, null), records);

    assertThat(Files.readString(exports.resolve("dataset.csv")))
        .isEqualTo(
            "record_index,story,facts_mood,facts_words,facts_score,facts_happy_end,facts_themes,"
                + "facts_other,remarks,category,seed_ref,generated_at\r\n"
                + "0,\"a \"\"b\"\", c\r\nd\",,,,,,,,,0,2026-11-20T23:50:00.000Z\r\n"
                + "1,=1+1,,,,,,,,mood-1,1,2026-11-20T23:50:07.000Z\r\n"
                + "2,\"\",,,,,,,,mood-2,2,2026-11-20T23:50:14.000Z\r\n");
  }

  @Test
  void anotherOrderOfLinesAndFilesGivesTheSameBytes(@TempDir Path other) throws Exception {
    JobDefinition job = job(PartitionBy.NONE);
    List<DatasetRecord> records = TestingOutputs.records(COUNT);
    TestingOutputs.write(other, records, 99);

    export(job, records);
    DatasetExport.write(TestingOutputs.request(job, records, other));

    assertThat(ExportedFiles.bytes(other)).isEqualTo(ExportedFiles.bytes(folder)).hasSize(6);
  }

  @Test
  void theResultSaysWhatStandsInTheFiles() throws Exception {
    ExportResult result = export(job(PartitionBy.NONE), TestingOutputs.records(COUNT));

    Map<String, String> bytes = ExportedFiles.bytes(folder);
    assertThat(result.files()).hasSameSizeAs(bytes.keySet());
    for (ExportedFile file : result.files()) {
      String name = exports.relativize(folder.resolve(file.key())).toString();
      assertThat(file.sha256()).as(name).isEqualTo(bytes.get(name));
      assertThat(file.bytes()).as(name).isEqualTo(Files.size(folder.resolve(file.key())));
    }
    assertThat(result.files().stream().map(file -> file.format() + " " + file.records()))
        .containsExactly(
            "jsonl 160", "parquet 160", "csv 160", "rejected 20", "failed 20", "card 160");
  }

  @Test
  void repeatedItReplacesEveryFileWithTheSameBytes() throws Exception {
    JobDefinition job = job(PartitionBy.CATEGORY);
    List<DatasetRecord> records = TestingOutputs.records(COUNT);
    export(job, records);
    Map<String, String> before = ExportedFiles.bytes(folder);

    ExportResult again = DatasetExport.write(TestingOutputs.request(job, records, folder));

    assertThat(ExportedFiles.bytes(folder)).isEqualTo(before);
    assertThat(again.files()).hasSize(before.size());
    assertThat(filesIn(folder.resolve("scratch"))).isEmpty();
  }

  @Test
  void splitByCategoryEachPartHasItsRecords() throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(COUNT);

    export(job(PartitionBy.CATEGORY), records);

    Path parts = exports.resolve("partitioned/category");
    assertThat(filesIn(parts).map(file -> parts.relativize(file).toString()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of("mood-0", "mood-1", "mood-2", "none")
                .flatMap(
                    value ->
                        Stream.of("jsonl", "parquet", "csv")
                            .map(format -> "category=" + value + "/dataset." + format))
                .toList());
    for (String value : List.of("mood-0", "mood-1", "mood-2", "none")) {
      Path part = parts.resolve("category=" + value);
      List<List<Object>> rows = ExportedFiles.parquet(part.resolve("dataset.parquet"));
      assertThat(rows.stream().map(row -> row.get(0)))
          .containsExactlyElementsOf(
              records.stream()
                  .filter(record -> record.status() == RecordStatus.OK)
                  .filter(
                      record ->
                          value.equals(record.category() == null ? "none" : record.category()))
                  .map(record -> (Object) record.recordIndex())
                  .toList());
      assertThat(ExportedFiles.csv(part.resolve("dataset.csv"))).isEqualTo(rows);
      assertThat(ExportedFiles.jsonl(part.resolve("dataset.jsonl"))).isEqualTo(rows);
    }
    assertThat(exports.resolve("dataset.jsonl")).doesNotExist();
  }

  @Test
  void splitByDateTheFolderIsTheDayInUtc() throws Exception {
    export(job(PartitionBy.DATE), TestingOutputs.records(COUNT));

    // 600 seconds until midnight, 7 seconds a record: the first 86 are of the day before.
    assertThat(
            ExportedFiles.query(
                "SELECT CAST(date AS VARCHAR), min(record_index), max(record_index)"
                    + " FROM read_parquet('%s/partitioned/date/*/*.parquet') GROUP BY date ORDER BY"
                        .formatted(exports)
                    + " date"))
        .containsExactly(List.of("2026-11-20", 0L, 85L), List.of("2026-11-21", 86L, 199L));
  }

  @Test
  void moreCategoriesThanFoldersShareOne() throws Exception {
    List<DatasetRecord> records =
        IntStream.range(0, 150)
            .mapToObj(i -> TestingOutputs.story(i, "text"))
            .map(DatasetExportTest::inACategoryOfItsOwn)
            .toList();

    TestingOutputs.write(folder, records, 1);
    JobDefinition job = TestingOutputs.job(150, PartitionBy.CATEGORY, List.of(ExportFormat.JSONL));
    ExportResult result = DatasetExport.write(TestingOutputs.request(job, records, folder));

    assertThat(result.files()).hasSize(101 + 1);
    assertThat(
            Files.readAllLines(
                exports.resolve("partitioned/category/category=OTHER/dataset.jsonl")))
        .hasSize(50);
    assertThat(Files.readString(exports.resolve("dataset-card.md"))).contains("category=OTHER");
  }

  private static DatasetRecord inACategoryOfItsOwn(DatasetRecord record) {
    return new DatasetRecord(
        record.recordIndex(),
        record.status(),
        "c" + record.recordIndex(),
        record.fields(),
        record.seedRef(),
        record.promptsSha256(),
        record.usage(),
        record.error(),
        record.generatedAt());
  }

  @Test
  void whatFailedOrWasRejectedIsKeptApart() throws Exception {
    Judge judge = new Judge("facts", "score", 0.5);

    export(job(COUNT, PartitionBy.NONE, null, judge), TestingOutputs.records(COUNT));

    List<JsonNode> rejected = lines("rejected.jsonl");
    assertThat(rejected.stream().map(line -> line.get("record_index").asLong()))
        .containsExactlyElementsOf(
            IntStream.range(0, 20).mapToObj(i -> (long) i * 10 + 8).toList());
    assertThat(rejected)
        .allSatisfy(
            line -> {
              assertThat(line.at("/error/reason").asText()).isEqualTo("score 0.2 is below 0.5");
              if (line.at("/fields/facts").isObject()) {
                assertThat(line.get("score")).isEqualTo(line.at("/fields/facts/score"));
              }
            });
    assertThat(lines("failed.jsonl"))
        .hasSize(20)
        .allSatisfy(line -> assertThat(line.at("/error/reason").asText()).isEqualTo("no answer"));
  }

  @Test
  void nearDuplicatesAreRejectedWithScoreAndTheirLikeness() throws Exception {
    String story = "The lighthouse keeper counted ships until the fog came in from the north";
    List<DatasetRecord> records =
        List.of(
            TestingOutputs.story(0, story),
            TestingOutputs.story(1, "Nothing of the kind was ever seen in the town by the river"),
            TestingOutputs.story(2, story.toUpperCase(java.util.Locale.ROOT) + "!"));

    ExportResult result = export(job(3, PartitionBy.NONE, new Dedup(0.8), null), records);

    assertThat(result.ok()).isEqualTo(2);
    assertThat(result.rejected()).isEqualTo(1);
    assertThat(result.nearDuplicates()).isEqualTo(1);
    JsonNode line = lines("rejected.jsonl").get(0);
    assertThat(line.get("record_index").asLong()).isEqualTo(2);
    assertThat(line.get("status").asText()).isEqualTo("rejected");
    assertThat(line.at("/error/reason").asText()).isEqualTo("near-duplicate of record 0");
    assertThat(line.get("similar_to").asLong()).isEqualTo(0);
    assertThat(line.get("score").asDouble()).isEqualTo(1);
    assertThat(line.at("/fields/story").asText()).endsWith("!");
  }

  @Test
  void aJobWithoutARecordHasFilesWithoutARow() throws Exception {
    ExportResult result = export(job(10, PartitionBy.NONE, null, null), List.of());

    assertThat(result.ok()).isZero();
    assertThat(exports.resolve("dataset.jsonl")).isEmptyFile();
    assertThat(ExportedFiles.parquet(exports.resolve("dataset.parquet"))).isEmpty();
    assertThat(ExportedFiles.csv(exports.resolve("dataset.csv"))).isEmpty();
  }

  /** What a run leaves that goes on from an older state: its calls are journalled. */
  @Test
  void equalLinesOfARecordCountOnce(@TempDir Path other) throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(COUNT);
    JobDefinition job = job(PartitionBy.NONE);
    ExportResult once = export(job, records);
    TestingOutputs.write(other, records, 1);
    TestingOutputs.write(other, records.subList(50, 120), 2);

    ExportResult result = DatasetExport.write(TestingOutputs.request(job, records, other));

    assertThat(result.repeated()).isEqualTo(70);
    assertThat(once.repeated()).isZero();
    assertThat(ExportedFiles.bytes(other)).isEqualTo(ExportedFiles.bytes(folder)).hasSize(6);
  }

  /** A record that was given up, and then was not: the run that counts is the later one. */
  @Test
  void ofLinesThatDifferTheLaterOneCountsWhicheverComesFirst(@TempDir Path other) throws Exception {
    List<DatasetRecord> records =
        List.of(TestingOutputs.story(0, "kept"), TestingOutputs.story(1, "done"));
    JobDefinition job = job(2, PartitionBy.NONE, null, null);
    DatasetRecord givenUp = at(TestingOutputs.record(7), 1, -1);
    export(job, records);
    TestingOutputs.write(other, records, 2);
    for (long file : new long[] {1, 3}) {
      TestingOutputs.write(other, List.of(givenUp), file);
    }

    ExportResult result = DatasetExport.write(TestingOutputs.request(job, records, other));

    assertThat(result.repeated()).isEqualTo(2);
    assertThat(result.failed()).isZero();
    assertThat(ExportedFiles.bytes(other)).isEqualTo(ExportedFiles.bytes(folder));
  }

  @Test
  void aLineThatDoesNotCountKeepsTheExportWaitingForTheOneThatDoes() throws Exception {
    List<DatasetRecord> records =
        List.of(TestingOutputs.story(0, "kept"), TestingOutputs.story(1, "done"));
    JobDefinition job = job(2, PartitionBy.NONE, null, null);
    // Of the record with index 0 twice, so that the number of lines says nothing.
    TestingOutputs.write(folder, List.of(records.get(0)), 1);
    TestingOutputs.write(folder, List.of(at(records.get(0), 0, 1)), 2);

    assertThatThrownBy(() -> DatasetExport.write(TestingOutputs.request(job, records, folder)))
        .isInstanceOf(OutputsNotCommittedException.class)
        .hasMessageContaining("has 1 ok, 0 failed and 0 rejected records in run 1, not yet 2");
    assertThat(filesIn(exports)).isEmpty();

    TestingOutputs.write(folder, List.of(at(TestingOutputs.record(7), 1, -1)), 3);
    assertThatThrownBy(() -> DatasetExport.write(TestingOutputs.request(job, records, folder)))
        .isInstanceOf(OutputsNotCommittedException.class)
        .hasMessageContaining("has 1 ok, 1 failed and 0 rejected records in run 1, not yet 2");
  }

  @Test
  void twoLinesOfOneInstantThatDifferAreAnErrorThatSaysWhere() throws Exception {
    List<DatasetRecord> records = List.of(TestingOutputs.story(0, "one"));
    TestingOutputs.write(folder, List.of(TestingOutputs.story(0, "another")), 2);

    assertThatThrownBy(() -> export(job(1, PartitionBy.NONE, null, null), records))
        .isInstanceOf(InvalidOutputsException.class)
        .hasMessageMatching(
            "record 0 is there twice, differently at the same time: part-\\d-0.jsonl line 1 and"
                + " part-\\d-0.jsonl line 1");
    assertThat(filesIn(exports)).isEmpty();
  }

  /** The record under another index, so many seconds later than that index has it. */
  private static DatasetRecord at(DatasetRecord record, long index, long seconds) {
    return new DatasetRecord(
        index,
        record.status(),
        record.category(),
        record.fields(),
        record.seedRef(),
        record.promptsSha256(),
        record.usage(),
        record.error(),
        TestingOutputs.story(index, "").generatedAt().plusSeconds(seconds));
  }

  @Test
  void recordsThatAreNotVisibleYetKeepItFromStarting() throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(20);
    TestingOutputs.write(folder, records.subList(0, 19), 1);

    assertThatThrownBy(
            () ->
                DatasetExport.write(
                    TestingOutputs.request(job(20, PartitionBy.NONE, null, null), records, folder)))
        .isInstanceOf(OutputsNotCommittedException.class)
        .hasMessageContaining("has 15 ok, 2 failed and 2 rejected records in run 1, not yet 16");
    assertThat(exports).doesNotExist();
  }

  @Test
  void moreRecordsThanHaveLeftTheRunAreAnError() throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(20);
    TestingOutputs.write(folder, records, 1);

    assertThatThrownBy(
            () ->
                DatasetExport.write(
                    TestingOutputs.request(
                        job(20, PartitionBy.NONE, null, null), records.subList(0, 19), folder)))
        .isInstanceOf(InvalidOutputsException.class);
  }

  @Test
  void aLineThatIsNoRecordIsAnErrorThatSaysWhere() throws Exception {
    assertThat(errorFor("{\"record_index\": 19, \"status\": \"ok\"")).contains("is not JSON");
    assertThat(errorFor("[]")).contains("is not a JSON object");
    assertThat(errorFor("{\"record_index\": 900, \"status\": \"ok\"}"))
        .contains("has no record_index from 0 to 19");
    assertThat(errorFor("{\"record_index\": 5, \"status\": \"fine\"}")).contains("no status");
    assertThat(errorFor("{\"record_index\": 19, \"status\": \"ok\"}"))
        .contains("seed_ref must be a whole number");
  }

  private String errorFor(String line) throws IOException {
    List<DatasetRecord> records = TestingOutputs.records(20);
    TestingOutputs.write(folder, records.subList(0, 19), 1);
    Path outputs = folder.resolve(JobPaths.outputs(TestingOutputs.JOB_ID, 1));
    Files.writeString(outputs.resolve("part-bad.jsonl"), line + "\n");
    ExportRequest request =
        TestingOutputs.request(job(20, PartitionBy.NONE, null, null), records, folder);
    try {
      DatasetExport.write(request);
      return "no error";
    } catch (InvalidOutputsException e) {
      assertThat(e).hasMessageStartingWith("part-bad.jsonl line 1");
      return e.getMessage();
    }
  }

  @Test
  void aFileThatIsCutOffIsAnError() throws Exception {
    List<DatasetRecord> records = TestingOutputs.records(20);
    TestingOutputs.write(folder, records, 1);
    Path outputs = folder.resolve(JobPaths.outputs(TestingOutputs.JOB_ID, 1));
    Files.writeString(outputs.resolve("part-1-1.jsonl"), "{", StandardOpenOption.APPEND);

    assertThatThrownBy(
            () ->
                DatasetExport.write(
                    TestingOutputs.request(job(20, PartitionBy.NONE, null, null), records, folder)))
        .hasMessage("part-1-1.jsonl line 8 is cut off: it does not end with a line feed");
  }

  @Test
  void theCardTellsMachinesAndPeople() throws Exception {
    export(job(PartitionBy.NONE), TestingOutputs.records(COUNT));

    String card = Files.readString(exports.resolve("dataset-card.md"));
    assertThat(card)
        .startsWith(
            """
            ---
            pretty_name: "Stories | for \\"children\\"\\nsecond line"
            size_categories:
            - n<1K
            tags:
            - synthetic
            configs:
            - config_name: default
              data_files:
              - split: train
                path: "dataset.parquet"
            ---

            # Stories \\| for "children" second line
            """)
        .contains(
            "| Template | `019ab000-0000-7000-8000-000000000002` version 3 |",
            "| Random seed | 42 |",
            "| Asked for | 200 |",
            "| In the dataset | 160 |",
            "| Rejected | 20 |",
            "| Failed | 20 |",
            "| `llama` | 10 | 1000 | 2000 | 0.0125 |",
            "| First record | 2026-11-20T23:50:00.000Z |",
            "| Last record | 2026-11-21T00:13:13.000Z |",
            "| `facts_score` | number |");
  }

  @Test
  void sizesAreTheHubsClasses() {
    assertThat(
            Stream.of(0L, 999L, 1_000L, 500_000L, 1_000_000L, 2_000_000_000L)
                .map(DatasetCard::sizeCategory))
        .containsExactly("n<1K", "n<1K", "1K<n<10K", "100K<n<1M", "1M<n<10M", "n>1B");
  }

  private static JobDefinition job(PartitionBy partitionBy) {
    return job(COUNT, partitionBy, null, null);
  }

  private static JobDefinition job(long count, PartitionBy partitionBy, Dedup dedup, Judge judge) {
    return TestingOutputs.job(count, partitionBy, dedup, judge);
  }

  private ExportResult export(JobDefinition job, List<DatasetRecord> records) throws IOException {
    TestingOutputs.write(folder, records, 1);
    return DatasetExport.write(TestingOutputs.request(job, records, folder));
  }

  private List<JsonNode> lines(String name) throws IOException {
    return Files.readAllLines(exports.resolve(name)).stream().map(TestingOutputs::json).toList();
  }

  private static Stream<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList().stream();
    }
  }
}
