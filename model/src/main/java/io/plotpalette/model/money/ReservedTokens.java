package io.plotpalette.model.money;

/**
 * The most tokens a call can be billed for, known before it is made. A token is at least one byte
 * of UTF-8 for every model of the catalogue, so the bytes of everything sent bound the input.
 *
 * @param input upper bound of what is read
 * @param output what the model may write at most
 */
public record ReservedTokens(long input, long output) {
  /**
   * What a provider adds to a message: roles, separators and the instructions around a schema,
   * which are largest where the schema is passed as a tool.
   */
  public static final long OVERHEAD_TOKENS = 1_024;

  public ReservedTokens {
    if (input < 0 || output < 0) {
      throw new IllegalArgumentException("tokens cannot be negative: " + input + ", " + output);
    }
  }

  /**
   * For one call.
   *
   * @param bytesSent UTF-8 bytes of prompt, system text and schema together
   * @param maxTokens what the call allows the model to write
   */
  public static ReservedTokens ofCall(long bytesSent, int maxTokens) {
    return new ReservedTokens(Math.addExact(bytesSent, OVERHEAD_TOKENS), maxTokens);
  }

  /** What to set aside before the call: each side rounded up. */
  public Money cost(TokenPrice priceIn, TokenPrice priceOut) {
    return priceIn.of(input).plus(priceOut.of(output));
  }
}
