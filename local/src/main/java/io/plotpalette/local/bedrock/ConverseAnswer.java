package io.plotpalette.local.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.call.JsonInstruction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the stand-in says to a call, and for how many tokens. */
record ConverseAnswer(String text, boolean cutShort, int tokensIn, int tokensOut) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  static ConverseAnswer to(ConverseCall call, StandInBehaviour behaviour, long seed) {
    StandInText words = new StandInText(seed, call.promptHash());
    double share = Math.min(1, 2 * behaviour.outputShare() * words.share());
    if (behaviour.outputShare() >= 1) {
      share = 1;
    }
    int room = (int) Math.min(Integer.MAX_VALUE, call.maxTokens() * behaviour.bytesPerToken());
    int bytes = Math.max(1, (int) (room * share));
    String text = text(call, behaviour, words, bytes);
    // Of ASCII, so that it can be cut anywhere.
    boolean cutShort = text.length() > room;
    if (cutShort) {
      text = text.substring(0, room);
    }
    int tokensIn = tokens(call.bytesSent(), behaviour) + behaviour.overheadTokens();
    return new ConverseAnswer(
        text, cutShort, tokensIn, Math.min(call.maxTokens(), tokens(text.length(), behaviour)));
  }

  private static String text(
      ConverseCall call, StandInBehaviour behaviour, StandInText words, int bytes) {
    Optional<String> schema = JsonInstruction.schemaIn(call.firstTurn());
    // A model that is told what was wrong does better.
    boolean invalid = words.share() < behaviour.invalidJson() && call.turns() == 1;
    if (schema.isEmpty() || invalid) {
      return words.prose(bytes);
    }
    try {
      JsonNode json = words.json(JSON.readTree(schema.get()), bytes);
      return ascii(JSON.writeValueAsString(json));
    } catch (JsonProcessingException e) {
      // Its own text was taken for an instruction.
      return words.prose(bytes);
    }
  }

  private static String ascii(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char character = json.charAt(i);
      text.append(character < 128 ? character : "\\u%04x".formatted((int) character));
    }
    return text.toString();
  }

  private static int tokens(int bytes, StandInBehaviour behaviour) {
    return (int) Math.ceil(bytes / behaviour.bytesPerToken());
  }

  byte[] body(long latencyMillis) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("output")
        .putObject("message")
        .put("role", "assistant")
        .putArray("content")
        .addObject()
        .put("text", text);
    body.put("stopReason", cutShort ? "max_tokens" : "end_turn");
    body.putObject("usage")
        .put("inputTokens", tokensIn)
        .put("outputTokens", tokensOut)
        .put("totalTokens", tokensIn + tokensOut);
    body.putObject("metrics").put("latencyMs", latencyMillis);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
