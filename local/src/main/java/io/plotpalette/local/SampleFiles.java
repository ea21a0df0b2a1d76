package io.plotpalette.local;

import io.plotpalette.model.template.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Seed data and templates to start with, in the bucket under their paths in the lake. */
final class SampleFiles {
  private SampleFiles() {}

  /** Writes those that are not there; what a user made of one stays. */
  static void write(Path bucket) throws IOException {
    for (String path :
        Stream.of(Samples.SEED_DATA, Samples.TEMPLATES).flatMap(List::stream).toList()) {
      Path file = bucket.resolve(path);
      if (!Files.exists(file)) {
        Files.createDirectories(file.getParent());
        Path begun = file.resolveSibling(file.getFileName() + ".new");
        Files.write(begun, Samples.read(path));
        Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }
}
