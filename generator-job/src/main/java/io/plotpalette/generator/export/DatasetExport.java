package io.plotpalette.generator.export;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.export.CommittedFile.Written;
import io.plotpalette.generator.export.CommittedLines.Place;
import io.plotpalette.generator.export.NearDuplicates.Match;
import io.plotpalette.generator.export.RecordBuckets.Line;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.InvalidJobException;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.job.RecordStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.core.fs.Path;

/**
 * Writes the dataset of a job: every committed record once, in the order of its index, in each
 * format asked for, its rows in the lake, and the dataset card last. Blocking; one at a time, in a
 * thread of its own.
 *
 * <pre>
 * outputs/run=n → ranges of indexes on local disk → in order ─┬─ ok ───── near-duplicate? ─┬─ dataset
 *                                                             ├─ rejected ─────────────────┴─ rejected
 *                                                             └─ failed                       failed
 * </pre>
 */
public final class DatasetExport {
  /** In a partition by category, of records that have none. */
  private static final String NO_CATEGORY = "none";

  /** Shares of the memory the caller allows. */
  private static final int SHARE_OF_BUCKET = 4;

  private static final int SHARE_OF_BUFFERS = 4;

  private final ExportRequest request;
  private final JobDefinition job;
  private final Consumer<Moment> watcher;
  private final DatasetColumns columns;
  private final CommittedLines lines;
  private final List<ExportFormat> formats;
  private final List<ExportedFile> exported = new ArrayList<>();
  private final LakeRows lakeRows = new LakeRows();

  private final Map<RecordStatus, Long> left = new EnumMap<>(RecordStatus.class);
  private long ok;
  private long nearDuplicates;
  private Instant firstRecordAt;
  private Instant lastRecordAt;

  /** Points at which a test may end the process. */
  enum Moment {
    COLLECTED,
    HALF_READ,
    FILE_COMMITTED,
    BEFORE_CARD,
    DONE
  }

  private DatasetExport(ExportRequest request, Consumer<Moment> watcher) throws IOException {
    this.request = request;
    this.job = request.job();
    this.watcher = watcher;
    this.columns = new DatasetColumns(request.template());
    this.lines =
        CommittedLines.in(new Path(request.root(), JobPaths.outputs(job.jobId(), request.run())));
    // Once each, in a fixed order.
    this.formats =
        List.of(ExportFormat.values()).stream().filter(job.outputs().formats()::contains).toList();
  }

  /**
   * Writes everything; what is there under the same keys is replaced, with the same bytes unless
   * the request is another.
   *
   * @throws OutputsNotCommittedException if records are not visible yet; nothing was written
   * @throws InvalidOutputsException if there are more records than have left the run, one cannot be
   *     read, or it is open which of its lines counts
   */
  public static ExportResult write(ExportRequest request) throws IOException {
    return write(request, moment -> {});
  }

  static ExportResult write(ExportRequest request, Consumer<Moment> watcher) throws IOException {
    if (request.job().terms().recordCount() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a job of more than 2^31 - 1 records cannot be exported: " + request.job().jobId());
    }
    try (ScratchLease scratch = ScratchLease.take(request.scratch(), request.job().jobId())) {
      return new DatasetExport(request, watcher).write(scratch.folder());
    }
  }

  private ExportResult write(java.nio.file.Path scratch) throws IOException {
    Counts counts = request.progress().figures().counts();
    long finished = counts.ok() + counts.failed() + counts.rejected();
    try (RecordBuckets buckets =
        new RecordBuckets(
            scratch.resolve("ranges"),
            0,
            job.terms().recordCount(),
            finished,
            lines.bytes(),
            request.memoryBytes() / SHARE_OF_BUCKET)) {
      collect(buckets, counts);
      watcher.accept(Moment.COLLECTED);
      deleteUncommitted();
      return write(scratch, buckets, finished);
    } catch (IOException | RuntimeException e) {
      try {
        deleteUncommitted();
      } catch (IOException another) {
        e.addSuppressed(another);
      }
      throw e;
    }
  }

  private void deleteUncommitted() throws IOException {
    Path exports = new Path(request.root(), JobPaths.exports(job.jobId()));
    CommittedFile.deleteUncommitted(exports.getFileSystem(), exports);
  }

  private void collect(RecordBuckets buckets, Counts counts) throws IOException {
    Map<RecordStatus, Long> found = new EnumMap<>(RecordStatus.class);
    lines.forEach(
        (place, bytes, offset, length) -> {
          Head head = head(place, bytes, offset, length);
          found.merge(head.status(), 1L, Long::sum);
          buckets.add(head.index(), place, bytes, offset, length);
        });
    // Lines of one record are not told apart yet, so only what is missing is certain.
    if (hasLess(found, counts)) {
      throw new OutputsNotCommittedException(difference(found, counts, "not yet"));
    }
  }

  /** What must be known of a record before it is its turn. */
  private record Head(long index, RecordStatus status) {}

  private Head head(Place place, byte[] bytes, int offset, int length) throws IOException {
    long index = -1;
    RecordStatus status = null;
    try (JsonParser parser = Text.JSON.getFactory().createParser(bytes, offset, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidOutputsException(lines.name(place) + " is not a JSON object");
      }
      while ((index < 0 || status == null) && parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("record_index") && value == JsonToken.VALUE_NUMBER_INT) {
          index = parser.getLongValue();
        } else if (field.equals("status") && value == JsonToken.VALUE_STRING) {
          status = RecordStatus.fromWire(parser.getText()).orElse(null);
        } else {
          parser.skipChildren();
        }
      }
    } catch (JsonProcessingException e) {
      throw new InvalidOutputsException(lines.name(place) + " is not JSON", e);
    }
    if (index < 0 || index >= job.terms().recordCount()) {
      throw new InvalidOutputsException(
          "%s has no record_index from 0 to %d"
              .formatted(lines.name(place), job.terms().recordCount() - 1));
    }
    if (status == null) {
      throw new InvalidOutputsException(lines.name(place) + " has no status that is known");
    }
    return new Head(index, status);
  }

  /** Whether the records, each once, are those that have left the run. */
  private void check(Counts counts) throws IOException {
    long there = left.values().stream().mapToLong(Long::longValue).sum();
    if (there > counts.ok() + counts.failed() + counts.rejected()) {
      throw new InvalidOutputsException(difference(left, counts, "not"));
    }
    // Of a record that left with another status before, the line that counts may be still to come.
    if (hasLess(left, counts)) {
      throw new OutputsNotCommittedException(difference(left, counts, "not yet"));
    }
  }

  private static boolean hasLess(Map<RecordStatus, Long> found, Counts counts) {
    return found.getOrDefault(RecordStatus.OK, 0L) < counts.ok()
        || found.getOrDefault(RecordStatus.FAILED, 0L) < counts.failed()
        || found.getOrDefault(RecordStatus.REJECTED, 0L) < counts.rejected();
  }

  private String difference(Map<RecordStatus, Long> found, Counts counts, String not) {
    return "job %s has %d ok, %d failed and %d rejected records in run %d, %s %d, %d and %d"
        .formatted(
            job.jobId(),
            found.getOrDefault(RecordStatus.OK, 0L),
            found.getOrDefault(RecordStatus.FAILED, 0L),
            found.getOrDefault(RecordStatus.REJECTED, 0L),
            request.run(),
            not,
            counts.ok(),
            counts.failed(),
            counts.rejected());
  }

  /**
   * A run that goes on from an older state writes what has left since anew. Its calls are in the
   * journal, so that most of these lines are equal; of others the later one is of the run whose
   * counts are exported.
   */
  private Line newer(long index, byte[] bytes, Line one, Line another) throws IOException {
    int order = generatedAt(bytes, one).compareTo(generatedAt(bytes, another));
    if (order == 0) {
      throw new InvalidOutputsException(
          "record %d is there twice, differently at the same time: %s and %s"
              .formatted(index, lines.name(one.place()), lines.name(another.place())));
    }
    return order > 0 ? one : another;
  }

  private Instant generatedAt(byte[] bytes, Line line) throws IOException {
    JsonNode json = json(line.place(), bytes, line.offset(), line.length());
    return record(line.place(), json).generatedAt();
  }

  private ExportResult write(java.nio.file.Path scratch, RecordBuckets buckets, long finished)
      throws IOException {
    boolean hasOther;
    try (Lines rejected = new Lines("rejected", JobPaths.rejectedRecords(job.jobId()));
        Lines failed = new Lines("failed", JobPaths.failedRecords(job.jobId()));
        NearDuplicates duplicates = nearDuplicates(scratch);
        Dataset dataset = dataset(scratch)) {
      Reading reading = new Reading(dataset, rejected, failed, duplicates, finished / 2);
      long repeated = buckets.drain(this::newer, reading::accept);
      check(request.progress().figures().counts());
      hasOther = dataset.commit();
      rejected.commit();
      failed.commit();
      watcher.accept(Moment.BEFORE_CARD);
      DatasetCard.Facts facts =
          new DatasetCard.Facts(
              ok,
              failed.count,
              rejected.count,
              nearDuplicates,
              firstRecordAt,
              lastRecordAt,
              hasOther);
      lakeRows.write(request, facts);
      writeCard(facts);
      watcher.accept(Moment.DONE);
      return new ExportResult(ok, failed.count, rejected.count, nearDuplicates, repeated, exported);
    }
  }

  private NearDuplicates nearDuplicates(java.nio.file.Path scratch) throws IOException {
    Dedup dedup = job.outputs().dedup();
    return dedup == null
        ? null
        : new NearDuplicates(
            dedup.threshold(),
            request.progress().figures().counts().ok(),
            scratch.resolve("signatures"));
  }

  private Dataset dataset(java.nio.file.Path scratch) throws IOException {
    return job.outputs().partitionBy() == PartitionBy.NONE
        ? new OneDataset()
        : new SplitDataset(scratch);
  }

  private DatasetFiles files(java.util.function.Function<ExportFormat, String> key)
      throws IOException {
    return new DatasetFiles(
        formats, columns.columns(), request.root(), key, request.memoryBytes() / SHARE_OF_BUFFERS);
  }

  private JsonNode json(Place place, byte[] bytes, int offset, int length) throws IOException {
    try {
      return Text.JSON.readTree(bytes, offset, length);
    } catch (JsonProcessingException e) {
      throw new InvalidOutputsException(lines.name(place) + " is not JSON", e);
    }
  }

  private DatasetRecord record(Place place, JsonNode json) throws InvalidOutputsException {
    try {
      return JobJson.readRecord(json);
    } catch (InvalidJobException e) {
      throw new InvalidOutputsException(lines.name(place) + ": " + e.getMessage(), e);
    }
  }

  private Object[] row(DatasetRecord record, String where) throws InvalidOutputsException {
    try {
      return columns.row(record);
    } catch (IllegalArgumentException e) {
      throw new InvalidOutputsException(where + ": " + e.getMessage(), e);
    }
  }

  private void writeCard(DatasetCard.Facts facts) throws IOException {
    String key = JobPaths.datasetCard(job.jobId());
    try (CommittedFile file = CommittedFile.create(new Path(request.root(), key))) {
      file.write(
          DatasetCard.of(request, columns.columns(), facts).getBytes(StandardCharsets.UTF_8));
      Written written = file.commit();
      exported.add(new ExportedFile("card", key, written.bytes(), written.sha256(), facts.ok()));
    }
  }

  /** Sends each record, as its turn comes, where it belongs. */
  private final class Reading {
    private final Dataset dataset;
    private final Lines rejected;
    private final Lines failed;
    private final NearDuplicates duplicates;
    private long untilHalf;

    Reading(
        Dataset dataset, Lines rejected, Lines failed, NearDuplicates duplicates, long untilHalf) {
      this.dataset = dataset;
      this.rejected = rejected;
      this.failed = failed;
      this.duplicates = duplicates;
      this.untilHalf = untilHalf;
    }

    void accept(long index, Place place, byte[] bytes, int offset, int length) throws IOException {
      JsonNode json = json(place, bytes, offset, length);
      DatasetRecord record = record(place, json);
      left.merge(record.status(), 1L, Long::sum);
      Instant at = record.generatedAt();
      firstRecordAt = firstRecordAt == null || at.isBefore(firstRecordAt) ? at : firstRecordAt;
      lastRecordAt = lastRecordAt == null || at.isAfter(lastRecordAt) ? at : lastRecordAt;
      lakeRows.add(record);
      switch (record.status()) {
        case OK -> acceptOk(record, json, place, bytes, offset, length);
        case FAILED -> failed.write(bytes, offset, length);
        case REJECTED -> rejected.write(withScore(json, record));
      }
      if (--untilHalf == 0) {
        watcher.accept(Moment.HALF_READ);
      }
    }

    private void acceptOk(
        DatasetRecord record, JsonNode json, Place place, byte[] bytes, int offset, int length)
        throws IOException {
      Optional<Match> match =
          duplicates == null
              ? Optional.empty()
              : duplicates.findOrKeep(record.recordIndex(), texts(record));
      if (match.isPresent()) {
        nearDuplicates++;
        rejected.write(likeAnother(json, match.get()));
        return;
      }
      dataset.write(record, lines.name(place), bytes, offset, length);
      ok++;
    }

    private ObjectNode withScore(JsonNode json, DatasetRecord record) {
      ObjectNode line = json.deepCopy();
      Judge judge = job.outputs().judge();
      if (judge != null) {
        JsonNode output = record.fields().get(judge.step());
        JsonNode score = output == null ? null : output.get(judge.field());
        if (score != null) {
          line.set("score", score);
        }
      }
      return line;
    }

    private ObjectNode likeAnother(JsonNode json, Match match) {
      ObjectNode line = json.deepCopy();
      line.put("status", RecordStatus.REJECTED.wireName());
      line.putObject("error").put("reason", "near-duplicate of record " + match.index());
      line.put("score", match.similarity());
      line.put("similar_to", match.index());
      return line;
    }

    /** What a model has written, but for the judge's opinion. */
    private List<String> texts(DatasetRecord record) {
      Judge judge = job.outputs().judge();
      List<String> texts = new ArrayList<>();
      record
          .fields()
          .forEach(
              (step, output) -> {
                if (judge == null || !judge.step().equals(step)) {
                  addTexts(output, texts);
                }
              });
      return texts;
    }

    private static void addTexts(JsonNode json, List<String> texts) {
      if (json.isValueNode()) {
        texts.add(json.asText());
      } else {
        json.forEach(child -> addTexts(child, texts));
      }
    }
  }

  /** Where the records of the dataset go. */
  private interface Dataset extends AutoCloseable {
    void write(DatasetRecord record, String where, byte[] bytes, int offset, int length)
        throws IOException;

    /** Commits the files, and says whether there were more parts than folders. */
    boolean commit() throws IOException;

    @Override
    void close() throws IOException;
  }

  private final class OneDataset implements Dataset {
    private final DatasetFiles files;

    OneDataset() throws IOException {
      this.files = files(format -> JobPaths.dataset(job.jobId(), format));
    }

    @Override
    public void write(DatasetRecord record, String where, byte[] bytes, int offset, int length)
        throws IOException {
      files.write(row(record, where));
    }

    @Override
    public boolean commit() throws IOException {
      exported.addAll(files.commit(() -> watcher.accept(Moment.FILE_COMMITTED)));
      return false;
    }

    @Override
    public void close() throws IOException {
      files.close();
    }
  }

  private final class SplitDataset implements Dataset {
    private final Partitions partitions;

    SplitDataset(java.nio.file.Path scratch) throws IOException {
      this.partitions = new Partitions(scratch.resolve("parts"));
    }

    @Override
    public void write(DatasetRecord record, String where, byte[] bytes, int offset, int length)
        throws IOException {
      partitions.add(value(record), bytes, offset, length);
    }

    private String value(DatasetRecord record) {
      if (job.outputs().partitionBy() == PartitionBy.DATE) {
        return record.generatedAt().atZone(ZoneOffset.UTC).toLocalDate().toString();
      }
      return record.category() == null ? NO_CATEGORY : record.category();
    }

    @Override
    public boolean commit() throws IOException {
      partitions.forEach(
          (value, part) -> {
            try (DatasetFiles files =
                files(
                    format ->
                        JobPaths.partition(
                            job.jobId(), job.outputs().partitionBy(), value, format))) {
              Partitions.read(
                  part,
                  (bytes, offset, length) -> {
                    DatasetRecord record =
                        JobJson.readRecord(Text.JSON.readTree(bytes, offset, length));
                    files.write(row(record, "record " + record.recordIndex()));
                  });
              exported.addAll(files.commit(() -> watcher.accept(Moment.FILE_COMMITTED)));
            }
          });
      return partitions.hasOther();
    }

    @Override
    public void close() throws IOException {
      partitions.close();
    }
  }

  /** Records that are not in the dataset, a line each; no file if there are none. */
  private final class Lines implements AutoCloseable {
    private final String format;
    private final String key;
    private CommittedFile file;
    private long count;

    Lines(String format, String key) {
      this.format = format;
      this.key = key;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
      if (file == null) {
        file = CommittedFile.create(new Path(request.root(), key));
      }
      file.write(bytes, offset, length);
      file.write('\n');
      count++;
    }

    void write(ObjectNode line) throws IOException {
      byte[] bytes = Text.ofJson(line).getBytes(StandardCharsets.UTF_8);
      write(bytes, 0, bytes.length);
    }

    void commit() throws IOException {
      if (file != null) {
        Written written = file.commit();
        exported.add(new ExportedFile(format, key, written.bytes(), written.sha256(), count));
      }
    }

    @Override
    public void close() throws IOException {
      if (file != null) {
        file.close();
      }
    }
  }
}
