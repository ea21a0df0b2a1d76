package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.model.task.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Reads an item of the tasks table, outside any stream, by the same rules as its changes. */
public final class ItemReader {
  /**
   * A task, or what is wrong with the item.
   *
   * @param broken the rule and the reason; empty where there is a task
   */
  public record Outcome(Optional<Task> task, String broken) {}

  /**
   * Reads one item.
   *
   * @param item attributes by name in DynamoDB's JSON
   */
  public Outcome read(String item) {
    try (JacksonTokens json = new JacksonTokens(item)) {
      if (json.next() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("an item is a JSON object, but this is none: " + item);
      }
      TaskImage image = new TaskImage();
      image.read(json, false);
      return new Outcome(Optional.of(image.task()), "");
    } catch (BrokenRuleException e) {
      return new Outcome(Optional.empty(), e.rule().id() + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be read", e);
    }
  }
}
