package io.plotpalette.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/** A folder for one run, deleted at its end, or when it is stopped with Ctrl-C. */
public final class ScratchFolder implements AutoCloseable {
  private final Path folder;
  private final boolean keep;
  private final Thread whenStopped = new Thread(this::endChildrenAndDelete, "scratch-folder");

  private ScratchFolder(Path folder, boolean keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * A new one among the machine's temporary files.
   *
   * @param keep it when the run ends, for a look at it
   */
  public static ScratchFolder temporary(String prefix, boolean keep) throws IOException {
    ScratchFolder scratch = new ScratchFolder(Files.createTempDirectory(prefix), keep);
    Runtime.getRuntime().addShutdownHook(scratch.whenStopped);
    return scratch;
  }

  public Path folder() {
    return folder;
  }

  /** What still runs would write again what is deleted. */
  private void endChildrenAndDelete() {
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              child.destroyForcibly();
              child.onExit().join();
            });
    try {
      delete();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }

  private void delete() throws IOException {
    if (!keep) {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(whenStopped);
    } catch (IllegalStateException e) {
      // The JVM is stopping, so the hook deletes.
      return;
    }
    delete();
  }
}
