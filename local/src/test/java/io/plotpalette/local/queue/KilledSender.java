package io.plotpalette.local.queue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A process that sends messages without end and names each that was accepted. */
final class KilledSender {
  private KilledSender() {}

  public static void main(String[] args) {
    QueueFile file = new QueueFile(Path.of(args[0]), InstantSource.system(), UUID::randomUUID);
    while (true) {
      System.out.println(file.send("queue", List.of("x"), List.of(Duration.ZERO)).get(0));
    }
  }

  /** Kills such a process after so many messages; returns those it has named. */
  static List<String> run(Path folder, int messages) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledSender.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> accepted = new ArrayList<>();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String id = output.readLine(); id != null; id = output.readLine()) {
        // The last line can be cut short by the kill.
        if (id.length() == 36) {
          accepted.add(id);
        }
        if (accepted.size() == messages) {
          // Unlike that of the process, this leaves its output to be read to the end.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return accepted;
  }
}
