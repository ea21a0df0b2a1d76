package io.plotpalette.local;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that takes a data folder and keeps it until it is ended or its input ends. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] args) throws Exception {
    try (FileLock lock = new DataFolder(Path.of(args[0])).lock()) {
      System.out.println(lock.isValid());
      System.in.transferTo(System.out);
    }
  }

  /** Returns once the folder is taken. */
  static Process start(Path folder) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (!"true".equals(line)) {
      throw new IllegalStateException("the folder was not taken: " + line);
    }
    return process;
  }
}
