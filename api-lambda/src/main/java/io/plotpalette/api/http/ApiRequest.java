package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A request that keeps the contract of its operation.
 *
 * @param caller null for operations open to all
 * @param pathParameters by name
 * @param query by name, defaults filled in
 * @param headers by name, in whatever case
 * @param body null for operations without one
 * @param idSeed when the request is run under an idempotency key: what the ids of all it creates
 *     follow from
 */
public record ApiRequest(
    String requestId,
    Caller caller,
    String path,
    Map<String, String> pathParameters,
    Map<String, JsonNode> query,
    Map<String, String> headers,
    JsonNode body,
    Optional<String> idSeed) {

  public String userId() {
    return caller.userId();
  }

  public String pathParameter(String name) {
    return pathParameters.get(name);
  }

  public Optional<JsonNode> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  public Optional<String> queryText(String name) {
    return query(name).map(JsonNode::textValue);
  }

  /**
   * The versions a write may be made on.
   *
   * @throws ProblemException 428 without the header, 400 for a malformed one
   */
  public IfMatch ifMatch() {
    return IfMatch.parse(headers.get("if-match"));
  }

  /**
   * Whether the caller of a read has this version already. Compares weakly.
   *
   * @throws ProblemException 400 for a malformed {@code If-None-Match}
   */
  public boolean hasVersion(long version) {
    String header = headers.get("if-none-match");
    if (header == null) {
      return false;
    }
    EntityTags known = EntityTags.parse("If-None-Match", header);
    return known.any()
        || known.tags().contains(ETag.of(version))
        || known.tags().contains("W/" + ETag.of(version));
  }

  /**
   * The token the caller came with, which the gateway has checked. Not for logs.
   *
   * @throws ProblemException 401 when the gateway did not hand it on
   */
  public String accessToken() {
    String header = headers.get("authorization");
    if (header == null) {
      throw ProblemException.of(ProblemType.UNAUTHENTICATED);
    }
    return header.replaceFirst("(?i)^Bearer +", "").strip();
  }

  /** Whether the caller would rather not wait for the outcome (RFC 7240). */
  public boolean prefersAsync() {
    return Arrays.stream(headers.getOrDefault("prefer", "").split(","))
        .anyMatch(
            preference -> preference.split(";", 2)[0].strip().equalsIgnoreCase("respond-async"));
  }

  /** Ids for what the request creates: the same ones again when it is run again under its key. */
  public NewIds ids(Supplier<String> fresh) {
    return idSeed
        .map(seed -> new NewIds(RepeatableIds.from(seed), true))
        .orElseGet(() -> new NewIds(fresh, false));
  }

  ApiRequest withIdSeed(String seed) {
    return new ApiRequest(
        requestId, caller, path, pathParameters, query, headers, body, Optional.of(seed));
  }
}
