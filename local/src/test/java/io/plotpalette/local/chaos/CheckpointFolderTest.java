package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  @TempDir private Path folder;

  @Test
  void aCheckpointHasBegunWithItsFolderAndIsCompletedWithItsMetadata() throws Exception {
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    for (String name : new String[] {"chk-9", "chk-10", "shared", "taskowned"}) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.createFile(folder.resolve("chk-9/_metadata"));

    assertThat(checkpoints.newestBegun()).isEqualTo(10);
    assertThat(checkpoints.newestCompleted()).isEqualTo(9);
  }

  @Test
  void withoutAFolderNothingHasBegun() throws Exception {
    CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("absent"));

    assertThat(checkpoints.newestBegun()).isZero();
    assertThat(checkpoints.newestCompleted()).isZero();
  }
}
