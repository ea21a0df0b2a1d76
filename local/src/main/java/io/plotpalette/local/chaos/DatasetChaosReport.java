package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.money.Money;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run over datasets did and found.
 *
 * @param hangs of the kills, those after which the old process woke up beside the new one
 * @param notEnded jobs that failed, or did not end at all
 * @param lost records that were begun and are in no file
 * @param duplicated lines of records that are in the files already
 * @param repaidAfterJournal calls whose answer was in the journal before they were made
 * @param repaidTotal calls billed beyond those that were needed
 * @param inFlightAtKills calls that may have been under way when the process was killed
 * @param leftOpen calls whose outcome nobody wrote down
 * @param fenced writes to the journal that were refused, because a newer owner's stood there
 * @param overshoot billed above the limits
 */
public record DatasetChaosReport(
    int kills,
    int hangs,
    int notEnded,
    long lost,
    long duplicated,
    long repaidAfterJournal,
    long repaidTotal,
    long inFlightAtKills,
    long leftOpen,
    long fenced,
    Money overshoot,
    long calls,
    Duration duration,
    long seed) {

  /** One sentence for each promise that was not kept; none if all is well. */
  public List<String> brokenPromises() {
    List<String> broken = new ArrayList<>();
    if (notEnded > 0) {
      broken.add("every job ends well: %,d failed or did not end".formatted(notEnded));
    }
    if (lost > 0) {
      broken.add("no record is lost: %,d are in no file".formatted(lost));
    }
    if (duplicated > 0) {
      broken.add("every record is there once: %,d lines too many".formatted(duplicated));
    }
    if (repaidAfterJournal > 0) {
      broken.add(
          "no journalled call is paid again: %,d were made with their answer in the journal"
              .formatted(repaidAfterJournal));
    }
    if (repaidTotal > Math.min(inFlightAtKills, leftOpen)) {
      broken.add(
          "only what a kill interrupts is paid twice: %,d calls were, but at most %,d were in flight and %,d have no outcome"
              .formatted(repaidTotal, inFlightAtKills, leftOpen));
    }
    if (!overshoot.equals(Money.ZERO)) {
      broken.add(
          "no budget is exceeded: %s USD were billed above the limits"
              .formatted(overshoot.toUsd()));
    }
    return broken;
  }

  /** Flat, on one line. */
  public String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("kills", kills);
    json.put("hangs", hangs);
    json.put("jobs_not_ended", notEnded);
    json.put("lost", lost);
    json.put("duplicated", duplicated);
    json.put("repaid_after_journal", repaidAfterJournal);
    json.put("repaid_total", repaidTotal);
    json.put("in_flight_at_kills", inFlightAtKills);
    json.put("left_open", leftOpen);
    json.put("fenced_writes", fenced);
    json.put("overshoot_usd", overshoot.toUsd());
    json.put("calls", calls);
    json.put("seconds", duration.toSeconds());
    json.put("seed", seed);
    return json.toString();
  }
}
