package io.plotpalette.generator.journal;

/**
 * One request to a model, never used for a second one.
 *
 * @param record index of the record in the dataset, from 0
 * @param step position of the step in the template, from 0
 * @param attempt number of the call among those of its record and step, from 0; retries, repairs
 *     and calls made anew after a restart all count
 */
public record CallId(long record, int step, int attempt) {
  @Override
  public String toString() {
    return record + "/" + step + "/" + attempt;
  }
}
