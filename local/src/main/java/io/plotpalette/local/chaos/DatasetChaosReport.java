package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.money.Money;
import java.time.Duration;

/**
 * What a run over datasets did and found.
 *
 * @param lost records that were begun and are in no file
 * @param duplicated lines of records that are in the files already
 * @param repaidAfterJournal calls whose answer was in the journal before they were made
 * @param repaidTotal calls billed beyond those that were needed
 * @param inFlightAtKills calls that may have been under way when the process was killed
 * @param leftOpen calls whose outcome nobody wrote down
 * @param overshoot billed above the limits
 */
public record DatasetChaosReport(
    int kills,
    long lost,
    long duplicated,
    long repaidAfterJournal,
    long repaidTotal,
    long inFlightAtKills,
    long leftOpen,
    Money overshoot,
    long calls,
    Duration duration,
    long seed) {

  /** Whether nothing was lost, doubled, paid again that need not, or paid beyond a limit. */
  public boolean isClean() {
    return lost == 0
        && duplicated == 0
        && repaidAfterJournal == 0
        && repaidTotal <= inFlightAtKills
        && repaidTotal <= leftOpen
        && overshoot.equals(Money.ZERO);
  }

  /** Flat, on one line. */
  public String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("kills", kills);
    json.put("lost", lost);
    json.put("duplicated", duplicated);
    json.put("repaid_after_journal", repaidAfterJournal);
    json.put("repaid_total", repaidTotal);
    json.put("in_flight_at_kills", inFlightAtKills);
    json.put("left_open", leftOpen);
    json.put("overshoot_usd", overshoot.toUsd());
    json.put("calls", calls);
    json.put("seconds", duration.toSeconds());
    json.put("seed", seed);
    return json.toString();
  }
}
