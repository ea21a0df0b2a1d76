package io.plotpalette.local.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.local.UsageException;
import io.plotpalette.model.lake.LakeTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamProgramsTest {
  @TempDir private Path temp;

  @Test
  void allProgramsWriteTheSameRows() throws Exception {
    ChangeFile file = file("changes", 4_321, Duration.ofHours(30));

    LakeDigest loop = digest(new LoopProgram(), file, 1);
    LakeDigest pipeline = digest(FlinkProgram.pipeline(folder("pipeline")), file, 1);
    LakeDigest parallel = digest(FlinkProgram.pipeline(folder("parallel")), file, 2);
    LakeDigest straightforward =
        digest(FlinkProgram.straightforward(folder("straightforward")), file, 1);

    assertThat(loop.rows()).isEqualTo(4_321);
    assertThat(pipeline).isEqualTo(loop);
    assertThat(parallel).isEqualTo(loop);
    assertThat(straightforward).isEqualTo(loop);
  }

  @Test
  void manyLeadTimesAreComparedByTheirRanks() throws Exception {
    // All within one minute: its completions are more than a sketch keeps exactly.
    ChangeFile file = file("minute", 8_000, Duration.ofSeconds(50));

    LakeDigest loop = digest(new LoopProgram(), file, 1);

    assertThat(loop.tables().get(LakeTable.TASK_ACTIVITY_MINUTELY)).endsWith(" wrong ranks 0");
  }

  @Test
  void oneChangedValueIsAnotherDigest() throws Exception {
    ChangeFile file = file("changes", 1_000, Duration.ofHours(1));
    List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(file.path())));
    lines.set(500, lines.get(500).replaceFirst("\"title\":\\{\"S\":\"", "\"title\":{\"S\":\"x"));
    Path changed = Files.write(temp.resolve("changed.jsonl"), lines);

    LakeDigest digest = digest(new LoopProgram(), file, 1);
    LakeDigest other = digest(new LoopProgram(), ChangeFile.index(changed), 1);

    assertThat(other).isNotEqualTo(digest);
    assertThat(other.tables().get(LakeTable.TASK_INSIGHTS_HOURLY))
        .isEqualTo(digest.tables().get(LakeTable.TASK_INSIGHTS_HOURLY));
  }

  @Test
  void aFileIsCutIntoBlocksThatKnowTheirTime() throws Exception {
    ChangeFile file = file("changes", 2_500, Duration.ofHours(1));

    assertThat(file.changes()).isEqualTo(2_500);
    assertThat(file.blocks()).isEqualTo(3);
    assertThat(file.bytes()).isEqualTo(Files.size(Path.of(file.path())));
    assertThat(file.streamMillis()).isSorted();
  }

  @Test
  void aFileWithoutStreamTimesIsRefusedByLine() throws Exception {
    Path file = Files.writeString(temp.resolve("no.jsonl"), "{\"eventID\":\"1\"}\n");

    assertThatThrownBy(() -> ChangeFile.index(file))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("ApproximateCreationDateTime");
  }

  private ChangeFile file(String name, long changes, Duration span) throws Exception {
    Path file = temp.resolve(name + ".jsonl");
    new ChangeGenerator().write(file, changes, span);
    return ChangeFile.index(file);
  }

  private Path folder(String name) throws Exception {
    return Files.createDirectories(temp.resolve(name));
  }

  private LakeDigest digest(StreamProgram program, ChangeFile file, int parallelism)
      throws Exception {
    Path bucket = Files.createTempDirectory(temp, "bucket");
    try (program) {
      program.run(file, bucket, parallelism);
    }
    assertThat(LakeDigest.quarantined(bucket)).isEmpty();
    return LakeDigest.of(bucket);
  }
}
