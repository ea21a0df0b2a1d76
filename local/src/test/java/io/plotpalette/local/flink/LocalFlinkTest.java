package io.plotpalette.local.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFlinkTest {
  @TempDir private Path folder;

  @Test
  void withoutACheckpointThereIsNothingToGoOnFrom() throws Exception {
    assertThat(LocalFlink.lastCheckpoint(folder.resolve("absent"))).isEmpty();
    assertThat(LocalFlink.lastCheckpoint(folder)).isEmpty();
  }

  @Test
  void theLastCheckpointIsTheHighestThatWasCompleted() throws Exception {
    completed("chk-9");
    completed("chk-10");
    Files.createDirectories(folder.resolve("chk-11"));
    Files.createDirectories(folder.resolve("shared"));

    assertThat(LocalFlink.lastCheckpoint(folder)).hasValue(folder.resolve("chk-10"));
  }

  private void completed(String name) throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("_metadata"), "");
  }
}
