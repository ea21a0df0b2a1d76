package io.plotpalette.local.bench.stream;

import java.nio.file.Path;

/** One way to bring task changes into a lake. */
interface StreamProgram extends AutoCloseable {
  /**
   * Reads the file to its end, and returns when all rows are in finished files.
   *
   * @param bucket the folder above {@code lake/}, empty
   */
  void run(ChangeFile file, Path bucket, int parallelism) throws Exception;
}
