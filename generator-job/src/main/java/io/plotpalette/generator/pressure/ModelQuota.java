package io.plotpalette.generator.pressure;

/**
 * What one subtask may ask of one model.
 *
 * @param requestsPerMinute 1 or more
 * @param tokensPerMinute 1 or more; the service counts input and {@code max_tokens} when a request
 *     starts
 * @param maxConcurrency calls at once, 1 or more
 */
public record ModelQuota(long requestsPerMinute, long tokensPerMinute, int maxConcurrency) {
  public ModelQuota {
    if (requestsPerMinute < 1 || tokensPerMinute < 1 || maxConcurrency < 1) {
      throw new IllegalArgumentException(
          "a model needs at least one request and token a minute and one call at once, not "
              + requestsPerMinute
              + ", "
              + tokensPerMinute
              + " and "
              + maxConcurrency);
    }
  }
}
