package io.plotpalette.local.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers codes as files, one an address, holding the newest code; no mail leaves the machine. */
public final class MailFolder implements CodeDelivery {
  private static final Logger LOGGER = LoggerFactory.getLogger(MailFolder.class);

  private final Path folder;

  public MailFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public void deliver(String email, String code) {
    Path file = fileOf(email);
    try {
      Files.createDirectories(folder);
      Files.writeString(file, code + System.lineSeparator());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
    LOGGER.info("Confirmation code for {} is in {}", email, file);
  }

  /** Where the newest code for {@code email} is, alone on its line. */
  public Path fileOf(String email) {
    // An address may hold a slash; the file must not leave the folder.
    String name = email.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9@._+-]", "_");
    return folder.resolve(name + ".txt");
  }
}
