package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One operation of the contract.
 *
 * @param method in upper case
 * @param path with parameters in braces, such as {@code /v1/tasks/{task_id}}
 * @param tag the package of the handler that serves it
 * @param requiresAuth whether the gateway asks for an access token
 * @param requestBody empty when the operation takes none
 */
public record ApiOperation(
    String method,
    String path,
    String operationId,
    String tag,
    boolean requiresAuth,
    List<ApiParameter> parameters,
    Optional<RequestBody> requestBody) {

  /**
   * What an operation takes as its body.
   *
   * @param mediaType such as {@code application/json}; text is checked and handed on as a string
   */
  public record RequestBody(String mediaType, JsonNode schema) {
    boolean isJson() {
      return mediaType.equals("application/json") || mediaType.endsWith("+json");
    }
  }

  public ApiOperation {
    parameters = List.copyOf(parameters);
  }

  /** As API Gateway names the route: {@code GET /v1/tasks/{task_id}}. */
  public String routeKey() {
    return method + " " + path;
  }

  boolean servesPath(String actualPath) {
    String[] parts = path.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      parts[i] = parts[i].startsWith("{") ? "[^/]+" : Pattern.quote(parts[i]);
    }
    return actualPath.matches(String.join("/", parts));
  }
}
