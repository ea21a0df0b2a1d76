package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir private Path temp;

  @Test
  void whoHoldsTheLockIsTheOwner() throws Exception {
    DataFolder folder = new DataFolder(temp.resolve("data"));
    assertThat(folder.currentOwner()).isEmpty();

    FileLock lock = folder.lock();

    assertThat(folder.currentOwner())
        .map(DataFolder.Owner::pid)
        .hasValue(ProcessHandle.current().pid());
    lock.channel().close();
  }

  @Test
  void anOwnerThatIsGoneOrWhoseNumberWasGivenAwayIsNone() throws Exception {
    DataFolder folder = new DataFolder(temp);
    Files.writeString(
        temp.resolve("owner"), ProcessHandle.current().pid() + "\n1999-01-01T00:00:00Z\n");

    assertThat(folder.currentOwner()).isEmpty();
  }

  @Test
  void wipingDeletesAllOfIt() throws Exception {
    DataFolder folder = new DataFolder(temp.resolve("data"));
    folder.lock().channel().close();
    Files.createDirectories(folder.bucket());
    Files.writeString(folder.bucket().resolve("file"), "x");

    assertThat(folder.wipe()).isTrue();
    assertThat(temp.resolve("data")).doesNotExist();
    assertThat(folder.wipe()).isFalse();
  }

  @Test
  void aFolderThatIsInUseIsNotWiped() throws Exception {
    DataFolder folder = new DataFolder(temp.resolve("data"));
    Process holder = LockHolder.start(folder.root());
    try {
      assertThatThrownBy(folder::wipe)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("in use by process " + holder.pid());
      assertThatThrownBy(folder::lock).isInstanceOf(UsageException.class);
    } finally {
      holder.destroyForcibly().waitFor();
    }
    assertThat(folder.wipe()).isTrue();
  }

  @Test
  void aFolderThatIsNotOursIsNotWiped() throws Exception {
    Files.writeString(temp.resolve("thesis.txt"), "all of it");

    assertThatThrownBy(() -> new DataFolder(temp).wipe())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("not deleted");
    assertThat(temp.resolve("thesis.txt")).exists();
  }
}
