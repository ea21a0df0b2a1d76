package io.plotpalette.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.seed.SeedCheck;
import io.plotpalette.model.template.CompiledTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One reading of all seed data for a new job: what entries lack, and a sample to estimate from.
 * Memory is bounded by the sample.
 */
final class SeedSurvey implements SeedCheck.EntryConsumer {
  /** Entries whose prompts are rendered for the estimate. */
  private static final int SAMPLE = 50;

  /** The same data have the same sample, so that an estimate can be repeated. */
  private static final long SAMPLE_SEED = 7;

  private final CompiledTemplate template;
  private final SortedMap<String, Lack> lacks = new TreeMap<>();
  private final List<JsonNode> sample = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(SAMPLE_SEED);
  private long entries;

  /**
   * A field that is missing.
   *
   * @param firstEntry number of the first entry without it, from 0
   * @param entries how many have none
   */
  record Lack(long firstEntry, long entries) {}

  SeedSurvey(CompiledTemplate template) {
    this.template = template;
  }

  @Override
  public void accept(ObjectNode entry) {
    long number = entries++;
    for (String field : template.missingFields(entry)) {
      lacks.merge(
          field, new Lack(number, 1), (old, one) -> new Lack(old.firstEntry(), old.entries() + 1));
    }
    if (sample.size() < SAMPLE) {
      sample.add(entry);
    } else {
      long place = random.nextLong(entries);
      if (place < SAMPLE) {
        sample.set((int) place, entry);
      }
    }
  }

  /** Every required field that some entry does not have, sorted. */
  SortedMap<String, Lack> lacks() {
    return lacks;
  }

  /** Entries spread evenly over all there are. */
  List<JsonNode> sample() {
    return sample;
  }
}
