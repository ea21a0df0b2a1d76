package io.plotpalette.local.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** One job's checkpoints as its files tell, so that no running process needs to be asked. */
record CheckpointFolder(Path folder) {
  private static final String PREFIX = "chk-";

  /** The highest checkpoint that has begun, or 0. */
  long newestBegun() throws IOException {
    return newest("");
  }

  /** The highest checkpoint that is completed, or 0. */
  long newestCompleted() throws IOException {
    return newest("_metadata");
  }

  private long newest(String marker) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    List<Path> checkpoints;
    try (Stream<Path> folders = Files.list(folder)) {
      checkpoints = folders.toList();
    }
    long newest = 0;
    for (Path checkpoint : checkpoints) {
      String name = Objects.toString(checkpoint.getFileName());
      if (name.startsWith(PREFIX) && Files.exists(checkpoint.resolve(marker))) {
        newest = Math.max(newest, Long.parseLong(name.substring(PREFIX.length())));
      }
    }
    return newest;
  }
}
