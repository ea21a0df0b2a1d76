package io.plotpalette.model.seed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.template.CompiledTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What reading all of some seed data came to.
 *
 * @param entries that were read
 * @param sha256 of the bytes, in hex; null unless all of them could be read as entries
 * @param problems in the order of the file, at most {@link #MAX_PROBLEMS}
 */
public record SeedCheck(long entries, String sha256, List<Problem> problems) {
  /** Most problems that are told; a file that is wrong throughout is wrong in the same way. */
  public static final int MAX_PROBLEMS = 20;

  /**
   * Something wrong with one entry.
   *
   * @param entry number of the entry, from 0
   * @param line from 1; 0 if it is not known
   * @param column from 1; 0 if it is not known
   * @param reason a sentence's end
   */
  public record Problem(long entry, int line, int column, String reason) {}

  public SeedCheck {
    problems = List.copyOf(problems);
  }

  /** Whether the file as such is fine; entries can still lack what a template needs. */
  public boolean isReadable() {
    return sha256 != null;
  }

  public boolean isUsable() {
    return isReadable() && problems.isEmpty();
  }

  /**
   * Reads everything.
   *
   * @param template whose required fields every entry must have; null to ask for none
   */
  public static SeedCheck run(InputStream in, SeedFormat format, CompiledTemplate template)
      throws IOException {
    return run(in, format, template, entry -> {});
  }

  /** The same, and hands on each entry. */
  public static SeedCheck run(
      InputStream in, SeedFormat format, CompiledTemplate template, EntryConsumer consumer)
      throws IOException {
    DigestInputStream digested = new DigestInputStream(in, newSha256());
    List<Problem> problems = new ArrayList<>();
    long entries = 0;
    try (SeedReader reader = SeedReader.open(digested, format)) {
      for (ObjectNode entry = reader.next(); entry != null; entry = reader.next()) {
        List<String> missing =
            template == null || problems.size() == MAX_PROBLEMS
                ? List.of()
                : template.missingFields(entry);
        if (!missing.isEmpty()) {
          problems.add(
              new Problem(
                  entries, 0, 0, "lacks what the template needs: " + String.join(", ", missing)));
        }
        entries++;
        consumer.accept(entry);
      }
      if (entries == 0) {
        throw new InvalidSeedException(0, 1, 1, "there is no entry");
      }
      return new SeedCheck(
          entries, HexFormat.of().formatHex(digested.getMessageDigest().digest()), problems);
    } catch (InvalidSeedException e) {
      if (problems.size() == MAX_PROBLEMS) {
        // What ends the reading is worth more than one more entry that lacks something.
        problems.remove(MAX_PROBLEMS - 1);
      }
      problems.add(new Problem(e.entry(), e.line(), e.column(), e.reason()));
    }
    return new SeedCheck(entries, null, problems);
  }

  /** Takes the entries as they are read. */
  @FunctionalInterface
  public interface EntryConsumer {
    void accept(ObjectNode entry) throws IOException;
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
