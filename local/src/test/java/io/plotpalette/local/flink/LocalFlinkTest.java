package io.plotpalette.local.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFlinkTest {
  @TempDir private Path folder;

  @Test
  void withoutACheckpointThereIsNothingToGoOnFrom() throws Exception {
    assertThat(LocalFlink.newest(folder.resolve("absent"), folder.resolve("none"))).isEmpty();
    assertThat(LocalFlink.newest(folder, folder)).isEmpty();
  }

  @Test
  void theJobGoesOnFromTheHighestCheckpointThatWasCompleted() throws Exception {
    checkpoint("chk-9");
    checkpoint("chk-10");
    Files.createDirectories(folder.resolve("chk-11"));
    Files.createDirectories(folder.resolve("shared"));

    assertThat(newest()).hasValue(folder.resolve("chk-10"));
  }

  @Test
  void aSavepointBehindTheLastCheckpointIsGoneOnFrom() throws Exception {
    checkpoint("chk-10");
    savepoint("savepoint-a", 11);
    savepoint("savepoint-b", 4);

    assertThat(newest()).hasValue(folder.resolve("savepoints/savepoint-a"));
  }

  @Test
  void aCheckpointBehindTheLastSavepointIsGoneOnFrom() throws Exception {
    savepoint("savepoint-a", 11);
    checkpoint("chk-12");
    Files.createDirectories(folder.resolve("savepoints/savepoint-unfinished"));

    assertThat(newest()).hasValue(folder.resolve("chk-12"));
  }

  private Optional<Path> newest() throws Exception {
    return LocalFlink.newest(folder, folder.resolve("savepoints"));
  }

  private void checkpoint(String name) throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("_metadata"), "");
  }

  private void savepoint(String name, long number) throws Exception {
    Path savepoint = Files.createDirectories(folder.resolve("savepoints").resolve(name));
    try (OutputStream out = Files.newOutputStream(savepoint.resolve("_metadata"))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(number, List.of(), List.of()), out);
    }
  }
}
