package io.plotpalette.local.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.identity.Account.Confirmation;
import io.plotpalette.local.identity.Account.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserPoolFileTest {
  private static final Instant NOW = Instant.parse("2026-11-20T08:00:00.123Z");

  @TempDir private Path folder;

  @Test
  void readsWhatItWrote() {
    UserPoolFile.Content content =
        new UserPoolFile.Content(
            "{}",
            List.of(
                new Account(
                    "s1",
                    "ada@example.com",
                    new PasswordHash(1, "salt", "hash"),
                    new Confirmation("123456", NOW),
                    List.of("admin"),
                    List.of(new Session("id", "hash", NOW, NOW.plusSeconds(1))))));

    new UserPoolFile(folder).write(content);

    assertThat(new UserPoolFile(folder).read()).contains(content);
  }

  @Test
  void thereIsNothingBeforeTheFirstWrite() {
    assertThat(new UserPoolFile(folder).read()).isEmpty();
  }

  @Test
  void onlyTheOwnerMayReadTheOneFile() throws IOException {
    UserPoolFile file = new UserPoolFile(folder);
    file.write(new UserPoolFile.Content("{}", List.of()));
    file.write(new UserPoolFile.Content("{}", List.of()));

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .singleElement()
          .satisfies(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .isEqualTo("rw-------"));
    }
  }
}
