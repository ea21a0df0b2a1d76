package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * An answer on its way out.
 *
 * @param body null when there is none
 */
public record ApiResponse(int status, Map<String, String> headers, String body) {
  public ApiResponse {
    headers = Map.copyOf(headers);
  }

  public static ApiResponse json(int status, JsonNode body) {
    return text(status, "application/json", body.toString());
  }

  static ApiResponse problem(int status, JsonNode body) {
    return text(status, "application/problem+json", body.toString());
  }

  public static ApiResponse text(int status, String contentType, String body) {
    return new ApiResponse(status, Map.of("Content-Type", contentType), body);
  }

  public static ApiResponse noContent() {
    return new ApiResponse(204, Map.of(), null);
  }

  /** The caller has what they asked for already. */
  public static ApiResponse notModified() {
    return new ApiResponse(304, Map.of(), null);
  }

  public ApiResponse withHeader(String name, String value) {
    return withHeaders(Map.of(name, value));
  }

  ApiResponse withHeaders(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    return new ApiResponse(status, all, body);
  }

  APIGatewayV2HTTPResponse toEvent() {
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(status)
        .withHeaders(headers)
        .withBody(body)
        .withIsBase64Encoded(false)
        .build();
  }
}
