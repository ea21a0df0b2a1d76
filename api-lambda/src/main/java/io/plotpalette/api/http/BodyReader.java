package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.api.http.ApiOperation.RequestBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Reads the body of a request. */
final class BodyReader {
  private BodyReader() {}

  /**
   * Reads the body, base64 or not: JSON as such, other text as one string.
   *
   * @throws ProblemException 415 for another content type, 400 for what is no JSON or no text
   */
  static JsonNode read(
      RequestBody expected, APIGatewayV2HTTPEvent event, Map<String, String> headers) {
    String mediaType = headers.getOrDefault("content-type", "").split(";", 2)[0].strip();
    if (!mediaType.equalsIgnoreCase(expected.mediaType())) {
      throw ProblemException.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE,
          "The body must be sent as %s.".formatted(expected.mediaType()));
    }
    JsonNode body = expected.isJson() ? parse(event) : TextNode.valueOf(text(event));
    if (body.isMissingNode()) {
      throw ProblemException.of(ProblemType.INVALID_JSON, "The body is empty.");
    }
    // Half a surrogate pair has no UTF-8 form: the table would keep a question mark in its place.
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(body.toString())) {
      throw ProblemException.of(
          ProblemType.INVALID_JSON, "A text in the body holds half a surrogate pair.");
    }
    return body;
  }

  private static String text(APIGatewayV2HTTPEvent event) {
    String body = event.getBody() == null ? "" : event.getBody();
    if (!event.getIsBase64Encoded()) {
      return body;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Base64.getDecoder().decode(body)))
          .toString();
    } catch (CharacterCodingException | IllegalArgumentException e) {
      throw ProblemException.of(ProblemType.INVALID_JSON, "The body is not UTF-8 text.");
    }
  }

  private static JsonNode parse(APIGatewayV2HTTPEvent event) {
    String text = event.getBody() == null ? "" : event.getBody();
    try {
      return event.getIsBase64Encoded()
          ? Json.MAPPER.readTree(Base64.getDecoder().decode(text))
          : Json.MAPPER.readTree(text);
    } catch (StreamConstraintsException e) {
      throw ProblemException.of(
          ProblemType.INVALID_JSON, "The body is nested too deeply or holds too long a number.");
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      throw ProblemException.of(
          ProblemType.INVALID_JSON,
          "The body is not valid JSON, or names a field twice, near line %d, column %d."
              .formatted(place.getLineNr(), place.getColumnNr()));
    } catch (IOException | IllegalArgumentException e) {
      throw ProblemException.of(ProblemType.INVALID_JSON, "The body is not UTF-8 text.");
    }
  }
}
