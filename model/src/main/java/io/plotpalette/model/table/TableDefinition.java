package io.plotpalette.model.table;

import java.util.List;
import java.util.Objects;

/**
 * The shape of one DynamoDB table, from which the cloud's stacks and the laptop create it. All keys
 * are strings.
 *
 * @param name logical name; see {@link #physicalName}
 * @param partitionKey attribute name
 * @param sortKey attribute name, or null
 * @param ttlAttribute attribute holding the expiry in epoch seconds, or null
 */
public record TableDefinition(
    String name,
    String partitionKey,
    String sortKey,
    List<LocalIndex> localIndexes,
    List<GlobalIndex> globalIndexes,
    boolean streamsBothImages,
    String ttlAttribute) {

  /** A local secondary index over all attributes; sparse when items may lack {@code sortKey}. */
  public record LocalIndex(String name, String sortKey) {
    public LocalIndex {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(sortKey, "sortKey");
    }
  }

  /**
   * A global secondary index over all attributes; items that lack one of its keys are not in it.
   */
  public record GlobalIndex(String name, String partitionKey, String sortKey) {
    public GlobalIndex {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(partitionKey, "partitionKey");
      Objects.requireNonNull(sortKey, "sortKey");
    }
  }

  public TableDefinition {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(partitionKey, "partitionKey");
    localIndexes = List.copyOf(localIndexes);
    globalIndexes = List.copyOf(globalIndexes);
  }

  /** The table's name in AWS, for example {@code plot-palette-dev-tasks}. */
  public String physicalName(String stage) {
    return "plot-palette-" + stage + "-" + name;
  }
}
