package io.plotpalette.local.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/** A folder that is deleted when it is closed, unless it is to be kept. */
record ScratchFolder(Path folder, boolean keep) implements AutoCloseable {
  Path make(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  @Override
  public void close() throws IOException {
    if (!keep) {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }
}
