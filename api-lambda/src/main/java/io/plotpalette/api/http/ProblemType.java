package io.plotpalette.api.http;

import java.util.Locale;

/** The kinds of problems the API answers with; the constant's name is part of the contract. */
public enum ProblemType {
  INVALID_JSON(400, "Invalid JSON", "The body is not valid JSON."),
  INVALID_PARAMETER(
      400, "Invalid parameter", "A parameter of the request is unknown or has an invalid value."),
  UNAUTHENTICATED(401, "Unauthenticated", "Send a valid access token."),
  FORBIDDEN(403, "Forbidden", "This is for administrators."),
  NOT_FOUND(404, "Not found", "There is nothing at this address."),
  METHOD_NOT_ALLOWED(405, "Method not allowed", "This address does not take this method."),
  REQUEST_IN_PROGRESS(
      409, "Request in progress", "A request with this Idempotency-Key is being worked on."),
  UPLOAD_MISSING(
      409, "Upload missing", "The file has not been uploaded, or not in the size that was said."),
  NOT_FINISHED(409, "Not finished", "The job has no files yet; ask again when it is over."),
  DATASET_ARCHIVED(
      409, "Dataset archived", "The files are in the archive; restore them before downloading."),
  CURSOR_EXPIRED(
      410, "Cursor expired", "Deletions are no longer known that far back; start without cursor."),
  VERSION_MISMATCH(412, "Version mismatch", "The version in If-Match is not the current one."),
  UNSUPPORTED_MEDIA_TYPE(
      415, "Unsupported media type", "The body must be sent as application/json."),
  INVALID_BODY(422, "Invalid body", "The body breaks the contract of this operation."),
  IDEMPOTENCY_KEY_REUSED(
      422, "Idempotency key reused", "This Idempotency-Key was used for another request."),
  VERSION_REQUIRED(
      428, "Version required", "Send the ETag of the version to change in If-Match, or * for any."),
  INTERNAL_ERROR(500, "Internal error", "Something went wrong on our side."),
  UNAVAILABLE(503, "Unavailable", "The service is busy; try again.");

  private final int status;
  private final String title;
  private final String detail;

  ProblemType(int status, String title, String detail) {
    this.status = status;
    this.title = title;
    this.detail = detail;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** What is said unless there is more to say. */
  public String detail() {
    return detail;
  }

  public String uri() {
    return "urn:plot-palette:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
