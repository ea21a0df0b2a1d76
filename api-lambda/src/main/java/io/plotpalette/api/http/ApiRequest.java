package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/**
 * A request that keeps the contract of its operation.
 *
 * @param caller null for operations open to all
 * @param pathParameters by name
 * @param query by name, defaults filled in
 * @param headers by name, in whatever case
 * @param body null for operations without one
 */
public record ApiRequest(
    String requestId,
    Caller caller,
    Map<String, String> pathParameters,
    Map<String, JsonNode> query,
    Map<String, String> headers,
    JsonNode body) {

  public String userId() {
    return caller.userId();
  }

  public String pathParameter(String name) {
    return pathParameters.get(name);
  }

  public Optional<JsonNode> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /**
   * The versions a write may be made on.
   *
   * @throws ProblemException 428 without the header, 400 for a malformed one
   */
  public IfMatch ifMatch() {
    return IfMatch.parse(headers.get("if-match"));
  }
}
