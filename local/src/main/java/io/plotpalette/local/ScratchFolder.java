package io.plotpalette.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/** A folder for one run, deleted when it is closed unless it is to be kept. */
public record ScratchFolder(Path folder, boolean keep) implements AutoCloseable {
  /** A new one among the machine's temporary files. */
  public static ScratchFolder temporary(String prefix, boolean keep) throws IOException {
    return new ScratchFolder(Files.createTempDirectory(prefix), keep);
  }

  @Override
  public void close() throws IOException {
    if (!keep) {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }
}
