package io.plotpalette.local.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A request of the Converse protocol.
 *
 * @param sent all texts of the request, one after the other
 * @param turns how many messages there are
 */
record ConverseCall(String model, String sent, String firstTurn, int turns, int maxTokens) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /**
   * Reads a body.
   *
   * @throws IllegalArgumentException if no model would take it, in the words of the service
   */
  static ConverseCall read(String model, byte[] body) {
    JsonNode request;
    try {
      request = JSON.readTree(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("The body is not JSON.", e);
    }
    JsonNode messages = request.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      throw new IllegalArgumentException("The messages field is required.");
    }
    StringBuilder sent = new StringBuilder();
    String first = "";
    String expected = "user";
    for (int i = 0; i < messages.size(); i++) {
      if (!messages.get(i).path("role").asText().equals(expected)) {
        throw new IllegalArgumentException(
            "A conversation must alternate between user and assistant roles, from a user message"
                + " on.");
      }
      expected = expected.equals("user") ? "assistant" : "user";
      for (JsonNode block : messages.get(i).path("content")) {
        String text = block.path("text").asText("");
        if (text.isBlank()) {
          throw new IllegalArgumentException(
              "The text field in the ContentBlock object at messages." + i + " is blank.");
        }
        sent.append(text);
      }
      if (i == 0) {
        first = sent.toString();
      }
    }
    if (expected.equals("user")) {
      throw new IllegalArgumentException("A conversation must end with a user message.");
    }
    JsonNode maxTokens = request.path("inferenceConfig").path("maxTokens");
    if (!maxTokens.isInt() || maxTokens.intValue() < 1) {
      throw new IllegalArgumentException("inferenceConfig.maxTokens must be 1 or more.");
    }
    return new ConverseCall(model, sent.toString(), first, messages.size(), maxTokens.intValue());
  }

  long promptHash() {
    return StandInText.hash(sent);
  }

  int bytesSent() {
    return sent.getBytes(StandardCharsets.UTF_8).length;
  }
}
