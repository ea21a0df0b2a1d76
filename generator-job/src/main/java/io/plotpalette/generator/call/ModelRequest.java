package io.plotpalette.generator.call;

import io.plotpalette.generator.call.Turn.Speaker;
import io.plotpalette.generator.run.PreparedPrompt;
import io.plotpalette.model.money.ReservedTokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** One call to a model, ready to be sent. Immutable. */
public final class ModelRequest implements PreparedPrompt {
  /** A prompt, an answer that does not fit its schema, and what is wrong with it. */
  public static final int MAX_TURNS = 3;

  /** Between the texts that are hashed; no text models read holds it. */
  private static final byte RECORD_SEPARATOR = 0x1e;

  private final String model;
  private final List<Turn> turns;
  private final int maxTokens;
  private final double temperature;
  private final String schema;
  private final int inputTokenBound;
  private final String sha256;

  private ModelRequest(
      String model, List<Turn> turns, int maxTokens, double temperature, String schema) {
    this.model = model;
    this.turns = turns;
    this.maxTokens = maxTokens;
    this.temperature = temperature;
    this.schema = schema;
    this.inputTokenBound = boundOf(turns, maxTokens);
    this.sha256 = hashOf(turns);
  }

  /**
   * A request.
   *
   * @param model id of the model, resolved from alias or tier
   * @param turns by turns the user's and the model's, at most {@value #MAX_TURNS}; the user has the
   *     first and the last word
   * @param maxTokens of the output, 1 or more
   * @param temperature 0 to 1
   * @param schema JSON text of the JSON Schema of the output, <code>{}</code> if any JSON will do;
   *     null for text. It is sent with the first turn.
   */
  public static ModelRequest of(
      String model, List<Turn> turns, int maxTokens, double temperature, String schema) {
    Objects.requireNonNull(model, "model");
    if (turns.isEmpty() || turns.size() > MAX_TURNS || turns.size() % 2 == 0) {
      throw new IllegalArgumentException(
          "a request has 1 or " + MAX_TURNS + " turns, not " + turns.size());
    }
    for (int i = 0; i < turns.size(); i++) {
      if (turns.get(i).speaker() != (i % 2 == 0 ? Speaker.USER : Speaker.MODEL)) {
        throw new IllegalArgumentException("user and model speak by turns, but not in turn " + i);
      }
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max_tokens of a request is " + maxTokens);
    }
    if (!(temperature >= 0 && temperature <= 1)) {
      throw new IllegalArgumentException("temperature of a request is " + temperature);
    }
    List<Turn> sent = new ArrayList<>(turns);
    if (schema != null) {
      sent.set(0, Turn.ofUser(JsonInstruction.addedTo(turns.get(0).text(), schema)));
    }
    return new ModelRequest(model, List.copyOf(sent), maxTokens, temperature, schema);
  }

  /**
   * Every tokenizer of the catalogue cuts a text into pieces of at least one byte, so a text has no
   * more tokens than bytes, whatever language it is in. Some bring it into Unicode's NFKC first,
   * which can make it longer (one character of three bytes becomes 33): the longer form counts.
   * Nothing is sent that is not among the turns, schema and instruction included; what the service
   * puts around them (roles, separators, begin and end of text: some ten tokens a turn) is far
   * below {@link ReservedTokens#OVERHEAD_TOKENS}.
   */
  private static int boundOf(List<Turn> turns, int maxTokens) {
    long bytes = 0;
    for (Turn turn : turns) {
      bytes += bytesToRead(turn.text());
    }
    long bound = ReservedTokens.ofCall(bytes, maxTokens).input();
    return bound > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) bound;
  }

  private static long bytesToRead(String text) {
    int asSent = text.getBytes(StandardCharsets.UTF_8).length;
    if (asSent == text.length() || Normalizer.isNormalized(text, Normalizer.Form.NFKC)) {
      return asSent;
    }
    String normalized = Normalizer.normalize(text, Normalizer.Form.NFKC);
    return Math.max(asSent, normalized.getBytes(StandardCharsets.UTF_8).length);
  }

  private static String hashOf(List<Turn> turns) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    for (int i = 0; i < turns.size(); i++) {
      if (i > 0) {
        digest.update(RECORD_SEPARATOR);
      }
      digest.update(turns.get(i).text().getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  public String model() {
    return model;
  }

  /** As they are sent, with instruction and schema in the first. */
  public List<Turn> turns() {
    return turns;
  }

  public int maxTokens() {
    return maxTokens;
  }

  public double temperature() {
    return temperature;
  }

  /** Null for text. */
  public String schema() {
    return schema;
  }

  @Override
  public int inputTokenBound() {
    return inputTokenBound;
  }

  /** Of the first turn as it is sent; with more turns, of all with U+001E between them. */
  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public String toString() {
    return "request to %s of at most %d and %d tokens, prompt %s"
        .formatted(model, inputTokenBound, maxTokens, sha256);
  }
}
