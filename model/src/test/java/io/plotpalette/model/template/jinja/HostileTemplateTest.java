package io.plotpalette.model.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.template.jinja.HostileTemplates.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each payload in a process with 256 MB of heap: it must end in a clear error or harmless text,
 * within a second of processor time and 64 MB of heap, and leave the process answering.
 */
class HostileTemplateTest {
  private static final long MAX_CPU_MILLIS = 1_000;
  private static final long MAX_GROWTH_BYTES = 64L << 20;

  /** Only ends a process that hangs; a busy machine must not fail the test. */
  private static final long HANGING_SECONDS = 60;

  private static final ExecutorService READER =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "answers of the child");
            thread.setDaemon(true);
            return thread;
          });

  private static Process child;
  private static BufferedReader answers;

  @AfterAll
  static void stop() {
    READER.shutdownNow();
    if (child != null) {
      child.destroyForcibly();
    }
  }

  private static void start() throws IOException {
    child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xmn16m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HostileTemplateChild.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    answers =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
  }

  private static String answer(int number) throws IOException {
    if (child == null || !child.isAlive()) {
      start();
    }
    OutputStream requests = child.getOutputStream();
    requests.write((number + "\n").getBytes(StandardCharsets.UTF_8));
    requests.flush();
    BufferedReader current = answers;
    try {
      return READER.submit(current::readLine).get(HANGING_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      child.destroyForcibly();
      return null;
    } catch (ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @TestFactory
  List<DynamicTest> endsWithoutHarm() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < HostileTemplates.ALL.size(); i++) {
      int number = i;
      Payload payload = HostileTemplates.ALL.get(i);
      tests.add(DynamicTest.dynamicTest(payload.name(), () -> check(number, payload)));
    }
    return tests;
  }

  private static void check(int number, Payload payload) throws IOException {
    String answer = answer(number);

    assertThat(answer).as("the process died or hung").isNotNull();
    String[] parts = answer.split("\t", 5);
    String message = new ObjectMapper().readValue(parts[4], String.class);
    assertThat(parts[0]).as(message).isEqualTo(payload.ending().name());
    if (payload.ending() == HostileTemplates.Ending.TEXT) {
      assertThat(message).isEqualTo(payload.expected());
    } else {
      assertThat(message).contains(payload.expected());
    }
    assertThat(Long.parseLong(parts[1])).as("ms").isLessThanOrEqualTo(MAX_CPU_MILLIS);
    assertThat(Long.parseLong(parts[2])).as("growth").isLessThanOrEqualTo(MAX_GROWTH_BYTES);
    assertThat(parts[3]).as("rendered after it").isEqualTo("42");
  }

  @Test
  void thereAreAtLeastSixty() {
    assertThat(HostileTemplates.ALL).hasSizeGreaterThanOrEqualTo(60);
    assertThat(HostileTemplates.ALL).extracting(Payload::name).doesNotHaveDuplicates();
  }
}
