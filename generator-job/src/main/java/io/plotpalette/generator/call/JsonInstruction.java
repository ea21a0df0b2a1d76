package io.plotpalette.generator.call;

import java.util.Optional;

/**
 * The words around a schema, at the end of a prompt: some models know neither tools nor system
 * text, and only of words that are sent it is certain how many tokens they are at most.
 */
public final class JsonInstruction {
  private static final String WORDS =
      "\n\nAnswer with one JSON value and nothing else: no explanation, no code fence. It must be"
          + " valid against this JSON Schema:\n";

  private JsonInstruction() {}

  static String addedTo(String prompt, String schema) {
    return prompt + WORDS + schema;
  }

  /** The schema's JSON text in a prompt as it is sent, for those who stand in for a model. */
  public static Optional<String> schemaIn(String sentPrompt) {
    int at = sentPrompt.lastIndexOf(WORDS);
    return at < 0 ? Optional.empty() : Optional.of(sentPrompt.substring(at + WORDS.length()));
  }
}
