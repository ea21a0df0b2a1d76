package io.plotpalette.model.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statements of {@code sql/} as they are packaged, found by looking, not by a list. */
public enum SqlFiles {
  /** One {@code CREATE VIEW} a file, named as the view. */
  VIEWS("views"),
  /** Queries that have rows only when something is wrong. */
  CHECKS("checks"),
  /** Queries to begin with. */
  QUERIES("queries"),
  /** The rows of one day's gold copy, named as the table that is copied; {@code ${day}} is open. */
  GOLD("gold"),
  /** Table definitions for Athena; {@code ${bucket}} is open. */
  ATHENA_TABLES("ddl/athena"),
  /** Table definitions for Trino; {@code ${bucket}} is open. */
  TRINO_TABLES("ddl/trino");

  private static final String SUFFIX = ".sql";

  private final String folder;

  SqlFiles(String folder) {
    this.folder = folder;
  }

  /** The folder below {@code sql/}. */
  public String folder() {
    return folder;
  }

  /** The statements by file name without its ending, in alphabetical order. */
  public Map<String, String> statements() {
    URL url = SqlFiles.class.getResource("/sql/" + folder);
    if (url == null) {
      throw new IllegalStateException("sql/" + folder + " is not packaged");
    }
    try {
      return read(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot find sql/" + folder + " at " + url, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read sql/" + folder, e);
    }
  }

  /** The statement of this name. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(statements().get(name));
  }

  /** What a file's first header line says after its label. */
  public static String summary(String statement) {
    String first = statement.lines().findFirst().orElse("");
    return first.substring(first.indexOf(':') + 1).strip();
  }

  /** A statement as engines take it that want nothing before its first word. */
  public static String withoutHeader(String statement) {
    return statement
        .lines()
        .dropWhile(line -> line.startsWith("--"))
        .collect(Collectors.joining("\n"));
  }

  private Map<String, String> read(URI uri) throws IOException {
    if (!uri.getScheme().equals("jar")) {
      return readFolder(Path.of(uri));
    }
    // Its own file system, because the shared one of a jar can be closed by anybody.
    String jar = uri.getRawSchemeSpecificPart();
    Path file = Path.of(URI.create(jar.substring(0, jar.indexOf("!/"))));
    try (FileSystem inside = FileSystems.newFileSystem(file)) {
      return readFolder(inside.getPath("/sql/" + folder));
    }
  }

  private static Map<String, String> readFolder(Path folder) throws IOException {
    Map<String, String> statements = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX)) {
          statements.put(
              name.substring(0, name.length() - SUFFIX.length()), Files.readString(file));
        }
      }
    }
    return Collections.unmodifiableMap(statements);
  }
}
