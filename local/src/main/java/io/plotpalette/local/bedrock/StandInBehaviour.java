package io.plotpalette.local.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the stand-in behaves from the next request on. Shares are from 0 to 1 of the requests, and
 * together at most 1; what is left is answered as it should be.
 *
 * @param medianLatency until an answer comes
 * @param p95Latency of one answer in twenty; the same as the median for no spread
 * @param outputShare of {@code max_tokens}, used on average by a text; 1 uses all of it
 * @param bytesPerToken from 1, the most tokens there can be, upwards
 * @param overheadTokens counted on top of what is sent
 * @param throttled answered 429, not billed
 * @param serverError answered 500 or 503, not billed
 * @param timeOut billed and never answered
 * @param cut billed, and the connection broken off before or within the answer
 * @param malformed billed, and answered with a body that does not say so
 * @param invalidJson answered with something else than the schema asks for; not a failure, and not
 *     part of the sum
 */
public record StandInBehaviour(
    Duration medianLatency,
    Duration p95Latency,
    double outputShare,
    double bytesPerToken,
    int overheadTokens,
    double throttled,
    double serverError,
    double timeOut,
    double cut,
    double malformed,
    double invalidJson) {

  /** A model that answers well. */
  public static StandInBehaviour answering(Duration medianLatency, Duration p95Latency) {
    return new StandInBehaviour(medianLatency, p95Latency, 0.3, 4, 12, 0, 0, 0, 0, 0, 0);
  }

  public StandInBehaviour {
    if (medianLatency.isNegative() || p95Latency.compareTo(medianLatency) < 0) {
      throw new IllegalArgumentException(
          "latencies of %s and %s: the second must not be below the first, nor that below 0"
              .formatted(medianLatency, p95Latency));
    }
    Map<String, Double> shares =
        Map.of(
            "output_share", outputShare,
            "throttled", throttled,
            "server_error", serverError,
            "time_out", timeOut,
            "cut", cut,
            "malformed", malformed,
            "invalid_json", invalidJson);
    shares.forEach(
        (name, share) -> {
          if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " is " + share + ", but must be 0 to 1");
          }
        });
    // Sums of tenths are not exact.
    if (throttled + serverError + timeOut + cut + malformed > 1 + 1e-9) {
      throw new IllegalArgumentException("the shares of failures add up to more than 1");
    }
    if (!(bytesPerToken >= 1) || overheadTokens < 0) {
      throw new IllegalArgumentException(
          "bytes_per_token must be at least 1 and overhead_tokens at least 0, not %s and %d"
              .formatted(bytesPerToken, overheadTokens));
    }
  }

  public StandInBehaviour withThrottled(double share) {
    return new StandInBehaviour(
        medianLatency,
        p95Latency,
        outputShare,
        bytesPerToken,
        overheadTokens,
        share,
        serverError,
        timeOut,
        cut,
        malformed,
        invalidJson);
  }

  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("median_latency_ms", medianLatency.toMillis())
        .put("p95_latency_ms", p95Latency.toMillis())
        .put("output_share", outputShare)
        .put("bytes_per_token", bytesPerToken)
        .put("overhead_tokens", overheadTokens)
        .put("throttled", throttled)
        .put("server_error", serverError)
        .put("time_out", timeOut)
        .put("cut", cut)
        .put("malformed", malformed)
        .put("invalid_json", invalidJson);
  }

  /**
   * This one with the fields of {@code changes} in place of its own.
   *
   * @throws IllegalArgumentException naming the field that is unknown or wrong
   */
  StandInBehaviour with(JsonNode changes) {
    ObjectNode all = json();
    Set<String> known = new TreeSet<>();
    all.fieldNames().forEachRemaining(known::add);
    changes
        .properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey()) || !field.getValue().isNumber()) {
                throw new IllegalArgumentException(
                    field.getKey() + " is not a number among " + String.join(", ", known));
              }
              all.set(field.getKey(), field.getValue());
            });
    return new StandInBehaviour(
        Duration.ofMillis(all.get("median_latency_ms").longValue()),
        Duration.ofMillis(all.get("p95_latency_ms").longValue()),
        all.get("output_share").doubleValue(),
        all.get("bytes_per_token").doubleValue(),
        all.get("overhead_tokens").intValue(),
        all.get("throttled").doubleValue(),
        all.get("server_error").doubleValue(),
        all.get("time_out").doubleValue(),
        all.get("cut").doubleValue(),
        all.get("malformed").doubleValue(),
        all.get("invalid_json").doubleValue());
  }
}
