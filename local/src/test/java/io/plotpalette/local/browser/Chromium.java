package io.plotpalette.local.browser;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.local.loopback.Loopback;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A headless Chromium in a process of its own, spoken to over its DevTools protocol: the one on the
 * path, or what {@code CHROMIUM} names.
 */
public final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final Duration UP = Duration.ofMinutes(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final URI devTools;

  private Chromium(Process process, URI devTools) {
    this.process = process;
    this.devTools = devTools;
  }

  /**
   * Starts one.
   *
   * @param folder for its profile and what it prints; must exist
   */
  public static Chromium start(Path folder) throws IOException {
    Path profile = Files.createDirectories(folder.resolve("profile"));
    Path output = folder.resolve("chromium.log");
    Process process =
        new ProcessBuilder(
                program(),
                "--headless",
                // Its sandbox does not start as root, as which containers run; it sees our pages
                // only.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    // Appears with the port, and then the path, when it listens.
    Path port = profile.resolve("DevToolsActivePort");
    try {
      await()
          .atMost(UP)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () ->
                  !process.isAlive()
                      || (Files.exists(port) && Files.readAllLines(port).size() > 1));
      if (!process.isAlive()) {
        throw new IllegalStateException("Chromium ended: " + Files.readString(output));
      }
      return new Chromium(
          process, Loopback.endpoint(Integer.parseInt(Files.readAllLines(port).get(0))));
    } catch (RuntimeException | IOException e) {
      end(process);
      throw e;
    }
  }

  private static String program() {
    String named = System.getenv("CHROMIUM");
    if (named != null && !named.isEmpty()) {
      return named;
    }
    List<String> folders =
        List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1));
    return NAMES.stream()
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "none of %s is on the path: install one, or name it with CHROMIUM"
                        .formatted(NAMES)))
        .toString();
  }

  /**
   * A new tab.
   *
   * @param width in pixels of CSS, as is the height
   */
  public BrowserPage open(int width, int height) throws IOException, InterruptedException {
    HttpRequest newTab =
        HttpRequest.newBuilder(devTools.resolve("/json/new?about:blank"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    String tab = http.send(newTab, BodyHandlers.ofString()).body();
    return BrowserPage.connect(
        http,
        URI.create(new ObjectMapper().readTree(tab).get("webSocketDebuggerUrl").textValue()),
        width,
        height);
  }

  @Override
  public void close() throws InterruptedException {
    end(process);
    process.waitFor(1, TimeUnit.MINUTES);
  }

  private static void end(Process process) {
    try (Stream<ProcessHandle> children = process.descendants()) {
      List<ProcessHandle> all = children.toList();
      process.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
