package io.plotpalette.model.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Seed data and templates to start with; the paths are also those in the lake. */
public final class Samples {
  /** JSON lists of seed entries. */
  public static final List<String> SEED_DATA =
      List.of("sample-datasets/poetry/poems.json", "sample-datasets/literature/passages.json");

  /** JSON of template definitions. */
  public static final List<String> TEMPLATES =
      List.of(
          "sample-templates/poem-imitation.json",
          "sample-templates/story.json",
          "sample-templates/question-answer.json");

  private Samples() {}

  /** The bytes of one of the samples. */
  public static byte[] read(String path) {
    try (InputStream file = Samples.class.getResourceAsStream("/" + path)) {
      if (file == null) {
        throw new IllegalArgumentException("there is no sample " + path);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
