package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Ends a request with an RFC 9457 problem. */
public final class ProblemException extends RuntimeException {
  /** Of the contract: an answer must stay small whatever the request holds. */
  static final int MAX_VIOLATIONS = 20;

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final String detail;
  private final transient List<Violation> violations;
  private final transient Map<String, Long> extensions;
  private final transient Map<String, String> headers;

  private ProblemException(
      ProblemType type,
      String detail,
      List<Violation> violations,
      Map<String, Long> extensions,
      Map<String, String> headers) {
    super(type + ": " + detail);
    this.type = type;
    this.detail = detail;
    this.violations = violations.stream().limit(MAX_VIOLATIONS).toList();
    this.extensions = extensions;
    this.headers = headers;
  }

  public static ProblemException of(ProblemType type) {
    return of(type, type.detail());
  }

  public static ProblemException of(ProblemType type, String detail) {
    return new ProblemException(type, detail, List.of(), Map.of(), Map.of());
  }

  static ProblemException methodNotAllowed(List<String> allowed) {
    ProblemType type = ProblemType.METHOD_NOT_ALLOWED;
    return new ProblemException(
        type, type.detail(), List.of(), Map.of(), Map.of("Allow", String.join(", ", allowed)));
  }

  public static ProblemException invalidBody(List<Violation> violations) {
    ProblemType type = ProblemType.INVALID_BODY;
    return new ProblemException(type, type.detail(), violations, Map.of(), Map.of());
  }

  public static ProblemException invalidParameters(List<Violation> violations) {
    ProblemType type = ProblemType.INVALID_PARAMETER;
    return new ProblemException(type, type.detail(), violations, Map.of(), Map.of());
  }

  public static ProblemException invalidParameter(String name, String detail) {
    return invalidParameters(List.of(Violation.ofParameter(name, detail)));
  }

  public static ProblemException versionMismatch(long currentVersion) {
    ProblemType type = ProblemType.VERSION_MISMATCH;
    return new ProblemException(
        type, type.detail(), List.of(), Map.of("current_version", currentVersion), Map.of());
  }

  /** Somebody works on it; a moment later the same request gets its answer. */
  static ProblemException inProgress() {
    ProblemType type = ProblemType.REQUEST_IN_PROGRESS;
    return new ProblemException(
        type, type.detail(), List.of(), Map.of(), Map.of("Retry-After", "1"));
  }

  /** Nothing is broken, the same request can succeed a moment later. */
  public static ProblemException unavailable() {
    ProblemType type = ProblemType.UNAVAILABLE;
    return new ProblemException(
        type, type.detail(), List.of(), Map.of(), Map.of("Retry-After", "1"));
  }

  public ProblemType type() {
    return type;
  }

  public List<Violation> violations() {
    return violations;
  }

  ApiResponse toResponse(String path, String requestId) {
    ObjectNode body = toJson();
    body.put("instance", path);
    body.put("request_id", requestId);
    return ApiResponse.problem(type.status(), body).withHeaders(headers);
  }

  /** What went wrong, without the request it went wrong with. */
  public ObjectNode toJson() {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("type", type.uri());
    body.put("title", type.title());
    body.put("status", type.status());
    body.put("detail", detail);
    if (!violations.isEmpty()) {
      ArrayNode errors = body.putArray("errors");
      for (Violation violation : violations) {
        ObjectNode error = errors.addObject();
        if (violation.pointer() != null) {
          error.put("pointer", violation.pointer());
        }
        if (violation.parameter() != null) {
          error.put("parameter", violation.parameter());
        }
        error.put("detail", violation.detail());
      }
    }
    extensions.forEach(body::put);
    return body;
  }
}
